import type { Variable } from '../../debuginfo/dwarf/variables.js';
import { stacksOf } from '../../arch/stack/stack-architectures.js';
import type { Kernel } from '../../kernel/kernel.js';
import { byDwarf } from '../../stack/by-dwarf.js';
import { readThrough, type Expression } from './expression.js';

/** Functions are inlined into each other some ten deep. */
const MOST_LEVELS = 16;
const POINTER_BYTES = 8;

/**
 * The variable that a register has at an instruction by the compiler's own word, where there is DWARF: of those that
 * share it the innermost whose type has something at the offset that was gone for.
 */
export function variableIn(
  kernel: Kernel,
  at: bigint,
  { register, displacement, bytes }: { register: string; displacement: number; bytes?: number },
): Expression | undefined {
  const debugInfo = kernel.debugInfo();
  const number = stacksOf(kernel).registers.names.indexOf(register);
  if (debugInfo === undefined || number < 0) return undefined;
  // A value that nothing else has tells which variables are in the register, and in no other place.
  const frame = { pc: at, interrupted: true, register: (one: number) => (one === number ? MARK : undefined) };
  for (let level = 0; level < MOST_LEVELS; level++) {
    const variables = byDwarf(kernel, 'variables by DWARF', () => debugInfo.variablesAt(frame, level, () => undefined));
    for (const { name, type } of variables?.filter(isMarked) ?? []) {
      const found = { text: name, type, source: 'the variables of DWARF' };
      if (readThrough(found, displacement, bytes) !== undefined) return found;
    }
  }
  return undefined;
}

const MARK = 0xffff_feed_0123_4567n;

function isMarked({ where }: Variable): boolean {
  if (where.kind !== 'bytes' || where.bytes.length !== POINTER_BYTES) return false;
  return new DataView(where.bytes.buffer, where.bytes.byteOffset).getBigUint64(0, true) === MARK;
}
