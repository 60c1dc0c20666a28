import { stacksOf } from '../arch/stack/stack-architectures.js';
import type { Kernel } from '../kernel/kernel.js';
import type { PrintedLine } from '../words/printed-line.js';
import { dieCounter, oopsRecords } from './records.js';
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
  const kept = kernel.findSymbol('exec_summary_regs');
  const isLast = oopsRecords(kernel).some(({ kind }) => kind === 'exception');
  if (of === undefined || of < (isLast ? 2 : 1) || kept === undefined) return undefined;
  const { oops } = stacksOf(kernel);
  const saved = kernel.attempt('exec_summary_regs', () => oops.savedAt(kernel, kept));
  if (saved === undefined) return undefined;
  return { of, registers: oops.registers(saved.registers, (at) => symbolText(kernel, at), []) };
}
