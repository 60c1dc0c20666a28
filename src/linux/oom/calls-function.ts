import type { SymbolName } from '../../../symbols/symbol-names.js';
import type { Kernel } from '../../kernel/kernel.js';
import { codeOf } from './code-of.js';

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
  for (const action of kernel.arch.code.actions(bytes, address))
    if ((action.does === 'call' || action.does === 'jump') && action.target === target) return true;
  return false;
}
