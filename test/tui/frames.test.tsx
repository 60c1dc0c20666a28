import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';

import {
  chart,
  columns,
  fact,
  facts,
  findings,
  gap,
  graph,
  log,
  stacks,
  table,
  tree,
} from '../../src/plugin/make-views.js';
import type { View } from '../../src/words/views.js';
import { frameOf } from './toy-screen.js';
import { facts as dumpFacts, runOf, ToySession } from './toy-state.js';

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 160, rows: 50 },
  { columns: 200, rows: 60 },
  { columns: 20, rows: 6 },
];

const zones: View[] = [
  table(
    'Zones',
    columns([
      { key: 'name', title: 'ZONE', type: 'text' },
      { key: 'free', title: 'FREE', type: 'pages' },
      { key: 'min', title: 'MIN', type: 'pages' },
      { key: 'start', title: 'START', type: 'address', dispensable: 1 },
    ]),
    [
      { cells: { name: 'DMA32', free: 162, min: 94, start: 0xffff888000001000n } },
      { cells: { name: 'Normal', free: gap('zone.vm_stat', 'page excluded'), min: 224, start: null } },
    ],
  ),
  chart('Free against watermarks', 'pages', [
    {
      label: 'DMA32',
      value: 162,
      marks: [
        { label: 'min', value: 94 },
        { label: 'low', value: 117 },
        { label: 'high', value: 140 },
      ],
    },
    {
      label: 'Normal',
      value: 60,
      marks: [
        { label: 'min', value: 224 },
        { label: 'low', value: 280 },
        { label: 'high', value: 336 },
      ],
    },
  ]),
];

const everything: Readonly<Record<string, readonly View[]>> = {
  overview: [
    findings('Findings', [
      {
        id: 'oom',
        weight: 90,
        certainty: 'certain',
        moment: 'report',
        sentence: 'Nothing could be reclaimed, so that a.out had to die.',
        evidence: ['free 60 < min 224'],
      },
    ]),
    facts('Machine', [
      fact('release', 'Release', 'text', '6.1.0'),
      fact('ram', 'RAM', 'pages', 26734),
      fact('lost', 'Lost', 'text', gap('x', 'page excluded')),
    ]),
    chart(
      'Where memory went',
      'pages',
      [
        { label: 'anonymous', value: 22570 },
        { label: 'slab', value: 1300 },
        { label: 'free', value: 600 },
      ],
      { total: 26734 },
    ),
  ],
  zones,
  log: [
    log('Kernel log', [
      { timeNs: 1.5e9, level: 4, caller: 'T51', text: 'a.out invoked oom-killer' },
      { text: 'two records were lost', remark: true },
    ]),
  ],
  bt: [
    stacks('Stacks', [
      {
        title: 'a.out (52)',
        door: { type: 'struct task_struct', address: 0xffff888000002000n },
        frames: [
          {
            index: 0,
            ip: 0xffffffff81000000n,
            function: 'out_of_memory',
            offset: 0x1a2,
            found: 'unwound',
            file: 'mm/oom_kill.c',
            line: 1092,
            arguments: [{ name: 'oc', value: '0xffff888000003000' }],
          },
          {
            index: 1,
            ip: 0xffffffff81000100n,
            function: 'asm_exc_page_fault',
            found: 'registers',
            registers: { rip: 0x401000n, rsp: 0x7ffe00n },
          },
        ],
      },
    ]),
  ],
  ps: [
    tree(
      'Processes',
      columns([
        { key: 'comm', title: 'COMM', type: 'text' },
        { key: 'pid', title: 'PID', type: 'pid' },
      ]),
      [{ cells: { comm: 'init', pid: 1 }, children: [{ cells: { comm: 'sh', pid: 9 }, children: [] }] }],
    ),
  ],
  locks: [
    graph('Who waits for whom', {
      nodes: [
        { id: 't1', label: 'abba-1 (51)', kind: 'task' },
        { id: 'a', label: 'lock_a', kind: 'lock' },
        { id: 't2', label: 'abba-2 (52)', kind: 'task' },
        { id: 'b', label: 'lock_b', kind: 'lock' },
        { id: 't3', label: 'late (60)', kind: 'task' },
        { id: 'c0', label: 'CPU 0', kind: 'cpu' },
      ],
      edges: [
        { from: 't1', to: 'b', label: 'waits for' },
        { from: 'b', to: 't2', label: 'held by' },
        { from: 't2', to: 'a', label: 'waits for' },
        { from: 'a', to: 't1', label: 'held by' },
        { from: 't3', to: 'a', label: 'waits for' },
        { from: 'c0', to: 't1', label: 'runs' },
      ],
      cycles: [['t1', 'b', 't2', 'a']],
    }),
  ],
};

