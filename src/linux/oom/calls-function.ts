import type { SymbolName } from '../../../symbols/symbol-names.js';
import type { Kernel } from '../../kernel/kernel.js';
import { codeOf } from './code-of.js';

/** call rel32 and jmp rel32 of x86_64. */
const CALL = 0xe8;
const JUMP = 0xe9;

/**
 * Whether a function's code has a call of another (or ends with a jump to it): tells eras apart that differ in nothing
 * that has a type. undefined where either is missing or the code can't be read.
 */
export function callsFunction(kernel: Kernel, caller: SymbolName, callee: SymbolName): boolean | undefined {
  const target = kernel.findSymbol(callee);
  const code = codeOf(kernel, caller);
  if (code === undefined) return undefined;
  if (target === undefined) return false;
  const { address, bytes } = code;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 5 <= bytes.length; at++) {
    if (bytes[at] !== CALL && bytes[at] !== JUMP) continue;
    if (BigInt.asUintN(64, address + BigInt(at + 5 + view.getInt32(at + 1, true))) === target) return true;
  }
  return false;
}
