import { expect, test } from 'vitest';
import { folded, timelineOfRecords, type TimelineEvent } from 'oompm/timeline';

import { eventKinds } from '../../src/timeline/kinds/all.js';

/** Lines as kernels of 2.6.32 to 7.x print them, each the whole of a log. */
const told: readonly (readonly [line: string, kind: string, what: string])[] = [
  // oopses
  [
    'BUG: unable to handle kernel NULL pointer dereference at 0000000000000028',
    'oops',
    'NULL pointer dereference at 0x28',
  ],
  ['BUG: unable to handle kernel NULL pointer dereference at (null)', 'oops', 'NULL pointer dereference at 0x0'],
  ['BUG: unable to handle kernel paging request at ffffc90000d5ffff', 'oops', 'page fault at 0xffffc90000d5ffff'],
  ['BUG: unable to handle page fault for address: ffffffffc0a01234', 'oops', 'page fault at 0xffffffffc0a01234'],
  ['BUG: kernel NULL pointer dereference, address: 0000000000000008', 'oops', 'NULL pointer dereference at 0x8'],
  ['BUG: Kernel NULL pointer dereference on read at 0x00000010', 'oops', 'NULL pointer dereference at 0x10'],
  [
    'BUG: Unable to handle kernel data access on write at 0xc00800000a3b0000',
    'oops',
    'Unable to handle kernel data access at 0xc00800000a3b0000',
  ],
  [
    'Unable to handle kernel NULL pointer dereference at virtual address 00000040',
    'oops',
    'NULL pointer dereference at 0x40',
  ],
  [
    'Unable to handle kernel paging request at virtual address dead000000000108',
    'oops',
    'page fault at 0xdead000000000108',
  ],
  [
    'Unable to handle kernel access to user memory outside uaccess routines at virtual address 0000000000000010',
    'oops',
    'access to user memory outside uaccess routines at 0x10',
  ],
  ['Unable to handle kernel pointer dereference in virtual kernel address space', 'oops', 'pointer dereference'],
  [
    'CPU 2 Unable to handle kernel paging request at virtual address 00000014, epc == 8012a5f0, ra == 8012a5c8',
    'oops',
    'page fault at 0x14',
  ],
  ['general protection fault: 0000 [#1] SMP ', 'oops', 'general protection fault'],
  [
    'general protection fault, probably for non-canonical address 0xdead000000000122: 0000 [#2] PREEMPT SMP PTI',
    'oops',
    'general protection fault, probably for non-canonical address 0xdead000000000122',
  ],
  [
    'Oops: general protection fault, probably for non-canonical address 0x6b6b6b6b6b6b6b6b: 0000 [#1] SMP NOPTI',
    'oops',
    'general protection fault, probably for non-canonical address 0x6b6b6b6b6b6b6b6b',
  ],
  ['WARNING: lib/refcount.c:19 at 0x0, CPU#1: syz.3.20/6051', 'warning', 'lib/refcount.c:19'],
  ['WARNING: at arch/powerpc/platforms/pseries/eeh.c:390', 'warning', 'arch/powerpc/platforms/pseries/eeh.c:390'],
  ['WARNING: systemd/4398 still has locks held!', 'debug check', 'systemd/4398 still has locks held'],
  ['divide error: 0000 [#1] PREEMPT SMP', 'oops', 'divide error'],
  ['Oops: 0002 [#3] SMP', 'oops', 'Oops'],
  ['Oops: 0000 [#1] PREEMPT SMP KASAN NOPTI', 'oops', 'Oops'],
  ['Internal error: Oops: 17 [#1] PREEMPT SMP ARM', 'oops', 'Oops'],
  ['Internal error: Oops: 0000000096000004 [#1] PREEMPT SMP', 'oops', 'Oops'],
  ['Internal error: synchronous external abort: 0000000096000210 [#1] SMP', 'oops', 'synchronous external abort'],
  ['Oops: Kernel access of bad area, sig: 11 [#1]', 'oops', 'Kernel access of bad area, sig: 11'],
  [
    'BUG: stack guard page was hit at 0000000012345678 (stack is 00000000aaaa..00000000bbbb)',
    'oops',
    'a stack ran into its guard page at 0x12345678',
  ],
  [
    'BUG: TASK stack guard page was hit at ffffc90000d5fff8 (stack is ffffc90000d60000..ffffc90000d64000)',
    'oops',
    'a stack ran into its guard page at 0xffffc90000d5fff8',
  ],
  ['PANIC: double fault, error_code: 0x0', 'oops', 'double fault'],
  ['traps: PANIC: double fault, error_code: 0x0', 'oops', 'double fault'],
  ['kernel BUG at fs/ext4/inode.c:2755!', 'bug', 'BUG() at fs/ext4/inode.c:2755'],
  ['kernel BUG at /build/linux-abc/mm/slub.c:4240!', 'bug', 'BUG() at mm/slub.c:4240'],
  ['Kernel BUG at [verbose debug info unavailable]', 'bug', 'BUG()'],
  // warnings
  [
    'WARNING: at net/sched/sch_generic.c:267 dev_watchdog+0x26b/0x280() (Not tainted)',
    'warning',
    'net/sched/sch_generic.c:267',
  ],
  [
    'WARNING: CPU: 3 PID: 812 at kernel/softirq.c:150 __local_bh_enable_ip+0x6d/0x80()',
    'warning',
    'kernel/softirq.c:150',
  ],
  [
    'WARNING: CPU: 0 PID: 1 at drivers/gpu/drm/i915/intel_pm.c:3 do_it+0x1/0x20 [i915]',
    'warning',
    'drivers/gpu/drm/i915/intel_pm.c:3',
  ],
  ['WARNING: CPU: 0 PID: 1 at do_it+0x1/0x20', 'warning', 'WARN()'],
  [
    'WARNING: kernel/sched/core.c:6131 at sched_tick+0x1f0/0x2c0, CPU#2: swapper/2/0',
    'warning',
    'kernel/sched/core.c:6131',
  ],
  ['WARNING: at sched_tick+0x1f0/0x2c0, CPU#2: swapper/2/0', 'warning', 'WARN()'],
  // checks
  ['BUG: KASAN: slab-use-after-free in bug_read+0x1a/0x40 [hold]', 'corruption', 'KASAN: slab-use-after-free'],
  ['BUG: Bad page state in process kworker/2:1  pfn:1a3f2', 'corruption', 'Bad page state in process kworker/2:1'],
  ['BUG: Bad rss-counter state mm:00000000e5b2c3d4 type:MM_ANONPAGES val:2', 'corruption', 'Bad rss-counter state'],
  [
    'BUG kmalloc-96 (Tainted: G    B      O     ): Freepointer corrupt',
    'corruption',
    'slab cache kmalloc-96: Freepointer corrupt',
  ],
  [
    'UBSAN: array-index-out-of-bounds in drivers/net/foo.c:12:3',
    'corruption',
    'UBSAN: array-index-out-of-bounds at drivers/net/foo.c:12:3',
  ],
  [
    'BUG: sleeping function called from invalid context at mm/slab.h:421',
    'debug check',
    'sleeping function called from invalid context at mm/slab.h:421',
  ],
  ['BUG: scheduling while atomic: init/1/0x00000002', 'debug check', 'scheduling while atomic'],
  ['[ INFO: possible circular locking dependency detected ]', 'debug check', 'possible circular locking dependency'],
  ['WARNING: possible recursive locking detected', 'debug check', 'possible recursive locking'],
  ['WARNING: suspicious RCU usage', 'debug check', 'suspicious RCU usage'],
  // watchdogs
  ['INFO: task java:104 blocked for more than 120 seconds.', 'hung task', 'blocked for more than 120 s'],
  ['INFO: task Web Content:104 blocked for more than 241 seconds.', 'hung task', 'blocked for more than 241 s'],
  [
    'INFO: task kworker/u8:1:33 blocked in I/O wait for more than 120 seconds.',
    'hung task',
    'blocked in I/O wait for more than 120 s',
  ],
  ['BUG: soft lockup - CPU#1 stuck for 61s! [qemu-kvm:2216]', 'soft lockup', 'CPU 1 stuck for 61 s'],
  ['NMI watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [kworker/0:1:44]', 'soft lockup', 'CPU 0 stuck for 22 s'],
  [
    'watchdog: BUG: soft lockup - CPU#20 stuck for 26s! [node-linux-arm6:159076]',
    'soft lockup',
    'CPU 20 stuck for 26 s',
  ],
  ['NMI watchdog: Watchdog detected hard LOCKUP on cpu 5', 'hard lockup', 'CPU 5 takes no interrupts'],
  ['watchdog: Watchdog detected hard LOCKUP on cpu 5', 'hard lockup', 'CPU 5 takes no interrupts'],
  [
    'watchdog: CPU 3 self-detected hard LOCKUP @ plpar_hcall_norets+0x1c/0x28',
    'hard lockup',
    'CPU 3 takes no interrupts',
  ],
  [
    'BUG: NMI Watchdog detected LOCKUP on CPU1, ip ffffffff8100b2a0, registers:',
    'hard lockup',
    'CPU 1 takes no interrupts',
  ],
  ['INFO: rcu_sched_state detected stall on CPU 0 (t=15000 jiffies)', 'rcu stall', 'rcu_sched_state is stalled'],
  ['INFO: RCU detected CPU 0 stall (t=1000 jiffies)', 'rcu stall', 'RCU is stalled'],
  [
    'INFO: rcu_sched self-detected stall on CPU { 2}  (t=60001 jiffies g=1 c=0 q=5)',
    'rcu stall',
    'rcu_sched is stalled',
  ],
  ['rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:', 'rcu stall', 'rcu_preempt is stalled'],
  [
    'rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 1-... } 5 jiffies s: 9 root: 0x2/.',
    'rcu stall',
    'rcu_preempt is stalled',
  ],
  [
    'BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!',
    'workqueue',
    'the pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31 s',
  ],
  [
    'workqueue: drm_fb_helper_damage_work hogged CPU for >10000us 4 times, consider switching to WQ_UNBOUND',
    'workqueue',
    'drm_fb_helper_damage_work kept a CPU for more than 10000 µs, 4 times',
  ],
  [
    'smp: csd: Detected non-responsive CSD lock (#1) on CPU#0, waiting 5000000042 ns for CPU#03 do_flush(0x0).',
    'workqueue',
    'CPU 3 has not answered a call of CPU 0 for 5 s',
  ],
  ['sched: RT throttling activated', 'scheduler', 'real-time tasks took all of a CPU: RT throttling activated'],
  [
    '[sched_delayed] sched: RT throttling activated',
    'scheduler',
    'real-time tasks took all of a CPU: RT throttling activated',
  ],
  // memory, beside the OOM parser's
  [
    'XFS: kworker(77) possible memory allocation deadlock size 65552 in kmem_alloc (mode:0x2400240)',
    'allocation failure',
    'XFS gets no 65552 bytes for kworker (77)',
  ],
  ['SLUB: Unable to allocate memory on node -1 (gfp=0x20)', 'allocation failure', 'SLUB could not allocate a slab'],
  [
    "lowmemorykiller: Killing 'com.app.x' (4321), adj 906,",
    'daemon kill',
    'the low memory killer killed com.app.x (4321)',
  ],
  [
    'Adding 1048572k swap on /dev/vda2.  Priority:-2 extents:1 across:1048572k FS',
    'swap',
    'swap of 1024 MiB on /dev/vda2',
  ],
  // user space
  [
    'a.out[1234]: segfault at 0 ip 000055d0c0de1139 sp 00007ffd error 6 in a.out[55d0c0de1000+1000]',
    'user fault',
    'segfault at 0x0, in a.out',
  ],
  ['foo[77]: segfault at 28 rip 400544 rsp 7fff5 error 4', 'user fault', 'segfault at 0x28'],
  [
    'traps: chrome[2979] trap invalid opcode ip:55911b28dba3 sp:7ffe error:0 in chrome[5591]',
    'user fault',
    'invalid opcode at 0x55911b28dba3, in chrome',
  ],
  [
    'foo[77] general protection ip:400544 sp:7fff5 error:0 in foo[400000+1000]',
    'user fault',
    'general protection at 0x400544, in foo',
  ],
  [
    'sh[88]: unhandled level 2 translation fault (11) at 0x00000010, esr 0x92000006, in busybox[400000+1000]',
    'user fault',
    'level 2 translation fault at 0x10, in busybox',
  ],
  // disks and file systems
  ['end_request: I/O error, dev sda, sector 12345', 'io error', 'I/O error on sda, sector 12345'],
  [
    'blk_update_request: critical medium error, dev sdb, sector 99 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 0',
    'io error',
    'critical medium error on sdb, sector 99 (read)',
  ],
  [
    'I/O error, dev nvme0n1, sector 0 op 0x1:(WRITE) flags 0x800 phys_seg 1 prio class 2',
    'io error',
    'I/O error on nvme0n1, sector 0 (write)',
  ],
  ['Buffer I/O error on device sda1, logical block 7', 'io error', 'block 7 of sda1: read error'],
  [
    'Buffer I/O error on dev dm-0, logical block 7, lost async page write',
    'io error',
    'block 7 of dm-0: lost async page write',
  ],
  ['Read-error on swap-device (253:0:2048)', 'io error', 'read error on swap (253:0), sector 2048'],
  [
    'sd 2:0:0:0: [sda] tag#12 FAILED Result: hostbyte=DID_TIME_OUT driverbyte=DRIVER_OK cmd_age=30s',
    'io error',
    'a command of sda failed (DID_TIME_OUT)',
  ],
  ['sd 2:0:0:0: rejecting I/O to offline device', 'io error', '2:0:0:0 is offline: its requests are refused'],
  ['md/raid1:md0: Disk failure on sdb1, disabling device.', 'io error', 'sdb1 was taken out of its array'],
  [
    'EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls: reading directory lblock 0',
    'file system',
    'EXT4 (sda1): error in ext4_find_entry: inode #2: comm ls: reading directory lblock 0',
  ],
  [
    'EXT4-fs error (device sda1) in ext4_reserve_inode_write:5756: Journal has aborted',
    'file system',
    'EXT4 (sda1): error in ext4_reserve_inode_write: Journal has aborted',
  ],
  ['EXT4-fs (sda1): Remounting filesystem read-only', 'file system', 'EXT4 (sda1): Remounting filesystem read-only'],
  ['Aborting journal on device sda1-8.', 'file system', 'JBD2 (sda1-8): the journal was aborted'],
  [
    'XFS (dm-3): Log I/O Error Detected. Shutting down filesystem',
    'file system',
    'XFS (dm-3): Log I/O Error Detected. Shutting down filesystem',
  ],
  [
    'XFS (sda1): Metadata corruption detected at xfs_agf_read_verify+0x5a/0x100 [xfs], xfs_agf block 0x1',
    'file system',
    'XFS (sda1): Metadata corruption detected at xfs_agf_read_verify+0x5a/0x100 [xfs], xfs_agf block 0x1',
  ],
  ['BTRFS info (device sda1): forced readonly', 'file system', 'Btrfs (sda1): forced readonly'],
  [
    'BTRFS: error (device sda1: state EA) in btrfs_commit_transaction:2494: errno=-5 IO failure',
    'file system',
    'Btrfs (sda1): btrfs_commit_transaction:2494: errno=-5 IO failure',
  ],
  ['ata1.00: exception Emask 0x0 SAct 0x1 SErr 0x0 action 0x6 frozen', 'device reset', 'ata1.00: exception Emask 0x0'],
  ['ata1: hard resetting link', 'device reset', 'ata1: hard resetting link'],
  ['nvme nvme0: I/O 12 QID 4 timeout, aborting', 'device reset', 'nvme0: a request timed out: aborting'],
  [
    'nvme nvme0: I/O tag 12 (1001) opcode 0x1 (I/O Cmd) QID 4 timeout, reset controller',
    'device reset',
    'nvme0: a request timed out: reset controller',
  ],
  [
    'nvme nvme0: controller is down; will reset: CSTS=0xffffffff, PCI_STATUS=0x10',
    'device reset',
    'nvme0: controller is down; will reset',
  ],
  [
    'sd 2:0:0:0: Device offlined - not ready after error recovery',
    'device reset',
    '2:0:0:0: Device offlined - not ready after error recovery',
  ],
  // hardware
  [
    'mce: [Hardware Error]: CPU 2: Machine Check Exception: 5 Bank 4: be00000000800400',
    'hardware error',
    'machine check on CPU 2: bank 4 has be00000000800400, uncorrected',
  ],
  [
    'CPU 0: Machine Check Exception: 0000000000000004 Bank 5: b200000000000800',
    'hardware error',
    'machine check on CPU 0: bank 5 has b200000000000800, uncorrected',
  ],
  [
    'mce: [Hardware Error]: Machine check events logged',
    'hardware error',
    'the processor has reported errors (corrected, or not fatal)',
  ],
  ['{1}[Hardware Error]: event severity: fatal', 'hardware error', 'the firmware reported an error: fatal'],
  [
    'EDAC MC0: 1 CE memory read error on CPU_SrcID#0_MC#0_Chan#1_DIMM#0 (channel:1 slot:0 page:0x1)',
    'hardware error',
    '1 corrected memory error: memory read error on CPU_SrcID#0_MC#0_Chan#1_DIMM#0',
  ],
  [
    'EDAC MC1: 2 UE memory scrubbing error on unknown memory (slot:0)',
    'hardware error',
    '2 uncorrected memory errors: memory scrubbing error on unknown memory',
  ],
  ['Uhhuh. NMI received for unknown reason 21 on CPU 0.', 'nmi', 'no handler knew it (reason 21), on CPU 0'],
  [
    'pcieport 0000:00:1c.5: AER: PCIe Bus Error: severity=Uncorrected (Fatal), type=Transaction Layer, (Requester ID)',
    'hardware error',
    'PCIe 0000:00:1c.5: Uncorrected (Fatal) (Transaction Layer)',
  ],
  [
    'mce: CPU3: Core temperature above threshold, cpu clock throttled (total events = 112)',
    'thermal',
    'CPU 3 is too hot, and throttled (112 so far)',
  ],
  [
    'thermal thermal_zone0: critical temperature reached, shutting down',
    'thermal',
    'critical temperature (thermal_zone0): the machine shuts itself down',
  ],
  [
    "clocksource: timekeeping watchdog on CPU2: Marking clocksource 'tsc' as unstable because the skew is too large:",
    'clock',
    'clocksource tsc is unstable',
  ],
  ['Clocksource tsc unstable (delta = -8589964877 ns)', 'clock', 'clocksource tsc is unstable'],
  // network
  ['e1000e: eth0 NIC Link is Down', 'link', 'eth0: link down'],
  ['igb 0000:01:00.0 eth0: igb: eth0 NIC Link is Down', 'link', 'eth0: link down'],
  ['tg3 0000:02:00.0: eth2: Link is down', 'link', 'eth2: link down'],
  ['r8169 0000:03:00.0 enp3s0: Link is Up - 1Gbps/Full - flow control rx/tx', 'link', 'enp3s0: link up'],
  ['NETDEV WATCHDOG: eth0 (e1000e): transmit queue 0 timed out', 'link', 'eth0: transmit queue 0 timed out'],
  [
    'e1000 0000:00:03.0 eth0: NETDEV WATCHDOG: CPU: 0: transmit queue 0 timed out 5120 ms',
    'link',
    'eth0: transmit queue 0 timed out',
  ],
  ['nfs: server 10.0.2.2 not responding, still trying', 'server', 'nfs server 10.0.2.2 does not answer'],
  [
    'nfs: server filer.example not responding, timed out',
    'server',
    'nfs server filer.example does not answer: timed out',
  ],
  [
    'CIFS: VFS: \\\\filer has not responded in 180 seconds. Reconnecting...',
    'server',
    'SMB server filer has not answered for 180 s',
  ],
  ['libceph: osd3 (1)10.0.0.3:6801 socket closed (con state OPEN)', 'server', 'ceph osd3: socket closed'],
  [
    'cgroup: fork rejected by pids controller in /user.slice/user-1000.slice',
    'limit',
    'pids.max of /user.slice/user-1000.slice: no more tasks',
  ],
  [
    'nf_conntrack: nf_conntrack: table full, dropping packet',
    'limit',
    'the table of connections is full: packets are dropped',
  ],
  // life
  ['acme: loading out-of-tree module taints kernel.', 'taint', 'module acme: out of tree'],
  ["nvidia: module license 'NVIDIA' taints kernel.", 'taint', "module nvidia: license 'NVIDIA'"],
  [
    'acme: module verification failed: signature and/or required key missing - tainting kernel',
    'taint',
    'module acme: unsigned',
  ],
  ['smpboot: CPU 1 is now offline', 'hotplug', 'CPU 1 taken offline'],
  ['PM: suspend entry (deep)', 'suspend', 'suspend'],
  ['SysRq : Trigger a crash', 'sysrq', 'Trigger a crash'],
  ['sysrq: Show Blocked State', 'sysrq', 'Show Blocked State'],
  ['sysrq: HELP : loglevel(0-9) reboot(b) crash(c)', 'sysrq', 'help'],
  [
    'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
    'panic',
    'VFS: Unable to mount root fs on unknown-block(0,0)',
  ],
  ['reboot: Restarting system', 'shutdown', 'Restarting system'],
  ['Restarting system.', 'shutdown', 'Restarting system'],
  ['Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org)', 'boot', 'Linux 6.1.0-56-cloud-amd64'],
];

