import type { JumpOut } from '../../arch/architecture.js';
import type { Kernel } from '../../kernel/kernel.js';
import { codePlace } from '../../stack/code.js';
import { returnAddress } from '../../stack/return-address.js';
import { defined } from '../../words/defined.js';
import { word } from '../../words/known-facts.js';
import type { KnownFact } from '../../words/told.js';
import { memberBy } from './accessed-member.js';
import { callBehind, jumpsOutOf } from './function-code.js';

const POINTER_BYTES = 8;

/** The pointer that the call before a return address went by: "q->done"; undefined where that can't be told. */
export function calledPointer(kernel: Kernel, returnTo: bigint): KnownFact | undefined {
  const call = callBehind(kernel, returnTo);
  return call && pointerOf(kernel, { ...call, ...defined({ target: returnAddress(kernel, returnTo)?.target }) });
}

/** The same of the jump by which the function at an address goes on, where it leaves by no other. */
export function jumpedPointer(kernel: Kernel, start: bigint): KnownFact | undefined {
  const jumps = jumpsOutOf(kernel, start)?.filter(({ target }) => target === undefined || !isReturn(kernel, target));
  return jumps?.length === 1 ? pointerOf(kernel, jumps[0]!) : undefined;
}

function pointerOf(kernel: Kernel, { at, target, register: own, displacement }: JumpOut): KnownFact | undefined {
  const register = target === undefined ? own : thunkOf(kernel, target);
  if (register === undefined) return undefined;
  const isOwn = displacement === undefined;
  const found = memberBy(
    kernel,
    at,
    isOwn ? { register, displacement: 0 } : { register, displacement, bytes: POINTER_BYTES },
  );
  const text = isOwn ? found?.pointer : found?.member?.text;
  return text === undefined || found?.source === undefined ? undefined : word('pointer', text, found.source);
}

/** What stands in for a return: __x86_return_thunk and its like. */
function isReturn(kernel: Kernel, target: bigint): boolean {
  return codePlace(kernel, target)?.function.endsWith('return_thunk') === true;
}

/** What the call before a return address calls by name; undefined of one by a pointer. */
export function calledByName(kernel: Kernel, returnTo: bigint): bigint | undefined {
  const target = returnAddress(kernel, returnTo)?.target;
  return target === undefined || thunkOf(kernel, target) !== undefined ? undefined : target;
}

/** The register of the retpoline at an address: several names may stand there. */
function thunkOf(kernel: Kernel, target: bigint): string | undefined {
  const found = Object.entries(kernel.arch.code.thunks).find(([symbol]) =>
    kernel.symbols.lookup(symbol).some(({ address }) => address === target),
  );
  return found?.[1];
}
