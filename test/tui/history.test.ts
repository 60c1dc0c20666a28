import { describe, expect, test } from 'vitest';

import { columns, fact, facts, stacks, table } from '../../src/plugin/make-views.js';
import { keyHints } from '../../src/tui/state/key-hints.js';
import { panesOf } from '../../src/tui/state/panes.js';
import { numbers, plugin, runOf, ToySession } from './toy-state.js';

describe('doors and history', () => {
  test('Enter on a row asks for its object, and the answer stands on a page of its own', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1j<enter>');
    expect(session.effects.at(-1)).toEqual({
      kind: 'ask',
      request: 1,
      question: { kind: 'object', type: 'struct thing', address: 2n },
    });
    session.act({
      kind: 'answered',
      request: 1,
      title: 'thing 2',
      command: 'oompm read VMCORE 0x2',
      events: runOf(facts('Thing', [fact('x', 'X', 'integer', 42)])),
    });
    expect(session.page.source).toMatchObject({ kind: 'answer', title: 'thing 2' });
    expect(session.lines.join('\n')).toContain('42');
  });

  test('back and forward keep places; q goes back, then to the overview, then out', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1jjj<enter>');
    expect(session.keys('[').cursorLine).toMatch(/^ *3 /);
    expect(session.keys(']').page.source.kind).toBe('answer');
    expect(session.keys('q').page.source).toEqual({ kind: 'plugin', id: 'numbers' });
    expect(session.keys('q').page.source).toEqual({ kind: 'overview' });
    session.keys('q');
    expect(session.effects.at(-1)).toEqual({ kind: 'quit', code: 0 });
  });

  test('o offers all addresses and pids of a row', () => {
    const rich = table(
      'Rich',
      columns([
        { key: 'pid', title: 'PID', type: 'pid' },
        { key: 'at', title: 'AT', type: 'address' },
      ]),
      [
        {
          cells: { pid: 51, at: 0xffff888000001000n },
          door: { type: 'struct task_struct', address: 0xffff888000002000n },
        },
      ],
    );
    const session = new ToySession({ rich: [rich] }).keys('1o');
    expect(session.state.mode).toMatchObject({
      kind: 'choose',
      targets: [
        { label: 'struct task_struct 0xffff888000002000' },
        { label: 'PID 51' },
        { label: 'AT 0xffff888000001000' },
      ],
    });
    session.keys('2');
    expect(session.effects.at(-1)).toMatchObject({ kind: 'ask', question: { kind: 'words', text: 'pid 51' } });
  });

  test(': asks the dump, or opens a screen by its name', () => {
    const session = new ToySession({ numbers: [numbers] }).keys(':init_task<enter>');
    expect(session.effects.at(-1)).toMatchObject({ kind: 'ask', question: { kind: 'words', text: 'init_task' } });
    expect(session.keys('<esc>:numbers<enter>').page.source).toEqual({ kind: 'plugin', id: 'numbers' });
  });

  test('Enter on the title of a stack opens its task; z folds it', () => {
    const stack = stacks('Stacks', [
      {
        title: 'a.out (52)',
        door: { type: 'struct task_struct', address: 0xffff888000002000n },
        frames: [{ index: 0, ip: 1n, function: 'panic', found: 'unwound' }],
      },
    ]);
    const session = new ToySession({ bt: [stack] }).keys('1');
    expect(session.keys('z').lines.join('\n')).not.toContain('#0');
    session.keys('<enter>');
    expect(session.effects.at(-1)).toMatchObject({
      kind: 'ask',
      question: { kind: 'object', type: 'struct task_struct' },
    });
  });
});

describe('screens', () => {
  test('Tab and numbers go round; a screen keeps its place', () => {
    const session = new ToySession({ a: [numbers], b: [] }).keys('1jj<tab>');
    expect(session.page.source).toEqual({ kind: 'plugin', id: 'b' });
    expect(session.keys('<tab>').page.source).toEqual({ kind: 'overview' });
    expect(session.keys('<tab>').cursorLine).toMatch(/^ *2 /);
    expect(session.keys('<backtab>0').page.source).toEqual({ kind: 'overview' });
  });

  test('one that has not run yet runs when it is opened; one that needs an argument has no number', () => {
    const session = new ToySession({ a: [] }, undefined, [
      plugin('late', { inReport: false }),
      plugin('needy', { required: ['pid'] }),
    ]);
    session.keys('2');
    expect(session.effects.at(-1)).toEqual({ kind: 'run', id: 'late', again: false });
    session.keys('3');
    expect(session.state.message?.text).toBe('there is no screen 3');
  });

  test('the numbers are for the screens that are in the report', () => {
    const session = new ToySession({ a: [] }, undefined, [plugin('slow', { inReport: false }), plugin('ps')]);
    expect(session.keys('2').page.source).toEqual({ kind: 'plugin', id: 'ps' });
    expect(session.keys('3').page.source).toEqual({ kind: 'plugin', id: 'slow' });
  });
});

