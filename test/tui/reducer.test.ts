import { describe, expect, test } from 'vitest';

import { columns, fact, facts, findings, gap, log, stacks, table, tree } from '../../src/plugin/make-views.js';
import { lineText } from '../../src/tui/lines/line.js';
import { lineAt } from '../../src/tui/lines/page-lines.js';
import { linesOf } from '../../src/tui/state/page-blocks.js';
import { actionsOf, keystrokes } from '../../src/tui/state/keys.js';
import { panesOf } from '../../src/tui/state/panes.js';
import { firstState, update } from '../../src/tui/state/update.js';
import { facts as dumpFacts, plugin, runOf, ToySession } from './toy-state.js';

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
    expect(session.keys('<esc>:numbers<enter>').page.source).toEqual({ kind: 'plugin', id: 'numbers' });
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
    const session = new ToySession({ log: [kernelLog] }).keys('1ge');
    expect(session.cursorLine).toContain('invoked oom-killer');
    expect(session.keys('e').cursorLine).toContain('Kernel panic');
    expect(session.keys('t').cursorLine).toContain('+1.000000');
    session.keys('vv');
    expect(session.lines.join('\n')).not.toContain('booting');
    session.keys('v');
    expect(session.lines.slice(1)).toEqual([expect.stringContaining('Kernel panic')]);
  });

  test('Enter shows a record whole', () => {
    const session = new ToySession({ log: [kernelLog] }).keys('1gj<enter>');
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
    expect(session.state.message?.text).toBe('sent to the clipboard: oompm numbers /dumps/vmcore');
    expect(session.effects.at(-1)).toEqual({ kind: 'copy', text: 'oompm numbers /dumps/vmcore' });
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

  test('Enter on the title of a stack opens its task; z folds it', () => {
    const stack = stacks('Stacks', [{ title: 'a.out (52)', door: { type: 'struct task_struct', address: 0xffff888000002000n }, frames: [{ index: 0, ip: 1n, function: 'panic', found: 'unwound' }] }]);
    const session = new ToySession({ bt: [stack] }).keys('1');
    expect(session.keys('z').lines.join('\n')).not.toContain('#0');
    session.keys('<enter>');
    expect(session.effects.at(-1)).toMatchObject({ kind: 'ask', question: { kind: 'object', type: 'struct task_struct' } });
  });
});

