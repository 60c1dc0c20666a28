import { expect, expectTypeOf, test } from 'vitest';
import { defined } from '../../src/words/defined.js';

const unknownOf = (value: number | undefined): number | undefined => value;

test('members without a value are left out, and not there as undefined', () => {
  expect(Object.keys({ a: 1, ...defined({ b: unknownOf(undefined), c: unknownOf(3) }) })).toEqual(['a', 'c']);
});

test('what is nothing but no undefined stays', () => {
  expect(defined({ zero: 0, empty: '', none: null, no: false })).toEqual({ zero: 0, empty: '', none: null, no: false });
});

test('the type has them as optional members, others as they were', () => {
  const found = defined({ pid: 1, cpu: unknownOf(2) });
  expectTypeOf({ ...found }).toEqualTypeOf<{ cpu?: number; pid: number }>();
});
