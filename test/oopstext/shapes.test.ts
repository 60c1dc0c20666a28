import { describe, expect, test } from 'vitest';

import { judgeOopses, OopsReader } from '../../src/oopstext/index.js';
import { TextTimeline } from '../../src/timeline/text-timeline.js';
import { amissIn } from '../words/untold.js';

/** Shapes that texts of public collections have, with names and values of ours; the texts are public.test.ts's. */

function read(text: string) {
  const oopses = new OopsReader();
  const reader = new TextTimeline(oopses);
  reader.take(text);
  reader.end([]);
  return judgeOopses(oopses.end(), reader.lines);
}

function told(text: string): string[] {
  const found = read(text);
  for (const { finding } of found) expect(amissIn(finding), finding.sentence).toEqual([]);
  return found.map(({ finding }) => finding.sentence);
}

/** A stack that ran over, whose trace has one frame so often; each line of it `lines` times, all at one stamp. */
function overrun(frames: number, lines = 1): string {
  const text = `BUG: TASK stack guard page was hit at 00000000a1b2c3d4 (stack is 00000000aabbcc00..00000000aabbdd00)
stack guard page: 0000 [#1] SMP
${who}
RIP: 0010:ring_walk+0x5/0x20
Call Trace:
 <TASK>
${Array.from({ length: frames }, () => ' ring_walk+0x15/0x20').join('\n')}
 ring_poll+0x2da/0x520
 </TASK>`;
  return text
    .split('\n')
    .flatMap((line) => Array.from({ length: lines }, () => `[   26.100000] ${line}`))
    .join('\n');
}

/** So much of a log that the reader looks only at what may matter. */
const before = Array.from({ length: 20 }, (_, i) => `[    1.${100 + i}000] acme: ring ${i} is up`).join('\n');

const arm = `PC is at ring_write+0x8/0x78
LR is at ring_set+0x11c/0x258
pc : [<c0797874>]    lr : [<c07996bc>]    psr: 20000013
Process loader (pid: 7, stack limit = 0x(ptrval))
[<c0797874>] (ring_write) from [<c07996bc>] (ring_set+0x11c/0x258)
[<c07996bc>] (ring_set) from [<c0799000>] (ring_probe+0x3c/0x90)`;

const who = 'CPU: 1 PID: 731 Comm: loader Not tainted 6.1.0-acme #1';

const kmsan = `BUG: KMSAN: uninit-value in ring_switch+0x284/0xd00
 ring_switch+0x284/0xd00
 ring_poll+0x2da/0x520

Uninit was created at:
 ring_alloc+0x10/0x40

${who}
Disabling lock debugging due to kernel taint`;

const lockdep = (frames: string): string => `
======================================================
WARNING: possible circular locking dependency detected
5.9.0-rc3 #22 Tainted: G        W
------------------------------------------------------
kworker/0:1/38 is trying to acquire lock:
 (&ring->lock){+.+.}, at: ring_poll+0x12/0x40

stack backtrace:
CPU: 0 PID: 38 Comm: kworker/0:1 Tainted: G        W         5.9.0-rc3 #22
Call Trace:
 dump_stack+0x198/0x1fd
 print_circular_bug.cold+0x1/0x2
 check_noncircular+0x1/0x2
 __lock_acquire+0x1/0x2
 lock_acquire+0x1/0x2
 _raw_spin_lock_irqsave+0x1/0x2
${frames}`;

const stall = (comm: string): string => `rcu: INFO: rcu_preempt self-detected stall on CPU
rcu: \t0-...!: (10499 ticks this GP) idle=bde/1/0x4000000000000000
rcu: rcu_preempt kthread starved for 10498 jiffies! g481481 f0x0 ->state=0x0 ->cpu=1
task:${comm}     state:R  running task     stack:29584 pid:   10 ppid:     2 flags:0x00004000
Call Trace:
 <IRQ>
 sched_show_task+0x10/0x12
 rcu_check_callbacks+0x61e/0xc77
 update_process_times+0x3f/0x70
 hrtimer_interrupt+0x18e/0x400
 apic_timer_interrupt+0xa0/0xb0
 <EOI>
 ring_drain+0x37/0x120
 ring_close+0x88/0xc0`;

