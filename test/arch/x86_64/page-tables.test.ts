import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MissingPage, Page } from '../../../src/memory/physical-memory.js';
import {
  addressOfPage,
  pageNumberOf,
  ReadError,
  Unmapped,
  type AddressSpace,
} from '../../../src/memory/address-space.js';
import { pageTableSpace } from '../../../src/arch/x86_64/memory/page-tables.js';
import { buildPageTables, type ToyMapping } from '../../../src/testing/build-page-tables.js';
import { toyMemory } from '../../../src/testing/toy-memory.js';

const PAGES = { pageSize: 4096 };
const TABLES = 0x10000;
const KERNEL = 0xffff888000000000n;

function spaceOf(mappings: readonly ToyMapping[], options: { levels?: 4 | 5; smeMask?: bigint } = {}) {
  const memory = toyMemory();
  const tables = buildPageTables(memory, { at: TABLES, mappings, ...options });
  const space = pageTableSpace(memory, { root: tables.root, levels: tables.levels, smeMask: options.smeMask ?? 0n });
  return { memory, tables, space };
}

/** Why an address can't be translated, in a report's words. */
function why(space: AddressSpace, address: bigint): string {
  const found = space.translate(address);
  if (!(found instanceof Unmapped)) throw new Error(`0x${address.toString(16)} is mapped`);
  return found.detail;
}

describe('walking', () => {
  test.each([4, 5] as const)('%i levels: pages of all three sizes', (levels) => {
    const { space } = spaceOf(
      [
        { address: KERNEL + 0x5000n, physical: 0x123000 },
        { address: KERNEL + 0x40200000n, physical: 0x77e00000, size: '2M' },
        { address: KERNEL + 0x1c0000000n, physical: 0x3480000000, size: '1G' },
      ],
      { levels },
    );
    expect(space.translate(KERNEL + 0x5abcn)).toBe(0x123abc);
    expect(space.translate(KERNEL + 0x403ff123n)).toBe(0x77fff123);
    expect(space.translate(KERNEL + 0x1fffff123n)).toBe(0x34bffff123);
  });

  test('the lowest and the highest page of the address space', () => {
    const { space } = spaceOf([
      { address: 0n, physical: 0x1000 },
      { address: 0x7ffffffff000n, physical: 0x2000 },
      { address: 0xffff800000000000n, physical: 0x3000 },
      { address: 0xfffffffffffff000n, physical: 0x4000 },
    ]);
    expect(space.translate(1n)).toBe(0x1001);
    expect(space.translate(0x7fffffffffffn)).toBe(0x2fff);
    expect(space.translate(0xffff800000000000n)).toBe(0x3000);
    expect(space.translate(0xffffffffffffffffn)).toBe(0x4fff);
  });

  test('a page frame above 2^32 stays exact', () => {
    const { space } = spaceOf([{ address: KERNEL, physical: 0xf_edcb_a987_6000 }]);
    expect(space.translate(KERNEL)).toBe(0xf_edcb_a987_6000);
  });

  test('bit 12 of a huge entry is PAT and no part of the address', () => {
    const { space } = spaceOf([
      { address: KERNEL, level: 2, entry: 0x40000000n | 0x1000n | 0xe3n },
      { address: KERNEL + 0x40000000n, level: 3, entry: 0x80000000n | 0x1000n | 0xe3n },
    ]);
    expect(space.translate(KERNEL)).toBe(0x40000000);
    expect(space.translate(KERNEL + 0x40000000n)).toBe(0x80000000);
  });

  test('no-execute, protection keys and software bits are no part of the address', () => {
    const { space } = spaceOf([{ address: KERNEL, level: 1, entry: 0xfff0_0000_0005_5e63n }]);
    expect(space.translate(KERNEL)).toBe(0x55000);
  });

  test('the SME mask is stripped from tables, pages and huge pages', () => {
    const smeMask = 1n << 47n;
    const { space } = spaceOf(
      [
        { address: KERNEL, physical: 0x9000 },
        { address: KERNEL + 0x200000n, physical: 0x600000, size: '2M' },
      ],
      { smeMask },
    );
    expect(space.translate(KERNEL)).toBe(0x9000);
    expect(space.translate(KERNEL + 0x200000n)).toBe(0x600000);
  });

  test('addresses that no CPU accepts', () => {
    const four = spaceOf([{ address: 0n, physical: 0 }]).space;
    const five = spaceOf([{ address: 0x800000000000n, physical: 0x5000 }], { levels: 5 }).space;
    expect(why(four, 0x800000000000n)).toBe('not a canonical address');
    expect(why(four, 0xffff7ffffffff000n)).toBe('not a canonical address');
    expect(five.translate(0x800000000000n)).toBe(0x5000); // user space with five levels
    expect(why(five, 0x100000000000000n)).toBe('not a canonical address');
    expect(why(five, 0xfeffffffffffffffn)).toBe('not a canonical address');
  });

  test('translate agrees with a map of single pages, whatever the order of asking', () => {
    const page = fc.integer({ min: 0, max: 0xfffff });
    const place = fc.record({ page, frame: fc.integer({ min: 0x1000, max: 0xff_ffff }), upper: fc.boolean() });
    fc.assert(
      fc.property(fc.uniqueArray(place, { maxLength: 20, selector: (p) => `${p.page}/${p.upper}` }), (places) => {
        const mapped = places.map(({ page, frame, upper }) => ({
          address: (upper ? KERNEL : 0n) + addressOfPage(page, PAGES),
          physical: frame * 4096,
        }));
        const { space } = spaceOf(mapped);
        for (const { address, physical } of [...mapped, ...mapped.toReversed()]) {
          expect(space.translate(address)).toBe(physical);
        }
        const free = [...Array(20).keys()]
          .map((n) => addressOfPage(n * 52_429, PAGES))
          .filter((a) => !mapped.some((m) => m.address === a));
        for (const address of free) expect(space.translate(address)).toBeInstanceOf(Unmapped);
      }),
      { numRuns: 200 },
    );
  });
});

