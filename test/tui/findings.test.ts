import { describe, expect, test } from 'vitest';

import { fact, facts, findings, gap } from '../../src/plugin/make-views.js';
import { keyHints } from '../../src/tui/state/key-hints.js';
import { ToySession } from './toy-state.js';

describe('entries', () => {
  const long = (what: string): string => `${what} ${'and so on '.repeat(30)}`;
  const two = findings('Findings', [
    {
      id: 'a',
      weight: 90,
      certainty: 'certain',
      moment: 'dump',
      sentence: long('first'),
      evidence: [long('because'), 'and pid 52 too'],
    },
    {
      id: 'b',
      weight: 80,
      certainty: 'certain',
      moment: 'dump',
      sentence: 'second, a.out (pid 51)',
      evidence: ['so'],
      facts: { 'task.pid': { value: 51, unit: 'pid', source: 'task table' } },
    },
  ]);

  test('the cursor stops at verdicts and at what they rest on, not at wrapped lines', () => {
    const session = new ToySession({ a: [two] }, { columns: 80, rows: 40 }).keys('g');
    expect(session.cursorLine).toContain('first');
    expect(session.keys('j').cursorLine).toContain('- because');
    expect(session.keys('j').cursorLine).toContain('- and pid 52 too');
    expect(session.keys('j').cursorLine).toContain('second');
    expect(session.keys('kkk').cursorLine).toContain('first');
  });

  test('what closes under the cursor takes it to its head', () => {
    const session = new ToySession({ a: [two] }, { columns: 80, rows: 40 }).keys('gjj');
    expect(session.keys('z').cursorLine).toContain('▸ ● first');
    expect(session.keys('z').cursorLine).toContain('▾ ● first');
  });

  test('f is at the foot where there is a finding, on the overview too', () => {
    expect(keyHints(new ToySession({}).state)).not.toContain('f next finding');
    expect(keyHints(new ToySession({ a: [two] }).state)).toContain('f next finding');
    expect(new ToySession({}).keys('f').state.message?.text).toBe('there is no finding on this screen');
  });

  test('an entry longer than the screen can still be read to its end', () => {
    const huge = findings('Findings', [
      { id: 'a', weight: 90, certainty: 'certain', moment: 'dump', sentence: long('start').repeat(8), evidence: [] },
    ]);
    const session = new ToySession({ a: [huge] }, { columns: 60, rows: 10 });
    const seen = new Set<number>();
    for (let press = 0; press < 30; press++) {
      for (let row = 0; row < 7; row++) seen.add(session.page.top + row);
      session.keys('j');
    }
    expect(seen.size).toBeGreaterThanOrEqual(session.lines.length);
  });

  test('f opens the next finding and closes the one before; F goes back', () => {
    const session = new ToySession({ a: [two] }, { columns: 80, rows: 40 }).keys('gf');
    expect(session.cursorLine).toContain('▾ ● second');
    expect(session.lines.join('\n')).not.toContain('because');
    session.keys('F');
    expect(session.cursorLine).toContain('▾ ● first');
    expect(session.lines.join('\n')).toContain('▸ ● second');
    expect(session.keys('F').state.message?.text).toBe('no finding further up');
  });

  test('the first f opens the finding under the cursor where it is closed', () => {
    const session = new ToySession({ a: [two] }, { columns: 80, rows: 10 });
    expect(session.keys('f').cursorLine).toContain('▾ ● first');
    expect(session.keys('f').cursorLine).toContain('▾ ● second');
    // Also one that was closed again.
    expect(session.keys('zf').cursorLine).toContain('▾ ● second');
  });

  test('the first finding is open only where the others stay in sight', () => {
    const open = (rows: number) =>
      new ToySession({ a: [two] }, { columns: 80, rows }).lines.join('\n').includes('because');
    expect([open(40), open(10)]).toEqual([true, false]);
  });

  test('on a small screen closed ones are brief, so that all are in sight, and cut at a word; an open one is whole', () => {
    const many = findings(
      'Findings',
      ['a', 'b', 'c', 'd', 'e'].map((id) => ({
        id,
        weight: 90,
        certainty: 'certain',
        moment: 'dump',
        sentence: `${id} ${'12.345 MiB '.repeat(30)}end`,
        evidence: ['so'],
      })),
    );
    const shown = (rows: number, keys: string): string[] =>
      new ToySession({ a: [many] }, { columns: 80, rows }).keys(keys).lines.slice(0, rows - 3);
    const brief = shown(24, 'g');
    expect(brief[0]).toBe('Findings  5');
    for (const id of ['a', 'b', 'c', 'd', 'e'])
      expect(brief.filter((line) => line.startsWith(`▸ ● ${id} `))).toHaveLength(1);
    expect(brief.filter((line) => line.endsWith('…'))).toHaveLength(5);
    for (const line of brief.filter((one) => one.endsWith('…'))) expect(line).toMatch(/ 12\.345 MiB …$/);
    expect(brief.join('\n')).not.toContain('end');
    const opened = shown(24, 'g<enter>').join('\n');
    expect(opened).toMatch(/▾ ● a [^…]*end\n +certain, in the dump; a\n +- so\n▸ ● b/);
    expect(
      shown(80, 'g')
        .join('\n')
        .match(/end\n +certain/g),
    ).toHaveLength(5);
  });

  test('their order is the same on every screen, by weight and certainty', () => {
    const mixed = findings('Findings', [
      { id: 'guess', weight: 80, certainty: 'possible', moment: 'dump', sentence: 'a guess', evidence: [] },
      { id: 'fact', weight: 70, certainty: 'certain', moment: 'dump', sentence: 'a fact', evidence: [] },
    ]);
    for (const keys of ['0', '1']) {
      const text = new ToySession({ a: [mixed] }).keys(keys).lines.join('\n');
      expect(text.indexOf('a fact'), keys).toBeGreaterThan(0);
      expect(text.indexOf('a guess'), keys).toBeGreaterThan(text.indexOf('a fact'));
    }
  });

  test('tasks that a sentence names can be opened', () => {
    const session = new ToySession({ a: [two] }, { columns: 80, rows: 40 }).keys('gfo');
    expect(session.state.mode).toMatchObject({ kind: 'choose', targets: [{ label: 'pid 51' }, { label: 'screen a' }] });
  });
});

