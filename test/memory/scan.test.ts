import { describe, expect, test } from 'vitest';
import { pageNumberOf } from '../../src/memory/address-space.js';
import { mappedLeaves } from '../../src/memory/mapped-leaves.js';
import { pageTableSpace } from '../../src/arch/x86_64/memory/page-tables.js';
import { findBytes, readablePages } from '../../src/memory/scan.js';
import { buildPageTables, type ToyMapping } from '../../src/testing/build-page-tables.js';
import { toyMemory } from '../../src/testing/toy-memory.js';
import { toy, toyKernelMemory } from '../arch/x86_64/toy-kernel-memory.js';

const START = 0xffff800000000000n;
const PAGES = { pageSize: 4096 };
const first = pageNumberOf(START, PAGES);

function scanned(mappings: readonly ToyMapping[]) {
  const memory = toyMemory();
  const tables = buildPageTables(memory, { at: 0x10000, mappings });
  return { memory, tables, space: pageTableSpace(memory, { root: tables.root, levels: 4 }) };
}

describe('mappedLeaves', () => {
  test('pages of each size, cut to the range, in ascending order; all 128 TiB take no time', () => {
    const { space } = scanned([
      { address: START + 0x1000n, physical: 0x5000 },
      { address: START + 0x600000n, physical: 0x800000, size: '2M' },
      { address: START + 0x7fc0000000n, physical: 0x40000000, size: '1G' },
      { address: 0xfffffffffffff000n, physical: 0x9000 },
    ]);
    expect([...mappedLeaves(space.tables, first, 2 ** 52)]).toEqual([
      { pageNumber: first + 1, pages: 1, pfn: 5 },
      { pageNumber: first + 0x600, pages: 512, pfn: 0x800 },
      { pageNumber: first + 0x7fc0000, pages: 2 ** 18, pfn: 0x40000 },
      { pageNumber: 2 ** 52 - 1, pages: 1, pfn: 9 },
    ]);
    expect([...mappedLeaves(space.tables, first + 0x610, first + 0x620)]).toEqual([
      { pageNumber: first + 0x610, pages: 16, pfn: 0x810 },
    ]);
  });

  test('a table that can’t be read is told once for all that it covers', () => {
    const { memory, tables, space } = scanned([{ address: START, physical: 0x5000 }]);
    memory.lose(tables.tableOf(START, 1) / 4096);
    const missing: number[][] = [];
    expect([
      ...mappedLeaves(space.tables, first, first + 2 ** 30, (page, pages) => missing.push([page - first, pages])),
    ]).toEqual([]);
    expect(missing).toEqual([[0, 512]]);
  });

  test('tables that lead in circles end with the limit on steps', () => {
    const { memory, tables, space } = scanned([]);
    for (let n = 0; n < 512; n++) memory.writeU64(tables.root + 8 * n, BigInt(tables.root) | 0x63n);
    expect([...mappedLeaves(space.tables, first, 2 ** 52, undefined, 1000)]).toHaveLength(1000);
  });
});

describe('readablePages', () => {
  test('leaves out what is unmapped and what the dump lacks', () => {
    const { memory, space } = scanned([
      { address: START, physical: 0x100000, pages: 4 },
      { address: START + 0x40000000n, physical: 0x200000 },
    ]);
    for (const frame of [0x100, 0x101, 0x103, 0x200]) memory.writeU64(frame * 4096, 1n);
    memory.lose(0x101);
    expect([...readablePages(space, first, 2 ** 52)].map(({ pageNumber }) => pageNumber - first)).toEqual([
      0, 3, 0x40000,
    ]);
  });

  test('an image whose page tables are missing is still scanned, by rule', () => {
    const { memory, tables, space } = toyKernelMemory();
    memory.lose(tables.root / 4096);
    const start = pageNumberOf(toy.stext, PAGES);
    expect([...readablePages(space(), start, start + 512)].map(({ pageNumber }) => pageNumber)).toEqual([start]);
  });
});

describe('findBytes', () => {
  const needle = Buffer.from('needle');

  test('finds within a page, across pages, and not across a hole', () => {
    const { memory, space } = scanned([
      { address: START, physical: 0x300000 },
      { address: START + 0x1000n, physical: 0x200000 },
      { address: START + 0x3000n, physical: 0x201000 },
    ]);
    memory.write(0x300010, needle);
    memory.write(0x300ffd, Buffer.from('nee'));
    memory.write(0x200000, Buffer.from('dle'));
    memory.write(0x200ffd, Buffer.from('nee')); // its other half is two pages on
    memory.write(0x201000, Buffer.from('dle'));
    expect([...findBytes(space, first, first + 16, needle)]).toEqual([START + 0x10n, START + 0xffdn]);
  });

  test('only at the alignment asked for, also across pages', () => {
    const { memory, space } = scanned([{ address: START, physical: 0x300000, pages: 2 }]);
    memory.write(0x300011, needle);
    memory.write(0x300020, needle);
    memory.write(0x300ffc, needle);
    expect([...findBytes(space, first, first + 2, needle, 4)]).toEqual([START + 0x20n, START + 0xffcn]);
    expect([...findBytes(space, first, first + 2, needle, 8)]).toEqual([START + 0x20n]);
  });

  test('finds each of overlapping places, and one byte', () => {
    const { memory, space } = scanned([{ address: START, physical: 0x300000, pages: 2 }]);
    memory.write(0x300ffd, Buffer.from('aaaaa'));
    expect([...findBytes(space, first, first + 2, Buffer.from('aaa'))].map((a) => a - START)).toEqual([
      0xffdn,
      0xffen,
      0xfffn,
    ]);
    expect([...findBytes(space, first, first + 2, Buffer.from('a'))]).toHaveLength(5);
  });
});
