import { describe, expect, test } from 'vitest';

import { parseVmcoreinfo } from '../../../src/dump/vmcoreinfo.js';
import { createKernel } from '../../../src/kernel/create-kernel.js';
import { directMapAddress } from '../../../src/memory/bases.js';
import { pageNumberOf, Unmapped } from '../../../src/memory/address-space.js';
import { mappedLeaves } from '../../../src/memory/mapped-leaves.js';
import { MissingPage, Page, type PhysicalMemory } from '../../../src/memory/physical-memory.js';
import { noSymbols, noTypes } from '../../../src/session/nothing-known.js';
import { toyArm64 } from './arm64.js';

const KIMAGE_VOFFSET = 0xffff_8000_4000_0000n;
const ROOT = 0x4100_0000;
const RAM_START = 0x4000_0000;
const TEXT = 0xffff_8000_8001_0000n;
const TEXT_PHYSICAL = 0x4020_0000;
const HUGE = 0xffff_8000_c000_0000n;
const HUGE_PHYSICAL = 0x8000_0000;
const USER = 0x0000_aaaa_bbbb_0000n;
const USER_PGD = 0x4180_0000;

/** RAM with pages of any size, and page tables of arm64 in it. */
function machine(pageSize: number, virtualBits: number) {
  const pages = new Map<number, Page>();
  const at = (physical: number): Page => {
    const pfn = Math.floor(physical / pageSize);
    const page = pages.get(pfn) ?? new Page(new Uint8Array(pageSize));
    pages.set(pfn, page);
    return page;
  };
  const write = (physical: number, value: bigint): void =>
    at(physical).view.setBigUint64(physical % pageSize, value, true);
  const physical: PhysicalMemory = {
    pageSize,
    page: (pfn) => pages.get(pfn) ?? new MissingPage('absent'),
    *ranges() {
      yield { start: RAM_START, end: 2 ** 32 };
    },
    *stored() {
      yield* [];
    },
  };
  const entries = pageSize / 8;
  const levels = Math.ceil((virtualBits - Math.log2(pageSize)) / Math.log2(entries));
  let nextTable = ROOT + 16 * 65536;
  /** Maps an address by an entry of a level: 1 for a page. */
  const map = (root: number, address: bigint, to: number, level = 1): void => {
    let table = root;
    for (let here = levels; ; here--) {
      const covers = BigInt(pageSize) * BigInt(entries ** (here - 1));
      const index = Number((BigInt.asUintN(virtualBits, address) / covers) % BigInt(entries));
      const slot = table + index * 8;
      if (here === level) return write(slot, BigInt(to) | (level === 1 ? 3n : 1n));
      const page = at(slot);
      if (page.view.getBigUint64(slot % pageSize, true) === 0n) {
        write(slot, BigInt(nextTable) | 3n);
        nextTable += 65536;
      }
      table = Number((page.view.getBigUint64(slot % pageSize, true) >> 12n) << 12n);
    }
  };
  const info = parseVmcoreinfo(
    [
      'OSRELEASE=6.12.0',
      `PAGESIZE=${pageSize}`,
      `SYMBOL(swapper_pg_dir)=${(BigInt(ROOT) + KIMAGE_VOFFSET).toString(16)}`,
      `NUMBER(kimage_voffset)=0x${KIMAGE_VOFFSET.toString(16)}`,
      `NUMBER(VA_BITS)=${virtualBits}`,
      `NUMBER(PHYS_OFFSET)=0x${RAM_START.toString(16)}`,
    ].join('\n'),
  );
  return { physical, write, map, info, pages, hugeBytes: pageSize * entries };
}

describe.each([
  { granule: '4 KiB, four levels', pageSize: 4096, virtualBits: 48 },
  { granule: '16 KiB, four levels', pageSize: 16384, virtualBits: 48 },
  { granule: '64 KiB, three levels', pageSize: 65536, virtualBits: 48 },
  { granule: '64 KiB, two levels', pageSize: 65536, virtualBits: 42 },
])("a toy arm64's page tables: $granule", ({ pageSize, virtualBits }) => {
  const { physical, write, map, info, pages, hugeBytes } = machine(pageSize, virtualBits);
  map(ROOT, TEXT, TEXT_PHYSICAL);
  map(ROOT, TEXT + BigInt(pageSize), TEXT_PHYSICAL + 8 * pageSize);
  map(ROOT, HUGE, HUGE_PHYSICAL, 2);
  map(USER_PGD, BigInt.asUintN(virtualBits - 1, USER), TEXT_PHYSICAL);
  write(TEXT_PHYSICAL + pageSize - 8, 0x1111_1111_0000_0000n);
  write(TEXT_PHYSICAL + 8 * pageSize, 0x2222_2222n);
  write(TEXT_PHYSICAL + 0x18, 0x1122_3344_5566_7788n);
  write(HUGE_PHYSICAL + 3 * pageSize + 0x40, 42n);
  const space = toyArm64.memory.kernelSpace(physical, info, []);
  const bases = space.findBases();
  const kernel = createKernel({
    release: 'toy',
    arch: toyArm64,
    memory: space,
    machine: { space, bases },
    symbols: noSymbols,
    types: noTypes,
    vmcoreinfo: (key) => info.get(key),
  });

  test('words, across pages too, and a huge page', () => {
    expect(kernel.architecture).toBe('aarch64');
    expect(kernel.memory.u64(TEXT + 0x18n)).toBe(0x1122_3344_5566_7788n);
    expect(kernel.memory.u64(TEXT + BigInt(pageSize - 4))).toBe(0x2222_2222_1111_1111n);
    expect(kernel.memory.translate(TEXT + BigInt(pageSize) + 5n)).toBe(TEXT_PHYSICAL + 8 * pageSize + 5);
    expect(kernel.memory.u64(HUGE + BigInt(3 * pageSize) + 0x40n)).toBe(42n);
    expect(pageNumberOf(TEXT, kernel.memory)).toBe(Number(TEXT / BigInt(pageSize)));
  });

  test('what is not mapped says so; a table that is missing leaves it unknown', () => {
    expect(kernel.memory.translate(TEXT - BigInt(pageSize))).toBeInstanceOf(Unmapped);
    expect(kernel.memory.translate(BigInt.asUintN(virtualBits - 1, USER))).toMatchObject({
      detail: 'an address of user space',
    });
    const page = pages.get(Math.floor(ROOT / pageSize))!;
    pages.delete(Math.floor(ROOT / pageSize));
    const fresh = toyArm64.memory.kernelSpace(physical, info, []);
    expect(fresh.translate(TEXT)).toMatchObject({ missingTable: { kind: 'absent' } });
    pages.set(Math.floor(ROOT / pageSize), page);
  });

  test('a walk over a range steps over what is empty', () => {
    const first = pageNumberOf(HUGE - BigInt(hugeBytes), space);
    const leaves = [...mappedLeaves(space.tables, first, first + (3 * hugeBytes) / pageSize)];
    expect(leaves).toEqual([
      { pageNumber: pageNumberOf(HUGE, space), pages: hugeBytes / pageSize, pfn: HUGE_PHYSICAL / pageSize },
    ]);
  });

  test("the direct map, and a process's own memory", () => {
    const pgd = directMapAddress(bases, USER_PGD)!;
    expect(directMapAddress(bases, RAM_START)).toBe(BigInt.asUintN(64, -(1n << BigInt(virtualBits))));
    expect(kernel.userSpace(pgd).u64(BigInt.asUintN(virtualBits - 1, USER) + 0x18n)).toBe(0x1122_3344_5566_7788n);
  });
});
