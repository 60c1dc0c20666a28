import type { SymbolName } from '../../symbols/symbol-names.js';
import type { Kernel } from '../kernel/kernel.js';
import { codeOf } from '../linux/oom/code-of.js';
import type { PrintedLine } from '../words/printed-line.js';
import { returnText } from './symbol-text.js';

/** Who prints a stack: the one that calls show_stack() itself. */
const DUMPS: readonly SymbolName[] = ['dump_stack', 'dump_stack_lvl'];

/**
 * The innermost lines of a stack that panic() dumped: the return addresses of calls that have long returned, and whose
 * words on the stack are others' now. They are where the code has these calls. @param from the function that panicked
 */
export function calledBack(kernel: Kernel, from: string): PrintedLine[] {
  const own = DUMPS.map((target) => callsIn(kernel, from, target)).find((found) => found.length > 0);
  const inner = DUMPS.map((caller) => callsIn(kernel, caller, 'show_stack')).find((found) => found.length > 0);
  return [...(inner === undefined ? [] : lineOf(kernel, inner)), ...(own === undefined ? [] : lineOf(kernel, own))];
}

/** A jump leaves no return address; where both are there, it is the panic that jumps, which takes no lock. */
function lineOf(kernel: Kernel, calls: readonly (bigint | undefined)[]): PrintedLine[] {
  const [first] = calls;
  if (calls.includes(undefined) || first === undefined) return [];
  return [[' ', calls.length === 1 ? byCode(kernel, first) : unknown]];
}

function byCode(kernel: Kernel, after: bigint): PrintedLine[number] {
  return { what: 'return address', text: returnText(kernel, after), from: 'the code', digits: 1 };
}

/** There are several such calls. */
const unknown: PrintedLine[number] = { what: 'return address', digits: 1 };

/** Where the code goes on behind each call of a function; undefined for a jump to it. */
function callsIn(kernel: Kernel, caller: string, callee: SymbolName): (bigint | undefined)[] {
  const target = kernel.findSymbol(callee);
  const code = codeOf(kernel, caller);
  if (target === undefined || code === undefined) return [];
  const { address, bytes } = code;
  return [...kernel.arch.code.actions(bytes, address)].flatMap((action) => {
    if ((action.does !== 'call' && action.does !== 'jump') || action.target !== target) return [];
    return [action.does === 'call' ? address + BigInt(action.after) : undefined];
  });
}
