import { describe, expect, test } from 'vitest';

import { actionsOf } from '../../src/tui/state/keys.js';
import { frameOf } from './toy-screen.js';
import { numbers, ToySession } from './toy-state.js';

describe('moving', () => {
  test('the cursor starts on the first row, not on titles', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1');
    expect(session.cursorLine).toMatch(/^ *0 +even 0/);
  });

  test('lines, pages and ends, as less and vim have them', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1');
    expect(session.keys('jjj').cursorLine).toMatch(/^ *3 /);
    expect(session.keys('k<up>').cursorLine).toMatch(/^ *1 /);
    expect(session.keys('G').cursorLine).toMatch(/^ *199 /);
    expect(session.page.top).toBeGreaterThan(100);
    expect(session.keys('g').cursorLine).toMatch(/^ *0 /);
    const { cursor } = session.page;
    session.keys('<pagedown>');
    expect(session.page.cursor - cursor).toBe(20);
    session.keys('<pageup>');
    expect(session.page.cursor).toBe(cursor);
  });

  test('the cursor is never out of sight, whatever the size', () => {
    for (const rows of [5, 10, 24, 80]) {
      const session = new ToySession({ numbers: [numbers] }, { columns: 60, rows }).keys('1');
      for (const key of ['<pagedown>', 'j', '<pagedown>', '<ctrld>', 'G', 'k', '<pageup>', 'g']) {
        session.keys(key);
        const { cursor, top } = session.page;
        expect(cursor).toBeGreaterThanOrEqual(top);
        expect(cursor - top).toBeLessThan(rows);
      }
    }
  });
});

describe('search', () => {
  test('goes to the first match while one types, n and N go on, round the end', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1/5');
    expect(session.cursorLine).toMatch(/odd 5$/);
    expect(session.keys('1').cursorLine).toMatch(/odd 51$/);
    session.keys('<enter>n');
    expect(session.cursorLine).toMatch(/odd 151$/);
    session.keys('n');
    expect([session.cursorLine, session.state.message?.text]).toEqual([
      expect.stringMatching(/odd 51$/),
      'went on from the top',
    ]);
    expect(session.keys('N').cursorLine).toMatch(/odd 151$/);
  });

  test('Esc goes back to where it began', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1jj');
    const before = session.page.cursor;
    expect(session.keys('/odd 99<esc>').page.cursor).toBe(before);
  });

  test('what is not there is said', () => {
    expect(new ToySession({ numbers: [numbers] }).keys('1/nosuch<enter>').state.message).toEqual({
      text: 'nosuch is not on this screen',
      bad: true,
    });
  });
});

describe('the mouse', () => {
  test('the wheel moves the view, and the cursor only as far as it must', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1jjjjjjjjjj');
    const { cursor } = session.page;
    for (const report of ['[<65;5;5M', '[<65;5;5M'])
      for (const action of actionsOf(session.state, report, {})) session.act(action);
    expect([session.page.top, session.page.cursor]).toEqual([6, cursor]);
    for (let turn = 0; turn < 10; turn++)
      for (const action of actionsOf(session.state, '[<65;5;5M', {})) session.act(action);
    expect(session.page.cursor).toBeGreaterThanOrEqual(session.page.top);
    for (let turn = 0; turn < 30; turn++)
      for (const action of actionsOf(session.state, '[<64;5;5M', {})) session.act(action);
    expect(session.page.top).toBe(0);
  });

  test('a click puts the cursor on the entry, also where it is wrapped; a release and a move do nothing', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1');
    for (const action of actionsOf(session.state, '[<0;5;10M', {})) session.act(action);
    expect(session.page.cursor).toBe(session.page.top + 7);
    for (const report of ['[<0;5;20m', '[<35;5;3M']) expect(actionsOf(session.state, report, {})).toEqual([]);
  });

  test('a click on a screen’s name opens it; on the way to what was opened it does nothing', () => {
    const session = new ToySession({ numbers: [numbers], others: [numbers] });
    const click = (column: number): string => {
      for (const action of actionsOf(session.state, `[<0;${column};2M`, {})) session.act(action);
      return session.page.source.kind === 'plugin' ? session.page.source.id : session.page.source.kind;
    };
    const tabs = frameOf(session.state)[1]!;
    expect(click(tabs.indexOf('others') + 2)).toBe('others');
    expect(click(tabs.indexOf('numbers') + 2)).toBe('numbers');
    expect(click(79)).toBe('numbers');
    expect(click(3)).toBe('overview');
    session.keys('1<enter>');
    expect(click(3)).toBe('answer');
  });

  test('a report is one stroke, whatever is typed', () => {
    const session = new ToySession({ numbers: [numbers] }).keys(':abc');
    for (const action of actionsOf(session.state, '[<64;10;5M', {})) session.act(action);
    expect(session.state.mode).toMatchObject({ kind: 'input', text: 'abc' });
  });
});
