import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import zstdCodec from 'zstd-codec';

import { InputError } from '../../src/bytes/input-error.js';
import { memoryReader } from '../../src/bytes/file-reader.js';
import { openBitmap } from '../../src/dump/bitmap.js';
import { blockCache } from '../../src/dump/block-cache.js';
import type { Dump } from '../../src/dump/dump.js';
import { openDump } from '../../src/dump/open-dump.js';
import { MissingPage, Page } from '../../src/memory/physical-memory.js';
import { buildElf } from '../../src/testing/build-elf.js';
import { buildFlattened, flatten } from '../../src/testing/build-flattened.js';
import { buildKdump } from '../../src/testing/build-kdump.js';
import type { TestPage } from '../../src/testing/build-kdump.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-dumps-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function save(bytes: Uint8Array | string): string {
  const path = join(folder, `dump${files++}`);
  writeFileSync(path, bytes);
  return path;
}

const open = (bytes: Uint8Array) => openDump(save(bytes));
const pageOf = (byte: number) => new Uint8Array(4096).fill(byte, 0, 1000);
const shown = (dump: Dump, pfn: number): unknown => {
  const page = dump.memory.page(pfn);
  return page instanceof MissingPage ? page.kind : page.bytes[0];
};
const neverWritten = '1 page was never written to the file: makedumpfile had no room left, or was ended before.';
const zstd = await new Promise<{ compress(bytes: Uint8Array): Uint8Array | null }>((resolve) => {
  zstdCodec.ZstdCodec.run((binding) => resolve(new binding.Simple()));
});