test('whatever stands in the tables, the answer is a place or a reason', () => {
  const entry = fc.oneof(
    fc.constantFrom(0x10063n, 0x11063n, 0x12063n, 0x110e3n, 0x120a2n),
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  );
  const places = fc.array(fc.tuple(fc.nat(511), entry), { maxLength: 40 });
  fc.assert(
    fc.property(
      fc.array(places, { minLength: 3, maxLength: 3 }),
      fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      (tables, address) => {
        const memory = toyMemory();
        for (const [n, table] of tables.entries())
          for (const [place, value] of table) memory.writeU64(0x10000 + n * 4096 + place * 8, value);
        const space = pageTableSpace(memory, { root: 0x10000, levels: 4 });
        for (const place of [
          address,
          ...tables.flat().map(([n]) => BigInt.asUintN(64, BigInt.asIntN(48, BigInt(n) << 39n))),
        ]) {
          const found = space.translate(place);
          if (typeof found === 'number') expect(found).toBeLessThan(2 ** 52);
          else expect(found).toBeInstanceOf(Unmapped);
        }
      },
    ),
    { numRuns: 300 },
  );
});

describe('what is not there', () => {
  test('empty entries say at which level', () => {
    const { space } = spaceOf([{ address: KERNEL, physical: 0x5000 }]);
    expect(why(space, KERNEL + 0x1000n)).toBe('its page table entry is empty');
    expect(why(space, KERNEL + 0x200000n)).toBe('no page table at level 1');
    expect(why(space, KERNEL + 0x40000000n)).toBe('no page table at level 2');
    expect(why(space, 0xffffa00000000000n)).toBe('no page table at level 3');
  });

  test.each([
    ['excluded', 2],
    ['cut off', 3],
    ['damaged', 1],
  ] as const)('a page table that is %s is told, with its address', (kind, level) => {
    const { memory, tables, space } = spaceOf([{ address: KERNEL, physical: 0x5000 }]);
    const table = tables.tableOf(KERNEL, level);
    memory.lose(table / 4096, kind);
    const found = space.translate(KERNEL);
    expect(found).toEqual(new Unmapped(`page table at 0x${table.toString(16)} ${kind}`, new MissingPage(kind)));
  });

  test('a page that is mapped but not in the dump has its own answer', () => {
    const { memory, space } = spaceOf([{ address: KERNEL, physical: 0x5000 }]);
    expect(space.page(pageNumberOf(KERNEL, PAGES))).toEqual(new MissingPage('absent'));
    memory.lose(5, 'excluded');
    expect(space.page(pageNumberOf(KERNEL, PAGES))).toEqual(new MissingPage('excluded'));
    expect(() => space.u64(KERNEL)).toThrow('0xffff888000000000: page excluded from the dump');
  });

  test('an entry that claims a page of 512 GiB is not followed', () => {
    const { space } = spaceOf([{ address: KERNEL, level: 4, entry: 0x5000n | 0xe3n }]);
    expect(why(space, KERNEL)).toBe('its level 4 entry 0x50e3 is not valid');
  });

  test('tables that lead in a circle end at the last level', () => {
    const { memory, tables, space } = spaceOf([]);
    for (let n = 0; n < 512; n++) memory.writeU64(tables.root + 8 * n, BigInt(tables.root) | 0x63n);
    expect(space.translate(KERNEL + 0x123n)).toBe(tables.root + 0x123);
  });
});

