import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../linux/sched/tasks.js';
import { sourceName } from '../words/source-name.js';
import { spOf } from '../arch/stack/frame.js';
import { nameFrames, type NamedFrame } from './name-frames.js';
import { stackOf } from './stacks.js';

/** A frame with a name and its place on the stack. */
export interface PlacedFrame extends NamedFrame {
  /** The stack pointer in the frame: the lowest address that is the frame's own. */
  readonly sp: bigint | undefined;
  /** The first address above it: the stack pointer of its caller. Locals that live in memory lie in [sp, end). */
  readonly end: bigint | undefined;
}

/**
 * The frames of a task's stack, innermost first, with the stack addresses of each: `framesOf(kernel, task).find((frame)
 * => isOf(frame, 'out_of_memory'))` gives where to look for that function's locals. Inlined functions share the range
 * of the function that they are inlined into; a range is undefined where the next frame is on another stack.
 */
export function framesOf(kernel: Kernel, task: Task): readonly PlacedFrame[] {
  return kernel.once(`frames of ${task.$address}`, () => {
    const { frames } = stackOf(kernel, task, { savedRegisters: true });
    return frames.flatMap((frame, index) => {
      const sp = spOf(frame);
      const above = frames[index + 1];
      const end = above && above.area === frame.area ? spOf(above) : frame.area?.high;
      return nameFrames(kernel, [frame]).map((named) => ({ ...named, sp, end }));
    });
  });
}

/** Whether a frame runs a function, or a part or variant of it that the compiler made. */
export function isOf(frame: NamedFrame, name: string): boolean {
  return frame.function !== undefined && sourceName(frame.function) === name;
}
