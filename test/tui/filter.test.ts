import { describe, expect, test } from 'vitest';
import { chart, fact, facts, findings, graph, log, stacks } from '../../src/plugin/make-views.js';
import { numbers, plugin, ToySession } from './toy-state.js';

const verdicts = findings('Findings', [
  { id: 'a', weight: 90, certainty: 'certain', moment: 'dump', sentence: 'swap is full', evidence: ['so it is'] },
  { id: 'b', weight: 80, certainty: 'certain', moment: 'dump', sentence: 'nothing else', evidence: ['apples'] },
]);
const all = [
  numbers,
  facts('Facts', [fact('swap', 'Swap', 'text', 'none')]),
  log('Log', [{ text: 'swap off', level: 6 }]),
  stacks('Stacks', [{ title: 'kswapd0 (52)', frames: [{ index: 0, ip: 1n, function: 'kswapd', found: 'unwound' }] }]),
  chart('Chart', 'pages', [{ label: 'swap cache', value: 3 }]),
  graph('Graph', { nodes: [{ id: 'x', kind: 'task', label: 'swapper' }], edges: [], cycles: [] }),
];
const headings = ['Numbers', 'Facts', 'Log', 'Stacks', 'Chart', 'Graph'];
const nothing = 'nothing here has these words; Esc shows all again';

describe('& leaves no heading without anything beneath', () => {
  const shown = (keys: string): string[] =>
    new ToySession({ a: all }, { columns: 80, rows: 24 }).keys(`1${keys}`).lines.filter((line) => line !== '');

  test('on a screen, whatever the kind of its views', () => {
    expect(shown('').filter((line) => headings.some((heading) => line.startsWith(heading)))).toHaveLength(6);
    expect(shown('&swap').map((line) => line.split(' ')[0])).toEqual(
      expect.arrayContaining(['Facts', 'Log', 'Stacks', 'Chart', 'Graph']),
    );
    expect(shown('&swap').join('\n')).not.toContain('Numbers');
    expect(shown('&even 150').join('\n')).toMatch(/^Numbers {2}1 of 200\n *N[^\n]*\n150 +even 150$/);
    expect(shown('&apples')).toEqual([nothing]);
  });

  test('on the overview: findings, what was read, and screens', () => {
    const overview = new ToySession({ a: [verdicts] }, { columns: 80, rows: 40 }, [
      plugin('swap', { inReport: false }),
    ]);
    expect(overview.lines.join('\n')).toMatch(/Findings[^]*Screens/);
    expect(overview.keys('&apples').lines.join('\n')).toMatch(/^Findings {2}2[^\n]*\n[^\n]*nothing else/);
    expect(overview.lines.join('\n')).not.toMatch(/Screens|swap is full/);
    overview.keys('<esc>&runs when');
    expect(overview.lines.join('\n').trim()).toMatch(/^Screens\nswap +all about swap \(runs when it is opened\)$/);
    expect(overview.keys('<esc>&pears').lines).toEqual([nothing]);
  });
});
