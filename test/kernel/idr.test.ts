import { expect, test } from 'vitest';

import { idrEntries } from '../../src/kernel/containers/idr.js';
import type { ToyKernel } from '../../src/testing/toy-kernel.js';
import { at, kernelOver } from './arena.js';

const types = `
  struct xarray { void *xa_head; };
  struct xa_node { unsigned char shift, offset, count, nr_values; struct xa_node *parent; struct xarray *array; struct list_head list; void *slots[16]; };
  struct idr { struct xarray idr_rt; unsigned int idr_base, idr_next; };
`;
/** Nothing yet for an id that is taken: XA_ZERO_ENTRY, include/linux/xarray.h. */
const ZERO_ENTRY = (257n << 2n) | 2n;
const object = (number: number): bigint => 0xffff_8880_0000_0000n + BigInt(number * 64);

/** An IDR whose ids begin at `base`, in one node. */
function idrOf(base: number, slots: readonly bigint[]): ToyKernel {
  const header = [0n, 0n, 0n, 0n, 0n];
  return kernelOver(
    [at(2) | 2n, BigInt(base), ...header, ...Array.from({ length: 16 }, (_, index) => slots[index] ?? 0n)],
    types,
  );
}

test('ids ascend from the base, with what each stands for; one without an object is none', () => {
  const kernel = idrOf(1, [object(1), 0n, ZERO_ENTRY, object(4)]);
  expect([...idrEntries(kernel, at(0), 'net.netns_ids')]).toEqual([
    { id: 1, entry: object(1) },
    { id: 4, entry: object(4) },
  ]);
  expect(kernel.gaps.list).toEqual([]);
});

test('one id, which has no node, and none', () => {
  expect([...idrEntries(kernelOver([object(7), 3n], types), at(0), 'ids')]).toEqual([{ id: 3, entry: object(7) }]);
  expect([...idrEntries(kernelOver([0n, 3n], types), at(0), 'ids')]).toEqual([]);
});

test('one that is not in the dump, and a kernel without any, end in a gap', () => {
  const kernel = idrOf(0, [object(1)]);
  expect([...idrEntries(kernel, at(1 << 20), 'ids')]).toEqual([]);
  expect(kernel.gaps.list).toMatchObject([{ what: 'ids' }]);
  const without = kernelOver([0n], 'struct idr { int none; };');
  expect([...idrEntries(without, at(0), 'ids')]).toEqual([]);
  expect(without.gaps.list).toMatchObject([{ what: 'ids', reason: expect.stringContaining('struct idr') as string }]);
});