describe('Esc', () => {
  test('goes back, wherever one is; on the first page it stays', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1jj<enter>');
    session.act({ kind: 'answered', request: 1, title: 'thing 3', events: [] });
    expect(session.page.source.kind).toBe('answer');
    expect(session.keys('<esc>').page.source).toEqual({ kind: 'plugin', id: 'numbers' });
    expect(session.cursorLine).toMatch(/^ *2 /);
    expect(session.keys('<esc>').page.source).toEqual({ kind: 'overview' });
    session.keys('<esc>');
    expect([session.page.source.kind, session.state.message?.text]).toEqual([
      'overview',
      'this is the first page; q leaves',
    ]);
  });

  test('takes away filter and search first, and closes what lies above the page', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1&odd<enter>/5<enter>');
    expect(session.keys('<esc>').page.look.filter).toBe('');
    expect(session.keys('<esc>').page.search).toBe('');
    expect(session.page.source.kind).toBe('plugin');
    for (const above of ['?', 's', 'w', ':']) expect(session.keys(`${above}<esc>`).page.source.kind).toBe('plugin');
  });

  test('an answer whose page is closed is forgotten', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1<enter><esc>j<enter>');
    expect(Object.keys(session.state.answers)).toEqual(['2']);
    session.act({ kind: 'answered', request: 1, title: 'late', events: runOf(numbers) });
    expect(Object.keys(session.state.answers)).toEqual(['2']);
  });
});

describe('J and K', () => {
  test('open the next and the previous entry of the list, in the place of this one', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1<enter>J');
    expect(session.effects.at(-1)).toMatchObject({ kind: 'ask', question: { address: 2n } });
    expect(session.state.at).toBe(2);
    expect(session.keys('K').effects.at(-1)).toMatchObject({ question: { address: 1n } });
    session.keys('K');
    expect(session.state.message?.text).toBe('this was the first of the list');
    expect(session.keys('<esc>').cursorLine).toMatch(/^ *0 /);
  });
});

describe('what was typed at the prompt came from no list', () => {
  const asked = (size?: { columns: number; rows: number }): ToySession =>
    new ToySession({ numbers: [numbers] }, size)
      .keys('1jj:jiffies<enter>')
      .act({ kind: 'answered', request: 1, title: 'memory at jiffies', events: [] })
      .act({ kind: 'answered', request: 1, events: runOf(numbers) });

  test('J and K do nothing on it, and are not at the foot', () => {
    const session = asked();
    expect(keyHints(session.state)).not.toContain('J K next, previous');
    const { history } = session.state;
    expect(session.keys('J').state.history).toEqual(history);
    expect(session.state.message?.text).toBe('this page was not opened from a list');
    expect(keyHints(session.keys('<enter>').state)).toContain('J K next, previous');
  });

  test('a wide screen is all its own; what is opened of it stands beside it', () => {
    const session = asked({ columns: 180, rows: 40 });
    expect(panesOf(session.state)).toEqual({ width: 180 });
    expect(panesOf(session.keys('<enter>').state).list?.page.source).toMatchObject({ title: 'memory at jiffies' });
  });
});

describe('a wide screen', () => {
  const wide = { columns: 180, rows: 40 };

  test('the list keeps its place beside what was opened of it, and J goes on in it', () => {
    const session = new ToySession({ numbers: [numbers] }, wide).keys('1jj<enter>');
    session.act({
      kind: 'answered',
      request: 1,
      title: 'thing 3',
      events: runOf(facts('Thing', [fact('x', 'X', 'integer', 42)])),
    });
    expect(panesOf(session.state)).toMatchObject({
      list: { page: { source: { kind: 'plugin', id: 'numbers' }, cursor: session.state.history[1]!.cursor } },
    });
    expect(session.keys('<esc>').cursorLine).toMatch(/^ *2 /);
  });
});
