import { describe, expect, test } from 'vitest';

import { fact, facts, log } from '../../src/plugin/make-views.js';
import { keyHints } from '../../src/tui/state/key-hints.js';
import { plugin, runOf, ToySession } from './toy-state.js';

describe('logs', () => {
  const kernelLog = log('Log', [
    { timeNs: 1e9, level: 6, text: 'booting, debug: on' },
    { timeNs: 2.5e9, level: 4, text: 'careful\nsecond line' },
    { timeNs: 3e9, level: 4, text: 'a.out invoked oom-killer: gfp_mask=0x0' },
    { timeNs: 4e9, level: 0, text: 'Kernel panic - not syncing' },
  ]);

  test('e goes from report to panic; v drops levels; t changes the times', () => {
    const session = new ToySession({ log: [kernelLog] }).keys('1ge');
    expect(session.cursorLine).toContain('invoked oom-killer');
    expect(session.keys('e').cursorLine).toContain('Kernel panic');
    expect(session.keys('t').cursorLine).toContain('+1.000000');
    session.keys('vv');
    expect(session.lines.join('\n')).not.toContain('booting');
    session.keys('v');
    expect(session.lines.slice(1)).toEqual([expect.stringContaining('Kernel panic')]);
  });

  test('e is for logs: other text that has such words, and what a user wrote into the log, is passed over', () => {
    const said = facts('Event', [fact('panic', 'Panic', 'text', 'Kernel panic - not syncing')]);
    const none = new ToySession({ oom: [said] }).keys('1e');
    expect(none.state.message?.text).toBe('there is no log on this screen');
    const forged = { timeNs: 1e9, level: 1, facility: 1, text: 'Kernel panic - not syncing: no' };
    const beside = new ToySession({ log: [said, log('Log', [...[...kernelLog.lines].slice(0, 2), forged])] }).keys('1');
    expect(keyHints(beside.state)).not.toContain('E e reports');
    expect(beside.keys('e').state.message?.text).toBe('no OOM report, oops or panic further down');
    const two = new ToySession({ log: [said, kernelLog] }).keys('1g');
    expect(keyHints(two.state)).toContain('E e reports');
    expect(two.keys('e').cursorLine).toContain('invoked oom-killer');
  });

  test('Enter shows a record whole', () => {
    const session = new ToySession({ log: [kernelLog] }).keys('1gj<enter>');
    expect(session.page.source).toMatchObject({ kind: 'text', text: 'careful\nsecond line' });
    expect(session.lines).toEqual(['careful', 'second line']);
  });
});

describe('a log opens', () => {
  const lines = (count: number, level = 6) =>
    Array.from({ length: count }, (_, n) => ({ timeNs: n * 1e9, level, facility: 0, text: `line ${n}` }));

  test('a log at the panic, with what came before above it', () => {
    const session = new ToySession({
      log: [
        log('Log', [
          ...lines(300),
          { timeNs: 4e11, level: 0, facility: 0, text: 'Kernel panic - not syncing: Out of memory' },
          ...lines(40),
        ]),
      ],
    }).keys('1');
    expect(session.cursorLine).toContain('Kernel panic');
    expect(session.page.cursor - session.page.top).toBeGreaterThan(8);
    expect(session.page.cursor - session.page.top).toBeLessThan(18);
    expect(session.keys('g').cursorLine).toContain('line 0');
  });

  test('a log without a panic at its end; what a user wrote of a panic is no panic', () => {
    const forged = { timeNs: 1e9, level: 1, facility: 1, text: 'Kernel panic - not syncing: no' };
    const session = new ToySession({ log: [log('Log', [...lines(50), forged, ...lines(50)])] }).keys('1');
    expect(session.cursorLine).toContain('line 49');
    expect(session.page.cursor).toBe(session.lines.length - 1);
  });

  test('a log that is still coming in is followed to its end, until one moves', () => {
    const session = new ToySession({}, undefined, [plugin('log')]);
    const [view, batch] = runOf(log('Log', lines(100)));
    session.act({ kind: 'yielded', id: 'log', events: [view!, batch!] }).keys('1');
    expect(session.cursorLine).toContain('line 99');
    session.keys('k').act({ kind: 'yielded', id: 'log', events: [batch!] });
    expect(session.cursorLine).toContain('line 98');
  });
});