describe('a wide screen', () => {
  const wide = { columns: 180, rows: 40 };
  const verdicts = findings('Findings', [
    { id: 'a', weight: 90, certainty: 'certain', moment: 'dump', sentence: 'first', evidence: ['because'] },
    { id: 'b', weight: 80, certainty: 'certain', moment: 'dump', sentence: 'second', evidence: ['so'] },
  ]);

  test('findings stay closed: what they rest on stands beside them', () => {
    const session = new ToySession({ a: [verdicts] }, wide);
    expect(session.lines.join('\n')).not.toContain('because');
    expect(session.keys('f').cursorLine).toContain('▸ ● second');
  });
});

test('which machine it was stands above them in one line, as far as it is known', () => {
  const line = (...told: Parameters<typeof fact>[]): string | undefined =>
    new ToySession({
      overview: [
        facts(
          'Machine',
          told.map((one) => fact(...one)),
        ),
      ],
    }).lines[0];
  const machine: Parameters<typeof fact>[] = [
    ['memory', 'Memory', 'pages', 262_144],
    ['possibleCpus', 'CPUs', 'integer', 1],
    ['uptime', 'Uptime', 'ns', 200_000_000_000_000n],
  ];
  expect(line(['panic', 'Panic', 'text', 'Out of memory'], ...machine)).toBe(
    '1 GiB RAM · 1 CPU · up 2 days · panic: Out of memory',
  );
  expect(line(['panic', 'Panic', 'text', null], ...machine)).toMatch(/ · no panic$/);
  expect(line(['panic', 'Panic', 'text', null], ['panicTime', 'Panic at', 'ns', 1], ...machine)).toMatch(
    / · panic, the log does not say why$/,
  );
  expect(
    line(
      ['panic', 'Panic', 'text', gap('panic', 'absent')],
      ['memory', 'Memory', 'pages', gap('memory', 'absent')],
      ['uptime', 'Uptime', 'ns', 59_900_000_000],
    ),
  ).toBe('up 59 s');
  expect(line(...machine)).toBe('Findings');
});
