import { describe, expect, test } from 'vitest';
import { eventInWords, folded, TextTimeline, timelineOfRecords, type Timeline } from 'oompm/timeline';
import { reportsIn } from 'oompm/oom';

interface Line {
  at: number;
  text: string;
  caller?: string;
  facility?: number;
}

function timeline(lines: readonly (Line | readonly [at: number, ...texts: string[]])[]): Timeline {
  const records = lines.flatMap((line) =>
    'text' in line
      ? [{ facility: 0, ...line, timeNs: line.at * 1e9 }]
      : line.slice(1).map((text) => ({ text: String(text), facility: 0, timeNs: line[0] * 1e9 })),
  );
  return timelineOfRecords(records, []);
}

function ofText(text: string): Timeline {
  const reader = new TextTimeline();
  for (let at = 0; at < text.length; at += 100) reader.take(text.slice(at, at + 100));
  return reader.end(reportsIn(text));
}

const oops = (number: number, where: string): string[] => [
  'BUG: kernel NULL pointer dereference, address: 0000000000000028',
  '#PF: supervisor read access in kernel mode',
  `Oops: 0000 [#${number}] PREEMPT SMP PTI`,
  'CPU: 1 PID: 77 Comm: my app Tainted: G           OE      6.1.0 #1',
  `RIP: 0010:${where}/0x10 [acme]`,
  'Code: 00 00',
  'Call Trace:',
  ' vfs_write+0xc7/0x3a0',
  '---[ end trace 0000000000000000 ]---',
];

test('all lines of an oops are one event, with place, task and number', () => {
  const { events } = timeline([
    [5, ...oops(1, 'acme_do+0x5')],
    [5, 'note: my app[77] exited with preempt_count 1'],
    [9, 'usb 1-1: new device'],
  ]);
  expect(events).toEqual([
    {
      kind: 'oops',
      gravity: 'grave',
      witness: 'kernel',
      boot: 0,
      timeNs: 5e9,
      lines: { first: 1, last: 9 },
      what: 'NULL pointer dereference at 0x28',
      about: 'NULL pointer dereference at #',
      number: 1,
      comm: 'my app',
      pid: 77,
      cpu: 1,
      place: { function: 'acme_do', offset: 5, module: 'acme' },
      outcome: 'my app (77) was killed with preempt_count 1',
    },
  ]);
});

test('two oopses are two, told apart by who printed a line, and each panic has its own', () => {
  const of = (caller: string, at: number, texts: readonly string[]): Line[] =>
    texts.map((text) => ({ at, text, caller }));
  const [one, two] = [of('T77', 5, oops(1, 'acme_do+0x5')), of('C3', 6, oops(2, 'acme_irq+0x9'))];
  const mixed = one.flatMap((line, i) => [line, two[i]!]);
  const { events } = timeline([
    ...mixed,
    { at: 6, text: 'Kernel panic - not syncing: Fatal exception in interrupt', caller: 'C3' },
  ]);
  expect(events.map(({ kind, number, place, isEnd }) => [kind, number, place?.function, isEnd])).toEqual([
    ['oops', 1, 'acme_do', undefined],
    ['oops', 2, 'acme_irq', true],
    ['panic', undefined, undefined, true],
  ]);
});

test('a BUG() is announced by "cut here", and its trap belongs to it', () => {
  const { events } = timeline([
    [
      7,
      '------------[ cut here ]------------',
      'list_add corruption. next->prev should be prev (0), but was 1.',
      'kernel BUG at lib/list_debug.c:29!',
      'invalid opcode: 0000 [#1] SMP NOPTI',
      'RIP: 0010:__list_add_valid+0x6c/0xa0',
      '---[ end trace 0123456789abcdef ]---',
      'Kernel panic - not syncing: Fatal exception',
    ],
  ]);
  expect(events).toMatchObject([
    {
      kind: 'bug',
      number: 1,
      what: 'BUG() at lib/list_debug.c:29',
      message: 'list_add corruption. next->prev should be prev (0), but was 1.',
      lines: { first: 1, last: 6 },
      isEnd: true,
      outcome: 'panic: Fatal exception',
    },
    { kind: 'panic', isEnd: true },
  ]);
});

