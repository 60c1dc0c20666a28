import { describe, expect, test } from 'vitest';

import { columns, fact, facts, findings, gap, log, table, tree } from '../../src/plugin/make-views.js';
import { keyHints } from '../../src/tui/state/key-hints.js';
import { frameOf } from './toy-screen.js';
import { numbers, ToySession } from './toy-state.js';

describe('tables', () => {
  test('> sorts by the next column and r reverses; equal ones keep their order', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1>g');
    expect(session.cursorLine).toMatch(/^199 /);
    expect(session.keys('rg').cursorLine).toMatch(/^ +0 /);
    expect(session.keys('>g').cursorLine).toMatch(/even 0$/);
    expect(session.keys('rg').cursorLine).toMatch(/odd 99$/);
  });

  test('a table that is out of sight is not sorted, nor is the key at the foot; the one under the cursor is', () => {
    const many = facts(
      'Facts',
      Array.from({ length: 40 }, (_, n) => fact(`f${n}`, `F${n}`, 'integer', n)),
    );
    const session = new ToySession({ numbers: [many, numbers] }).keys('1');
    expect(keyHints(session.state)).not.toContain('< > sort');
    expect(session.keys('>').state.message?.text).toBe('no table to be sorted is in sight');
    expect(session.page.look.sortings).toEqual({});
    expect(keyHints(session.keys('G').state)).toContain('< > sort');
    expect(session.keys('>').state.message?.text).toBe('sorted by N, descending');
    expect(session.keys('r').state.message?.text).toBe('sorted by N, ascending');
  });

  test('→ goes no further than there is something, and says so; one ← is enough to go back', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1<right>');
    expect(session.page.look.shift).toBe(0);
    expect(session.state.message?.text).toBe('there is no more to the right');
    const wide = table(
      'Wide',
      columns(['a', 'b', 'c', 'd', 'e'].map((key) => ({ key, title: key.toUpperCase(), type: 'text' as const }))),
      [{ cells: Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((key) => [key, key.repeat(30)])) }],
    );
    const text = log('Log', [{ text: `${'x'.repeat(100)} end` }]);
    for (const view of [wide, text]) {
      const moved = new ToySession({ wide: [view] }).keys(`1${'<right>'.repeat(30)}`);
      expect(frameOf(moved.state).join('\n')).toMatch(view === wide ? /e{30}/ : /end/);
      const { shift } = moved.page.look;
      expect(shift).toBeGreaterThan(0);
      expect(moved.keys('<left>').page.look.shift).toBe(shift - 1);
    }
  });

  test('# says so where no table has sizes', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1#');
    expect([session.page.look.exact, session.state.message?.text]).toEqual([
      false,
      'no table on this screen has sizes',
    ]);
  });

  test('& filters as one types; Esc shows all again', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1&odd 7');
    expect(session.lines.filter((line) => /^ *\d/.test(line)).map((line) => line.trim().split(/ +/)[0])).toEqual(
      numbersWhere((n) => n % 2 === 1 && String(n).includes('7')),
    );
    session.keys('<enter>');
    expect(session.state.mode.kind).toBe('browse');
    expect(session.lines.length).toBeLessThan(50);
    expect(session.keys('<esc>').lines.length).toBeGreaterThan(200);
  });

  test('a filter that nothing matches says so', () => {
    expect(new ToySession({ numbers: [numbers] }).keys('1&nosuch<enter>').lines.join('\n')).toContain(
      'nothing here has these words; Esc shows all again',
    );
  });

  test('cells without a value come last in either order', () => {
    const gappy = table('Gappy', columns([{ key: 'n', title: 'N', type: 'integer' }]), [
      { cells: { n: null } },
      { cells: { n: 3 } },
      { cells: { n: 5 } },
    ]);
    const session = new ToySession({ gappy: [gappy] }).keys('1>');
    const rows = (): string[] => session.lines.filter((line) => /^ *[\d-]/.test(line)).map((line) => line.trim());
    expect(rows()).toEqual(['5', '3', '-']);
    session.keys('r');
    expect(rows()).toEqual(['3', '5', '-']);
  });

  test('a table by the order that it came in, which is marked; and with a bar for its sizes', () => {
    const sized = table(
      'Sized',
      columns([
        { key: 'name', title: 'NAME', type: 'text' },
        { key: 'rss', title: 'RSS', type: 'pages' },
      ]),
      [{ cells: { name: 'large', rss: 800 } }, { cells: { name: 'small', rss: 100 } }],
      { sorted: { column: 'rss', descending: true } },
    );
    const session = new ToySession({ ps: [sized] }).keys('1');
    const text = session.lines.join('\n');
    expect(text).toContain('RSS▼');
    expect(text).toMatch(/large +3\.13 MiB ████████\n/);
    expect(text).toMatch(/small +400 KiB █ {7}$/m);
    expect(session.keys('r').lines.join('\n')).toMatch(/RSS▲[^]*small[^]*large/);
  });

  test('sizes as people read them; # shows them exact, with the unit under the title, and a filter finds both', () => {
    const sized = table(
      'Sized',
      columns([
        { key: 'name', title: 'NAME', type: 'text' },
        { key: 'rss', title: 'RSS', type: 'pages' },
        { key: 'disk', title: 'DISK', type: 'bytes' },
        { key: 'n', title: 'N', type: 'integer' },
      ]),
      [
        { cells: { name: 'large', rss: 17_522, disk: 0, n: 2048 } },
        { cells: { name: 'small', rss: gap('rss', 'excluded'), disk: 1000, n: 1 } },
      ],
    );
    const session = new ToySession({ ps: [sized] }).keys('1');
    expect(session.lines.slice(1)).toEqual([
      expect.stringMatching(/^NAME +RSS +DISK +N$/),
      expect.stringMatching(/^large +68\.4 MiB +0 +2048$/),
      expect.stringMatching(/^small +\? +1000 bytes +1$/),
    ]);
    expect(session.keys('#').lines.slice(1)).toEqual([
      expect.stringMatching(/^NAME +RSS +DISK +N$/),
      expect.stringMatching(/^ +pages +bytes$/),
      expect.stringMatching(/^large +17522 +0 +2048$/),
      expect.stringMatching(/^small +\? +1000 +1$/),
    ]);
    expect(session.keys('&17522<enter>').lines).toHaveLength(4);
    expect(session.keys('<esc>#&68.4 mib<enter>').lines).toHaveLength(3);
  });

  test('offsets in a struct are exact', () => {
    const layout = tree(
      'struct x, 8 bytes',
      columns([
        { key: 'member', title: 'MEMBER', type: 'text' },
        { key: 'offset', title: 'OFFSET', type: 'bytes' },
      ]),
      [{ cells: { member: 'int a', offset: 2500 }, children: [] }],
      { id: 'layout' },
    );
    expect(new ToySession({ struct: [layout] }).keys('1').lines.at(-1)).toMatch(/int a +2500$/);
  });

  test('of a member that is too long its type is cut, and never its name; counts beside a title stay whole', () => {
    const object = tree(
      `struct kmem_cache at 0xffff888003a4c000 ${'<name> '.repeat(10)}`,
      columns([
        { key: 'member', title: 'MEMBER', type: 'text' },
        { key: 'value', title: 'VALUE', type: 'text' },
      ]),
      ['long_name', 'other'].map((name) => ({
        cells: { member: `struct reciprocal_value_${'of_a_kind_'.repeat(6)} ${name}`, value: 'x'.repeat(50) },
        children: [{ cells: { member: 'int a', value: '1' }, children: [] }],
      })),
      { id: 'object' },
    );
    const lines = new ToySession({ read: [object] }).keys('1').lines;
    expect(lines[0]).toMatch(/^struct kmem_cache .*…  2 of 4$/);
    expect(lines[2]).toMatch(/^▸ struct reci.*… long_name +x+/);
    expect(lines[3]).toMatch(/^▸ struct reci.*… other +x+/);
  });

  test('moved sideways its title stays, and no number is cut in the middle', () => {
    const many = table(
      'Many columns',
      columns(
        Array.from({ length: 12 }, (_, at) => ({ key: `c${at}`, title: `COLUMN${at}`, type: 'integer' as const })),
      ),
      [{ cells: Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`c${at}`, 1_000_000 + at])) }],
    );
    const session = new ToySession({ many: [many] }, { columns: 60, rows: 24 }).keys('1ll');
    const [title, header, row] = frameOf(session.state).slice(2, 5);
    expect(title).toMatch(/^ {2}Many columns {2}\d columns hidden \(→\)$/);
    expect(header).toMatch(/^ +COLUMN0 +COLUMN3 +COLUMN4( +COLUMN\d)*$/);
    expect(row).toMatch(/^> +1000000 +1000003 +1000004( +\d{7})*$/);
  });

  test('numbers stand under each other at their ends, in the first column too', () => {
    const lines = new ToySession({ numbers: [numbers] }).keys('1').lines;
    expect(lines.slice(1, 4)).toEqual(['  N  NAME', '  0  even 0', '  1  odd 1']);
    expect(lines.at(-1)).toBe('199  odd 199');
  });

  test('who leads his group has one pid to be opened', () => {
    const tasks = table(
      'Tasks',
      columns([
        { key: 'pid', title: 'PID', type: 'pid' },
        { key: 'tgid', title: 'TGID', type: 'pid' },
        { key: 'ppid', title: 'PPID', type: 'pid' },
      ]),
      [{ cells: { pid: 52, tgid: 52, ppid: 1 } }],
    );
    expect(new ToySession({ ps: [tasks] }).keys('1o').state.mode).toMatchObject({
      targets: [{ label: 'PID 52' }, { label: 'PPID 1' }],
    });
  });

  test('a folded table as its title; Enter or z opens it, and a filter looks into it', () => {
    const folded = table(
      'Kernel threads',
      columns([{ key: 'comm', title: 'COMM', type: 'text' }]),
      [{ cells: { comm: 'kthreadd' } }, { cells: { comm: 'kswapd0' } }],
      { folded: true },
    );
    const session = new ToySession({ ps: [numbers, folded] }).keys('1G');
    expect(session.cursorLine).toBe('▸ Kernel threads  2');
    expect(session.keys('<enter>').lines).toContain('kswapd0');
    expect(session.keys('z').lines).not.toContain('kswapd0');
    expect(session.keys('&kswap<enter>').lines).toContain('kswapd0');
  });

  test('what was killed and what a finding names is marked in words', () => {
    const tasks = table(
      'Processes',
      columns([
        { key: 'pid', title: 'PID', type: 'pid' },
        { key: 'oom', title: 'OOM', type: 'flags' },
        { key: 'comm', title: 'COMM', type: 'text' },
      ]),
      [
        { cells: { pid: 51, oom: null, comm: 'hog' } },
        { cells: { pid: 52, oom: ['victim', 'reaper'], comm: 'unlucky' } },
        { cells: { pid: 1, oom: null, comm: 'init' } },
      ],
    );
    const held = findings('Findings', [
      {
        id: 'x',
        weight: 90,
        certainty: 'certain',
        moment: 'dump',
        subject: { kind: 'task', name: 'hog', pids: [51] },
        sentence: 'hog (pid 51) holds most',
        evidence: ['init (pid 1) does not'],
      },
    ]);
    const rows = new ToySession({ ps: [tasks], oom: [held] }).keys('1').lines;
    expect(rows.find((line) => line.includes('hog'))).toMatch(/◀ finding$/);
    expect(rows.find((line) => line.includes('unlucky'))).toMatch(/◀ killed$/);
    expect(rows.find((line) => line.includes('init'))).not.toContain('◀');
    expect(rows[0]).toBe('Processes  3  1 killed (/victim)');
    expect(new ToySession({ ps: [tasks] }).keys('1/victim<enter>').cursorLine).toContain('unlucky');
  });

  test('of the objects at one address that is marked which a finding is about, not its first member', () => {
    const door = { type: 'struct task_struct', address: 0x1000n };
    const objects = table('Objects', columns([{ key: 'what', title: 'WHAT', type: 'text' }]), [
      { cells: { what: 'the task' }, door },
      { cells: { what: 'its thread_info' }, door: { ...door, type: 'struct thread_info' } },
    ]);
    const held = findings('Findings', [
      { id: 'x', weight: 90, certainty: 'certain', moment: 'dump', sentence: 'x', evidence: [], doors: [door] },
    ]);
    const rows = new ToySession({ ps: [objects], oom: [held] }).keys('1').lines;
    expect(rows.find((line) => line.includes('the task'))).toMatch(/◀ finding$/);
    expect(rows.find((line) => line.includes('thread_info'))).not.toContain('◀');
  });
});

describe('folds', () => {
  const family = tree('Family', columns([{ key: 'name', title: 'NAME', type: 'text' }]), [
    {
      cells: { name: 'root' },
      children: [
        { cells: { name: 'child' }, children: [{ cells: { name: 'grandchild' }, children: [] }] },
        { cells: { name: 'other' }, children: [] },
      ],
    },
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
    expect(names(new ToySession({ family: [family] }).keys('1z&grand<enter>'))).toEqual([
      'root',
      'child',
      'grandchild',
    ]);
  });
});

function numbersWhere(test: (n: number) => boolean): string[] {
  return Array.from({ length: 200 }, (_, n) => n)
    .filter(test)
    .map(String);
}
