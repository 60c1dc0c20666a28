import { describe, expect, test } from 'vitest';

import { columns, fact, facts, findings, log, table, tree } from '../../src/plugin/make-views.js';
import { update } from '../../src/tui/state/update.js';
import { plugin, runOf, ToySession } from './toy-state.js';

const numbers = table('Numbers', columns([
  { key: 'n', title: 'N', type: 'integer' }, { key: 'name', title: 'NAME', type: 'text' },
]), Array.from({ length: 200 }, (_, n) => ({ cells: { n, name: n % 2 === 0 ? `even ${n}` : `odd ${n}` }, door: { type: 'struct thing', address: BigInt(n + 1) } })));

describe('the same action on the same state gives the same', () => {
  test('and leaves the state before as it was', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1');
    const { state } = session;
    const copy = structuredClone({ ...state, sections: {}, answers: {} });
    expect(update(state, { kind: 'move', by: 3 })).toEqual(update(state, { kind: 'move', by: 3 }));
    expect({ ...state, sections: {}, answers: {} }).toEqual(copy);
  });
});

describe('moving', () => {
  test('the cursor starts on the first row, not on titles', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1');
    expect(session.cursorLine).toMatch(/^0 +even 0/);
  });

  test('lines, pages and ends, as less and vim have them', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1');
    expect(session.keys('jjj').cursorLine).toMatch(/^3 /);
    expect(session.keys('k<up>').cursorLine).toMatch(/^1 /);
    expect(session.keys('G').cursorLine).toMatch(/^199 /);
    expect(session.page.top).toBeGreaterThan(100);
    expect(session.keys('g').cursorLine).toMatch(/^0 /);
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

describe('tables', () => {
  test('> sorts by the next column and r reverses; equal ones keep their order', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1>g');
    expect(session.cursorLine).toMatch(/^199 /);
    expect(session.keys('rg').cursorLine).toMatch(/^0 /);
    expect(session.keys('>g').cursorLine).toMatch(/even 0$/);
    expect(session.keys('rg').cursorLine).toMatch(/odd 99$/);
  });

  test('& filters as one types; Esc shows all again', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1&odd 7');
    expect(session.lines.filter((line) => /^\d/.test(line)).map((line) => line.trim().split(/ +/)[0])).toEqual(
      numbersWhere((n) => n % 2 === 1 && String(n).includes('7')));
    session.keys('<enter>');
    expect(session.state.mode.kind).toBe('browse');
    expect(session.lines.length).toBeLessThan(50);
    expect(session.keys('<esc>').lines.length).toBeGreaterThan(200);
  });

  test('a filter that nothing matches says so', () => {
    expect(new ToySession({ numbers: [numbers] }).keys('1&nosuch<enter>').lines.join('\n')).toContain('none of 200 rows matches');
  });

  test('cells without a value come last in either order', () => {
    const gappy = table('Gappy', columns([{ key: 'n', title: 'N', type: 'integer' }]), [{ cells: { n: null } }, { cells: { n: 3 } }, { cells: { n: 5 } }]);
    const session = new ToySession({ gappy: [gappy] }).keys('1>');
    const rows = (): string[] => session.lines.filter((line) => /^[\d-]/.test(line)).map((line) => line.trim());
    expect(rows()).toEqual(['5', '3', '-']);
    session.keys('r');
    expect(rows()).toEqual(['3', '5', '-']);
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
    expect([session.cursorLine, session.state.message?.text]).toEqual([expect.stringMatching(/odd 51$/), 'went on from the top']);
    expect(session.keys('N').cursorLine).toMatch(/odd 151$/);
  });

  test('Esc goes back to where it began', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1jj');
    const before = session.page.cursor;
    expect(session.keys('/odd 99<esc>').page.cursor).toBe(before);
  });

  test('what is not there is said', () => {
    expect(new ToySession({ numbers: [numbers] }).keys('1/nosuch<enter>').state.message).toEqual({ text: 'nosuch is not on this screen', bad: true });
  });
});

