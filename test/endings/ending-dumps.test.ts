import { describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import { endingFindings } from 'oompm/endings';
import { stallFindings } from 'oompm/stalls';
import { openKernel } from 'oompm/testing';

import { dumpFile, unlessMissing } from '../dumps.js';
import { amissIn } from '../words/untold.js';

async function withKernel(name: string, look: (kernel: Kernel) => void): Promise<void> {
  const kernel = await openKernel({ dump: [dumpFile(`${name}/vmcore`)!] });
  try {
    look(kernel);
  } finally {
    kernel.close();
  }
}

/** By TRUTH.md beside each dump. */
const truths = [
  [
    'null-6.1',
    'ending.exception',
    'acme_queue_depth+0x5 [acme] (out of tree, unsigned) read 4 bytes at address 0x28 (0x28(%rdi)) through rdi, which is a NULL pointer, on CPU 1 (init (1)), in write(fd 1: /dev/acme). panic_on_oops made a panic of it.',
  ],
  [
    'bug-5.10',
    'ending.bug',
    'acme_do+0x861 [acme] (out of tree, unsigned) ran into a BUG() at /tmp/hangs/mod/5.10.0-32/acme.c:94, on CPU 1 (init (1)), in write(fd 1: /dev/acme). panic_on_oops made a panic of it.',
  ],
  [
    'redherring',
    'ending.exception',
    'bug+0x5 [hold] (out of tree, unsigned) wrote 4 bytes at address 0x8, an offset from NULL, on CPU 0 (insmod (195)), in finit_module. panic_on_oops made a panic of it.',
  ],
  [
    'softlockup-6.1',
    'ending.policy',
    'acme_hog+0x7 [acme] (out of tree, unsigned) kept CPU 0 (init (103)) for 13.2 s, in write(fd 1: /dev/acme). softlockup_panic made a panic of it.',
  ],
  [
    'wq-6.1',
    'ending.policy',
    'kworker/u4:0 (9) in __wait_for_common+0x94 ← process_one_work+0x1c7 and init (105) in __wait_for_common+0x94 ← __flush_workqueue+0x151 were in uninterruptible sleep for more than 6 s. hung_task_panic made a panic of it.',
  ],
  [
    '6.1-global-panic',
    'ending.out-of-memory',
    'Memory ran out, on CPU 0 (a.out (52)). panic_on_oom made a panic of it.',
  ],
  [
    '5.10-memcg1-panic',
    'ending.out-of-memory',
    'A cgroup ran into its limit of memory, on CPU 0 (a.out (61)). panic_on_oom made a panic of it.',
  ],
  // Within a page fault that the kernel itself had taken.
  ['forks', 'ending.out-of-memory', 'Memory ran out, on CPU 0 (mq-worker (1543)). panic_on_oom made a panic of it.'],
  [
    '6.12-idle',
    'ending.lived',
    'The kernel had not panicked when the dump was taken, and was at rest: its 2 CPUs were idle, no task was runnable, and none was in uninterruptible sleep.',
  ],
  [
    'nfs-6.1',
    'ending.lived',
    'The kernel had not panicked when the dump was taken: its 2 CPUs were idle; 1 task (mount.nfs (109) in rpc_wait_bit_killable+0xd [sunrpc]) was in uninterruptible sleep.',
  ],
  [
    '5.10-lockstuck',
    'ending.lived',
    'The kernel had not panicked when the dump was taken: CPU 1 ran init (57) in native_queued_spin_lock_slowpath+0x27.',
  ],
  [
    '6.1-sysrq',
    'ending.by-hand',
    'The crash was asked for by hand (sysrq-c), on CPU 1 (init (1)), in write(fd 1: /proc/sysrq-trigger).',
  ],
] as const;

describe('how a machine ended', () => {
  test.each(truths)('%s', async (name, id, sentence) => {
    if (dumpFile(`${name}/vmcore`) === undefined) return console.log(unlessMissing(`${name}/vmcore`));
    await withKernel(name, (kernel) => {
      const found = endingFindings(kernel);
      expect(found.map((one) => [one.id, one.certainty, one.sentence])).toEqual([[id, 'certain', sentence]]);
      expect(amissIn(found[0]!)).toEqual([]);
    });
  });
});

test.skipIf(dumpFile('softlockup-6.1/vmcore') === undefined)(
  `${unlessMissing('softlockup-6.1/vmcore')}: a stuck CPU is where it was, and not in its own panic`,
  () =>
    withKernel('softlockup-6.1', (kernel) => {
      const [stuck] = stallFindings(kernel);
      expect([stuck!.id, stuck!.subject?.name]).toEqual(['watchdog.stuck-cpu', 'acme_hog']);
      expect(stuck!.sentence).toMatch(/ in acme_hog\+0x7 \[acme\]\.$/);
    }),
);