describe('kdump-compressed', () => {
  const pages = new Map<number, TestPage>([
    [1, pageOf(11)],
    [2, 'excluded'],
    [5, pageOf(15)],
    [40_000, pageOf(40)],
    [40_001, 'lost'],
  ]);

  test.each(['none', 'zlib', 'lzo', 'snappy', 'zstd'] as const)(
    '%s: what is there, absent, excluded and lost is told apart',
    async (codec) => {
      const dump = await open(buildKdump({ pages, codec, zstdCompress: (bytes) => zstd.compress(bytes)! }));
      expect([0, 1, 2, 3, 5, 40_000, 40_001, 40_002, 1e12].map((pfn) => shown(dump, pfn))).toEqual([
        'absent',
        11,
        'excluded',
        'absent',
        15,
        40,
        'cut off',
        'absent',
        'absent',
      ]);
      const page = dump.memory.page(40_000);
      expect(page instanceof Page && Buffer.compare(page.bytes, pageOf(40))).toBe(0);
      expect([...dump.memory.ranges()]).toEqual([
        { start: 0x1000, end: 0x3000 },
        { start: 0x5000, end: 0x6000 },
        { start: 40_000 * 4096, end: 40_002 * 4096 },
      ]);
      dump.close();
    },
  );

  test.each([1, 2, 3, 4, 5, 6])('header version %i: pages, and the notes that it has fields for', async (version) => {
    const vmcoreinfo = 'OSRELEASE=6.1.0-toy\nPAGESIZE=4096\n';
    const dump = await open(
      buildKdump({
        pages,
        version,
        vmcoreinfo,
        cpus: [{ pid: 7, ip: 0xffffffff81000000n }, { sp: 5n }],
        dumpLevel: 31,
      }),
    );
    expect(shown(dump, 5)).toBe(15);
    expect(dump.vmcoreinfo).toBe(version >= 3 ? vmcoreinfo : undefined);
    expect(dump.registers.map(({ pid, registers }) => [pid, registers.ip, registers.sp])).toEqual(
      version >= 4
        ? [
            [7, 0xffffffff81000000n, 0n],
            [0, 0n, 5n],
          ]
        : [],
    );
    expect(dump.dumpLevel).toBe(31);
    expect([dump.completeness, dump.defects]).toEqual([{ kind: 'whole' }, [neverWritten]]);
    dump.close();
  });

  test('a look through the pages that are stored has each as a read of it has, in parts too', async () => {
    const all = await open(buildKdump({ pages, codec: 'zlib' }));
    expect([...all.memory.stored(100)].map(({ pfn, bytes }) => [pfn, bytes[0]])).toEqual([
      [1, 11],
      [5, 15],
      [40_000, 40],
    ]);
    expect([...all.memory.stored(2)].map(({ pfn }) => pfn)).toEqual([1, 5]);
    const parts = [
      { startPfn: 0, endPfn: 5 },
      { startPfn: 5, endPfn: 40_002 },
    ].map((split) => save(buildKdump({ pages, split })));
    const both = await openDump(parts);
    expect([...both.memory.stored(100)].map(({ pfn, bytes }) => [pfn, bytes[0]])).toEqual([
      [1, 11],
      [5, 15],
      [40_000, 40],
    ]);
  });

  test('a single bitmap serves as both', async () => {
    const dump = await open(buildKdump({ pages: new Map([[3, pageOf(3)]]), singleBitmap: true, version: 1 }));
    expect([2, 3, 4].map((pfn) => shown(dump, pfn))).toEqual(['absent', 3, 'absent']);
  });

  test.each([
    ['zlib', { stored: Uint8Array.of(1, 2, 3), flags: 1 }, /^zlib: /],
    ['lzo', { stored: Uint8Array.of(1, 2, 3), flags: 2 }, /^lzo: /],
    ['snappy of half a page', { stored: Uint8Array.of(1, 0, 9), flags: 4 }, /^decodes to 1 bytes instead of 4096$/],
    [
      'zstd that was not announced',
      { stored: zstd.compress(pageOf(1))!, flags: 0x20 },
      /^zstd, which the header does not announce$/,
    ],
    ['unknown flags', { stored: pageOf(1), flags: 0x40 }, /^its flags are 0x40/],
    ['raw, but short', { stored: Uint8Array.of(1), flags: 0 }, /^stored with 1 bytes/],
    ['a size of nonsense', { stored: new Uint8Array(4097), flags: 1 }, /^its descriptor says 4097 bytes$/],
  ] as const)('damage: %s', async (_, page, words) => {
    const dump = await open(
      buildKdump({
        pages: new Map<number, TestPage>([
          [0, page],
          [1, pageOf(7)],
        ]),
      }),
    );
    expect(dump.memory.page(0)).toMatchObject({ kind: 'damaged', detail: expect.stringMatching(words) as string });
    expect(shown(dump, 1)).toBe(7);
  });

  test('cut at any length: what is left is right, what is not is cut off, without a header it is an InputError', async () => {
    const whole = buildKdump({ pages });
    for (const keep of [
      0,
      1,
      11,
      463,
      4096,
      4199,
      4200,
      8192,
      12_000,
      20_000,
      24_600,
      24_700,
      29_000,
      whole.length - 1,
      whole.length,
    ]) {
      const path = save(whole.subarray(0, keep));
      const dump = await openDump(path).catch((error: unknown) => error);
      if (keep < 4200) {
        expect(dump).toBeInstanceOf(InputError);
        continue;
      }
      const seen = [1, 5, 40_000].map((pfn) => shown(dump as Dump, pfn));
      for (const [i, byte] of [11, 15, 40].entries()) expect([byte, 'cut off']).toContain(seen[i]);
      expect(seen.includes('cut off')).toBe(keep < whole.length);
      (dump as Dump).close();
    }
  });

  test('a split dump opens by all its parts in any order; a part alone says what is missing', async () => {
    const first = save(buildKdump({ pages, split: { startPfn: 0, endPfn: 5 } }));
    const second = save(buildKdump({ pages, split: { startPfn: 5, endPfn: 40_002 } }));
    const both = await openDump([second, first]);
    expect([1, 2, 5, 40_000, 40_001].map((pfn) => shown(both, pfn))).toEqual([11, 'excluded', 15, 40, 'cut off']);
    expect(both.defects).toEqual([neverWritten]);
    const alone = await openDump(second);
    expect([1, 5].map((pfn) => shown(alone, pfn))).toEqual(['cut off', 15]);
    expect(alone.defects).toEqual(['Pages 0 to 4 are in a part of the split dump that was not given.', neverWritten]);
    await expect(openDump([first, save(buildKdump({ pages }))])).rejects.toThrow('is not a part of a split dump');
  });

  test('parts without register notes are told apart by their VMCOREINFO', async () => {
    const lines = (time: number, offset: number): string =>
      [
        'OSRELEASE=6.1.0',
        'PAGESIZE=4096',
        ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `SYMBOL(s${n})=${offset + n}`),
        `CRASHTIME=${time}`,
      ]
        .map((line) => `${line}\n`)
        .join('');
    const part = (startPfn: number, endPfn: number, vmcoreinfo?: string): string =>
      save(buildKdump({ pages, split: { startPfn, endPfn }, ...(vmcoreinfo === undefined ? {} : { vmcoreinfo }) }));
    const first = part(0, 5, lines(1000, 100));
    (await openDump([first, part(5, 40_002, lines(1000, 100))])).close();
    (await openDump([first, part(5, 40_002, lines(1000, 100).replace('PAGESIZE', 'PAGESIZF'))])).close();
    (await openDump([first, part(5, 40_002)])).close();
    await expect(openDump([first, part(5, 40_002, lines(1001, 100))])).rejects.toThrow('different crashes');
    await expect(openDump([first, part(5, 40_002, lines(1000, 200))])).rejects.toThrow('different crashes');
  });

  test('parts of two crashes, and one part twice, are refused; a damaged note is no other crash', async () => {
    const cpus = (...ips: bigint[]) => ips.map((ip) => ({ ip }));
    const part = (startPfn: number, endPfn: number, ...ips: bigint[]): string =>
      save(buildKdump({ pages, split: { startPfn, endPfn }, cpus: cpus(...ips) }));
    const first = part(0, 5, 1n, 2n);
    (await openDump([first, part(5, 40_002, 1n, 2n)])).close();
    (await openDump([first, part(5, 40_002, 1n, 99n)])).close();
    await expect(openDump([first, part(5, 40_002, 7n, 8n)])).rejects.toThrow(
      'are parts of dumps of different crashes: their register notes, or their VMCOREINFO, differ.',
    );
    await expect(openDump([first, part(5, 40_002, 1n, 2n, 3n)])).rejects.toThrow('different crashes');
    await expect(openDump([first, part(0, 5, 1n, 2n), part(5, 40_002, 1n, 2n)])).rejects.toThrow(
      'has pages that another of the parts has too',
    );
  });

  test('an incomplete dump says so', async () => {
    expect((await open(buildKdump({ pages, status: 8 }))).defects).toEqual([
      'makedumpfile marked the file as incomplete: it could not write all pages.',
      neverWritten,
    ]);
  });

  test('of another architecture: refused by its name', async () => {
    await expect(open(buildKdump({ pages, uname: { machine: 'aarch64' } }))).rejects.toThrow('is a dump for aarch64;');
  });
});

