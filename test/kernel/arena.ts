import * as fc from 'fast-check';
import { toyKernel, type ToyKernel } from 'oompm/testing';

/** Where the words of `kernelOver` stand: the first object of any toy kernel, at the start of a page. */
export const arena = toyKernel({ types: '', objects: { arena: { type: 'u64[1]' } } }).addressOf('arena');

/** The address of a word of the arena. */
export function at(word: number): bigint {
  return arena + BigInt(word * 8);
}

/** A kernel whose memory is these words from `arena` on, and nothing after them. */
export function kernelOver(words: readonly bigint[], types = ''): ToyKernel {
  const kernel = toyKernel({ types, objects: { arena: { type: `u64[${Math.max(words.length, 1)}]`, value: words } } });
  // A walk that does not end is a test that fails, not one that hangs.
  kernel.guard.limit(10_000);
  return kernel;
}

/** A word overwritten by another: what hangs together in memory no longer does. */
export interface Damage {
  word: number;
  value: bigint;
}

/**
 * Damage with what leads astray: NULL, small numbers, other words of the arena with and without tag bits, wild
 * addresses.
 */
export function damage(words: number): fc.Arbitrary<Damage[]> {
  const value = fc.oneof(
    fc.constant(0n),
    fc.bigInt({ min: 1n, max: 4096n }),
    fc.record({ word: fc.nat(words + 600), tag: fc.nat(63) }).map(({ word, tag }) => at(word) + BigInt(tag)),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  );
  return fc.array(fc.record({ word: fc.nat(words - 1), value }), { minLength: 1, maxLength: 12 });
}

export function damaged(words: readonly bigint[], hits: readonly Damage[]): bigint[] {
  const copy = [...words];
  for (const { word, value } of hits) copy[word % copy.length] = value;
  return copy;
}