describe('Esc', () => {
  test('goes back, wherever one is; on the first page it stays', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1jj<enter>');
    session.act({ kind: 'answered', request: 1, title: 'thing 3', events: [] });
    expect(session.page.source.kind).toBe('answer');
    expect(session.keys('<esc>').page.source).toEqual({ kind: 'plugin', id: 'numbers' });
    expect(session.cursorLine).toMatch(/^2 /);
    expect(session.keys('<esc>').page.source).toEqual({ kind: 'overview' });
    session.keys('<esc>');
    expect([session.page.source.kind, session.state.message?.text]).toEqual(['overview', 'this is the first page; q leaves']);
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

describe('where screens open', () => {
  const lines = (count: number, level = 6) => Array.from({ length: count }, (_, n) => ({ timeNs: n * 1e9, level, facility: 0, text: `line ${n}` }));

  test('a log at the panic, with what came before above it', () => {
    const session = new ToySession({ log: [log('Log', [...lines(300), { timeNs: 4e11, level: 0, facility: 0, text: 'Kernel panic - not syncing: Out of memory' }, ...lines(40)])] }).keys('1');
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

  test('a table by the order that it came in, which is marked; and with a bar for its sizes', () => {
    const sized = table('Sized', columns([{ key: 'name', title: 'NAME', type: 'text' }, { key: 'rss', title: 'RSS', type: 'pages' }]),
      [{ cells: { name: 'large', rss: 800 } }, { cells: { name: 'small', rss: 100 } }], { sorted: { column: 'rss', descending: true } });
    const session = new ToySession({ ps: [sized] }).keys('1');
    const text = session.lines.join('\n');
    expect(text).toContain('RSS▼');
    expect(text).toMatch(/large +3\.13 MiB ████████\n/);
    expect(text).toMatch(/small +400 KiB █ {7}$/m);
    expect(session.keys('r').lines.join('\n')).toMatch(/RSS▲[^]*small[^]*large/);
  });

  test('sizes as people read them; # shows them exact, with the unit under the title, and a filter finds both', () => {
    const sized = table('Sized', columns([{ key: 'name', title: 'NAME', type: 'text' }, { key: 'rss', title: 'RSS', type: 'pages' }, { key: 'disk', title: 'DISK', type: 'bytes' }, { key: 'n', title: 'N', type: 'integer' }]),
      [{ cells: { name: 'large', rss: 17_522, disk: 0, n: 2048 } }, { cells: { name: 'small', rss: gap('rss', 'excluded'), disk: 1000, n: 1 } }]);
    const session = new ToySession({ ps: [sized] }).keys('1');
    expect(session.lines.slice(1)).toEqual([expect.stringMatching(/^NAME +RSS +DISK +N$/), expect.stringMatching(/^large +68\.4 MiB +0 +2048$/), expect.stringMatching(/^small +\? +1000 bytes +1$/)]);
    expect(session.keys('#').lines.slice(1)).toEqual([
      expect.stringMatching(/^NAME +RSS +DISK +N$/), expect.stringMatching(/^ +pages +bytes$/), expect.stringMatching(/^large +17522 +0 +2048$/), expect.stringMatching(/^small +\? +1000 +1$/),
    ]);
    expect(session.keys('&17522<enter>').lines).toHaveLength(4);
    expect(session.keys('<esc>#&68.4 mib<enter>').lines).toHaveLength(3);
  });

  test('offsets in a struct are exact', () => {
    const layout = tree('struct x, 8 bytes', columns([{ key: 'member', title: 'MEMBER', type: 'text' }, { key: 'offset', title: 'OFFSET', type: 'bytes' }]), [{ cells: { member: 'int a', offset: 2500 }, children: [] }], { id: 'layout' });
    expect(new ToySession({ struct: [layout] }).keys('1').lines.at(-1)).toMatch(/int a +2500$/);
  });

  test('a folded table as its title; Enter or z opens it, and a filter looks into it', () => {
    const folded = table('Kernel threads', columns([{ key: 'comm', title: 'COMM', type: 'text' }]), [{ cells: { comm: 'kthreadd' } }, { cells: { comm: 'kswapd0' } }], { folded: true });
    const session = new ToySession({ ps: [numbers, folded] }).keys('1G');
    expect(session.cursorLine).toBe('▸ Kernel threads  2');
    expect(session.keys('<enter>').lines).toContain('kswapd0');
    expect(session.keys('z').lines).not.toContain('kswapd0');
    expect(session.keys('&kswap<enter>').lines).toContain('kswapd0');
  });

  test('what was killed and what a finding names is marked in words', () => {
    const tasks = table('Processes', columns([{ key: 'pid', title: 'PID', type: 'pid' }, { key: 'oom', title: 'OOM', type: 'flags' }, { key: 'comm', title: 'COMM', type: 'text' }]), [
      { cells: { pid: 51, oom: null, comm: 'hog' } }, { cells: { pid: 52, oom: ['victim', 'reaper'], comm: 'unlucky' } }, { cells: { pid: 1, oom: null, comm: 'init' } },
    ]);
    const held = findings('Findings', [{ id: 'x', weight: 90, certainty: 'certain', moment: 'dump', sentence: 'hog (pid 51) holds most', evidence: ['init (pid 1) does not'] }]);
    const rows = new ToySession({ ps: [tasks], oom: [held] }).keys('1').lines;
    expect(rows.find((line) => line.includes('hog'))).toMatch(/◀ finding$/);
    expect(rows.find((line) => line.includes('unlucky'))).toMatch(/◀ killed$/);
    expect(rows.find((line) => line.includes('init'))).not.toContain('◀');
    expect(rows[0]).toBe('Processes  3  1 killed (/victim)');
    expect(new ToySession({ ps: [tasks] }).keys('1/victim<enter>').cursorLine).toContain('unlucky');
  });

  test('the numbers are for the screens that are in the report', () => {
    const session = new ToySession({ a: [] }, undefined, [plugin('slow', { inReport: false }), plugin('ps')]);
    expect(session.keys('2').page.source).toEqual({ kind: 'plugin', id: 'ps' });
    expect(session.keys('3').page.source).toEqual({ kind: 'plugin', id: 'slow' });
  });
});

test('while the dump is being opened nothing is told as an answer', () => {
  const opening = firstState(['/dumps/vmcore'], { columns: 80, rows: 24 });
  const told = (state: typeof opening): string => Array.from({ length: linesOf(state).length }, (_, at) => lineText(lineAt(linesOf(state), at)!)).join('\n');
  expect(told(opening)).toBe('opening the dump…');
  const { state } = update(opening, { kind: 'found', dump: dumpFacts, plugins: [plugin('oom')], warnings: [] });
  expect(told(state)).toContain('still reading…');
  expect(told(state)).not.toMatch(/none|no plugin/);
  expect(new ToySession({ oom: [numbers] }).lines.join('\n')).toContain('no plugin found a cause');
});

describe('the prompt', () => {
  const candidate = (text: string) => ({ text, label: text, kind: 'symbol' });
  const typing = (text: string, ...candidates: readonly string[]): ToySession =>
    new ToySession({ numbers: [numbers] }).keys(`:${text}`).act({ kind: 'completions', text, candidates: candidates.map(candidate), whole: true });
  const line = ({ state }: ToySession): string => (state.mode.kind === 'input' ? state.mode.text : state.mode.kind);

  test('asks with each letter how to go on; what comes for an older line is dropped', () => {
    const session = new ToySession({ numbers: [numbers] }).keys(':sl');
    expect(session.effects.slice(-3)).toEqual([{ kind: 'complete', text: '' }, { kind: 'complete', text: 's' }, { kind: 'complete', text: 'sl' }]);
    session.act({ kind: 'completions', text: 's', candidates: [candidate('swap')], whole: true });
    expect(session.state.mode).toMatchObject({ prompt: { candidates: [] } });
  });

  test('Tab fills in what all share, then goes through them and round; Shift-Tab back', () => {
    const session = typing('sl', 'slab_caches', 'slab_mutex');
    expect(line(session.keys('<tab>'))).toBe('slab_');
    session.act({ kind: 'completions', text: 'slab_', candidates: ['slab_caches', 'slab_mutex'].map(candidate), whole: true });
    expect(line(session.keys('<tab>'))).toBe('slab_caches');
    expect(line(session.keys('<tab>'))).toBe('slab_mutex');
    expect(line(session.keys('<tab>'))).toBe('slab_caches');
    expect(line(session.keys('<backtab>'))).toBe('slab_mutex');
    expect(line(session.keys('x'))).toBe('slab_mutexx');
  });

  test('Tab that comes before the names have come is kept for them', () => {
    const session = new ToySession({ numbers: [numbers] }).keys(':jif<tab>');
    session.act({ kind: 'completions', text: 'jif', candidates: [], whole: false });
    expect(line(session)).toBe('jif');
    session.act({ kind: 'completions', text: 'jif', candidates: [candidate('jiffies')], whole: true });
    expect(line(session)).toBe('jiffies');
  });

  test('a question that is not understood is told under the line, and makes no page', () => {
    const session = typing('kmemx').keys('<enter>');
    const { history } = session.state;
    session.act({ kind: 'answered', request: 1, events: [{ kind: 'end', outcome: { kind: 'unavailable', reason: 'kmemx is no symbol' }, gaps: [] }] });
    expect(session.state.mode).toMatchObject({ kind: 'input', text: 'kmemx', prompt: { wrong: 'kmemx is no symbol' } });
    expect(session.state.history).toEqual(history);
    expect(session.keys('<backspace>').state.mode).not.toHaveProperty('prompt.wrong');
  });

  test('one that is understood opens its page with the first that comes', () => {
    const session = typing('jiffies').keys('<enter>');
    expect(session.page.source.kind).toBe('overview');
    session.act({ kind: 'answered', request: 1, title: 'memory at jiffies', command: 'oompm read VMCORE jiffies', events: [] });
    expect([session.state.mode.kind, session.page.source]).toEqual(['browse', { kind: 'answer', request: 1, title: 'memory at jiffies', command: 'oompm read VMCORE jiffies' }]);
    session.act({ kind: 'answered', request: 1, events: runOf(numbers) });
    expect(session.cursorLine).toMatch(/^0 /);
  });

  test('Esc stops what was asked, and what still comes of it opens nothing', () => {
    const session = typing('pages').keys('<enter><esc>');
    expect(session.effects.at(-1)).toEqual({ kind: 'cancel', what: 'answer' });
    session.act({ kind: 'answered', request: 1, title: 'pages', events: runOf(numbers) });
    expect(session.page.source.kind).toBe('overview');
  });
});

describe('the mouse', () => {
  test('the wheel moves the view, and the cursor only as far as it must', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1jjjjjjjjjj');
    const { cursor } = session.page;
    for (const report of ['[<65;5;5M', '[<65;5;5M']) for (const action of actionsOf(session.state, report, {})) session.act(action);
    expect([session.page.top, session.page.cursor]).toEqual([6, cursor]);
    for (let turn = 0; turn < 10; turn++) for (const action of actionsOf(session.state, '[<65;5;5M', {})) session.act(action);
    expect(session.page.cursor).toBeGreaterThanOrEqual(session.page.top);
    for (let turn = 0; turn < 30; turn++) for (const action of actionsOf(session.state, '[<64;5;5M', {})) session.act(action);
    expect(session.page.top).toBe(0);
  });

  test('a click puts the cursor on the entry, also where it is wrapped; a release and a move do nothing', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1');
    for (const action of actionsOf(session.state, '[<0;5;10M', {})) session.act(action);
    expect(session.page.cursor).toBe(session.page.top + 7);
    for (const report of ['[<0;5;20m', '[<35;5;3M']) expect(actionsOf(session.state, report, {})).toEqual([]);
  });

  test('a report is one stroke, whatever is typed', () => {
    expect(keystrokes('[<64;10;5M', {})).toEqual([{ input: '[<64;10;5M', key: {} }]);
    const session = new ToySession({ numbers: [numbers] }).keys(':abc');
    for (const action of actionsOf(session.state, '[<64;10;5M', {})) session.act(action);
    expect(session.state.mode).toMatchObject({ kind: 'input', text: 'abc' });
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
    expect(session.keys('<esc>').cursorLine).toMatch(/^0 /);
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

  test('the list keeps its place beside what was opened of it, and J goes on in it', () => {
    const session = new ToySession({ numbers: [numbers] }, wide).keys('1jj<enter>');
    session.act({ kind: 'answered', request: 1, title: 'thing 3', events: runOf(facts('Thing', [fact('x', 'X', 'integer', 42)])) });
    expect(panesOf(session.state)).toMatchObject({ list: { page: { source: { kind: 'plugin', id: 'numbers' }, cursor: session.state.history[1]!.cursor } } });
    expect(session.keys('<esc>').cursorLine).toMatch(/^2 /);
  });
});
