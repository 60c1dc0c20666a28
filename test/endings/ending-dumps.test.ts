import { describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import { endingFindings, endingOf } from 'oompm/endings';
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
    'acme_queue_depth+0x5 [acme] (out of tree, unsigned) read 4 bytes at address 0x28 (0x28(%rdi)) through rdi, which is a NULL pointer, on CPU 1 (init (1)), in write(fd 1: /dev/acme). panic_on_oops made the panic “Fatal exception” of it.',
  ],
  [
    'bug-5.10',
    'ending.bug',
    'acme_do+0x861 [acme] (out of tree, unsigned) ran into a BUG() at /tmp/hangs/mod/5.10.0-32/acme.c:94, on CPU 1 (init (1)), in write(fd 1: /dev/acme). panic_on_oops made the panic “Fatal exception” of it.',
  ],
  [
    'redherring',
    'ending.exception',
    'bug+0x5 [hold] (out of tree, unsigned) wrote 4 bytes at address 0x8, an offset from NULL (0x8), on CPU 0 (insmod (195)), in finit_module. panic_on_oops made the panic “Fatal exception” of it.',
  ],
  [
    'softlockup-6.1',
    'ending.policy',
    'The kernel was set to panic at a soft lockup (softlockup_panic), and met one, on CPU 0 (init (103)), in write(fd 1: /dev/acme): panic “softlockup: hung tasks”.',
  ],
  [
    'wq-6.1',
    'ending.policy',
    'The kernel was set to panic at a task that hangs (hung_task_panic), and met one: panic “hung_task: blocked tasks”.',
  ],
  [
    '6.1-sysrq',
    'ending.by-hand',
    'The crash was asked for by hand (sysrq-c), on CPU 1 (init (1)), in write(fd 1: /proc/sysrq-trigger): panic “sysrq triggered crash”.',
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

  // forks panicked for want of memory within a page fault that the kernel itself had taken.
  test.each(['6.1-global-panic', '5.10-memcg1-panic', 'forks', '7.2-kdump-global'])(
    '%s: the OOM report tells',
    async (name) => {
      if (dumpFile(`${name}/vmcore`) === undefined) return console.log(unlessMissing(`${name}/vmcore`));
      await withKernel(name, (kernel) => {
        expect(endingOf(kernel)?.kind).toBe('out of memory');
        expect(endingFindings(kernel)).toEqual([]);
      });
    },
  );

  test.each(['5.10-lockstuck', 'lab-6.1-lock-zoo', '6.12-idle', 'nfs-6.1'])('%s did not panic', async (name) => {
    if (dumpFile(`${name}/vmcore`) === undefined) return console.log(unlessMissing(`${name}/vmcore`));
    await withKernel(name, (kernel) => {
      expect(endingOf(kernel)).toBeUndefined();
      expect(endingFindings(kernel)).toEqual([]);
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
