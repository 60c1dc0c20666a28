import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { ascendingOrder } from '../../src/bytes/ascending-order.js';

test('as a stable sort that compares, up to 2^53', () => {
  const value = fc.oneof(fc.nat(5), fc.maxSafeNat());
  fc.assert(fc.property(fc.array(value, { maxLength: 200 }), (values) => {
    const expected = values.map((_, n) => n).toSorted((a, b) => values[a]! - values[b]! || a - b);
    expect([...ascendingOrder(Float64Array.from(values))]).toEqual(expected);
  }));
});