const shapes: readonly (readonly [what: string, text: string, ...sentences: string[]])[] = [
  [
    'KASAN of an inlined function, by a tool that names lines',
    `BUG: KASAN: use-after-free in list_next drivers/acme/list.h:84 [inline]
BUG: KASAN: use-after-free in ring_poll+0x94c/0xb0c drivers/acme/ring.c:955
Read of size 4 at addr ffff0000e2d145a0 by task loader/731

${who}`,
    'ring_poll+0x94c read 4 bytes at address 0xffff0000e2d145a0: KASAN: use-after-free, on CPU 1 (loader (731)).',
  ],
  [
    'KASAN of a module, and without a function',
    `BUG: KASAN: wild-memory-access on address ffe70873f7f2b000
Read of size 8 by task loader/731
${who}`,
    'The kernel’s own checks found: KASAN: wild-memory-access, on CPU 1 (loader (731)).',
  ],
  [
    'an external abort of arm, far into a log',
    `${before}
[    3.2000] Unhandled fault: external abort on non-linefetch (0x1028) at 0xfa0b402c
[    3.3000] Internal error: : 1028 [#1] SMP ARM
${arm}`,
    'ring_write+0x8 died: external abort on non-linefetch, for address 0xfa0b402c, in loader (7).',
  ],
  [
    'the same without the line that says what it was',
    `${before}
[    3.3000] Internal error: : 1028 [#1] SMP ARM
${arm}`,
    'ring_write+0x8 died: a fault without a name (code 1028), in loader (7).',
  ],
  [
    'a program’s',
    `${before}
[    3.2000] Unhandled fault: external abort on non-linefetch (0x1018) at 0xb6f2b000
[    3.3000] pgd = 6b7a3d4c`,
  ],
  [
    'no blank behind the number, as s390 has it since 6.14',
    `fixpoint divide exception: 0009 ilc:2 [#1]SMP
${who}
Krnl PSW : 0404e00180000000 00000289d49cb02a (ring_share+0x13a/0x340)`,
    'ring_share+0x13a divided by zero, or the quotient was too large, on CPU 1 (loader (731)).',
  ],
  [
    'a BUG() of mips',
    `Kernel bug detected[#1]:
${who}
$ 0   : 00000000 00000001 0000005b 00988000
epc   : 80015750 ring_poll+0x94/0xb0
Call Trace:
[<80015750>] ring_poll+0x94/0xb0`,
    'ring_poll+0x94 ran into a BUG(), on CPU 1 (loader (731)).',
  ],
  [
    'a page fault of mips without its first line',
    `Oops[#1]:
${who}
$ 0   : 00000000 1810e800 00000000 00000000
epc   : 8041ecd8 ring_poll+0x94/0xb0
Cause : 80800008 (ExcCode 02)
BadVA : 0000002c`,
    'ring_poll+0x94 read address 0x2c, an offset from NULL, on CPU 1 (loader (731)).',
  ],
  [
    'a bus error, whose BadVA is of some earlier fault',
    `Data bus error, epc == 80015750, ra == 80013de8
Oops[#1]:
${who}
$ 0   : 00000000 10008800 fffd1000 00000000
epc   : 80015750 ring_copy+0x48/0x98
Cause : 1080001c (ExcCode 07)
BadVA : 0000002c`,
    'ring_copy+0x48 died: Data bus error, on CPU 1 (loader (731)).',
  ],
  [
    'a first line that another’s cut in two',
    `[    1.1000] BUG: unable to handle kernel [    1.2000] acme: ring 3 is up
[    1.3000] paging request at ffff8800b3d5ed58
[    1.4000] IP: [<ffffffff81229d0f>] ring_verify+0xf/0xa0
[    1.5000] Oops: 0002 [#1] SMP
[    1.6000] ${who}
[    1.7000] RIP: 0010:[<ffffffff81229d0f>]  [<ffffffff81229d0f>] ring_verify+0xf/0xa0`,
    'ring_verify+0xf wrote address 0xffff8800b3d5ed58, on CPU 1 (loader (731)).',
  ],
  [
    'the poison of a list, of whose entry container_of() made no address',
    `general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1] SMP
${who}
RIP: 0010:ring_notify+0xe8/0x130
Code: 90 <48> 8b 83 d8 03 00 00 c3
RAX: 0000000000000000 RBX: deacfffffffffd28 RCX: 0000000000000000`,
    'ring_notify+0xe8 read 8 bytes at address 0xdead000000000100, LIST_POISON1, of an entry that is in no list any more (0x3d8(%rbx), where rbx is 0xdeacfffffffffd28), on CPU 1 (loader (731)).',
  ],
  [
    'names of exceptions as they once were',
    `segment-related general protection fault: beec [#1] SMP
${who}
RIP: 0010:ring_return+0x1b/0x60`,
    'ring_return+0x1b met a general protection fault, on CPU 1 (loader (731)).',
  ],
  [
    'a panic for KMSAN, whose report says behind its stacks who it was',
    `${kmsan}
Kernel panic - not syncing: panic_on_kmsan set ...`,
    'ring_switch+0x284 was caught by the kernel’s own checks: KMSAN: uninit-value, on CPU 1 (loader (731)): panic “panic_on_kmsan set ...”.',
  ],
  [
    'a panic for something else behind it',
    `${kmsan}
Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(8,1)`,
    'The kernel could not mount its root file system: panic “VFS: Unable to mount root fs on unknown-block(8,1)”.',
  ],
  [
    'a panic for KASAN whose report is not there',
    'Kernel panic - not syncing: KASAN: panic_on_warn set ...',
    'The kernel’s KASAN reported, and a setting made a panic of it: panic “KASAN: panic_on_warn set ...”.',
  ],
  [
    'KFENCE, which says the address in words of its own',
    `BUG: KFENCE: use-after-free read in ring_peek+0x57/0x150

Use-after-free read at 0xffff88823bc8cf68 (in kfence-#69):
 ring_peek+0x57/0x150
 ring_poll+0x26/0x130

kfence-#69 [0xffff88823bc8ce00-0xffff88823bc8cfa7, size=424, cache=kmalloc-512] allocated by task 9991:
 ring_alloc+0x19c/0x850

${who}`,
    'ring_peek+0x57 read address 0xffff88823bc8cf68: KFENCE: use-after-free read, on CPU 1 (loader (731)).',
  ],
  [
    'lockdep, by who took the lock',
    lockdep(' ring_poll+0x12/0x40 [acme]\n process_one_work+0x1/0x2'),
    'In ring_poll+0x12 [acme] the kernel’s own checks found: possible circular locking dependency, on CPU 0 (kworker/0:1 (38)).',
  ],
  [
    'lockdep where no stack says who did',
    lockdep(' process_one_work+0x1/0x2\n worker_thread+0x1/0x2'),
    'The kernel’s own checks found: possible circular locking dependency, on CPU 0 (kworker/0:1 (38)).',
  ],
  [
    'a stall, below the timer that found it; RCU’s own thread is not whose it is',
    stall('rcu_preempt'),
    'ring_drain+0x37 kept RCU waiting (rcu_preempt is stalled).',
  ],
  ['a stall of a task', stall('loader'), 'ring_drain+0x37 kept RCU waiting (rcu_preempt is stalled), in loader (10).'],
  [
    'a task that was killed and does not die',
    `INFO: task loader:731 can't die for more than 143 seconds.
loader          D27704   731      1 0x00004004
Call Trace:
 __schedule+0x8b4/0x1e80
 schedule+0xd0/0x2a0
 ring_wait+0x3b5/0x1220`,
    'loader (731) was blocked for more than 143 s in ring_wait.',
  ],
  [
    'a call of NULL, found by scanning: its caller stands below the exception’s entry',
    `BUG: kernel NULL pointer dereference, address: 0000000000000000
#PF: supervisor instruction fetch in kernel mode
Oops: Oops: 0010 [#1] PREEMPT SMP
${who}
RIP: 0010:0x0
Call Trace:
 <TASK>
 ? __die+0x20/0x70
 ? page_fault_oops+0x116/0x230
 ? __pfx_page_fault_oops+0x10/0x10
 ? _raw_spin_unlock+0x29/0x50
 ? exc_page_fault+0x59/0xe0
 ? asm_exc_page_fault+0x22/0x30
 ? ring_dirty+0x2a/0xf0
 ring_zero+0x50c/0x7b0 [acme]`,
    'ring_dirty+0x2a called 0x0, where no code is: a NULL pointer, on CPU 1 (loader (731)).',
  ],
  [
    'wrapped lines of a mail',
    `[   12.1000] Oops: general protection fault, probably for
non-canonical address 0x8730d3f80000028: 0000 [#1] PREEMPT SMP
[   12.2000] ${who}
[   12.3000] RIP: 0010:ring_stats
(drivers/acme/ring.c:846 (discriminator 1)) acme
[   12.4000] Code: 8b 85 88 03`,
    'ring_stats met a general protection fault, probably for address 0x8730d3f80000028, no canonical address, on CPU 1 (loader (731)).',
  ],
  [
    'a mail that broke the address off, without stamps',
    `CPU 0 Unable to handle kernel paging request at virtual address
0000002c, epc == 80244654, ra == 80244654
Oops[#1]:
${who}
$ 0   : 00000000 00000001 00000000 0000a8a2
epc   : 80244654 ring_name+0x20/0x9c
Cause : 00800008 (ExcCode 02)`,
    'ring_name+0x20 read address 0x2c, an offset from NULL, on CPU 1 (loader (731)).',
  ],
  [
    'data access of powerpc',
    `BUG: Unable to handle kernel data access at 0x6b6b6b6b6b6b6b83
Faulting instruction address: 0xc000000000531654
Oops: Kernel access of bad area, sig: 11 [#1]
${who}
NIP:  c000000000531654 LR: c000000000531538 CTR: 0000000000000000
NIP [c000000000531654] ring_alloc+0x1c4/0x5b0`,
    'ring_alloc+0x1c4 met a page fault at address 0x6b6b6b6b6b6b6b83, SLUB’s poison of freed memory (0x6b), on CPU 1 (loader (731)).',
  ],
  [
    'z/VM’s console, which breaks and fills lines',
    `00: [   98.203640] kernel BUG at include/acme/ring.h:516!                       
00: [   98.203725] monitor event: 0040 ilc:2 [#1] SMP                           
00: [   98.203779] CPU: 0 PID: 1127 Comm: loader Not tainted 5.6.0-rc3-acme-ring
00: -20200302+ #4                                                               
00: [   98.203808] Krnl PSW : 0704c00180000000 00000000309cccc4 (ring_open+0x2f4
00: /0x320)                                                                     `,
    'ring_open+0x2f4 ran into a BUG() at include/acme/ring.h:516, on CPU 0 (loader (1127)).',
  ],
  [
    'a stack without room, on arm64',
    `Insufficient stack space to handle exception!
ESR: 0x0000000096000047 -- DABT (current EL)
${who}
pstate: 404000c5 (nZcv daIF +PAN -UAO -TCO -DIT -SSBS BTYPE=--)
pc : ring_mark+0x4/0x1b4
lr : ring_poll+0x630/0x30a4
Kernel panic - not syncing: kernel stack overflow`,
    'The stack was exhausted in ring_mark+0x4, on CPU 1 (loader (731)): panic “kernel stack overflow”.',
  ],
  [
    'a split lock, whose first line ends before the number',
    `Oops: Split lock detected
: 0000 [#1] PREEMPT SMP
${who}
RIP: 0010:ring_count+0x5/0x20
Kernel panic - not syncing: Fatal exception`,
    'ring_count+0x5 died: split lock, on CPU 1 (loader (731)): panic “Fatal exception”.',
  ],
  [
    'each line twice, as a console and a log have them',
    `[   26.1000] BUG: Kernel NULL pointer dereference on read at 0x00000028
[   26.1000] BUG: Kernel NULL pointer dereference on read at 0x00000028
[   26.2000] Oops: Kernel access of bad area, sig: 11 [#1]
[   26.2000] Oops: Kernel access of bad area, sig: 11 [#1]
[   26.3000] ${who}
[   26.3000] ${who}
[   26.4000] NIP [c000000000531654] ring_alloc+0x1c4/0x5b0
[   26.4000] NIP [c000000000531654] ring_alloc+0x1c4/0x5b0`,
    'ring_alloc+0x1c4 read address 0x28, an offset from NULL, on CPU 1 (loader (731)).',
  ],
  [
    'the kernel’s tag behind the stamp, as the journal has it',
    `[  720.911993] host kernel: BUG: unable to handle page fault for address: ffffdbc681023bc8
[  720.912213] kernel: Oops: 0002 [#1] PREEMPT SMP NOPTI
[  720.912256] kernel: ${who}
[  720.912400] kernel: RIP: 0010:ring_free+0x58/0x3e0`,
    'ring_free+0x58 wrote address 0xffffdbc681023bc8, on CPU 1 (loader (731)).',
  ],
  [
    'a check that became a panic at once: its caller is on the panic’s stack',
    `WARNING: CPU: 1 PID: 731 at lib/refcount.c:28 refcount_warn_saturate+0x13c/0x174
refcount_t: underflow; use-after-free.
Modules linked in:
Kernel panic - not syncing: kernel: panic_on_warn set ...
${who}
Call trace:
[<8195d3d8>] (dump_backtrace) from [<8195d4d4>] (show_stack+0x18/0x1c)
[<8195d4bc>] (show_stack) from [<8195df7c>] (panic+0x120/0x368)
[<8195de5c>] (panic) from [<80242338>] (__warn+0x7c/0x188)
[<802422bc>] (__warn) from [<80813f4c>] (refcount_warn_saturate+0x13c/0x174)
[<80813e10>] (refcount_warn_saturate) from [<819372e0>] (ring_put+0x158/0x22c)`,
    'refcount_warn_saturate+0x13c, called by ring_put+0x158, ran into a WARN() at lib/refcount.c:28, and panic_on_warn or warn_limit made a panic of it, on CPU 1 (loader (731)): panic “kernel: panic_on_warn set ...”.',
  ],
  [
    'a frame at the beginning of a function, which is no caller',
    `WARNING: CPU: 1 PID: 731 at lib/refcount.c:28 refcount_warn_saturate+0x13c/0x174
${who}
Call trace:
[<802422bc>] (__warn) from [<80813f4c>] (refcount_warn_saturate+0x13c/0x174)
[<80813e10>] (refcount_warn_saturate) from [<819372e0>] (ring_put+0x0/0x22c)`,
    'refcount_warn_saturate+0x13c ran into a WARN() at lib/refcount.c:28, on CPU 1 (loader (731)).',
  ],
  [
    'a call of NULL on powerpc',
    `BUG: Unable to handle kernel instruction fetch (NULL pointer?)
Faulting instruction address: 0x00000000
Oops: Kernel access of bad area, sig: 7 [#1]
${who}
NIP:  0000000000000000 LR: c0000000012a57f4 CTR: 0000000000000000
REGS: c00000000cdcf610 TRAP: 0400   Not tainted  (6.1.0-acme)
NIP [0000000000000000] 0x0
LR [c0000000012a57f4] ring_online+0x474/0xb00`,
    'ring_online+0x474 called 0x0, where no code is: a NULL pointer, on CPU 1 (loader (731)).',
  ],
  [
    'the same of a program’s first instruction, which nothing called',
    `BUG: Unable to handle kernel instruction fetch (NULL pointer?)
Faulting instruction address: 0x00000000
Oops: Kernel access of bad area, sig: 11 [#1]
${who}
NIP:  00000000 LR: c00150e4 CTR: 00000000
LR [c00150e4] ret_from_syscall+0x0/0x28`,
    'The kernel went to 0x0, where no code is: a NULL pointer, on CPU 1 (loader (731)).',
  ],
  [
    'code of powerpc that no symbol names',
    `BUG: Kernel NULL pointer dereference on read at 0x000003d8
Faulting instruction address: 0xc0080000215b01dc
Oops: Kernel access of bad area, sig: 11 [#1]
${who}
NIP:  c0080000215b01dc LR: c000000000a197bc CTR: c0080000215b01b8
REGS: c00000006f3177f0 TRAP: 0300   Not tainted  (6.1.0-acme)
LR [c000000000a197bc] ring_show+0x74/0x110`,
    'Code at 0xc0080000215b01dc read address 0x3d8, an offset from NULL, on CPU 1 (loader (731)).',
  ],
  [
    'where xmon came before the kernel’s own report',
    `BUG: Unable to handle kernel data access on write at 0xc00a0000be8d6004
Faulting instruction address: 0xc00000000000fcb4
cpu 0x0: Vector: 300 (Data Access) at [c0000000012f78d0]
    pc: c00000000000fcb4: ring_write+0x64/0x84
    lr: c00000000000fccc: ring_set+0x7c/0x84
    pid   = 731, comm = loader`,
    'ring_write+0x64 wrote address 0xc00a0000be8d6004, in loader (731).',
  ],
  [
    'LoongArch, which names the access',
    `CPU 1 Unable to handle kernel paging request at virtual address 0000000000000058, era == 9000000003be4530, ra == 9000000003be4510
Oops[#1]:
${who}
   ERA: 9000000003be4530 ring_add+0x70/0x1e0
 ESTAT: 00010000 [PIS] (IS= ECode=2 EsubCode=0)`,
    'ring_add+0x70 wrote address 0x58, an offset from NULL, on CPU 1 (loader (731)).',
  ],
  [
    'a CPU that another found to take no interrupts, whose task nobody says',
    `watchdog: CPU 1 detected hard LOCKUP on other CPUs 0
Kernel panic - not syncing: Hard LOCKUP
${who}`,
    'A task kept its CPU with interrupts off for too long, on CPU 0: panic “Hard LOCKUP”.',
  ],
  [
    'a CPU that finds it of itself',
    `watchdog: CPU 1 self-detected hard LOCKUP @ ring_spin+0x40/0x220
${who}
NIP [c0000000005c2000] ring_spin+0x40/0x220`,
    'ring_spin+0x40 kept its CPU with interrupts off for too long, on CPU 1 (loader (731)).',
  ],
  [
    'a stuck CPU, wrapped before its task, and dmesg’s differences with a comma',
    `[  +0,000003] watchdog: BUG: soft lockup - CPU#1 stuck for 26s!
[loader:731]
[  +0,000002] ${who}`,
    'A task kept its CPU for 26 s, on CPU 1 (loader (731)).',
  ],
  [
    'KASAN of an inlined function, wrapped',
    `BUG: KASAN: slab-use-after-free in list_del_init
include/linux/list.h:287 [inline]
BUG: KASAN: slab-use-after-free in ring_run+0x3cd/0x1ec0
drivers/acme/ring.c:3132
Read of size 8 at addr ffff888168296890 by task loader/731`,
    'ring_run+0x3cd read 8 bytes at address 0xffff888168296890: KASAN: slab-use-after-free.',
  ],
  [
    'a function of ppc64 with descriptors',
    `WARNING: CPU: 1 PID: 731 at drivers/acme/ring.c:10 .ring_restore+0x48/0x70
${who}`,
    'ring_restore+0x48 ran into a WARN() at drivers/acme/ring.c:10, on CPU 1 (loader (731)).',
  ],
  [
    'KASAN, wrapped wherever it may be',
    `BUG: KASAN: null-ptr-deref in memset include/linux/fortify-string.h:175
[inline]
BUG: KASAN: slab-use-after-free in
ring_valid+0x5e/0x60
Read of size 1 at addr ffff888108821620 by task sh/6442`,
    'ring_valid+0x5e read 1 byte at address 0xffff888108821620: KASAN: slab-use-after-free.',
  ],
  [
    'a WARN() by a tool that names lines',
    `[  252.455068] WARNING: CPU: 1 PID: 731 at fs/acme.c:1590 ring_check (fs/acme.c:1590 (discriminator 1) fs/acme.c:1580)
[  252.455069] ${who}`,
    'ring_check ran into a WARN() at fs/acme.c:1590, on CPU 1 (loader (731)).',
  ],
  [
    'a hung task, wrapped before its name',
    `[ 1342.111] INFO: task
loader:731 blocked for more than 122 seconds.`,
    'loader (731) was blocked for more than 122 s.',
  ],
];

