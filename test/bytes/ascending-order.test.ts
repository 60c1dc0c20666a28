import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { ascendingOrder, ascendingOrderOfWords } from '../../src/bytes/ascending-order.js';

/** Few are sorted by comparisons; many by keys, or where their upper halves are too different by digits. */
const repeats = fc.constantFrom(1, 1, 8000);
const repeated = <T>(values: readonly T[], times: number): T[] =>
  Array.from({ length: values.length * times }, (_, n) => values[n % values.length]!);

test('as a stable sort that compares, of numbers with 53 bits', () => {
  const value = fc.oneof(
    fc.nat(5),
    fc.maxSafeInteger(),
    fc.maxSafeNat().map((low) => low * 2 ** 10),
    fc.nat().map((low) => low - 0x7f00_0000 * 2 ** 32),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), repeats, (few, times) => {
      const values = repeated(few, times);
      const expected = values.map((_, n) => n).toSorted((a, b) => values[a]! - values[b]! || a - b);
      expect(
        Buffer.compare(
          Buffer.from(ascendingOrder(Float64Array.from(values)).buffer),
          Buffer.from(Uint32Array.from(expected).buffer),
        ),
      ).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('words of 64 bits too', () => {
  const word = fc.oneof(
    fc.bigInt(0n, 5n),
    fc.bigInt(0n, (1n << 64n) - 1n),
    fc.bigInt(0n, 0xffffn).map((low) => 0xffffffff81000000n + low),
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), repeats, (few, times) => {
      const values = repeated(few, times);
      const expected = values
        .map((_, n) => n)
        .toSorted((a, b) => (values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : a - b));
      expect(
        Buffer.compare(
          Buffer.from(ascendingOrderOfWords(BigUint64Array.from(values)).buffer),
          Buffer.from(Uint32Array.from(expected).buffer),
        ),
      ).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('nothing, and one', () => {
  expect([...ascendingOrder(new Float64Array(0))]).toEqual([]);
  expect([...ascendingOrderOfWords(BigUint64Array.of(7n))]).toEqual([0]);
});
