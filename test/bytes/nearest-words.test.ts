import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { nearestWords } from '../../src/bytes/nearest-words.js';

const image = fc.bigInt(0n, 0x3_ffffn).map((low) => 0xffffffff81000000n + low);
/** As a kernel's symbols lie; and any. */
const kernels = fc.oneof(image, image, fc.bigInt(0n, 0x2_ffffn), fc.bigInt(0xffff888000000000n, 0xffff88800001ffffn));
const any = fc.bigInt(0n, (1n << 64n) - 1n);
const words = fc.oneof(
  fc.array(kernels, { maxLength: 200 }),
  fc.array(any, { maxLength: 40 }),
  fc.array(kernels, { maxLength: 20 }).map((some) => [...some, ...some]),
);

test('the words next to one are those that looking at all of them finds', () => {
  fc.assert(
    fc.property(words, fc.array(fc.oneof(kernels, any)), (given, others) => {
      const nearest = nearestWords(BigUint64Array.from(given));
      for (const word of [...others, ...given, ...given.map((one) => one - 1n), ...given.map((one) => one + 1n)]) {
        const largest = given.reduce((most, one) => (one <= word && one > most ? one : most), -1n);
        expect(nearest.upTo(word)).toEqual([...given.keys()].filter((place) => given[place] === largest));
        const smallest = given.reduce<bigint | undefined>(
          (least, one) => (one > word && (least === undefined || one < least) ? one : least),
          undefined,
        );
        expect(nearest.above(word)).toBe(smallest);
      }
    }),
  );
});
