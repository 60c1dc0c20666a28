import { array, assert, constantFrom, nat, oneof, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';

import { OopsReader, oopsTextFindings } from '../../src/oopstext/index.js';
import { TextTimeline } from '../../src/timeline/text-timeline.js';
import type { Finding } from '../../src/words/finding.js';
import { amissIn } from '../words/untold.js';

/** In pieces, as a file is read. */
function findingsIn(...pieces: readonly string[]): readonly Finding[] {
  const oopses = new OopsReader();
  const reader = new TextTimeline(oopses);
  for (const piece of pieces) reader.take(piece);
  reader.end([]);
  return oopsTextFindings(oopses.end(), reader.lines);
}

function told(text: string): string[] {
  const found = findingsIn(text);
  for (const finding of found) expect(amissIn(finding), finding.sentence).toEqual([]);
  return found.map(({ certainty, sentence }) => `${certainty}: ${sentence}`);
}

const registers = `RSP: 0018:ffff9f1c0041bc48 EFLAGS: 00010246
RAX: 0000000000000000 RBX: ffff88cf03b9e190 RCX: 0000000000000000
RDX: 0000000000000000 RSI: ffffffffc029d0e8 RDI: 0000000000000010
RBP: ffff88cf03b5a060 R08: 0000000000000060 R09: ffff88cf03b5a060
R10: ffff88cf040d04b8 R11: 0000000000000100 R12: 0000000000000000
R13: 0000000000000000 R14: 0000000000000000 R15: 0000000000000000`;

/** Each in the form of its release: shapes of reports from the field, with names of ours. */
const forms: readonly (readonly [release: string, text: string, sentence: string])[] = [
  [
    '6.12, with a second Oops and UID',
    `BUG: kernel NULL pointer dereference, address: 0000000000000038
#PF: supervisor read access in kernel mode
Oops: Oops: 0000 [#1] PREEMPT SMP NOPTI
CPU: 3 UID: 0 PID: 812 Comm: kworker/3:1 Tainted: G           OE      6.12.10-amd64 #1
RIP: 0010:ring_depth+0x5/0x10 [acme]
Code: 90 90 0f 1f <8b> 47 28 c3 cc cc
${registers}
Call Trace:
 <TASK>
 ? __die_body.cold+0x19/0x27
 ring_poll+0x12/0x40 [acme]
 process_one_work+0x18b/0x3a0
 </TASK>
Modules linked in: acme(OE) ext4
---[ end trace 0000000000000000 ]---`,
    'certain: ring_depth+0x5 [acme] (out of tree, unsigned) read 4 bytes at address 0x38 (0x28(%rdi)) through rdi, which is 0x10, an offset from NULL, on CPU 3 (kworker/3:1 (812)).',
  ],
  [
    '5.2 in a journal, a call of NULL',
    `Aug 13 12:28:38 host kernel: [ 3846.639479] BUG: kernel NULL pointer dereference, address: 0000000000000000
Aug 13 12:28:38 host kernel: [ 3846.639485] Oops: 0010 [#12] SMP PTI
Aug 13 12:28:38 host kernel: [ 3846.639486] CPU: 0 PID: 5454 Comm: tracer Tainted: G      D    OE     5.2.0-2-amd64 #1
Aug 13 12:28:38 host kernel: [ 3846.639489] RIP: 0010:0x0
Aug 13 12:28:38 host kernel: [ 3846.639491] Code: Bad RIP value.
Aug 13 12:28:38 host kernel: [ 3846.639498] Call Trace:
Aug 13 12:28:38 host kernel: [ 3846.639499]  probe_run+0x71/0x90
Aug 13 12:28:38 host kernel: [ 3846.639501] RIP: 0033:0x7f3341f1a0b7`,
    'certain: Oops #12: probe_run+0x71 called 0x0, where no code is: a NULL pointer, on CPU 0 (tracer (5454)).',
  ],
  [
    '3.10, the code behind the trace',
    `[ 5797.598826] BUG: unable to handle kernel NULL pointer dereference at 0000000000000038
[ 5797.607974] IP: [<ffffffffc0841d99>] trace_push+0x19/0x240 [iotrace]
[ 5797.619308] Oops: 0002 [#1] SMP
[ 5797.623788] Modules linked in: iotrace(OE) brd
[ 5797.730719] CPU: 67 PID: 0 Comm: swapper/67 Tainted: G           OE  ------------   3.10.0-957.el7.x86_64 #1
[ 5797.740000] RIP: 0010:[<ffffffffc0841d99>]  [<ffffffffc0841d99>] trace_push+0x19/0x240 [iotrace]
${registers.replaceAll(/^/gm, '[ 5797.741000] ')}
[ 5797.760000] Call Trace:
[ 5797.770000]  [<ffffffff8169e65a>] submit_one+0x1a/0x30
[ 5797.780000] Code: 48 89 <89> 47 28 c3`,
    'certain: trace_push+0x19 [iotrace] (out of tree, unsigned) wrote 4 bytes at address 0x38 (0x28(%rdi)) through rdi, which is 0x10, an offset from NULL, on CPU 67 (swapper/67 (0)).',
  ],
  [
    '2.6.32, without a stamp',
    `BUG: unable to handle kernel paging request at ffffeba400000000
IP: [<ffffffff81164b5c>] cache_free+0x7c/0x1f0
PGD 0
Oops: 0000 [#1] SMP
CPU 2
Modules linked in: nfs lockd
Pid: 2311, comm: nfsd Not tainted 2.6.32-431.el6.x86_64 #1 Dell Inc.
RIP: 0010:[<ffffffff81164b5c>]  [<ffffffff81164b5c>] cache_free+0x7c/0x1f0
Call Trace:
 [<ffffffff8113d6c3>] ? pool_free+0x3/0x20
 [<ffffffff811a0000>] put_it+0x10/0x20`,
    'certain: cache_free+0x7c read address 0xffffeba400000000, on CPU 2 (nfsd (2311)).',
  ],
  [
    'a bad pointer of a distribution’s 6.8',
    `[ 1548.473480] general protection fault, probably for non-canonical address 0x6b6b6b6b6b6b6b93: 0000 [#9] PREEMPT SMP NOPTI
[ 1548.474155] CPU: 3 PID: 9899 Comm: writer Tainted: P      D    O       6.8.12-7-pve #1
[ 1548.476349] RIP: 0010:obj_put+0x9/0x40 [fs]
[ 1548.476975] Code: Unable to access opcode bytes at 0xffffffffc029bfdb.
[ 1548.490281] Call Trace:
[ 1548.490300]  worker+0x1/0x2`,
    'certain: Oops #9: obj_put+0x9 [fs] met a general protection fault, probably for address 0x6b6b6b6b6b6b6b93, SLUB’s poison of freed memory (0x6b), on CPU 3 (writer (9899)).',
  ],
  [
    'a list, and what the check said',
    `[1.000000] list_del corruption. prev->next should be ffff98679438a5d0, but was ca53e83f5e8cf5a8
[1.000001] ------------[ cut here ]------------
[1.000002] kernel BUG at lib/list_debug.c:51!
[1.000003] invalid opcode: 0000 [#1] SMP PTI
[1.000004] CPU: 4 PID: 148 Comm: kswapd0 Tainted: P           OE     5.13.4-200.fc34.x86_64 #1
[1.000005] RIP: 0010:__list_del_entry_valid.cold+0x31/0x47
[1.000006] Code: 44 62 <0f> 0b 48
[1.000007] Call Trace:
[1.000008]  __dentry_kill+0x89/0x180`,
    'certain: __list_del_entry_valid+0x31, called by __dentry_kill+0x89, ran into a BUG() at lib/list_debug.c:51, on CPU 4 (kswapd0 (148)).',
  ],
  [
    'arm64',
    `[  402.108994] Unable to handle kernel paging request at virtual address 0000000800000022
[  402.108999] Mem abort info:
[  402.109025] Internal error: Oops: 96000005 [#1] PREEMPT SMP
[  402.114597] CPU: 2 PID: 77 Comm: usb-storage Tainted: G         C        4.19.71-v8+ #2
[  402.114700] pc : sg_next+0x10/0x30
[  402.114710] lr : dma_map+0x58/0x90
[  402.114800] Call trace:
[  402.114810]  sg_next+0x10/0x30
[  402.114820]  dma_map+0x58/0x90`,
    'certain: sg_next+0x10 read address 0x800000022, an address of user space, on CPU 2 (usb-storage (77)).',
  ],
  [
    'arm',
    `Unable to handle kernel NULL pointer dereference at virtual address 0000000c
pgd = 6f458410
Internal error: Oops: 17 [#2] ARM
CPU: 0 PID: 7690 Comm: htop Tainted: G      D  C        5.4.79+ #1373
PC is at seq_write+0x18/0x64
LR is at seq_print+0x3c/0x5c
pc : [<c01f3218>]    lr : [<c01f32a0>]    psr: 60000013
Process htop (pid: 7690, stack limit = 0x9e436188)`,
    'certain: Oops #2: seq_write+0x18 read address 0xc, an offset from NULL, on CPU 0 (htop (7690)).',
  ],
  [
    'powerpc',
    `Unable to handle kernel paging request for data at address 0x00000000
Faulting instruction address: 0xd107c0c8
Oops: Kernel access of bad area, sig: 11 [#1]
TASK = cfa5d000[950] 'bash' THREAD: cf9ce000
NIP [d107c0c8] bad_write+0x8/0x10 [faulty]
LR [c0072834] vfs_write+0xcc/0x16c
Call Trace:
[cf9cfef0] [c0072804] vfs_write+0x9c/0x16c (unreliable)`,
    'certain: bad_write+0x8 [faulty] met a page fault at address 0x0, a NULL pointer, in bash (950).',
  ],
  [
    '3.16, whose NULL has no digits',
    `BUG: unable to handle kernel NULL pointer dereference at           (null)
IP: [<ffffffff8112f6a2>] ring_fill+0x22/0x60
Oops: 0002 [#1] SMP
CPU: 1 PID: 71 Comm: filler Not tainted 3.16.0-4-amd64 #1
RIP: 0010:[<ffffffff8112f6a2>]  [<ffffffff8112f6a2>] ring_fill+0x22/0x60`,
    'certain: ring_fill+0x22 wrote address 0x0, a NULL pointer, on CPU 1 (filler (71)).',
  ],
  [
    'a WARN() of 7.x, with panic_on_warn',
    `------------[ cut here ]------------
WARNING: mm/ring.c:53 at ring_fill+0x22/0x60, CPU#1: filler/71
RIP: 0010:ring_fill+0x22/0x60
Kernel panic - not syncing: kernel: panic_on_warn set ...`,
    'certain: ring_fill+0x22 ran into a WARN() at mm/ring.c:53, and panic_on_warn or warn_limit made a panic of it, on CPU 1 (filler (71)): panic “kernel: panic_on_warn set ...”.',
  ],
  [
    'a thread that comes back to a module that is gone (7.2)',
    `[   12.998584] Oops: int3: 0000 [#1] SMP NOPTI
[   12.999018] CPU: 1 UID: 0 PID: 112 Comm: acme_poll Tainted: G           OE       7.2.13+deb14-cloud-amd64 #1 PREEMPT(lazy)
[   12.999294] RIP: 0010:0xffffffffc06013e4
[   12.999595] Code: cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc <cc> cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc
[   12.999929] Call Trace:
[   13.000361]  <TASK>
[   13.000435]  ? kthread+0xe4/0x120
[   13.000650]  ? __pfx_kthread+0x10/0x10`,
    'certain: The kernel went to 0xffffffffc06013e3 under kthread+0xe4, where no code is any more: what it freed of it is full of breakpoints, on CPU 1 (acme_poll (112)).',
  ],
  [
    'a breakpoint in code that was patched',
    `[    2.402989] Oops: int3: 0000 [#1] SMP NOPTI
[    2.402989] CPU: 1 UID: 0 PID: 1 Comm: swapper/0 Not tainted 7.2.13+deb14-cloud-amd64 #1 PREEMPT(lazy)
[    2.402989] RIP: 0010:ktime_get_update_offsets_now+0x3b/0x200
[    2.402989] Code: 8b 3d be 3e 9d 02 0f <1f> 44 00 00 0f ae e8`,
    'certain: ktime_get_update_offsets_now+0x3b ran into a breakpoint that nobody claimed, on CPU 1 (swapper/0 (1)).',
  ],
  [
    'a general protection fault of 5.10, which leaves out the displacement',
    `general protection fault, probably for non-canonical address 0x6772f424dcdb5991: 0000 [#1] SMP NOPTI
CPU: 1 PID: 87 Comm: insmod Tainted: G           OE     5.10.0-46-cloud-amd64 #1
RIP: 0010:acme_more+0x55d/0xb00 [acme]
Code: 48 8b 80 30 01 00 00 <8b> 78 28 48 81 c4 88 00 00 00
RSP: 0018:ffffacd20019fc28 EFLAGS: 00000246
RAX: 6772f424dcdb5991 RBX: 0000000000000000 RCX: 000000000000011e`,
    'certain: acme_more+0x55d [acme] read 4 bytes at address 0x6772f424dcdb59b9 (0x28(%rax)) through rax, which is 0x6772f424dcdb5991, no canonical address, on CPU 1 (insmod (87)).',
  ],
  [
    'a soft lockup',
    `[   26.273669] watchdog: BUG: soft lockup - CPU#0 stuck for 13s! [init:103]
[   26.273700] CPU: 0 PID: 103 Comm: init Tainted: G           OE      6.1.0-56-cloud-amd64 #1
[   26.273710] RIP: 0010:acme_hog+0x7/0x10 [acme]
[   26.273720] Call Trace:
[   26.273730]  acme_do+0x111f/0x1200 [acme]
[   26.338103] Kernel panic - not syncing: softlockup: hung tasks
[   26.338110] Call Trace:
[   26.338120]  panic+0x118/0x2f4`,
    'certain: acme_hog+0x7 [acme] kept its CPU for 13 s, on CPU 0 (init (103)): panic “softlockup: hung tasks”.',
  ],
  [
    'a panic with no report before it',
    `[    4.428814] Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: acme_copy+0x69/0x70 [acme]
[    4.429193] CPU: 1 PID: 92 Comm: insmod Tainted: G           OE      6.1.0-56-cloud-amd64 #1
[    4.429754] Call Trace:
[    4.430286]  <TASK>
[    4.430300]  dump_stack_lvl+0x44/0x5c
[    4.430310]  panic+0x118/0x2f4
[    4.430320]  __stack_chk_fail+0x10/0x10
[    4.430330]  acme_copy+0x69/0x70 [acme]`,
    'certain: acme_copy+0x69 [acme] called panic(), on CPU 1 (insmod (92)): panic “stack-protector: Kernel stack is corrupted in: acme_copy+0x69/0x70 [acme]”.',
  ],
];

describe('the first oops of a log', () => {
  test.each(forms)('%s', (_, text, sentence) => {
    expect(told(text)).toEqual([sentence]);
  });

  const [oops, list] = [forms[0]![1], forms[5]![1]];
  const ids = (text: string): readonly (readonly [string, number])[] =>
    findingsIn(text).map(({ id, weight }) => [id, weight]);

  test('has the panic that it ended in, and says how many reports there are', () => {
    const [finding] = findingsIn(`${oops}\nKernel panic - not syncing: Fatal exception\n${list}\n`);
    expect(finding!.sentence).toMatch(/^ring_depth.*: panic “Fatal exception”\.$/);
    expect(finding!.evidence.at(-1)).toBe(
      'The log has 2 reports of oopses, panics, stalls, warnings and failed checks.',
    );
  });

  test('that the machine survived is no end; where another ended it, both are told', () => {
    const life = '[ 9.0] usb 1-1: new device\n'.repeat(200);
    const fatal = `${list}\nKernel panic - not syncing: Fatal exception\n`;
    expect(ids(oops)).toEqual([['log.oops', 97]]);
    expect(ids(`${oops}\n${life}`)).toEqual([['log.earlier-oops', 36]]);
    expect(ids(`${oops}\n${life}${fatal}`)).toEqual([
      ['log.oops', 97],
      ['log.earlier-oops', 95],
    ]);
    expect(ids(`${oops}\n${life}Kernel panic - not syncing: sysrq triggered crash\n`)).toEqual([
      ['log.oops', 42],
      ['log.earlier-oops', 36],
    ]);
  });

  test('is told by nothing that its text does not have', () => {
    // RSP and RIP are in no line, and neither stands for 0; nor is the decoder one of 32 bits.
    const fault = (code: string, more = ''): string =>
      `general protection fault: 0000 [#1] SMP\nCPU: 1 PID: 7 Comm: a Not tainted 4.4\nRIP: f+0x1/0x9\nCode: ${code}\n${more}`;
    const plain = 'certain: f+0x1 met a general protection fault, on CPU 1 (a (7)).';
    expect(told(fault('<48> 8b 44 24 08', 'RAX: 0000000000000000\n'))).toEqual([plain]); // mov 0x8(%rsp),%rax
    expect(told(fault('<48> 8b 05 10 00 00 00', 'RAX: 0000000000000000\n'))).toEqual([plain]); // mov 0x10(%rip),%rax
    expect(told(fault('<8b> 40 04', 'EAX: 00000000 EBX: 00000000\n'))).toEqual([plain]);
    expect(told(fault('<8b> 40 04', 'RAX: dead000000000100\n'))).toEqual([
      'certain: f+0x1 read 4 bytes at address 0xdead000000000104 (0x4(%rax)) through rax, which is 0xdead000000000100, LIST_POISON1, of an entry that is in no list any more, on CPU 1 (a (7)).',
    ]);
    // An address further down is not the fault's.
    expect(told(fault('<90>', 'Faulting instruction address: 0xd107c0c8\n'))).toEqual([plain]);
  });

  test('has what its check or WARN() said, and no other line that stood before', () => {
    const said = (text: string): string | undefined =>
      findingsIn(text)[0]?.evidence.find((line) => line.startsWith('It said'));
    expect(said(list)).toMatch(/^It said: list_del corruption\. prev->next should be /);
    expect(said(list.replace(/list_del corruption.*/, 'acme: module verification failed'))).toBeUndefined();
    const warned = (message: string): string =>
      `usb 1-1: new device\n------------[ cut here ]------------\n${message}WARNING: CPU: 0 PID: 9 at a.c:7 f+0x1/0x2\nKernel panic - not syncing: kernel: panic_on_warn set ...\n`;
    expect(said(warned('queue 7 is empty\n'))).toBe('It said: queue 7 is empty');
    expect(said(warned(''))).toBeUndefined();
  });

  test('is found behind any number of others that ended nothing', () => {
    const warning = 'WARNING: CPU: 0 PID: 9 at a.c:7 f+0x1/0x2\n---[ end trace 0000000000000000 ]---\n';
    const [fatal] = findingsIn(`${warning.repeat(200)}${list}\nKernel panic - not syncing: Fatal exception\n`);
    expect([fatal?.id, fatal?.facts?.['reports']?.value]).toEqual(['log.oops', 201]);
  });

  test.each([
    [
      'a panic for want of memory, which the OOM report tells',
      'Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled\n',
    ],
    [
      'a program’s word',
      '<13>1 2026-01-01T00:00:00Z h app: BUG: kernel NULL pointer dereference, address: 0000000000000000\n',
    ],
    ['a driver’s message', '[ 1.0] acme: WARNING: at this rate the BUG: will come\n'],
  ])('is not %s', (_, text) => {
    expect(told(text)).toEqual([]);
  });
});

/** Each kind of sentence beside what only looks like it. */
describe('an oops in its words', () => {
  const trap = (first: string, rip: string, more: string): string =>
    `${first}: 0000 [#1] SMP KASAN\nCPU: 1 PID: 7 Comm: a Not tainted 5.10.0 #1\nRIP: 0010:${rip}\n${more}\nCall Trace:\n caller+0x9/0x20\n`;
  const gpf = 'general protection fault';

  test('KASAN’s check before an access is not the access', () => {
    const check = 'Code: <80> 3c 02 00\nRAX: dffffc0000000000 RDX: 0000000000000004';
    expect(told(trap(gpf, 'f+0x1/0x9', check))).toEqual([
      'certain: f+0x1 was about to use 0x20 to 0x27, an offset from NULL: KASAN’s check before it failed, on CPU 1 (a (7)).',
    ]);
    expect(told(trap(gpf, 'f+0x1/0x9', check.replace('dffffc0000000000', 'dead000000000100')))[0]).toContain(
      'f+0x1 read 1 byte at address 0xdead000000000104',
    );
  });

  test('a thunk is told by who called it, with the register’s value', () => {
    const thunk = '__x86_indirect_thunk_rax+0x10/0x20';
    expect(told(trap(gpf, thunk, 'Code: <c3> 0f 1f\nRAX: 1ffff10036868ddf'))).toEqual([
      'certain: caller+0x9 called through rax, which is 0x1ffff10036868ddf, no canonical address, on CPU 1 (a (7)).',
    ]);
    expect(told(trap(gpf, thunk, 'Code: <c3> 0f 1f\nRAX: ffffffff81000000'))[0]).toContain(
      '__x86_indirect_thunk_rax+0x10 met a general protection fault',
    );
  });

  test('an instruction that needs alignment says so where it has none', () => {
    const movaps = (code: string, bp: string): string => trap(gpf, 'f+0x1/0x9', `Code: <66> ${code}\nRBP: ${bp}`);
    expect(told(movaps('0f 29 4d d0', 'ffff943717476de8'))[0]).toContain(
      'f+0x1 wrote address 0xffff943717476db8 (-0x30(%rbp)), which its instruction needs aligned to 16 bytes',
    );
    // One that is aligned, and an instruction that takes any.
    expect(told(movaps('0f 29 4d d0', 'ffff943717476df0'))[0]).toContain('f+0x1 met a general protection fault');
    expect(told(movaps('0f 11 4d d0', 'ffff943717476de8'))[0]).toContain('f+0x1 met a general protection fault');
  });

  test('of two first lines the registers tell which is the report’s', () => {
    const heads = ['8', '10'].map(
      (address) => `BUG: kernel NULL pointer dereference, address: 00000000000000${address.padStart(2, '0')}\n`,
    );
    const rest = (cr2: string): string =>
      `Oops: 0000 [#1] SMP\nRIP: 0010:f+0x1/0x9\nCR2: 00000000000000${cr2} CR3: 0000000001001000\n`;
    expect(told(`${heads.join('')}${rest('08')}`)).toEqual(['certain: f+0x1 read address 0x8, an offset from NULL.']);
    expect(told(`${heads.join('')}${rest('10')}`)).toEqual(['certain: f+0x1 read address 0x10, an offset from NULL.']);
    // Where the first line is lost they tell it too; of another exception CR2 says nothing.
    expect(told(rest('28'))).toEqual(['certain: f+0x1 read address 0x28, an offset from NULL.']);
    expect(told(rest('28').replace('Oops: 0000', 'divide error: 0000'))[0]).not.toContain('0x28');
  });

  test('what may not be executed is no access of the code that stands there', () => {
    const fault = (code: string): string =>
      `BUG: unable to handle kernel paging request at ffffffff81068a80\nOops: ${code} [#1] SMP\nRIP: 0010:f+0x0/0x40\n`;
    expect(told(fault('0019'))[0]).toContain('The kernel could not execute f+0x0, at 0xffffffff81068a80');
    expect(told(fault('0009'))[0]).toContain('f+0x0 read address 0xffffffff81068a80');
  });

  const stackIn = (text: string): string | undefined =>
    findingsIn(text)[0]?.evidence.find((line) => /^(?:Its|On its) stack/.test(line));

  test('a stack begins with who called, and what reports is none of it', () => {
    const kasan = `BUG: KASAN: use-after-free in f+0x1/0x9\nRead of size 4 at addr ffff8801c1afdb5c by task a/7\nCPU: 1 PID: 7 Comm: a Not tainted 5.10.0 #1\nCall Trace:\n dump_stack+0x1/0x2\n kasan_report+0x1/0x2\n f+0x1/0x9\n g+0x1/0x2\nAllocated by task 7:\n h+0x1/0x2\n`;
    expect(stackIn(kasan)).toBe('Its stack: g+0x1.');
    const scanned = trap(gpf, 'f+0x1/0x9', '').replace(' caller+', ' ? die_addr+0x1/0x2\n ? caller+');
    expect(stackIn(scanned)).toBe('On its stack, by scanning: caller+0x9.');
    expect(stackIn(`${scanned} g+0x1/0x2\n`)).toBe('Its stack: g+0x1.');
    const hung = 'INFO: task a:7 blocked for more than 120 seconds.\nCall Trace:\n schedule+0x1/0x2\n f+0x1/0x2\n';
    expect(stackIn(hung)).toBe('Its stack: schedule+0x1 ← f+0x1.');
  });

  test('a place that was decoded has its function, and a message with a file is no frame', () => {
    const decoded = 'klist_next (lib/klist.c:382)';
    expect(told(trap(gpf, decoded, ''))[0]).toContain('klist_next met a general protection fault');
    expect(
      stackIn(
        trap(gpf, decoded, '').replace(
          ' caller+0x9/0x20',
          ' device_find_child (drivers/base/core.c:4012 (discriminator 1))',
        ),
      ),
    ).toBe('Its stack: device_find_child.');
    expect(stackIn(trap(gpf, decoded, '').replace(' caller+0x9/0x20', ' acme_probe (drivers/acme/ring.rs:12)'))).toBe(
      'Its stack: acme_probe.',
    );
    expect(
      stackIn(trap(gpf, decoded, '').replace(' caller+0x9/0x20', ' usb 1-1: failed (see usb.c:12)')),
    ).toBeUndefined();
  });

  test('who called a check is told by the link register where that is of another function', () => {
    const bug = (lr: string): string =>
      `kernel BUG at include/linux/skbuff.h:2277!\nOops: Exception in kernel mode, sig: 5 [#1]\nNIP [c04689f4] skb_pull+0x2c/0x48\nLR [c03f62ac] ${lr}+0x8/0x84\nCall Trace:\n[ec4bfda8] [c03f6a44] poll+0x48/0xe4\n`;
    expect(told(bug('clean_ring'))[0]).toContain('skb_pull+0x2c, called by clean_ring+0x8, ran into');
    expect(told(bug('skb_pull'))[0]).toContain('skb_pull+0x2c, called by poll+0x48, ran into');
  });

  test('ud2 is of a BUG(), another instruction is not', () => {
    expect(told(trap('invalid opcode', 'f+0x1/0x9', 'Code: <0f> 0b'))[0]).toContain('f+0x1 ran into a BUG()');
    expect(told(trap('invalid opcode', 'f+0x1/0x9', 'Code: <0f> 01 c1'))[0]).toContain('met an invalid opcode');
  });

  test('code that no symbol names is no call of what is no code', () => {
    const riscv = (cause: string): string =>
      `Unable to handle kernel paging request at virtual address 00000061fed09482\nOops [#1]\nCPU: 0 PID: 3 Comm: a Not tainted 5.10.6 #1\nepc: ffffffe00022affe ra : ffffffe00022afea sp : ffffffe086d3fe30\nstatus: 0000000200000100 badaddr: 00000061fed09482 cause: ${cause}\n`;
    expect(told(riscv('000000000000000d'))[0]).toContain('Code at 0xffffffe00022affe read address 0x61fed09482');
    expect(told(riscv('000000000000000c'))[0]).toContain('The kernel went to 0xffffffe00022affe, where no code is');
  });

  test('an address just below NULL may be an error’s or NULL’s, and a register’s value is one of both', () => {
    const fault =
      'BUG: unable to handle page fault for address: fffffffffffffff4\nOops: 0000 [#1] SMP\nRIP: 0010:f+0x1/0x9\n';
    expect(told(fault)[0]).toContain('just below NULL: an error used as a pointer, or what has a member at NULL');
    expect(told(`${fault}Code: <8b> 00\nRAX: fffffffffffffff4\n`)[0]).toContain('the error -ENOMEM, used as a pointer');
  });

  test.each([
    [
      'arm',
      'Unable to handle kernel paging request at virtual address 80b0f484\nInternal error: Oops: 5 [#1] SMP ARM\nPC is at f+0x1/0x9\n',
    ],
    [
      'i386',
      'BUG: unable to handle kernel paging request at 80b0f484\nOops: 0000 [#1] SMP\nEIP: 0060:[<c0432b0c>] EFLAGS: 00010046 CPU: 0\nEIP is at f+0x1/0x9\n',
    ],
    [
      's390',
      'Unable to handle kernel pointer dereference in virtual kernel address space\nFailing address: 0000000080b0f000 TEID: 0000000080b0f803\nOops: 0004 ilc:2 [#1] SMP\nKrnl PSW : 0704d00180000000 00000000009e59e4 (f+0x1/0x9)\n',
    ],
  ])('%s: an address says nothing of whose it is', (_, text) => {
    expect(told(text)[0]).toMatch(
      /^certain: f\+0x1 read (?:in the page at )?address 0x80b0f\w*\.$|^certain: f\+0x1 read .*, on CPU 0\.$/,
    );
    expect(told(text)[0]).not.toMatch(/user space|canonical/);
  });

  test('a fault that arm prints of a program too is one of the kernel’s where its number follows', () => {
    const fault = 'Unhandled fault: page domain fault (0x81b) at 0x00001044\npgd = 74561366\n';
    expect(told(fault)).toEqual([]);
    expect(told(`${fault}Internal error: : 81b [#1] SMP ARM\nPC is at f+0x1/0x9\n`)).toEqual([
      'certain: f+0x1 wrote address 0x1044.',
    ]);
    const own =
      'Unhandled fault: external abort on non-linefetch (0x008) at 0xfa21200c\npgd = c0204000\nInternal error: : 8 [#1] SMP ARM\nPC is at f+0x1/0x9\n';
    expect(told(`${fault}${own}`)).toEqual([
      'certain: f+0x1 died: external abort on non-linefetch, for address 0xfa21200c.',
    ]);
  });

  test('sysrq-c of before 5.2 is one by hand, and no other write to NULL', () => {
    const at = (rip: string): string =>
      `BUG: unable to handle kernel NULL pointer dereference at           (null)\nOops: 0002 [#1] SMP\nRIP: 0010:${rip}\n`;
    expect(findingsIn(at('sysrq_handle_crash+0x16/0x20')).map(({ weight }) => weight)).toEqual([42]);
    expect(findingsIn(at('sysrq_handle_kill+0x16/0x20')).map(({ weight }) => weight)).toEqual([97]);
  });
});

describe('a panic', () => {
  const warning = 'WARNING: CPU: 0 PID: 9 at a.c:7 f+0x1/0x2\nCPU: 0 PID: 9 Comm: a Not tainted 6.1 #1\n';
  const panic = (message: string): string =>
    `Kernel panic - not syncing: ${message}\nCPU: 1 PID: 1 Comm: init Not tainted 6.1 #1\n`;

  test('is of the report before it where its message says so, and else of its own', () => {
    expect(told(`${warning}${panic('kernel: panic_on_warn set ...')}`)[0]).toMatch(
      /^certain: f\+0x1 ran into a WARN\(\)/,
    );
    expect(told(`${warning}${panic('Attempted to kill init! exitcode=0x0000000b')}`)).toEqual([
      'certain: init was killed by SIGSEGV, and the kernel can’t go on without it, on CPU 1 (init (1)): panic “Attempted to kill init! exitcode=0x0000000b”.',
    ]);
  });

  test('is of an oops though the task that dies breaks rules meanwhile', () => {
    const atomic =
      'BUG: sleeping function called from invalid context at include/linux/percpu-rwsem.h:49\nin_atomic(): 1, irqs_disabled(): 1, pid: 1, name: init\n';
    const oops = 'BUG: unable to handle kernel NULL pointer dereference at           (null)\nOops: 0002 [#1] SMP';
    const all = `${oops}\nRIP: 0010:f+0x1/0x9\n---[ end trace 0 ]---\n${atomic}${panic('Attempted to kill init! exitcode=0x00000009')}`;
    expect(told(all)).toEqual([
      'certain: f+0x1 wrote address 0x0, a NULL pointer: panic “Attempted to kill init! exitcode=0x00000009”.',
    ]);
  });

  test('of an oops that is lost says that it is', () => {
    expect(told(panic('Fatal exception in interrupt'))[0]).toMatch(
      /^certain: The kernel died of an oops that the text/,
    );
    expect(told(panic('acme: no answer'))[0]).toMatch(/^certain: The kernel panicked/);
  });

  test('tells of a machine check or a root file system by a line before it, and of no older one', () => {
    const check = 'mce: [Hardware Error]: CPU 7: Machine Check Exception: 5 Bank 0: b200000080000005\n';
    expect(told(`${check}${panic('Unable to continue')}`)[0]).toMatch(
      /^certain: The processor reported a machine check/,
    );
    expect(told(`${check}${'usb 1-1: new device\n'.repeat(200)}${panic('Unable to continue')}`)[0]).toMatch(
      /^certain: The kernel panicked/,
    );
  });
});

describe('what the kernel lives on after', () => {
  const warning =
    'WARNING: CPU: 0 PID: 9 at a.c:7 f+0x1/0x2\nCPU: 0 PID: 9 Comm: a Not tainted 6.1 #1\n---[ end trace 0 ]---\n';
  const lockup = 'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [a:9]\nRIP: 0010:g+0x1/0x2\n';
  const ids = (text: string): string[] => findingsIn(text).map(({ id, weight }) => `${id} ${weight}`);

  test('is told where nothing died, the gravest first', () => {
    expect(ids(warning)).toEqual(['log.report 36']);
    expect(ids(`${warning}${lockup}`)).toEqual(['log.report 66']);
    expect(ids(`${warning}${forms[0]![1]}`)).toEqual(['log.oops 97']);
    expect(ids(`${lockup}Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled\n`)).toEqual([]);
  });

  test('a stall’s place is where its interrupt came, not who prints', () => {
    const stall = 'rcu: INFO: rcu_preempt self-detected stall on CPU\nrcu: \t1-...!: (3 GPs behind)\n';
    const trace = `NMI backtrace for cpu 1\nCPU: 1 PID: 8 Comm: b Not tainted 4.19.0 #6\nCall Trace:\n <IRQ>\n dump_stack+0x1/0x2\n rcu_check_callbacks+0x1/0x2\n </IRQ>\nRIP: 0010:loop+0x3/0x9\n caller+0x1/0x2\n`;
    const starved =
      'rcu: rcu_preempt kthread starved for 10492 jiffies! g12045 f0x0 RCU_GP_WAIT_FQS(5) ->state=0x0 ->cpu=0\n';
    expect(told(`${stall}${starved}${trace}`)).toEqual([
      'certain: loop+0x3 kept RCU waiting (rcu_preempt is stalled), on CPU 1 (b (8)).',
    ]);
  });
});

describe('a line that was wrapped', () => {
  const pad = (text: string): string => `[    1.000000] ${text}`;

  test('at 80 columns goes on in the middle of a word', () => {
    const [head, rest] = [pad('Unable to handle kernel NULL pointer dereference at virtual addre'), 'ss 00000004'];
    expect(head).toHaveLength(80);
    const tail = `${pad('Internal error: Oops: 17 [#1] ARM')}\n${pad('PC is at f+0x1/0x9')}\n`;
    expect(told(`${head}\n${rest}\n${tail}`)).toEqual(['certain: f+0x1 read address 0x4, an offset from NULL.']);
    // One that is shorter ends where it ends.
    expect(told(`${head.slice(0, -1)}\n${rest}\n${tail}`)).toEqual(['certain: f+0x1 met a page fault as it read.']);
  });

  test('in quoted-printable goes on behind its “=”, and “=3D” is one', () => {
    const head = `${pad('BUG: unable to handle kernel NULL pointer dereference at=')}\n 0000000000000090\n`;
    const tail = `${pad('Oops: 0000 [#1] SMP')}\n${pad('RIP: 0010:f+0x1/0x9')}\n${pad('Kernel panic - not syncing: code=3D0x5')}\n`;
    expect(told(`${head}${tail}`)).toEqual([
      'certain: f+0x1 read address 0x90, an offset from NULL: panic “code=0x5”.',
    ]);
    // Of a log that nobody has encoded it is what the kernel printed.
    expect(told(tail)[0]).toContain('panic “code=3D0x5”');
  });

  test('before a place goes on with it, and a head without one is whole', () => {
    const head = 'WARNING: at drivers/net/sched/sch_generic.c:261';
    expect(told(`${head}\nf+0x26b/0x280() (Not tainted)\nModules linked in: a\n`)[0]).toContain(
      'f+0x26b ran into a WARN()',
    );
    expect(told(`${head}\nModules linked in: a\nNIP [c000000008068dfc] .g+0x27c/0x390\n`)[0]).toContain(
      'g+0x27c ran into a WARN()',
    );
  });
});

test('no text makes it fail, in whatever pieces it comes', () => {
  const lines = forms.flatMap(([, text]) => text.split('\n'));
  assert(
    property(array(oneof(constantFrom(...lines), string()), { maxLength: 60 }), nat(), (some, at) => {
      const text = some.join('\n');
      const cut = at % (text.length + 1);
      expect(findingsIn(text.slice(0, cut), text.slice(cut))).toEqual(findingsIn(text));
    }),
    { numRuns: 100 },
  );
});