describe('doors and history', () => {
  test('Enter on a row asks for its object, and the answer stands on a page of its own', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1j<enter>');
    expect(session.effects.at(-1)).toEqual({ kind: 'ask', request: 1, question: { kind: 'object', type: 'struct thing', address: 2n } });
    session.act({ kind: 'answered', request: 1, title: 'thing 2', command: 'oompm read VMCORE 0x2', events: runOf(facts('Thing', [fact('x', 'X', 'integer', 42)])) });
    expect(session.page.source).toMatchObject({ kind: 'answer', title: 'thing 2' });
    expect(session.lines.join('\n')).toContain('42');
  });

  test('back and forward keep places; q goes back, then to the overview, then out', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1jjj<enter>');
    expect(session.keys('[').cursorLine).toMatch(/^3 /);
    expect(session.keys(']').page.source.kind).toBe('answer');
    expect(session.keys('q').page.source).toEqual({ kind: 'plugin', id: 'numbers' });
    expect(session.keys('q').page.source).toEqual({ kind: 'overview' });
    session.keys('q');
    expect(session.effects.at(-1)).toEqual({ kind: 'quit', code: 0 });
  });

  test('o offers all addresses and pids of a row', () => {
    const rich = table('Rich', columns([{ key: 'pid', title: 'PID', type: 'pid' }, { key: 'at', title: 'AT', type: 'address' }]),
      [{ cells: { pid: 51, at: 0xffff888000001000n }, door: { type: 'struct task_struct', address: 0xffff888000002000n } }]);
    const session = new ToySession({ rich: [rich] }).keys('1o');
    expect(session.state.mode).toMatchObject({ kind: 'choose', targets: [{ label: 'struct task_struct 0xffff888000002000' }, { label: 'PID 51' }, { label: 'AT 0xffff888000001000' }] });
    session.keys('2');
    expect(session.effects.at(-1)).toMatchObject({ kind: 'ask', question: { kind: 'words', text: 'pid 51' } });
  });

  test(': asks the dump, or opens a screen by its name', () => {
    const session = new ToySession({ numbers: [numbers] }).keys(':init_task<enter>');
    expect(session.effects.at(-1)).toMatchObject({ kind: 'ask', question: { kind: 'words', text: 'init_task' } });
    expect(session.keys(':numbers<enter>').page.source).toEqual({ kind: 'plugin', id: 'numbers' });
  });
});

describe('screens', () => {
  test('Tab and numbers go round; a screen keeps its place', () => {
    const session = new ToySession({ a: [numbers], b: [] }).keys('1jj<tab>');
    expect(session.page.source).toEqual({ kind: 'plugin', id: 'b' });
    expect(session.keys('<tab>').page.source).toEqual({ kind: 'overview' });
    expect(session.keys('<tab>').cursorLine).toMatch(/^2 /);
    expect(session.keys('<backtab>0').page.source).toEqual({ kind: 'overview' });
  });

  test('one that has not run yet runs when it is opened; one that needs an argument has no number', () => {
    const session = new ToySession({ a: [] }, undefined, [plugin('late', { inReport: false }), plugin('needy', { required: ['pid'] })]);
    session.keys('2');
    expect(session.effects.at(-1)).toEqual({ kind: 'run', id: 'late', again: false });
    session.keys('3');
    expect(session.state.message?.text).toBe('there is no screen 3');
  });
});

describe('what comes in', () => {
  test('stays below the eye of one who has not moved, and leaves the line of one who has', () => {
    const found = (id: string, weight: number) => findings(id, [{ id, weight, certainty: 'certain', moment: 'dump', sentence: `it was ${id}`, evidence: ['because'] }]);
    const session = new ToySession({ a: [found('first', 50)] }, undefined, [plugin('b'), plugin('c')]);
    expect(session.cursorLine).toContain('it was first');
    session.act({ kind: 'yielded', id: 'b', events: runOf(found('second', 90)) });
    expect(session.cursorLine).toContain('it was second');
    session.keys('jj');
    const line = session.cursorLine;
    session.act({ kind: 'yielded', id: 'c', events: runOf(facts('More', [fact('x', 'X', 'text', 'y')])) });
    expect(session.cursorLine).toBe(line);
  });

  test('rows that stream in are appended, and the sort holds', () => {
    const session = new ToySession({}, undefined, [plugin('numbers')]);
    const [view, batch, end] = runOf(numbers);
    session.act({ kind: 'yielded', id: 'numbers', events: [view!] }).keys('1');
    session.act({ kind: 'yielded', id: 'numbers', events: [batch!] }).keys('>');
    session.act({ kind: 'yielded', id: 'numbers', events: [{ kind: 'batch', items: [{ cells: { n: 999, name: 'last' } }] }, end!] });
    expect(session.keys('g').cursorLine).toMatch(/^999 /);
    expect(session.lines).toHaveLength(203);
  });

  test('a run that failed says why, and what it yielded before stands', () => {
    const session = new ToySession({}, undefined, [plugin('a')]);
    session.act({ kind: 'yielded', id: 'a', events: [...runOf(numbers).slice(0, 2), { kind: 'end', outcome: { kind: 'failed', fault: 'dump', reason: 'page excluded' }, gaps: [{ gap: true, what: 'zone.name', reason: 'not mapped' }] }] });
    const text = session.keys('1').lines.join('\n');
    expect(text).toContain('a: not shown whole: page excluded');
    expect(text).toContain('zone.name: not mapped');
    expect(session.keys('0').lines.join('\n')).toContain('a: zone.name: not mapped');
  });
});

