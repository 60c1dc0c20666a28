import type { Kernel } from '../kernel/kernel.js';
import { codeRangeOf } from './code.js';

/** A word that may be a return address: a call stands right before where it points to. */
export interface ReturnAddress {
  /** What was called, where the instruction names it. */
  readonly target?: bigint;
  /** False where the code is not in the dump, so that nobody can tell. */
  readonly callSeen: boolean;
}

const LONGEST_CALL = 7;

/** undefined for a word that can't be a return address. */
export function returnAddress(kernel: Kernel, word: bigint): ReturnAddress | undefined {
  const range = codeRangeOf(kernel, word - 1n);
  if (range === undefined || word - BigInt(LONGEST_CALL) < range.low) return undefined;
  const code = kernel.peek('code', () => kernel.memory.read(word - BigInt(LONGEST_CALL), LONGEST_CALL));
  return code === undefined ? { callSeen: false } : callBefore(code, word);
}

/** The call that ends a run of seven bytes: E8 with a distance, or FF /2 in any of its lengths. */
function callBefore(code: Uint8Array, next: bigint): ReturnAddress | undefined {
  if (code[2] === 0xe8) {
    const distance = new DataView(code.buffer, code.byteOffset).getInt32(3, true);
    return { callSeen: true, target: BigInt.asUintN(64, next + BigInt(distance)) };
  }
  for (const length of [2, 3, 4, 6, 7]) {
    const at = LONGEST_CALL - length;
    if (code[at] === 0xff && isCallOfLength(code[at + 1]!, length, code[at + 2])) return { callSeen: true };
  }
  return undefined;
}

/** Intel's manual, volume 2, table 2-2: how long the operand of FF /2 is. */
function isCallOfLength(modRm: number, length: number, sib: number | undefined): boolean {
  if (((modRm >> 3) & 7) !== 2) return false;
  const mode = modRm >> 6;
  const rm = modRm & 7;
  if (mode === 3) return length === 2;
  const scaled = rm === 4 ? 1 : 0;
  const noBase = mode === 0 && (rm === 5 || (scaled === 1 && sib !== undefined && (sib & 7) === 5));
  return length === 2 + scaled + (mode === 1 ? 1 : mode === 2 || noBase ? 4 : 0);
}
