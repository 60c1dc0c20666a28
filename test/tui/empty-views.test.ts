import { describe, expect, test } from 'vitest';

import { columns, log, stacks, table } from '../../src/plugin/make-views.js';
import type { Gap, View } from '../../src/words/views.js';
import { keyHints } from '../../src/tui/state/key-hints.js';
import { runOf, ToySession } from './toy-state.js';

const locks = table('Locks', columns([{ key: 'lock', title: 'LOCK', type: 'text' }]), [], { note: 'Nobody waits.' });
const gap: Gap = { gap: true, what: 'current task of CPU 0', reason: 'page cut off' };

/** The screen of a plugin whose run goes on, or has ended with these gaps. */
function screen(gaps?: readonly Gap[]): string[] {
  const session = new ToySession({ a: [] });
  const [views, end] = [runOf(locks, stacks('Stacks', [])).slice(0, -1), { kind: 'end', outcome: { kind: 'done' } }];
  session.act({ kind: 'restarted', id: 'a' });
  session.act({ kind: 'yielded', id: 'a', events: views });
  if (gaps !== undefined) session.act({ kind: 'yielded', id: 'a', events: [{ ...end, gaps } as never] });
  return session.keys('1').lines;
}

describe('an empty view', () => {
  test('has none, with what that means', () => {
    expect(screen([])).toEqual(['Locks', 'none', 'Nobody waits.', '', 'Stacks', 'none']);
  });

  test('has none that could be read where the run met gaps', () => {
    expect(screen([gap]).slice(0, 5)).toEqual([
      'Locks',
      'none that could be read',
      '',
      'Stacks',
      'none that could be read',
    ]);
  });

  test('says nothing yet while it is being read', () => {
    expect(screen().slice(0, 5)).toEqual(['Locks', '…', '', 'Stacks', '…']);
  });
});

describe('the keys at the foot are those that do something here', () => {
  const hints = (...views: readonly View[]): string[] => keyHints(new ToySession({ a: views }).keys('1').state);

  test('nothing to sort in an empty table, nor sizes', () => {
    const sizes = columns([{ key: 'size', title: 'SIZE', type: 'bytes' }]);
    const row = { cells: { size: 1 } };
    expect(hints(table('Areas', sizes, [row, row]))).toEqual(expect.arrayContaining(['< > sort', '# exact']));
    expect(hints(table('Areas', sizes, []))).not.toContain('< > sort');
    expect(hints(table('Areas', sizes, []))).not.toContain('# exact');
  });

  test('no levels and times in lines that a plugin laid out', () => {
    expect(hints(log('Log', [{ text: 'x', level: 3, timeNs: 5 }]))).toEqual(
      expect.arrayContaining(['v level', 't times']),
    );
    const laidOut = new ToySession({ a: [log('The exception', [{ text: 'RIP: 0010:f+0x1' }])] }).keys('1');
    expect(keyHints(laidOut.state)).not.toContain('v level');
    expect(keyHints(laidOut.state)).not.toContain('t times');
    expect(laidOut.keys('v').state.message?.text).toBe('nothing on this screen has levels');
    expect(laidOut.keys('t').state.message?.text).toBe('nothing on this screen has a time to be shown');
  });
});
