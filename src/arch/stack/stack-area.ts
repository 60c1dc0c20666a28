import { hex } from '../../words/hex.js';
import { Implausible } from '../../kernel/gaps.js';
import { LARGEST_STACK_BYTES } from '../../linux/sched/thread-stack.js';

/** A piece of memory that is used as a stack: [low, high). */
export interface StackArea {
  /** 'task', or the architecture's own, as its stack_type_name() prints it. */
  readonly kind: 'task' | (string & {});
  /** "task stack", "IRQ stack of CPU 1", "DF stack of CPU 1". */
  readonly name: string;
  readonly low: bigint;
  readonly high: bigint;
}

const END_OF_ADDRESSES = 1n << 64n;

/** @throws Implausible where no stack can be so long, or lie there: past the last address all would begin anew at 0 */
export function stackArea(kind: StackArea['kind'], low: bigint, bytes: number, name = `${kind} stack`): StackArea {
  const high = low + BigInt(bytes);
  if (bytes <= 0 || bytes > LARGEST_STACK_BYTES || low < 0n || high > END_OF_ADDRESSES)
    throw new Implausible(`a ${name} of ${bytes} bytes at ${hex(low)}`, BigInt.asUintN(64, low));
  return { kind, name, low, high };
}

export function inArea({ low, high }: StackArea, address: bigint, length = 8): boolean {
  return address >= low && address + BigInt(length) <= high;
}