describe.each(sizes)('at $columns×$rows', (size) => {
  test('every screen fills the window, and no line is wider', () => {
    const session = new ToySession(everything, size);
    for (const keys of ['0', '1', '2', '3', '4', '5', 's', '<esc>?', '<esc>:some words', '<esc>/x', '<esc>&a']) {
      const frame = frameOf(session.keys(keys).state);
      expect(frame, keys).toHaveLength(size.rows);
      expect(
        frame.filter((line) => stringWidth(line) > size.columns),
        keys,
      ).toEqual([]);
    }
  });
});

const at = (columns: number, rows: number, keys: string): string =>
  frameOf(new ToySession(everything, { columns, rows }).keys(keys).state).join('\n');

describe('what stands on the screens', () => {
  test('the overview: findings first with their evidence, facts, where memory went, what could not be read, the screens', () => {
    const frame = at(100, 50, '');
    expect(frame).toMatch(/^ oompm vmcore · Linux 6\.1\.0-toy x86_64/);
    expect(frame).toContain('> ▾ ● Nothing could be reclaimed, so that a.out had to die.');
    expect(frame).toContain('certain, at the OOM report; overview');
    expect(frame).toContain('- free 60 < min 224');
    expect(frame).toContain('could not be read: page excluded');
    expect(frame).toMatch(/██ anonymous +88\.2 MiB +84\.4 %/);
    expect(frame).toMatch(/^ {2}zones +all about zones/m);
  });

  test('what the file lacks stands before all that rests on it', () => {
    const sentence = 'The file is cut off: 7583170 of 8425745 bytes (89.9 %); copy it again.';
    const session = new ToySession(everything, { columns: 100, rows: 50 });
    session.act({
      kind: 'found',
      dump: { ...dumpFacts, defects: [sentence] },
      plugins: session.state.plugins,
      warnings: [],
    });
    const frame = frameOf(session.state).join('\n');
    expect(frame).toContain(sentence);
    expect(frame.indexOf(sentence)).toBeLessThan(frame.indexOf('Findings'));
  });

  test('zones: bars with their marks, and in words what is below them', () => {
    const frame = at(80, 24, ':zones<enter>');
    expect(frame).toMatch(/ZONE +FREE +MIN +START/);
    expect(frame).toMatch(/Normal +\? +896 KiB +-/);
    expect(frame).toMatch(/Normal █+·*m·*l·*h? +240 KiB below min/);
    expect(frame).toMatch(/m min 376 KiB {3}l low 468 KiB {3}h high 560 KiB/);
  });

  test('a stack opens to source lines, and a frame to its arguments and registers', () => {
    expect(at(100, 24, ':bt<enter>')).toContain('#0 out_of_memory+0x1a2 at mm/oom_kill.c:1092');
    expect(at(100, 24, ':bt<enter>jz')).toContain('oc = 0xffff888000003000');
    expect(at(100, 24, ':bt<enter>jjz')).toContain('rip=0x401000 rsp=0x7ffe00');
  });

  test('a cycle is drawn as a ring, and what hangs on it as a tree', () => {
    const frame = at(80, 40, ':locks<enter>');
    expect(frame).toContain('cycle 1 of 1: none of these can go on');
    expect(
      frame
        .split('\n')
        .map((line) => line.slice(2))
        .filter((line) => /[┌│└]/.test(line))
        .slice(0, 11),
    ).toEqual([
      '  ┌──▶ [abba-1 (51)]',
      '  │      │ waits for',
      '  │      ▼',
      '  │    (lock_b)',
      '  │      │ held by',
      '  │      ▼',
      '  │    [abba-2 (52)]',
      '  │      │ waits for',
      '  │      ▼',
      '  │    (lock_a)',
      '  └─────── held by',
    ]);
    expect(frame).toMatch(/\[late \(60\)]\n +└─ waits for ─▶ \(lock_a\) \(see above\)/);
    expect(frame).toContain('<CPU 0>');
  });

  test('? on every screen, with all keys', () => {
    for (const screen of ['0', '1', '2', '3', '4', '5']) {
      const frame = at(120, 50, `${screen}?`);
      for (const does of ['search, next, previous', 'write this screen to a file', 'back and out'])
        expect(frame).toContain(does);
    }
  });

  test('what the marks mean is in it whole, on a narrow screen too', () => {
    for (const columns of [60, 80, 120, 200]) {
      const frame = at(columns, 80, '?');
      expect(frame).not.toContain('…\n');
      for (const mark of ['● certain', '- does not apply']) expect(frame).toContain(mark);
      expect(frame.replaceAll(/\s+/g, ' ')).toContain(
        "~ as the kernel's own report counts: without what CPUs and threads have not added up yet",
      );
    }
  });

  test('verdicts that there are none of have no title, and no key', () => {
    const frame = frameOf(
      new ToySession(
        {
          locks: [findings('Locks', []), table('Contended', columns([{ key: 'n', title: 'N', type: 'integer' }]), [])],
        },
        { columns: 120, rows: 24 },
      ).keys('1').state,
    );
    expect(frame[2]).toBe('  Contended');
    expect(frame.at(-1)).not.toContain('f next finding');
  });

  test('column titles stay in sight', () => {
    const long = table(
      'Long',
      columns([{ key: 'n', title: 'NUMBER', type: 'integer' }]),
      Array.from({ length: 100 }, (_, n) => ({ cells: { n } })),
    );
    const frame = frameOf(new ToySession({ long: [long] }).keys('1G').state);
    expect(frame[2]).toBe('  NUMBER');
    expect(frame.at(-2)).toMatch(/^> +99/);
  });

  test('the footer has the keys of this screen, and each whole', () => {
    const footer = (columns: number, keys: string): string => at(columns, 24, keys).split('\n').at(-1)!;
    expect(footer(200, ':ps<enter>')).not.toContain('sort');
    expect(footer(200, ':zones<enter>')).toMatch(/< > sort/);
    expect(footer(200, ':log<enter>')).toMatch(/Esc back {2}v level {2}t times/);
    expect(footer(200, '0')).toContain('f next finding');
    expect(footer(200, '0')).not.toContain('Esc back');
    expect(footer(200, '0')).toMatch(/ \d+\/\d+ *$/);
    // What lies over a page has no place in it.
    for (const over of ['?', 's']) expect(footer(200, over)).not.toMatch(/\d+\/\d+/);
    const all = new Set(footer(400, ':zones<enter>').trim().split(/ {2,}/));
    for (let columns = 20; columns < 200; columns++) {
      const keys = footer(columns, ':zones<enter>').trim().split(/ {2,}/);
      // The last is the place of the cursor.
      for (const key of keys.slice(0, -1)) expect(all, `${columns} columns`).toContain(key);
    }
  });

  test('a narrow table says how many columns it hides', () => {
    const many = table(
      'Many',
      columns(
        ['a', 'b', 'c', 'd'].map((key, index) => ({
          key,
          title: key.toUpperCase(),
          type: 'text',
          ...(index === 0 ? {} : { dispensable: index }),
        })),
      ),
      [{ cells: { a: 'x'.repeat(20), b: 'x'.repeat(20), c: 'x'.repeat(20), d: 'x'.repeat(20) } }],
    );
    const title = (columns: number): string =>
      frameOf(new ToySession({ many: [many] }, { columns, rows: 24 }).keys('1').state)[2]!;
    expect([title(100), title(80), title(60)]).toEqual([
      '  Many',
      '  Many  1 column hidden (→)',
      '  Many  2 columns hidden (→)',
    ]);
  });

  test('a column without a value in any row goes first', () => {
    const list = columns([
      { key: 'name', title: 'NAME', type: 'text' },
      { key: 'a', title: 'A'.repeat(15), type: 'integer', dispensable: 5 },
      { key: 'oom', title: 'O'.repeat(15), type: 'flags' },
    ]);
    const title = (oom: string[] | null): string =>
      frameOf(
        new ToySession(
          { x: [table('X', list, [{ cells: { name: 'n', a: 1, oom } }])] },
          { columns: 36, rows: 24 },
        ).keys('1').state,
      )[3]!;
    expect([title(null), title(['victim'])]).toEqual([expect.stringContaining('AAA'), expect.stringContaining('OOO')]);
    expect([title(null), title(['victim'])]).toEqual([
      expect.not.stringContaining('OOO'),
      expect.not.stringContaining('AAA'),
    ]);
  });

  test('where no column may go, those go that do not fit: from the right, numbers first', () => {
    const tight = table(
      'Tight',
      columns([
        { key: 'name', title: 'NAME', type: 'text' },
        ...['a', 'b', 'c', 'd', 'e', 'f'].map((key) => ({
          key,
          title: key.repeat(8).toUpperCase(),
          type: 'integer' as const,
        })),
        { key: 'comm', title: 'COMM', type: 'text' },
      ]),
      [{ cells: { name: 'x', a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, comm: 'init' } }],
    );
    const frame = frameOf(new ToySession({ tight: [tight] }, { columns: 50, rows: 24 }).keys('1').state);
    expect(frame.slice(2, 5)).toEqual([
      '  Tight  3 columns hidden (→)',
      '  NAME  AAAAAAAA  BBBBBBBB  CCCCCCCC  COMM',
      expect.stringMatching(/^> x +1 +2 +3 {2}init$/),
    ]);
  });

  test('the prompt: ways to go on, and what is wrong, stand under the line', () => {
    const session = new ToySession(everything, { columns: 80, rows: 24 }).keys(':sl');
    session.act({
      kind: 'completions',
      text: 'sl',
      candidates: Array.from({ length: 12 }, (_, n) => ({ text: `slab_${n}`, label: `slab_${n}`, kind: 'symbol' })),
      whole: true,
    });
    const lines = frameOf(session.state);
    const prompt = lines.indexOf(' : sl█');
    expect(lines.slice(prompt + 1)).toEqual([
      ...Array.from({ length: 7 }, (_, n) => expect.stringMatching(new RegExp(`^ {3}slab_${n} +symbol$`)) as unknown),
      '   5 more; Tab goes through them',
    ]);
    session.keys('<enter>');
    session.act({
      kind: 'answered',
      request: 1,
      events: [{ kind: 'end', outcome: { kind: 'unavailable', reason: 'sl is no symbol' }, gaps: [] }],
    });
    expect(frameOf(session.state).slice(prompt, prompt + 2)).toEqual([' : sl█', '   sl is no symbol']);
    expect(frameOf(session.keys('<esc>').state)).toHaveLength(24);
  });

  test('from 160 columns on what a line stands for is beside it', () => {
    const beside = (columns: number, keys: string): string => at(columns, 40, keys);
    expect(beside(160, '')).toMatch(
      /│ Nothing could be reclaimed, so that a.out had to die\.\n> ▸ ● Nothing could be reclaimed, so that a.out had to die\. +│ certain/,
    );
    expect(beside(160, '')).toMatch(/│ - free 60 < min 224/);
    expect(beside(159, '')).not.toContain('│ - free');
    expect(beside(160, ':bt<enter>')).toMatch(/ │ a\.out \(52\)\n> ▸ a\.out \(52\).*│ #0 out_of_memory/);
    const opened = new ToySession(everything, { columns: 160, rows: 40 }).keys(':bt<enter><enter>');
    opened.act({
      kind: 'answered',
      request: 1,
      title: 'a.out (52)',
      events: runOf(facts('Task', [fact('pid', 'Pid', 'pid', 52)])),
    });
    const frame = frameOf(opened.state).join('\n');
    expect(frame).toContain('bt › a.out (52)');
    expect(frame).toMatch(/^> ▸ a\.out \(52\).* │ > Pid +52$/m);
  });

  test('what is being read is said', () => {
    const session = new ToySession(everything);
    session.act({ kind: 'restarted', id: 'bt' });
    expect(frameOf(session.state)[0]).toMatch(/reading bt… 5\/6$/);
  });
});

test('beside a chart’s labels nothing is cut, however narrow; with room for them no label is either', () => {
  const parts = [
    { label: 'anonymous memory of processes', value: 80 },
    { label: 'free', value: 20 },
  ];
  const whole = chart('What held the memory', 'pages', parts, { total: 100 });
  const bars = chart('Largest', 'pages', parts);
  const at = (columns: number): string =>
    frameOf(new ToySession({ held: [whole, bars] }, { columns, rows: 24 }).keys('1').state).join('\n');
  for (const columns of [40, 60, 80]) {
    expect(at(columns)).toMatch(/320 KiB {2}80\.0 %$/m);
    expect(at(columns)).toMatch(/[█·] +320 KiB$/m);
  }
  expect(at(80)).toContain('██ anonymous memory of processes');
});