/** Lines of kernels that look much like those above and tell of nothing. */
const untold = [
  'ACPI: bus type PCI registered: BUG: no',
  'Lockdep: BUG counts are kept',
  'INFO: lockdep is turned off.',
  'INFO: task list follows',
  '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.',
  'smp: csd: CSD lock (#1) got unstuck on CPU#00, CPU#03 released the lock.',
  'watchdog: Delayed init of the lockup detector failed: -19',
  'NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.',
  'rcu: INFO: Stall ended before state dump start',
  'rcu: RCU restricting CPUs from NR_CPUS=64 to nr_cpu_ids=2.',
  'workqueue: round-robin CPU selection forced, expect performance impact',
  'ata2: SATA link down (SStatus 0 SControl 300)',
  'ata1: SATA max UDMA/133 abar m4096@0xfebf1000 port 0xfebf1100 irq 24',
  'ata1.00: ATA-7: QEMU HARDDISK, 2.5+, max UDMA/100',
  'nvme nvme0: 2/0/0 default/read/poll queues',
  'nvme nvme0: pci function 0000:00:04.0',
  'sd 2:0:0:0: [sda] Attached SCSI disk',
  'sd 2:0:0:0: [sda] Write cache: enabled, read cache: enabled',
  'EXT4-fs (sda1): mounted filesystem with ordered data mode. Opts: errors=remount-ro',
  'EXT4-fs (sda1): re-mounted 0a1b2c3d ro.',
  'XFS (sda1): Mounting V5 Filesystem 0a1b2c3d',
  'XFS (sda1): Ending clean mount',
  'mce: CPU supports 10 MCE banks',
  'mce: Using 10 MCE banks',
  'EDAC MC: Ver: 3.0.0',
  'EDAC MC0: Giving out device to module skx_edac controller Skylake Socket#0 IMC#0: DEV 0000:2e:0a.0 (INTERRUPT)',
  'RAS: Correctable Errors collector initialized.',
  'pcieport 0000:00:1c.5: AER: enabled with IRQ 122',
  'thermal LNXTHERM:00: registered as thermal_zone0',
  'clocksource: Switched to clocksource tsc',
  'clocksource: tsc: mask: 0xffffffffffffffff max_cycles: 0x1cd42e4dffb, max_idle_ns: 881590591483 ns',
  'IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready',
  'ACPI: PCI: Interrupt link LNKD configured for IRQ 11',
  'Write protecting the kernel read-only data: 18432k',
  'nfs: Deprecated parameter',
  'PM: hibernation: Registered nosave memory: [mem 0x00000000-0x00000fff]',
  'x86/mm: Checked W+X mappings: passed, no W+X pages found.',
  'kernel: CPU1: Booted secondary processor',
  'smpboot: Allowing 2 CPUs, 0 hotplug CPUs',
  'Oops is a nice name for a module',
  'Kernel panic_on_oops is set',
  'Adding alias for swap on demand',
  "process 'x [#1] SMP' started with executable stack",
  'x: module is fine, it taints nothing',
  'SLUB: HWalign=64, Order=0-3, MinObjects=0, CPUs=2, Nodes=1',
  'reboot: Power-on reason is not known',
];