describe('the shapes of texts from the field', () => {
  test.each(shapes)('%s', (_, text, ...sentences) => expect(told(text)).toEqual(sentences));

  test('of KFENCE the stack is that of the access', () => {
    const [found] = read(shapes.find(([what]) => what.startsWith('KFENCE'))![1]);
    expect(found!.oops.trace.map((one) => one.function)).toEqual(['ring_peek', 'ring_poll']);
  });

  test('of a WARN() that became a panic at once the stack is what was below it', () => {
    const [found] = read(`WARNING: CPU: 1 PID: 731 at drivers/acme/ring.c:7 ring_put+0x13c/0x174
Kernel panic - not syncing: panic_on_warn set ...
${who}
Call Trace:
 dump_stack+0xef/0x16e
 panic+0x2aa/0x6e1
 report_bug+0x28a/0x2f0
 invalid_op+0x23/0x30
RIP: 0010:ring_put+0x13c/0x174
 ring_free+0x313/0x3d0`);
    expect(found!.oops.trace.map((one) => one.function)).toEqual(['ring_free']);
  });

  test.each([
    ['by lockdep’s own line', lockdep(''), '5.9.0-rc3', 'GW'],
    [
      'by a name that is no number',
      'WARNING: CPU: 0 PID: 1 at a/b.c:7 f+0x1/0x2\nCPU: 0 UID: 0 PID: 1 Comm: x Tainted: G        W          syzkaller #0 PREEMPT',
      'syzkaller',
      'GW',
    ],
    [
      'wrapped within its taints',
      'WARNING: at a/b.c:7 f+0x1/0x2()\nCPU: 0 PID: 1 Comm: x Tainted: \nG       T  6.10.0 #1',
      '6.10.0',
      'GT',
    ],
    [
      'wrapped between its taints',
      'WARNING: at a/b.c:7 f+0x1/0x2()\nCPU: 0 PID: 1 Comm: x Tainted: G\n      W  OE  6.10.0 #1',
      '6.10.0',
      'GWOE',
    ],
    [
      'wrapped before “loaded”',
      'WARNING: at a/b.c:7 f+0x1/0x2()\nCPU: 0 PID: 1 Comm: x Kdump:\nloaded Not tainted 6.10.0 #1',
      '6.10.0',
      '',
    ],
    [
      'of a sentence that speaks of taints',
      'WARNING: CPU: 0 PID: 1 at a/b.c:7 f+0x1/0x2\nCPU: 0 PID: 1 Comm: x Not tainted at all #1',
      undefined,
      '',
    ],
  ])('the release, %s', (_, text, release, taint) => {
    const [found] = read(text);
    expect([found!.oops.release, found!.oops.taint]).toEqual([release, taint]);
  });

  test('a split lock has its number', () => {
    expect(read(`Split lock detected\n: 0000 [#3] SMP\n${who}`)[0]!.oops.number).toBe(3);
  });

  test.each([1, 2])('a frame that a trace has often at one stamp counts as often, with each line %d times', (lines) => {
    expect(told(overrun(8, lines))).toEqual([
      'The stack was exhausted in ring_walk+0x5: ring_walk stands on it 9 times, on CPU 1 (loader (731)).',
    ]);
    expect(read(overrun(2, lines))[0]!.oops.trace.map((one) => one.function)).toEqual([
      'ring_walk',
      'ring_walk',
      'ring_poll',
    ]);
  });

  test('a panic for an oops is of that, however long lockdep speaks between', () => {
    const between = Array.from({ length: 250 }, (_, i) => `[    2.${1000 + i}]   lock(&ring${i}->lock);`).join('\n');
    const oops = `[    1.1000] kernel BUG at drivers/acme/ring.c:7!
[    1.2000] invalid opcode: 0000 [#1] SMP
[    1.3000] ${who}
[    1.4000] RIP: 0010:ring_put+0x13c/0x174
[    1.5000] Call Trace:
[    1.6000]  ring_free+0x313/0x3d0
`;
    const checked = `${oops}[    1.7000] WARNING: possible circular locking dependency detected\n${between}\n[    2.9000] ---[ end trace 0 ]---\n`;
    expect(told(`${checked}[    2.95] Kernel panic - not syncing: Fatal exception`)).toEqual([
      'ring_put+0x13c ran into a BUG() at drivers/acme/ring.c:7, on CPU 1 (loader (731)): panic “Fatal exception”.',
    ]);
    expect(told(`${checked}[    2.95] Kernel panic - not syncing: VFS: Unable to mount root fs on x`)[0]).toContain(
      'could not mount its root file system',
    );
  });
});