describe('bitmap', () => {
  test('rank and runs equal a count by hand', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(99_999), fc.nat(300)), { maxLength: 20 }),
        fc.array(fc.nat(99_999), { maxLength: 20 }),
        (ranges, asked) => {
          const bits = new Uint8Array(100_000);
          for (const [start, length] of ranges) bits.fill(1, start, start + length);
          const bytes = new Uint8Array(Math.ceil(bits.length / 8 / 4096) * 4096);
          for (const [bit, set] of bits.entries()) if (set) bytes[bit >> 3]! |= 1 << (bit & 7);
          const file = memoryReader(bytes);
          const bitmap = openBitmap(file, 0, bits.length, blockCache(file));
          for (const bit of asked) {
            expect(bitmap.rank(bit)).toBe(bits.subarray(0, bit).reduce((sum, b) => sum + b, 0));
            expect(bitmap.has(bit)).toBe(bits[bit] === 1);
          }
          const fromRuns = new Uint8Array(bits.length);
          for (const { start, end } of bitmap.runs()) fromRuns.fill(1, start, end);
          expect(Buffer.compare(fromRuns, bits)).toBe(0);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('flattened', () => {
  const pages = new Map<number, TestPage>([
    [1, pageOf(11)],
    [2, pageOf(12)],
    [9, pageOf(19)],
  ]);

  test.each([100, 4096, 100_000])(
    'records of %i bytes: as the file itself, its header rewritten last',
    async (recordBytes) => {
      const dump = await open(flatten(buildKdump({ pages }), recordBytes));
      expect([1, 2, 9].map((pfn) => shown(dump, pfn))).toEqual([11, 12, 19]);
      expect(dump.formatName).toContain('flattened');
      expect(dump.defects).toEqual([]);
    },
  );

  test('ELF in it', async () => {
    const dump = await open(flatten(buildElf({ segments: [{ paddr: 0x1000, bytes: pageOf(1) }] })));
    expect(shown(dump, 1)).toBe(1);
  });

  test('the last writer wins, whatever the overlap', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(3000), fc.integer({ min: 1, max: 2000 }), fc.nat(255)), { maxLength: 12 }),
        async (writes) => {
          const whole = buildElf({ segments: [{ paddr: 0, bytes: pageOf(1) }] });
          const at = whole.length - 4096;
          const records = writes.map(([offset, length, byte]) => ({
            offset: at + offset,
            bytes: new Uint8Array(Math.min(length, 4096 - offset)).fill(byte),
          }));
          const expected = pageOf(1);
          for (const { offset, bytes } of records) expected.set(bytes, offset - at);
          const dump = await open(buildFlattened([{ offset: 0, bytes: whole }, ...records]));
          const page = dump.memory.page(0);
          expect(page instanceof Page && Buffer.compare(page.bytes, expected)).toBe(0);
          dump.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a stream that was cut: its pages are there or cut off, and it says so', async () => {
    const stream = flatten(buildKdump({ pages }));
    const kept = [{ offset: 0, bytes: buildKdump({ pages }).subarray(0, 30_000 - 4096) }];
    const bytes = buildFlattened(kept, { endMark: false });
    const dump = await open(bytes);
    expect(shown(dump, 9)).toBe('cut off');
    expect(dump.defects).toEqual([
      expect.stringMatching(
        `^The file is cut off: ${bytes.length} of at least ${bytes.length + 16} bytes; copy it again\\.$`,
      ),
    ]);
    await expect(open(stream.subarray(0, 5000))).rejects.toThrow(InputError);
  });
});

