import { describe, expect, test } from 'vitest';
import { log, type LogLine } from '../../src/index.js';
import { redact } from '../../src/report/redact.js';
import { render } from '../../src/report/render.js';
import { globalReport, memcgReport } from '../oom/text.js';
import { reportOf, sectionOf } from './sample-report.js';

/** The text of the lines as a report for others has them. */
function redacted(lines: readonly LogLine[], users: readonly string[] = []): string[] {
  const report = redact(
    reportOf([sectionOf('log', [log('Kernel log', lines)])]),
    users.map((comm) => ({ comm, isKernelThread: false })),
  );
  return report.sections[0]!.views.flatMap((view) =>
    view.kind === 'log' ? [...view.lines].map(({ text }) => text) : [],
  );
}

const kernels = (...texts: readonly string[]): LogLine[] => texts.map((text) => ({ text, level: 6, facility: 0 }));

/** A log as the console has it, without stamps. */
const messages = (text: string): string[] =>
  text
    .replaceAll(/^\[ *\d+\.\d+\] /gm, '')
    .trimEnd()
    .split('\n');

describe('nothing of the machine’s stays', () => {
  // Every secret has `zq` in it, or is one of these.
  const planted =
    /zq|10\.20\.30\.40|2001:db8|fe80|52:54:00|AA0123456789|4C53000123|5000c500|6f1e7a02|cafe0000|f00dfeed|nvme7n1|sdq3|bond9|1234567890123456/i;

  test.each([
    [
      'a task’s name, with spaces, brackets and the kernel’s own words in it',
      kernels(
        'zq out of memory invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
        'CPU: 1 PID: 51 Comm: zq Not tainted page Not tainted 6.1.0 #1',
        'CPU: 1 UID: 0 PID: 51 Comm: zq) (kernel Kdump: loaded Tainted: G        W  OE      6.1.0 #1',
        'Out of memory: Killed process 51 (zq) killed) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0',
        'Memory cgroup out of memory: Killed process 51 (zq process), UID 1000, total-vm:1kB',
        'Killed process 51, UID 48, (zqold) total-vm:1kB',
        'oom_reaper: reaped process 51 (zq now), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB',
        '[     51]     0    51     6662     1221    77824        0          -250 zq a (b',
        '[     52]     0    52     6662     1221    77824        0          -250 (zq-pam)',
        'INFO: task zq blocked:51 blocked for more than 120 seconds.',
        'INFO: task a:1 is blocked on a mutex likely owned by task zq of:52.',
        'task:zq state run  state:D stack:0     pid:51    ppid:1      flags:0x00004002',
        'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [zq cpu:51]',
        'zqprog: page allocation failure: order:5, mode:0xcc0(GFP_KERNEL), nodemask=(null),cpuset=/zq.slice,mems_allowed=0',
        'zq prog[51]: segfault at 0 ip 0000000000401136 sp 00007ffd3d5a5c30 error 4 in zq-lib.so[401000+1000]',
        'traps: zqtrap[51] general protection fault ip:401136 sp:7ffd3d5a5c30 error:0 in zqlib[401000+1000]',
        'EXT4-fs error (device sdq3): ext4_lookup:1855: inode #2: comm zq error: deleted inode referenced: 12',
      ),
    ],
    [
      'cgroups, units, mounts and paths',
      kernels(
        'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=zq.slice,mems_allowed=0,oom_memcg=/zq/pod,task_memcg=/zq.slice/zq task,x.scope,task=zq=,task,pid=51,uid=0',
        'Memory cgroup stats for /zq kernel:memory:',
        'Task in /zq/of limit killed as a result of limit of /zq/the limit',
        'Tasks in /zq memory are going to be killed due to memory.oom.group set',
        'XFS (dm-0): Mounting V5 Filesystem 6f1e7a02-0000-4000-8000-f00dfeedf00d at /zq/data',
        'EXT4-fs (nvme7n1p2): mounted filesystem with ordered data mode on zqvolume',
        'audit: type=1400 audit(1700000000.123:45): apparmor="DENIED" operation="open" profile="zq-profile" name="/zq/secret" comm="zqd"',
        'Started zq-billing.service - zq billing',
        'process "/zq/bin/x y" started with executable stack',
        "overlayfs: upper fs does not support tmpfile 'zq upper'",
      ),
    ],
    [
      'names and addresses of the network',
      kernels(
        'nfs: server zqfiler not responding, still trying',
        'nfs: server zqfiler.zq.example OK',
        'NFS: zq.example:/export mounted',
        'device bond9 entered promiscuous mode',
        'IPv4: martian source 10.20.30.40 from 2001:db8::7:1, on dev bond9 52:54:00:12:34:56',
        'IN=bond9 OUT= MAC=52:54:00:12:34:56:52:54:00:aa:bb:cc:08:00 SRC=10.20.30.40 DST=fe80::1 PROTO=TCP',
        'Linux version 6.1.0 (root@zqbuild.zq.example) (gcc) #1 SMP',
        'root@zqhost logged in as zquser',
        'ceph: mon0 10.20.30.40:6789 session established by zqadmin',
      ),
    ],
    [
      'serial numbers and identifiers',
      kernels(
        'usb 1-1: Product: zq memory device',
        'usb 1-1: Manufacturer: zq kernel',
        'usb 1-1: SerialNumber: AA0123456789',
        'usb 1-1: SerialNumber: 1234567890123456',
        'DMI: zq Systems/zq board, BIOS 1 01/01/2022',
        'Hardware name: zq kernel memory, BIOS 1',
        'scsi 0:0:0:0: Direct-Access     zq       disk             0001 PQ: 0 ANSI: 5',
        'ata1.00: ATA-9: zqdisk 4C53000123, max UDMA/133',
        'sd 0:0:0:0: wwn 0x5000c500a1b2c3d4',
        'sd 0:0:0:0: [sdq3] 5000c500a1b2c3d4',
        'md: array uuid cafe0000:cafe0000:f00dfeed:f00dfeed',
        'nvme nvme7n1: serial 1234567890123456',
        'machine cafe0000cafe0000cafe0000cafe0000',
        'tpm: key 0xcafe0000cafe0000 loaded',
      ),
    ],
    [
      'the kernel’s command line, what it passes on, and parameters',
      kernels(
        'Command line: BOOT_IMAGE=/zq root=UUID=6f1e7a02-0000-4000-8000-f00dfeedf00d panic=1 memory=zq',
        'Kernel command line: nfsroot=10.20.30.40:/zq quiet',
        'Unknown kernel command line parameters "zq memory=1", will be passed to user space.',
        '  with environment:\n    zqtoken=memory',
        'zqmod: loaded with password=zq',
      ),
    ],
    [
      'whatever others wrote, as the kernel would have',
      [
        { text: 'Out of memory: Killed process 1 (zq)', level: 3, facility: 1 },
        { text: 'systemd[1]: zq.service: memory', level: 6, facility: 3 },
        { text: 'zq: memory: out of memory', level: 6 },
      ],
    ],
  ] as [string, LogLine[]][])('%s', (_, lines) => {
    const report = reportOf([sectionOf('log', [log('Kernel log', lines)])]);
    expect([...render(report, 'json')].join('')).toMatch(planted);
    for (const text of redacted(lines)) expect(text).not.toMatch(planted);
    for (const format of ['text', 'json', 'md', 'html'] as const)
      expect([...render(redact(report), format)].join('')).not.toMatch(planted);
  });

  test('lines of others are hidden whole', () => {
    expect(
      redacted([
        { text: 'Out of memory: Killed process 1 (a)', level: 3, facility: 1 },
        { text: 'page', level: 6 },
      ]),
    ).toEqual(['text-1', 'text-2']);
  });
});

