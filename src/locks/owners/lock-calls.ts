import type { SymbolName } from '../../../symbols/symbol-names.js';
import type { CodeArchitecture } from '../../arch/architecture.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { CodePlace } from '../../stack/code.js';
import { lockKinds } from '../kinds/all.js';
import { lockFunctionsByAddress, type LockFunction } from '../lock-functions.js';
import type { InlinedLock, LockCall, LockKind } from '../lock-kind.js';
import { defined } from '../../words/defined.js';

/** A function longer than this is a table that says nonsense. */
const LONGEST_FUNCTION = 1 << 16;
/** How far before a call its first argument may be loaded. */
const ARGUMENT_BYTES = 40;

/**
 * What a function does to locks, in the order of its code: calls of the functions that lock and unlock, each with the
 * constant that was loaded as its first argument before it; and what a kind of lock is known by where it is inlined.
 * Jumps are not followed: what stands first need not run first.
 */
export function lockCalls(kernel: Kernel, place: CodePlace): readonly LockCall[] {
  return kernel.once(`lock calls of ${place.start}`, () => {
    const length = Math.min(place.size, LONGEST_FUNCTION);
    const code = kernel.peek(`code of ${place.function}`, () => kernel.memory.read(place.start, length));
    if (code === undefined) return [];
    return callsIn(kernel.arch.code, code, place.start, {
      functions: lockFunctionsByAddress(kernel),
      variable: (name) => kernel.findSymbol(name),
      inlined: inlinedLocks(kernel),
    });
  });
}

function inlinedLocks(kernel: Kernel): NonNullable<KnownLocks['inlined']> {
  return lockKinds.flatMap((kind) => {
    const lockAt = kind.inlined?.(kernel);
    return lockAt ? [{ kind, lockAt }] : [];
  });
}

/** What the scanner must know of a kernel. */
export interface KnownLocks {
  readonly functions: ReadonlyMap<bigint, LockFunction>;
  readonly variable?: (name: SymbolName) => bigint | undefined;
  readonly inlined?: readonly { readonly kind: LockKind; readonly lockAt: InlinedLock }[];
}

/** The same on bytes. */
export function callsIn(
  { actions }: CodeArchitecture,
  code: Uint8Array,
  start: bigint,
  { functions, variable, inlined = [] }: KnownLocks,
): LockCall[] {
  const calls: LockCall[] = [];
  let barrier = 0;
  for (const action of actions(code, start)) {
    if (action.does === 'call') {
      const callee = functions.get(action.target);
      if (callee === undefined || callee.does === 'inside') continue;
      const { at, after, argument } = action;
      const isGiven = argument !== undefined && argument.at >= Math.max(barrier, at - ARGUMENT_BYTES);
      const lock = callee.variable !== undefined ? variable?.(callee.variable) : isGiven ? argument.value : undefined;
      calls.push({
        after,
        kind: callee.kind,
        does: callee.does,
        callee: callee.name,
        ...defined({ lock }),
      });
      barrier = after;
      continue;
    }
    for (const { kind, lockAt } of inlined) {
      const found = lockAt(action);
      if (found === undefined) continue;
      calls.push({ after: action.after, kind, does: found.does, lock: found.lock });
      break;
    }
  }
  return calls;
}

/** The lock that the call which returns to an offset was given, where the code names it. */
export function lockGivenAt(kernel: Kernel, place: CodePlace, offset: number): bigint | undefined {
  return lockCalls(kernel, place).find(({ after }) => after === offset)?.lock;
}