describe('user space', () => {
  const INVERTED = (1n << 52n) - 1n - 0xfffn;
  const USER = 0x7f1234567000n;

  /** __swp_entry(): type in the five highest bits, the offset inverted from bit 9. */
  function swapEntry(type: bigint, offset: bigint): bigint {
    return (type << 59n) | ((~offset & ((1n << 50n) - 1n)) << 9n);
  }

  test('a page swapped out names its swap file and offset', () => {
    const { space } = spaceOf([{ address: USER, level: 1, entry: swapEntry(1n, 0x2_abcd_ef01n) }]);
    expect(why(space, USER)).toBe('swapped out: swap file 1, offset 0x2abcdef01');
  });

  test('the first slot of the first swap file', () => {
    const { space } = spaceOf([{ address: USER, level: 1, entry: swapEntry(0n, 0n) }]);
    expect(why(space, USER)).toBe('swapped out: swap file 0, offset 0x0');
  });

  test('migration, poison and markers are not called swapped out', () => {
    const { space } = spaceOf([{ address: USER, level: 1, entry: swapEntry(30n, 0x12345n) }]);
    expect(why(space, USER)).toBe(
      'swap entry of type 30, offset 0x12345: under migration, poisoned, on a device, or a marker',
    );
  });

  test('a huge page under migration', () => {
    const { space } = spaceOf([{ address: 0x7f1234400000n, level: 2, entry: swapEntry(29n, 0x400n) }]);
    expect(why(space, 0x7f1234401000n)).toContain('under migration');
  });

  test('PROT_NONE memory is there, its frame number stored inverted (L1TF)', () => {
    const { memory, space } = spaceOf([
      { address: USER, level: 1, entry: (0x7654000n ^ INVERTED) | 0x8000_0000_0000_0120n },
    ]);
    memory.write(0x7654000, Uint8Array.of(42));
    expect(space.translate(USER + 8n)).toBe(0x7654008);
    expect(space.u8(USER)).toBe(42);
  });

  test('a huge page that is being split has _PAGE_PSE only, and is there', () => {
    const { space } = spaceOf([{ address: 0x7f1234400000n, level: 2, entry: (0x7600000n ^ INVERTED) | 0xa2n }]);
    expect(space.translate(0x7f1234400000n + 0x1234n)).toBe(0x7601234);
  });

  test('in the kernel’s half no entry is taken for a swap entry', () => {
    const { space } = spaceOf([{ address: KERNEL, level: 1, entry: swapEntry(1n, 5n) }]);
    expect(why(space, KERNEL)).toBe('its level 1 entry 0xffffffffffff400 is not valid');
  });
});

