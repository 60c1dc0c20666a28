import { expect, test } from 'vitest';

import type { MemoryAccess } from '../../../src/arch/architecture.js';
import { protectedBy } from '../../../src/arch/x86_64/stack/page-fault-lines.js';

const [SMEP, SMAP, AC] = [1n << 20n, 1n << 21n, 1n << 18n];
const kernels = { noExecute: true, user: true, ofUser: false, readOnly: false };
const users = { noExecute: false, user: true, ofUser: true, readOnly: false };
const does = (what: MemoryAccess['does'], flags: bigint | undefined = 0n) => ({
  noCode: false,
  access: { does: what, operand: '', parts: [], displacement: 0 },
  registers: { flags },
});
const run = { noCode: true, registers: {} };

test.each([
  [{ ...kernels, readOnly: true }, 0n, does('write'), 'mapped read-only'],
  [{ ...kernels, readOnly: true }, 0n, does('read'), undefined],
  [kernels, 0n, does('read and write'), undefined],
  [kernels, SMEP, run, 'data, which can’t be run (NX)'],
  [users, SMEP, run, 'user space’s, which the kernel can’t run (SMEP)'],
  [users, SMAP, run, undefined],
  [users, SMAP, does('read'), 'user space’s, which the kernel may use only where it says so (SMAP)'],
  [users, SMAP, does('read', AC), undefined],
  [users, SMAP, { ...does('read'), registers: {} }, undefined],
  [users, undefined, does('read'), undefined],
  // The top entry of the kernel's own pages lets user space in too.
  [kernels, SMAP, does('read'), undefined],
])('a page that is mapped: %#', (page, control, fault, says) => {
  expect(protectedBy(page, control, fault)).toBe(says);
});