describe('what a slab’s check found', () => {
  const head = 'BUG kmalloc-96 (Tainted: G           OE     ): Poison overwritten';
  const who = 'CPU: 1 PID: 94 Comm: insmod Tainted: G           OE      6.1.0 #1';
  const stack = [
    'Call Trace:',
    ' <TASK>',
    ' dump_stack_lvl+0x44/0x5c',
    ' check_object+0x22b/0x280',
    ' ___slab_alloc+0x6f1/0x990',
    ' ? other+0x10/0x20 [stale]',
    ' kmalloc_trace+0x26/0x90',
    ' acme_more+0x823/0x940 [acme]',
  ];
  const foundBy = { function: 'acme_more', offset: 0x823, module: 'acme' };

  test('is told with who ran into it: not who allocated it, nor what a stack has by chance', () => {
    const tracked = ['Allocated in acme_init+0x1/0x2 [acme] age=3 cpu=0 pid=93', ' acme_init+0x1/0x2 [acme]'];
    const { events } = timeline([[7, head, ...tracked, who, ...stack]]);
    expect(events).toMatchObject([{ kind: 'corruption', comm: 'insmod', pid: 94, foundBy }]);
    expect(eventInWords(events[0]!)).toBe(
      'insmod (94): slab cache kmalloc-96: Poison overwritten, found in acme_more+0x823 [acme]',
    );
  });

  test('is one event where a WARN() prints its stack, and another’s WARN() is its own', () => {
    const warn = (place: string) => ['------------[ cut here ]------------', `WARNING: CPU: 1 PID: 94 at ${place}`];
    const { events } = timeline([[7, head, ...warn('mm/slub.c:1127 object_err+0x1d2/0x1df'), who, ...stack.slice(3)]]);
    expect(events).toMatchObject([{ kind: 'corruption', warned: true, pid: 94, foundBy }]);
    const { events: two } = timeline([[7, head, ...warn('drivers/acme.c:7 acme_tick+0x1/0x2'), who, ...stack]]);
    expect(two.map(({ kind }) => kind)).toEqual(['corruption', 'warning']);
  });
});

test('what a WARN() says is its message, before it or (until 4.14) behind, and no event of its own', () => {
  const text = 'NETDEV WATCHDOG: eth0 (e1000e): transmit queue 0 timed out';
  const cut = '------------[ cut here ]------------';
  const head = 'WARNING: CPU: 0 PID: 0 at net/sched/sch_generic.c:477 dev_watchdog+0x24b/0x250';
  const since = timeline([[5, cut, text, head, 'Modules linked in: e1000e']]);
  const until = timeline([[5, cut, `${head}()`, text, 'Modules linked in: e1000e']]);
  for (const { events } of [since, until])
    expect(events).toMatchObject([{ kind: 'warning', message: text, place: { function: 'dev_watchdog' } }]);
});

test('"cut here" without what it is of does not swallow what comes', () => {
  const { events } = timeline([
    [5, '------------[ cut here ]------------', 'sched: RT throttling activated', 'x', 'y', 'z', 'zz'],
  ]);
  expect(events).toMatchObject([{ kind: 'scheduler' }]);
});

test('what comes much later is no line of a report', () => {
  const { events } = timeline([
    [5, 'WARNING: CPU: 3 PID: 812 at kernel/softirq.c:150 __local_bh_enable_ip+0x6d/0x80()'],
    [60, 'I/O error, dev sda, sector 7 op 0x1:(WRITE) flags 0x0 phys_seg 1 prio class 2', 'x'],
  ]);
  expect(events).toMatchObject([{ kind: 'warning', lines: { last: 1 } }, { kind: 'io error' }]);
  expect(events[0]).not.toHaveProperty('message');
});

test('a task hangs in the function that called the lock', () => {
  const { events } = timeline([
    [
      130,
      'INFO: task dd:112 blocked for more than 120 seconds.',
      '      Not tainted 6.1.0 #1',
      '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.',
      'task:dd              state:D stack:0     pid:112   ppid:1      flags:0x00004000',
      'Call Trace:',
      ' <TASK>',
      ' __schedule+0x34d/0x9e0',
      ' schedule+0x5a/0xd0',
      ' ? rwsem_reader+0x20/0x20 [stuck]',
      ' rwsem_down_write_slowpath+0x31c/0x6c0',
      ' path_openat+0x337/0x1270',
    ],
  ]);
  expect(events).toMatchObject([{ kind: 'hung task', comm: 'dd', pid: 112, place: { function: 'path_openat' } }]);
});

test('a message of several lines begins one event at most', () => {
  const text = 'first\nBUG: kernel NULL pointer dereference, address: 0000000000000028';
  expect(timeline([[5, text]]).events).toEqual([]);
});

test('alike ones are one row; what is not alike, of user space, or the end, is another', () => {
  const hung = (comm: string, pid: number): string => `INFO: task ${comm}:${pid} blocked for more than 120 seconds.`;
  const { events } = timeline([
    [10, hung('kworker/0:1', 5)],
    [11, hung('mysqld', 7)],
    [20, hung('kworker/3:0', 9)],
    [30, hung('kworker/1:2', 5)],
    [31, 'Kernel panic - not syncing: hung_task: blocked tasks'],
  ]);
  expect(folded(events).map(({ comm, count, lastNs }) => [comm, count, lastNs])).toEqual([
    ['kworker/0:1', 2, 20e9],
    ['mysqld', 1, undefined],
    ['kworker/1:2', 1, undefined],
    [undefined, 1, undefined],
  ]);
});

