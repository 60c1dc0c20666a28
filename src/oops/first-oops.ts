import { stacksOf } from '../arch/stack/stack-architectures.js';
import type { Kernel } from '../kernel/kernel.js';
import type { PrintedLine } from '../words/printed-line.js';
import { endingOf } from '../endings/ending.js';
import { firstOopsed } from '../endings/oopsed.js';
import { dieCounter } from '../linux/machine/counters.js';
import { oopsRecords } from './records.js';
import { symbolText } from './symbol-text.js';

/** An oops that the machine lived on after: the first of those that the kernel counted. */
export interface FirstOops {
  /** How many there were. */
  readonly of: number;
  /** Its registers, which the kernel keeps for the end of every later record (exec_summary_regs). */
  readonly registers: readonly PrintedLine[];
}

/** undefined where there was none but the one that ended the kernel, or the kernel keeps no such registers. */
export function firstOops(kernel: Kernel): FirstOops | undefined {
  const of = dieCounter(kernel);
  const isLast = oopsRecords(kernel).some(({ kind }) => kind === 'exception');
  if (of === undefined || of < (isLast ? 2 : 1)) return undefined;
  const saved = firstOopsed(kernel);
  const own = endingOf(kernel)?.exception?.faulted.saved.registers;
  // Another CPU may have met one behind it.
  if (saved === undefined || (own?.ip === saved.registers.ip && own.sp === saved.registers.sp)) return undefined;
  return { of, registers: stacksOf(kernel).oops.registers(saved.registers, (at) => symbolText(kernel, at), []) };
}
