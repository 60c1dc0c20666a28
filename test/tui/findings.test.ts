import { describe, expect, test } from 'vitest';

import { findings } from '../../src/plugin/make-views.js';
import { ToySession } from './toy-state.js';

describe('entries', () => {
  const long = (what: string): string => `${what} ${'and so on '.repeat(30)}`;
  const two = findings('Findings', [
    { id: 'a', weight: 90, certainty: 'certain', moment: 'dump', sentence: long('first'), evidence: [long('because'), 'and pid 52 too'] },
    { id: 'b', weight: 80, certainty: 'certain', moment: 'dump', sentence: 'second, a.out (pid 51)', evidence: ['so'] },
  ]);

  test('the cursor stops at verdicts and at what they rest on, not at wrapped lines', () => {
    const session = new ToySession({ a: [two] }, { columns: 80, rows: 40 }).keys('g');
    expect(session.cursorLine).toContain('first');
    expect(session.keys('j').cursorLine).toContain('- because');
    expect(session.keys('j').cursorLine).toContain('- and pid 52 too');
    expect(session.keys('j').cursorLine).toContain('second');
    expect(session.keys('kkk').cursorLine).toContain('first');
  });

  test('an entry longer than the screen can still be read to its end', () => {
    const huge = findings('Findings', [{ id: 'a', weight: 90, certainty: 'certain', moment: 'dump', sentence: long('start').repeat(8), evidence: [] }]);
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

  test('the first finding is open only where the others stay in sight', () => {
    const open = (rows: number) => new ToySession({ a: [two] }, { columns: 80, rows }).lines.join('\n').includes('because');
    expect([open(40), open(10)]).toEqual([true, false]);
  });

  test('tasks that a sentence names can be opened', () => {
    const session = new ToySession({ a: [two] }, { columns: 80, rows: 40 }).keys('gfo');
    expect(session.state.mode).toMatchObject({ kind: 'choose', targets: [{ label: 'pid 51' }, { label: 'screen a' }] });
  });
});

describe('a wide screen', () => {
  const wide = { columns: 180, rows: 40 };
  const verdicts = findings('Findings', [{ id: 'a', weight: 90, certainty: 'certain', moment: 'dump', sentence: 'first', evidence: ['because'] }, { id: 'b', weight: 80, certainty: 'certain', moment: 'dump', sentence: 'second', evidence: ['so'] }]);

  test('findings stay closed: what they rest on stands beside them', () => {
    const session = new ToySession({ a: [verdicts] }, wide);
    expect(session.lines.join('\n')).not.toContain('because');
    expect(session.keys('f').cursorLine).toContain('▸ ● second');
  });
});
