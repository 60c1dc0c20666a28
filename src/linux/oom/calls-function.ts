import type { Kernel } from '../../kernel/kernel.js';

/** A function longer than this is not searched further. */
const MOST_CODE = 1 << 14;
/** call rel32 and jmp rel32 of x86_64. */
const CALL = 0xe8;
const JUMP = 0xe9;

/**
 * Whether a function's code has a call of another (or ends with a jump to it): tells eras apart that differ in nothing that has
 * a type. undefined where either is missing or the code can't be read.
 */
export function callsFunction(kernel: Kernel, caller: string, callee: string): boolean | undefined {
  const target = kernel.symbols.addressOf(callee);
  const [symbol] = kernel.symbols.lookup(caller).filter(({ type }) => /^[tT]$/.test(type));
  if (symbol === undefined || kernel.architecture !== 'x86_64') return undefined;
  if (target === undefined) return false;
  return kernel.attempt(`code of ${caller}()`, () => {
    const code = kernel.memory.read(symbol.address, Math.min(symbol.size, MOST_CODE));
    const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
    for (let at = 0; at + 5 <= code.length; at++) {
      if (code[at] !== CALL && code[at] !== JUMP) continue;
      if (BigInt.asUintN(64, symbol.address + BigInt(at + 5 + view.getInt32(at + 1, true))) === target) return true;
    }
    return false;
  });
}
