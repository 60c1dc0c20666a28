import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { panicOf } from '../../src/linux/machine/panic.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { framesOf, isOf } from '../../src/stack/frames-of.js';
import { stackOf } from '../../src/stack/stacks.js';
import { variablesIn } from '../../src/stack/variables.js';
import { dumpFile } from '../dumps.js';

const dumps = [
  ['5.10-global-panic', 'vmlinux-5.10'],
  ['6.1-global-panic', 'vmlinux-6.1'],
] as const;

describe.each(dumps)('%s', (name, file) => {
  const dump = dumpFile(`${name}/vmcore`);
  const vmlinux = dumpFile(file);

  test.skipIf(dump === undefined || vmlinux === undefined)(
    'the oom_control that DWARF tells lies in the frame of the function that has it, and is what the report says',
    async () => {
      const kernel = await openKernel({ dump: [dump!], vmlinux: vmlinux! });
      const { task } = panicOf(kernel)!;
      const frame = framesOf(kernel, task!).find((candidate) => isOf(candidate, '__alloc_pages_may_oom'))!;
      expect(frame.inlined).toBe(true);

      const stack = stackOf(kernel, task!, { savedRegisters: true });
      const own = stack.frames.find(({ ip }) => ip === frame.frame.ip)!;
      const control = variablesIn(kernel, stack, own, frame.level).find((variable) => variable.name === 'oc')!;
      expect(control.where.kind).toBe('memory');
      const { address } = control.where as { address: bigint };
      expect(address >= frame.sp! && address < frame.end!).toBe(true);

      const gfp = parseInt(
        /gfp_mask=0x([0-9a-f]+)/.exec(readFileSync(dumpFile(`${name}/kernel.log`)!, 'utf8'))![1]!,
        16,
      );
      expect(kernel.memory.u32(address + BigInt(kernel.offsetOf('oom_control', 'gfp_mask')))).toBe(gfp);
      kernel.close();
    },
  );

  test.skipIf(dump === undefined)('without a vmlinux the frames have the same places', async () => {
    const kernel = await openKernel({ dump: [dump!] });
    const { task } = panicOf(kernel)!;
    const frames = framesOf(kernel, task!);
    const slowpath = frames.find((candidate) => isOf(candidate, '__alloc_pages_slowpath'))!;
    const below = frames[frames.indexOf(slowpath) - 1]!;
    expect(isOf(below, 'out_of_memory')).toBe(true);
    expect(below.end).toBe(slowpath.sp);
    expect(slowpath.end! > slowpath.sp!).toBe(true);
    // Each function of the kernel begins where the one before it ends, up to the top of the stack.
    for (const [n, { end }] of frames.slice(0, -2).entries()) expect(end).toBe(frames[n + 1]!.sp);
    kernel.close();
  });
});
