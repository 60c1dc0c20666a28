import type { Kernel } from '../../kernel/kernel.js';
import { returnAddress } from '../../stack/return-address.js';
import { word } from '../../words/known-facts.js';
import type { KnownFact } from '../../words/told.js';
import { memberBy } from './accessed-member.js';
import { callBehind } from './function-code.js';

const POINTER_BYTES = 8;

/** The pointer that the call before a return address went by: "q->done"; undefined where that can't be told. */
export function calledPointer(kernel: Kernel, returnTo: bigint): KnownFact | undefined {
  const { at, register: own, displacement } = callBehind(kernel, returnTo) ?? {};
  const target = returnAddress(kernel, returnTo)?.target;
  const register = target === undefined ? own : thunkOf(kernel, target);
  if (at === undefined || register === undefined) return undefined;
  const isOwn = displacement === undefined;
  const found = memberBy(
    kernel,
    at,
    isOwn ? { register, displacement: 0 } : { register, displacement, bytes: POINTER_BYTES },
  );
  const text = isOwn ? found?.pointer : found?.member?.text;
  return text === undefined || found?.source === undefined ? undefined : word('pointer', text, found.source);
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