describe('folds', () => {
  const family = tree('Family', columns([{ key: 'name', title: 'NAME', type: 'text' }]), [
    { cells: { name: 'root' }, children: [{ cells: { name: 'child' }, children: [{ cells: { name: 'grandchild' }, children: [] }] }, { cells: { name: 'other' }, children: [] }] },
  ]);
  const names = (session: ToySession): string[] => session.lines.slice(2).map((line) => line.replaceAll(/[^a-z]/g, ''));

  test('z and the arrows close and open; Z all', () => {
    const session = new ToySession({ family: [family] }).keys('1');
    expect(names(session)).toEqual(['root', 'child', 'grandchild', 'other']);
    expect(names(session.keys('jz'))).toEqual(['root', 'child', 'other']);
    expect(names(session.keys('<right>'))).toEqual(['root', 'child', 'grandchild', 'other']);
    expect(names(session.keys('<left>'))).toEqual(['root', 'child', 'other']);
    expect(names(session.keys('ZZ'))).toEqual(['root']);
    expect(names(session.keys('Z'))).toEqual(['root', 'child', 'grandchild', 'other']);
  });

  test('a filter shows what matches with all above it, though a fold is closed', () => {
    expect(names(new ToySession({ family: [family] }).keys('1z&grand<enter>'))).toEqual(['root', 'child', 'grandchild']);
  });
});

describe('logs', () => {
  const kernelLog = log('Log', [
    { timeNs: 1e9, level: 6, text: 'booting, debug: on' }, { timeNs: 2.5e9, level: 4, text: 'careful\nsecond line' },
    { timeNs: 3e9, level: 4, text: 'a.out invoked oom-killer: gfp_mask=0x0' }, { timeNs: 4e9, level: 0, text: 'Kernel panic - not syncing' },
  ]);

  test('e goes from report to panic; v drops levels; t changes the times', () => {
    const session = new ToySession({ log: [kernelLog] }).keys('1e');
    expect(session.cursorLine).toContain('invoked oom-killer');
    expect(session.keys('e').cursorLine).toContain('Kernel panic');
    expect(session.keys('t').cursorLine).toContain('+1.000000');
    session.keys('vv');
    expect(session.lines.join('\n')).not.toContain('booting');
    session.keys('v');
    expect(session.lines.slice(1)).toEqual([expect.stringContaining('Kernel panic')]);
  });

  test('Enter shows a record whole', () => {
    const session = new ToySession({ log: [kernelLog] }).keys('1j<enter>');
    expect(session.page.source).toMatchObject({ kind: 'text', text: 'careful\nsecond line' });
    expect(session.lines).toEqual(['careful', 'second line']);
  });
});

describe('export and command lines', () => {
  test('w asks for a name, and the effect carries the page', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1w');
    expect(session.state.mode).toMatchObject({ kind: 'input', text: 'oompm-numbers.txt' });
    session.keys('<enter>');
    expect(session.effects.at(-1)).toMatchObject({ kind: 'export', file: 'oompm-numbers.txt' });
  });

  test('y gives the command line, ready for a shell', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1y');
    expect(session.state.message?.text).toBe('oompm numbers /dumps/vmcore');
    session.keys('j<enter>');
    session.act({ kind: 'answered', request: 1, title: 't', command: "oompm read VMCORE 0x1 --type 'struct thing'", events: [] }).keys('y');
    expect(session.state.commands).toEqual(['oompm numbers /dumps/vmcore', "oompm read /dumps/vmcore 0x1 --type 'struct thing'"]);
  });
});

test('Ctrl-C leaves from anywhere, with 130', () => {
  for (const keys of ['', '?', '/abc', 'o', ':x']) {
    const session = new ToySession({ numbers: [numbers] }).keys(`1${keys}<ctrlc>`);
    expect(session.effects.at(-1)).toEqual({ kind: 'quit', code: 130 });
  }
});

function numbersWhere(test: (n: number) => boolean): string[] {
  return Array.from({ length: 200 }, (_, n) => n).filter(test).map(String);
}