test('what is over says how it ended', () => {
  const { events } = timeline([
    [10, 'nfs: server filer not responding, still trying'],
    [12, 'nfs: server other not responding, still trying'],
    [15, 'nfs: server filer OK'],
    [20, 'PM: suspend entry (deep)'],
    [21, 'PM: suspend exit'],
    [22, 'smpboot: CPU 1 is now offline'],
    [23, 'smpboot: Booting Node 0 Processor 1 APIC 0x1'],
    [24, 'nfs: server filer not responding, still trying'],
  ]);
  expect(events.map(({ kind, about, outcome, overNs }) => [kind, about, outcome, overNs])).toEqual([
    ['server', 'filer', 'it answered again', 15e9],
    ['server', 'other', undefined, undefined],
    ['suspend', 'suspend', 'awake again', 21e9],
    ['hotplug', 'CPU 1', 'online again', 23e9],
    ['server', 'filer', undefined, undefined],
  ]);
});

test('a panic is about the last event of its kind, and not about one that is long over', () => {
  const of = (at: number) =>
    timeline([
      [10, ...oops(1, 'acme_do+0x5')],
      [at, 'Kernel panic - not syncing: Fatal exception'],
    ]).events.map(({ isEnd }) => isEnd);
  expect(of(11)).toEqual([true, true]);
  expect(of(100)).toEqual([undefined, true]);
});

test('a log that was cut at its start says when it begins', () => {
  expect(timeline([[812.3, 'sched: RT throttling activated']]).beginsNs).toBe(812.3e9);
  expect(
    timeline([
      [0, 'Linux version 6.1.0 (x)'],
      [5, 'x'],
    ]).beginsNs,
  ).toBeUndefined();
});

test('a text of two boots: stamps begin anew, and the end is the last one’s', () => {
  const { events } = ofText(
    [
      '[    0.000000] Linux version 6.1.0 (x)',
      '[  100.000000] Kernel panic - not syncing: sysrq triggered crash',
      '[    0.000000] Linux version 6.1.0 (x)',
      '[    9.000000] sched: RT throttling activated',
    ].join('\n'),
  );
  expect(events.map(({ kind, boot, isEnd }) => [kind, boot, isEnd])).toEqual([
    ['boot', 0, undefined],
    ['panic', 0, undefined],
    ['boot', 1, undefined],
    ['scheduler', 1, undefined],
  ]);
});

test('a text as syslog has it: other programs’ lines are theirs, OOM reports are the parser’s', () => {
  const { events, lastNs } = ofText(
    [
      'May 19 18:14:40 web1 myapp[77]: BUG: kernel NULL pointer dereference, address: 0000000000000028',
      'May 19 18:14:41 web1 kernel: [  100.000000] myapp invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
      'May 19 18:14:41 web1 kernel: [  100.100000] Memory cgroup out of memory: Killed process 77 (myapp) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:1kB oom_score_adj:0',
      'May 19 18:14:43 web1 systemd[1]: myapp.service: A process of this unit has been killed by the OOM killer.',
      'May 19 18:14:45 web1 kernel: [  103.000000] EXT4-fs (sda1): Remounting filesystem read-only',
      'May 19 18:14:46 web1 kernel: [  104.000000] nothing of note',
    ].join('\n'),
  );
  expect(events.map(({ kind, witness, outcome, lines }) => [kind, witness, outcome, lines?.first])).toEqual([
    ['oom', 'kernel', 'killed myapp (77)', 2],
    ['daemon kill', 'user space', undefined, 4],
    ['file system', 'kernel', undefined, 5],
  ]);
  expect(lastNs).toBe(104e9);
});

test('what SLUB since 6.15 says of an overwritten object is one event, its WARN() included', () => {
  const warning = (file: string): string[] => [
    '------------[ cut here ]------------',
    `WARNING: ${file}:1239 at object_err+0x1f3/0x202, CPU#0: insmod/114`,
    'CPU: 0 UID: 0 PID: 114 Comm: insmod Tainted: G    B      OE       7.2.13 #1',
    '---[ end trace 0000000000000000 ]---',
  ];
  const report = [
    '[Right Redzone overwritten] 0xffff8ecc050ffa80-0xffff8ecc050ffa83 @offset=2688. First byte 0x42 instead of 0xcc',
    '=============================================================================',
    'BUG kmalloc-96 (Tainted: G           OE      ): Object corrupt',
    '-----------------------------------------------------------------------------',
  ];
  const shown = (file: string): (string | boolean | undefined)[][] =>
    timeline([[5, ...report, ...warning(file)]]).events.map(({ kind, what, comm, warned }) => [
      kind,
      what,
      comm,
      warned,
    ]);
  const what = 'slab cache kmalloc-96: Right Redzone overwritten';
  expect(shown('mm/slub.c')).toEqual([['corruption', what, 'insmod', true]]);
  // A warning of other code is its own.
  expect(shown('mm/page_alloc.c')).toEqual([
    ['corruption', what, undefined, undefined],
    ['warning', 'mm/page_alloc.c:1239', 'insmod', undefined],
  ]);
});
