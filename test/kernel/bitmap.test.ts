import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { setBits } from '../../src/kernel/containers/bitmap.js';

test('the bits that are set, ascending, below the limit', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(400), { maxLength: 50 }),
      fc.option(fc.nat(500), { nil: undefined }),
      (bits, limit) => {
        const words = Array.from({ length: 7 }, (_, i) =>
          bits.filter((bit) => Math.floor(bit / 64) === i).reduce((word, bit) => word | (1n << BigInt(bit % 64)), 0n),
        );
        expect([...setBits(words, limit)]).toEqual(
          bits.filter((bit) => bit < (limit ?? Infinity)).toSorted((a, b) => a - b),
        );
      },
    ),
  );
});

test('no words, no bits; all bits of a word', () => {
  expect([...setBits([])]).toEqual([]);
  expect([...setBits([2n ** 64n - 1n])]).toEqual(Array.from({ length: 64 }, (_, bit) => bit));
});