function eventsOf(text: string, facility = 0): readonly TimelineEvent[] {
  return timelineOfRecords([{ text, facility, timeNs: 5e9 }], []).events;
}

test.each(told)('%s', (line, kind, what) => expect(eventsOf(line)).toMatchObject([{ kind, what }]));

test.each(untold)('nothing: %s', (line) => expect(eventsOf(line)).toEqual([]));

test('every kind has a line here', () => {
  const kinds = new Set(told.map(([, kind]) => kind));
  expect(eventKinds.filter(({ name }) => !kinds.has(name))).toEqual([]);
});

test('what user space writes into the log is nobody’s word but its own', () => {
  const forged = told.filter(([, kind]) => kind !== 'daemon kill').flatMap(([line]) => eventsOf(line, 1));
  expect(forged).toEqual([]);
});

const daemons = [
  [
    'systemd-oomd[512]: Killed /user.slice/app-code.scope due to memory pressure for /user.slice being 59.83% > 50.00% for > 20s with reclaim activity',
    'systemd-oomd killed /user.slice/app-code.scope: memory pressure for /user.slice being 59.83% > 50.00% for > 20s with reclaim activity',
  ],
  [
    'systemd-oomd[512]: Killed /system.slice/a.service due to memory used (95) / total (100) and swap used (9) / total (10) being more than 90.00%',
    'systemd-oomd killed /system.slice/a.service: memory used (95) / total (100) and swap used (9) / total (10) being more than 90.00%',
  ],
  [
    'earlyoom[400]: sending SIGTERM to process 1234 uid 1000 "firefox": badness 800, VmRSS 2048 MiB',
    'earlyoom sent SIGTERM to firefox (1234)',
  ],
  [
    'systemd[1]: mysqld.service: A process of this unit has been killed by the OOM killer.',
    'systemd: a process of mysqld.service was killed by the OOM killer',
  ],
] as const;

