import { constants } from '../../symbols/constants.js';
import { ShapeError } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { gatherGaps } from '../kernel/gathered-gaps.js';

/** Names of the macros that `constant` knows. */
export type ConstantName = keyof typeof constants;

/**
 * A macro's value in this kernel. certain: it has never moved, or it was read from the kernel's own code; likely: by
 * its release.
 */
export interface Constant {
  readonly value: number;
  readonly certainty: 'certain' | 'likely';
}

interface ConstantSpec {
  readonly value?: number;
  readonly bitOf?: string;
  readonly since?: readonly (readonly [release: string, value: number])[];
}

/** @throws ShapeError where nothing tells it */
export function constant(kernel: Kernel, name: ConstantName): Constant {
  return kernel.once(`constant ${name}`, () => {
    const spec: ConstantSpec = constants[name];
    if (spec.value !== undefined) return { value: spec.value, certainty: 'certain' };
    const bit = spec.bitOf === undefined ? undefined : bitInCode(kernel, spec.bitOf);
    if (bit !== undefined) return { value: bit, certainty: 'certain' };
    const era = spec.since?.find(([release]) => notBefore(kernel.release, release));
    if (!era) throw new ShapeError(`nothing tells what ${name} is in this kernel`);
    return { value: era[1], certainty: 'likely' };
  });
}

/** A value that has never moved. */
export function fixed(name: FixedName): number {
  return constants[name].value;
}

type FixedName = { [N in ConstantName]: (typeof constants)[N] extends { value: number } ? N : never }[ConstantName];

/** A function's beginning; its first bit instruction stands among its first few. */
const CODE_BYTES = 96;

/** The bit number of a function's first test_and_set_bit() of a constant. */
function bitInCode(kernel: Kernel, name: string): number | undefined {
  const address = kernel.symbols.lookup(name).find(({ type }) => /t/i.test(type))?.address;
  if (address === undefined) return undefined;
  const code = gatherGaps(kernel, () => kernel.attempt(name, () => kernel.memory.read(address, CODE_BYTES))).result;
  return code && kernel.arch.code.firstLockedBit(code);
}

function notBefore(release: string, other: string): boolean {
  const [major = 0, minor = 0] = release.split(/[.-]/, 2).map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major > otherMajor || (major === otherMajor && minor >= otherMinor);
}