describe('the kernel’s own words stay', () => {
  test('an OOM report reads as before, but for names', () => {
    const out = redacted(kernels(...messages(globalReport)), ['a.out', 'systemd-journal']);
    const names: readonly (readonly [RegExp, string])[] = [
      [/\ba\.out\b/g, 'task-1'],
      [/systemd-journal/g, 'task-2'],
      [/systemd-udevd/g, 'task-3'],
      [/\(sd-pam\)/g, 'task-4'],
      [/Maker Model.*/, 'hardware-1'],
      [/\/user\.slice.*?(?=,)/, 'cgroup-1'],
    ];
    const expected = messages(globalReport).map((line) =>
      names.reduce((left, [name, token]) => left.replaceAll(new RegExp(name, 'g'), token), line),
    );
    expect(out).toEqual(expected);
  });

  test('a cgroup’s too', () => {
    const out = redacted(kernels(...messages(memcgReport)));
    expect(out.filter((line) => line.includes('text-'))).toEqual([]);
    expect(out).toContain('Memory cgroup stats for cgroup-1:');
    expect(out.join('\n')).toMatch(/Memory cgroup out of memory: Killed process \d+ \(task-\d+\) total-vm:/);
  });

  test('one name has one token, in the log and elsewhere', () => {
    const out = redacted(
      kernels(
        'zq a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
        'Out of memory: Killed process 51 (zq a) total-vm:1kB, anon-rss:1kB',
      ),
    );
    expect(out).toEqual([
      'task-1 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
      'Out of memory: Killed process 51 (task-1) total-vm:1kB, anon-rss:1kB',
    ]);
  });

  test('a word that is hidden in one line is no name in others', () => {
    expect(
      redacted(kernels('acme: loading out-of-tree module taints kernel.', ' acme_do.isra.0+0x861/0x11a0 [acme]')),
    ).toEqual([expect.stringMatching(/^text-1: loading /), ' acme_do.isra.0+0x861/0x11a0 [acme]']);
  });

  test.each([
    'BUG: kernel NULL pointer dereference, address: 0000000000000008',
    'BUG: unable to handle page fault for address: ffffffffc0a01234',
    '#PF: supervisor read access in kernel mode',
    '#PF: error_code(0x0000) - not-present page',
    'PGD 0 P4D 0',
    'Oops: 0000 [#1] PREEMPT SMP NOPTI',
    'RIP: 0010:do_exit+0x1a/0xb90',
    'RSP: 0018:ffffc900001c7e18 EFLAGS: 00010246',
    'RAX: bd3db9cf37447e12 RBX: ffff888003a4c000 RCX: 0000000000000001',
    'CR2: 0000000000000008 CR3: 0000000003a4c000 CR4: 00000000000006f0',
    'FS:  00007f70dec4e000(0000) GS:ffff88800fd00000(0000) knlGS:0000000000000000',
    'Code: 00 10 <0f> 1f 44',
    'Call Trace:',
    ' <TASK>',
    ' ? policy_node+0x51/0x70',
    ' my_fn.isra.0+0x12/0x34 [mymodule]',
    ' </TASK>',
    'Modules linked in: nfs lockd mymodule(OE) [last unloaded: other]',
    '---[ end trace 0000000000000000 ]---',
    'Kernel panic - not syncing: Fatal exception in interrupt',
    'Kernel Offset: 0x1000000 from 0xffffffff81000000 (relocation range: 0xffffffff80000000-0xffffffffbfffffff)',
    'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [task-1:51]',
    'rcu: INFO: rcu_sched self-detected stall on CPU',
    'rcu: \t1-....: (5250 ticks this GP) idle=bf1/1/0x4000000000000000 softirq=12/12 fqs=2625',
    'NMI backtrace for cpu 1',
    'Sending NMI from CPU 0 to CPUs 1:',
    'INFO: task task-1:51 blocked for more than 120 seconds.',
    '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.',
    'sysrq: Trigger a crash',
    'Node 0 DMA32 free:59900kB min:24044kB low:30052kB high:36060kB',
    '14*4kB (UM) 46*8kB (U) = 60680kB',
    'list_del corruption. prev->next should be ffff888003a4c000, but was 0000000000000000',
    'kernel BUG at mm/slub.c:305!',
    'WARNING: CPU: 0 PID: 51 at kernel/workqueue.c:2442 check_flush_dependency+0x10a/0x120',
    'general protection fault, probably for non-canonical address 0xffff000000000000: 0000 [#1] PREEMPT SMP NOPTI',
    'Tainted: [O]=OOT_MODULE, [E]=UNSIGNED_MODULE',
    'kernfs_node_cache       1234KB       1300KB',
    'Kernel panic - not syncing: softlockup: hung tasks',
    'BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable',
    'refcount_t: underflow; use-after-free.',
    'BUG: scheduling while atomic: task-1/51/0x00000002',
  ])('%s', (line) => {
    expect(redacted(kernels(line))).toEqual([line]);
  });
});
