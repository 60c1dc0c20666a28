import type { Kernel } from '../../kernel/kernel.js';
import { returnAddress } from '../../stack/return-address.js';
import { memberBy } from './accessed-member.js';
import { callBehind } from './function-code.js';

const POINTER_BYTES = 8;

/** The pointer that the call before a return address went by: "q->done"; undefined where that can't be told. */
export function calledPointer(kernel: Kernel, returnTo: bigint): string | undefined {
  const { at, register: own, displacement } = callBehind(kernel, returnTo) ?? {};
  const target = returnAddress(kernel, returnTo)?.target;
  const register = target === undefined ? own : thunkOf(kernel, target);
  if (at === undefined || register === undefined) return undefined;
  if (displacement === undefined) return memberBy(kernel, at, { register, displacement: 0 })?.pointer;
  return memberBy(kernel, at, { register, displacement, bytes: POINTER_BYTES })?.member?.text;
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