describe('ELF', () => {
  test('p_paddr alone; what p_memsz has beyond p_filesz is excluded; overlaps are legal', async () => {
    const dump = await open(
      buildElf({
        segments: [
          { paddr: 0x1000, bytes: Buffer.concat([pageOf(1), pageOf(2), pageOf(3)]), memorySize: 0x5000 },
          { paddr: 0x2000, bytes: pageOf(2), vaddr: 0xffffffff81000000n },
          { paddr: 0x10_0000, bytes: pageOf(9) },
        ],
        cpus: [{ ip: 0xffffffff81234567n }],
        vmcoreinfo: 'OSRELEASE=x\n',
      }),
    );
    expect([0, 1, 2, 3, 4, 5, 6, 0x100].map((pfn) => shown(dump, pfn))).toEqual([
      'absent',
      1,
      2,
      3,
      'excluded',
      'excluded',
      'absent',
      9,
    ]);
    expect([...dump.memory.ranges()]).toEqual([
      { start: 0x1000, end: 0x6000 },
      { start: 0x10_0000, end: 0x10_1000 },
    ]);
    expect(dump.registers[0]?.registers.ip).toBe(0xffffffff81234567n);
    expect(dump.vmcoreinfo).toBe('OSRELEASE=x\n');
  });

  test('program headers wherever e_phoff says; a page from two segments; an edge within a page', async () => {
    const dump = await open(
      buildElf({
        programHeadersAt: 9000,
        segments: [
          { paddr: 0x1000, bytes: new Uint8Array(0x800).fill(1) },
          { paddr: 0x1800, bytes: new Uint8Array(0xa00).fill(2) },
        ],
      }),
    );
    const page = dump.memory.page(1);
    expect(page instanceof Page && [page.bytes[0x7ff], page.bytes[0x800], page.bytes[0xfff]]).toEqual([1, 2, 2]);
    const edge = dump.memory.page(2);
    expect(edge instanceof Page && [edge.bytes[0x1ff], edge.bytes[0x200]]).toEqual([2, 0]);
  });

  test('a table of headers where no file reaches is damage; one a little behind the end, a file that is cut off', async () => {
    const whole = (sectionsAt: bigint): Uint8Array => {
      const bytes = Buffer.from(buildElf({ segments: [{ paddr: 0x1000, bytes: pageOf(1) }] }));
      // e_shoff, e_shentsize
      bytes.writeBigUInt64LE(sectionsAt, 40);
      bytes.writeUInt16LE(64, 58);
      return bytes;
    };
    const damaged = await open(whole(1n << 63n));
    expect([damaged.completeness.kind, damaged.defects, shown(damaged, 1)]).toEqual([
      'whole',
      ['Its ELF header is damaged: it puts a table of headers where no file reaches.'],
      1,
    ]);
    expect((await open(whole(1n << 20n))).completeness.kind).toBe('cut off');
  });

  test('70,000 segments, counted in section 0', async () => {
    const segments = Array.from({ length: 70_000 }, (_, i) => ({
      paddr: i * 0x2000,
      bytes: i === 69_999 ? pageOf(5) : new Uint8Array(0),
      memorySize: 4096,
    }));
    const dump = await open(buildElf({ segments }));
    expect([shown(dump, 0), shown(dump, 1), shown(dump, 139_998)]).toEqual(['excluded', 'absent', 5]);
  });

  test('cut: pages behind the end are cut off, and it says how much', async () => {
    const whole = buildElf({ segments: [{ paddr: 0, bytes: Buffer.concat([pageOf(1), pageOf(2)]) }], flags: 1 });
    const dump = await open(whole.subarray(0, whole.length - 10));
    expect([0, 1].map((pfn) => shown(dump, pfn))).toEqual([1, 'cut off']);
    expect(dump.defects).toEqual([
      `The file is cut off: ${whole.length - 10} of ${whole.length} bytes (99.8 %); copy it again.`,
      'makedumpfile marked the file as incomplete: it could not write all pages.',
    ]);
  });

  test('of another architecture: refused by its name', async () => {
    await expect(open(buildElf({ segments: [], machine: 183 }))).rejects.toThrow('is a dump for aarch64;');
    await expect(open(buildElf({ segments: [], machine: 21 }))).rejects.toThrow('ppc64le');
  });
});

