import { describe, expect, test } from 'vitest';
import { toyMemory } from 'oompm/testing';

import { pageOf, rawWalk } from '../../../src/arch/x86_64/stack/raw-page-walk.js';
import { buildPageTables, type ToyMapping } from '../../../src/testing/build-page-tables.js';

const NX = 1n << 63n;
const CODE = 0xffff_c900_0000_1000n;

function walked(address: bigint, mappings: readonly ToyMapping[], missing?: 'excluded' | 'absent') {
  const memory = toyMemory();
  const tables = buildPageTables(memory, { at: 0x10_0000, mappings });
  if (missing) memory.lose(tables.tableOf(address, 1) / 4096, missing);
  const { entries, ...more } = rawWalk({ physical: memory, vmcoreinfo: () => undefined }, tables.root, address);
  return { entries: entries.map(({ table }) => table).join(' '), ...more, page: pageOf({ entries, ...more }) };
}

describe('a walk of page tables as dump_pagetable() does it', () => {
  test('up to the memory, with four levels the PGD twice', () => {
    expect(walked(CODE, [{ address: CODE, physical: 0x20_0000 }])).toEqual({
      entries: 'PGD P4D PUD PMD PTE',
      page: { noExecute: false, user: false, ofUser: false, readOnly: false },
    });
    const guarded: ToyMapping = { address: CODE, entry: NX | 0x20_0001n, level: 1 };
    expect(walked(CODE, [guarded]).page).toEqual({ noExecute: true, user: false, ofUser: false, readOnly: true });
  });

  test('a huge page ends it', () => {
    expect(
      walked(0xffff_c900_0020_0000n, [{ address: 0xffff_c900_0020_0000n, physical: 0x20_0000, size: '2M' }]),
    ).toEqual({
      entries: 'PGD P4D PUD PMD',
      page: { noExecute: false, user: false, ofUser: false, readOnly: false },
    });
  });

  test('an entry that is not there ends it, be it the first', () => {
    const other: ToyMapping = { address: CODE, physical: 0x20_0000 };
    expect(walked(CODE + 0x1000n, [other])).toEqual({ entries: 'PGD P4D PUD PMD PTE', page: undefined });
    expect(walked(0x28n, [other])).toEqual({ entries: 'PGD P4D', page: undefined });
  });

  test('a table that the dump lacks says nothing of the page', () => {
    const mapped: ToyMapping = { address: CODE, physical: 0x20_0000 };
    const found = { entries: 'PGD P4D PUD PMD', page: undefined };
    expect(walked(CODE, [mapped], 'excluded')).toEqual({ ...found, bad: 'missing' });
    // Where no memory is, the kernel could not read it either: BAD.
    expect(walked(CODE, [mapped], 'absent')).toEqual({ ...found, bad: 'no memory' });
  });
});