test.each(daemons)('a daemon’s: %s', (line, what) => {
  expect(eventsOf(line, 3)).toMatchObject([{ kind: 'daemon kill', witness: 'user space', what }]);
});

test.each([
  'systemd-oomd[512]: Considered 5 cgroups for killing, top candidates were:',
  'systemd-oomd[512]: Swap is currently not detected; memory pressure usage will be degraded',
  'earlyoom[400]: mem avail: 900 of 1000 MiB (90.00%), swap free: 0 of 0 MiB',
  'systemd[1]: mysqld.service: Main process exited, code=killed, status=9/KILL',
])('a daemon’s that killed nothing: %s', (line) => expect(eventsOf(line, 3)).toEqual([]));

/** A name is 15 bytes of anything. */
test.each([
  'BUG: x',
  'WARNING: CPU: 0',
  'Oops: 0 [#1]',
  'EXT4-fs error (',
  'nfs: server OK',
  'kernel BUG at a',
  'sysrq: Trigger',
  'INFO: task a:1 ',
])('a process named %s', (comm) => {
  const line = `${comm}[77]: segfault at 0 ip 0000000000400544 sp 00007ffd error 6 in a.out[400000+1000]`;
  expect(eventsOf(line)).toMatchObject([{ kind: 'user fault', comm, pid: 77 }]);
});

test('numbers in what is alike do not matter', () => {
  const records = [1, 2, 3].map((sector) => ({
    text: `I/O error, dev sda, sector ${sector} op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2`,
    facility: 0,
    timeNs: sector * 1e9,
  }));
  expect(folded(timelineOfRecords(records, []).events)).toMatchObject([{ count: 3, timeNs: 1e9, lastNs: 3e9 }]);
});