describe('not a dump', () => {
  test.each([
    ['empty', '', /is not a vmcore: it is empty\.$/],
    ['text', 'hello, world\n', /is not a vmcore: it begins with "hello, world\\n"; expected/],
    ['terminal control', '\x1b[2Jxx', /begins with 1b 5b 32 4a 78 78; expected/],
    ['gzip', '\x1f\x8b\x08', /is packed \(gzip\): unpack it first: gunzip < .*dump\d+ > NEW$/],
    ['an ELF start alone', '\x7fELF\x02\x01', /is cut off within its ELF header/],
  ])('%s', async (_, content, words) => {
    await expect(openDump(save(Buffer.from(content, 'latin1')))).rejects.toThrow(words);
  });

  test('no such file, a directory, no permission', async () => {
    await expect(openDump(join(folder, 'none'))).rejects.toThrow(/Cannot open .*none: there is no such file\./);
    await expect(openDump(folder)).rejects.toThrow(/it is a directory; name the file in it\./);
    const path = save('x');
    chmodSync(path, 0);
    if (process.getuid?.() !== 0) await expect(openDump(path)).rejects.toThrow('no permission to read it');
  });
});

test('onPageRead is called for a page that is not in the cache, and ends the read by throwing', async () => {
  let calls = 0;
  const dump = await openDump(save(buildElf({ segments: [{ paddr: 0, bytes: pageOf(1) }] })), {
    onPageRead: () => {
      if (++calls > 1) throw new Error('cancelled');
    },
  });
  dump.memory.page(0);
  dump.memory.page(0);
  expect(calls).toBe(1);
  expect(() => dump.memory.page(1)).toThrow('cancelled');
});