describe('reading', () => {
  const { memory, space } = spaceOf([
    { address: KERNEL, physical: 0x801000 },
    { address: KERNEL + 0x1000n, physical: 0x700000 }, // not the next frame
    { address: 0xfffffffffffff000n, physical: 0x900000 },
  ]);
  memory.write(
    0x801ff8,
    Uint8Array.from({ length: 8 }, (_, n) => n + 1),
  );
  memory.write(
    0x700000,
    Uint8Array.from({ length: 8 }, (_, n) => n + 0xf1),
  );
  memory.write(0x700100, Buffer.from('swapper/0\0rest'));
  memory.write(0x900ff8, Buffer.from('last one'));
  const edge = KERNEL + 0xffcn;

  test('numbers within a page and across two', () => {
    expect(space.u64(KERNEL + 0xff8n)).toBe(0x0807060504030201n);
    expect(space.u64(edge)).toBe(0xf4f3f2f108070605n);
    expect(space.u32(KERNEL + 0xffen)).toBe(0xf2f10807);
    expect(space.i32(KERNEL + 0xffen)).toBe(0xf2f10807 | 0);
    expect(space.u16(KERNEL + 0xfffn)).toBe(0xf108);
    expect(space.u8(KERNEL + 0x1000n)).toBe(0xf1);
  });

  test('bytes are a copy, across pages too', () => {
    const bytes = space.read(edge, 8);
    expect([...bytes]).toEqual([5, 6, 7, 8, 0xf1, 0xf2, 0xf3, 0xf4]);
    const within = space.read(KERNEL + 0xff8n, 2);
    within.fill(0);
    expect(space.u8(KERNEL + 0xff8n)).toBe(1);
    expect(space.read(KERNEL, 0)).toHaveLength(0);
  });

  test('addresses may be given as negative bigints of the same 64 bits', () => {
    expect(space.u8(KERNEL - (1n << 64n) + 0xff8n)).toBe(1);
  });

  test('text ends at NUL, at the limit, and is never thrown away for bad UTF-8', () => {
    expect(space.cString(KERNEL + 0x1100n)).toBe('swapper/0');
    expect(space.cString(KERNEL + 0x1100n, 4)).toBe('swap');
    expect(space.cString(edge, 6)).toBe('\u0005\u0006\u0007\u0008\ufffd\ufffd');
    expect(space.cString(KERNEL)).toBe('');
  });

  test('reading into an unmapped page names the first address that failed', () => {
    expect(() => space.read(KERNEL + 0x1ff0n, 32)).toThrow(
      new ReadError(KERNEL + 0x2000n, new Unmapped('its page table entry is empty')),
    );
    expect(() => space.u64(KERNEL + 0x1ffdn)).toThrow('0xffff888000002000: not mapped');
  });

  test('text that runs into an unmapped page is a read error, unless the limit comes first', () => {
    memory.write(0x700ff0, Buffer.from('sixteen letters!'));
    expect(() => space.cString(KERNEL + 0x1ff0n)).toThrow(ReadError);
    expect(space.cString(KERNEL + 0x1ff0n, 16)).toBe('sixteen letters!');
  });

  test('nothing wraps around the end of the address space', () => {
    expect(space.cString(0xfffffffffffffff8n, 8)).toBe('last one');
    expect(() => space.read(0xfffffffffffffff8n, 16)).toThrow('not a canonical address');
  });

  test('a length from a corrupt field is refused before anything is allocated', () => {
    for (const length of [-1, 2 ** 40, Number.NaN, 0.5]) expect(() => space.read(KERNEL, length)).toThrow(ReadError);
  });

  test('many pages that fall on the same places of the caches', () => {
    const pages = [...Array(3000).keys()];
    const big = spaceOf([{ address: KERNEL, physical: 0x10000000, pages: 3000 }]);
    for (const n of pages) big.memory.writeU64(0x10000000 + n * 4096, BigInt(n));
    for (let round = 0; round < 2; round++) {
      for (const n of pages) expect(big.space.u64(KERNEL + addressOfPage(n, PAGES))).toBe(BigInt(n));
    }
    expect(big.space.page(pageNumberOf(KERNEL, PAGES) + 2999)).toBeInstanceOf(Page);
  });
});
