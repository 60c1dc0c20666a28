import { mkdtempSync, openSync, closeSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

import { afterAll, describe, expect, test } from 'vitest';

import { MAX_PROGRAM_HEADERS, MAX_SECTIONS } from '../../src/bytes/elf.js';
import { InputError } from '../../src/bytes/input-error.js';
import { readBtf } from '../../src/debuginfo/btf/read-btf.js';
import { openDebugInfo } from '../../src/debuginfo/dwarf/debug-info.js';
import { DwarfError } from '../../src/debuginfo/dwarf/dwarf-error.js';
import { MAX_SYMBOLS, openVmlinux } from '../../src/debuginfo/vmlinux.js';
import type { Dump } from '../../src/dump/dump.js';
import { openDump } from '../../src/dump/open-dump.js';
import { Page } from '../../src/memory/physical-memory.js';
import { findVmcoreinfo } from '../../src/dump/vmcoreinfo.js';
import { buildElf } from '../../src/testing/build-elf.js';
import { buildFlattened } from '../../src/testing/build-flattened.js';
import { buildBtf } from '../../src/testing/build-btf.js';
import { buildKdump } from '../../src/testing/build-kdump.js';

/**
 * Every count, offset and size that a file states, at its maximum, in a file that can be as long as it likes for
 * nothing: a sparse one, or a flattened one whose holes no record wrote. What is asserted is the answer; that it comes
 * is that the test ends.
 */
const folder = mkdtempSync(join(tmpdir(), 'oompm-bounds-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FAR = 2 ** 42;
const ways = {
  plain: (bytes: Uint8Array) => bytes,
  sparse: (bytes: Uint8Array) => bytes,
  flattened: (bytes: Uint8Array) =>
    buildFlattened([
      { offset: 0, bytes },
      { offset: 2 ** 52, bytes: new Uint8Array(1) },
    ]),
} as const;
type Way = keyof typeof ways;
const everyWay = Object.keys(ways) as Way[];

function save(name: string, bytes: Uint8Array, way: Way = 'plain'): string {
  const path = join(folder, `${name}-${way}`);
  writeFileSync(path, ways[way](bytes));
  if (way === 'sparse') truncateSync(path, FAR);
  return path;
}

/** What opening answers: the sentence that refuses it, or the dump. */
async function opened(path: string): Promise<string | Dump> {
  return openDump(path).catch((error: unknown) => {
    if (error instanceof InputError) return error.message;
    throw error;
  });
}

/** A page's first byte, or why it can't be had. */
const shown = (dump: Dump, pfn: number) => {
  const found = dump.memory.page(pfn);
  return found instanceof Page ? found.bytes[0] : found.kind;
};
const page = (byte: number) => new Uint8Array(4096).fill(byte);
const patched = (bytes: Uint8Array, patch: (view: DataView) => void): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  patch(new DataView(copy.buffer));
  return copy;
};
const MAX_U16 = 0xffff;
const MAX_U32 = 0xffff_ffff;
const MAX_I32 = 0x7fff_ffff;
const MAX_U64 = 0xffff_ffff_ffff_ffffn;

describe.each(everyWay)('an ELF dump, %s', (way) => {
  const elf = buildElf({ segments: [{ paddr: 0, bytes: page(1) }], longCount: true });
  const sectionAt = 64 + 2 * 56;

  test('the most program headers', async () => {
    const path = save(
      'phnum',
      patched(elf, (view) => view.setUint32(sectionAt + 44, MAX_U32, true)),
      way,
    );
    expect(await opened(path)).toBe(
      `${path} states ${MAX_U32} program headers, and more than ${MAX_PROGRAM_HEADERS} are not read: it is damaged; copy it again, or take it from where it was made.`,
    );
  });

  test('as many as are read, nearly all of them in a hole', { timeout: 30_000 }, async () => {
    const dump = await opened(
      save(
        'phnum-bound',
        patched(elf, (view) => view.setUint32(sectionAt + 44, MAX_PROGRAM_HEADERS, true)),
        way,
      ),
    );
    expect(dump).toMatchObject({ format: 'elf', completeness: { kind: way === 'plain' ? 'cut off' : 'whole' } });
  });

  test('the largest program header', async () => {
    const path = save(
      'phentsize',
      patched(elf, (view) => view.setUint16(54, MAX_U16, true)),
      way,
    );
    expect(await opened(path)).toBe(
      `${path} states that a program header has ${MAX_U16} bytes, where it has 56: it is damaged; copy it again, or take it from where it was made.`,
    );
  });

  test.each([
    ['the table of program headers', 32],
    ['of section headers', 40],
    ['a segment', 64 + 56 + 8],
    ['a physical address', 64 + 56 + 24],
    ['the bytes of a segment', 64 + 56 + 32],
    ['its memory', 64 + 56 + 40],
    ['the notes', 64 + 8],
    ['their size', 64 + 32],
  ])('the largest place or size: %s', async (_, at) => {
    const dump = await opened(
      save(
        'offset',
        patched(elf, (view) => view.setBigUint64(at, MAX_U64, true)),
        way,
      ),
    );
    if (typeof dump === 'string') throw new Error(dump);
    expect(findVmcoreinfo(dump.memory)).toBeUndefined();
    expect([1, 'absent', 'cut off', 'excluded']).toContain(shown(dump, 0));
    dump.close();
  });

  test('memory of 4 TiB that is a hole is not looked through', async () => {
    const dump = await opened(
      save(
        'hole',
        patched(elf, (view) => {
          view.setBigUint64(64 + 56 + 32, BigInt(FAR - 4096), true);
          view.setBigUint64(64 + 56 + 40, BigInt(FAR - 4096), true);
        }),
        way,
      ),
    );
    if (typeof dump === 'string') throw new Error(dump);
    let looked = 0;
    for (const { pfn } of dump.memory.stored(4 << 20)) looked = pfn;
    expect(looked).toBeLessThan((65 << 20) / 4096);
    dump.close();
  });
});

describe.each(everyWay)('a kdump-compressed dump, %s', (way) => {
  const kdump = buildKdump({
    pages: new Map([
      [1, page(1)],
      [2, page(2)],
    ]),
    vmcoreinfo: 'OSRELEASE=x\n',
    cpus: [{}],
  });
  const BITMAP_BLOCKS = 436;
  const SUB_HEADER_BLOCKS = 432;
  const MAX_MAPNR_64 = 4096 + 96;

  test('the largest bitmap', async () => {
    const path = save(
      'bitmap',
      patched(kdump, (view) => {
        view.setInt32(BITMAP_BLOCKS, MAX_I32, true);
        view.setBigUint64(MAX_MAPNR_64, MAX_U64, true);
      }),
      way,
    );
    const answer = await opened(path);
    if (way === 'plain') expect(answer).toMatchObject({ completeness: { kind: 'cut off' } });
    else
      expect(answer).toMatch(
        new RegExp(
          `^${path} states a bitmap of 8 TiB, and holds [\\d.]+ KiB in all: it is damaged; copy it again, or take it from where it was made\\.$`,
        ),
      );
  });

  test('the most pages', async () => {
    const dump = await opened(
      save(
        'mapnr',
        patched(kdump, (view) => view.setBigUint64(MAX_MAPNR_64, MAX_U64, true)),
        way,
      ),
    );
    if (typeof dump === 'string') throw new Error(dump);
    expect([...dump.memory.ranges()]).toEqual([{ start: 0x1000, end: 0x3000 }]);
    expect([...dump.memory.stored(100)].map(({ pfn }) => pfn)).toEqual([1, 2]);
    expect(['absent', 'cut off']).toContain(shown(dump, 2 ** 40 - 1));
    dump.close();
  });

  test('the largest sub header', async () => {
    const answer = await opened(
      save(
        'sub-header',
        patched(kdump, (view) => view.setInt32(SUB_HEADER_BLOCKS, MAX_I32, true)),
        way,
      ),
    );
    expect(['absent', 'cut off']).toContain(typeof answer === 'string' ? answer : shown(answer, 1));
  });

  test.each([
    ['VMCOREINFO', 32, 40],
    ['notes', 48, 56],
    ['eraseinfo', 64, 72],
  ])('the largest place and size of %s', async (_, offset, bytes) => {
    for (const fields of [[offset], [bytes], [offset, bytes]]) {
      const dump = await opened(
        save(
          'range',
          patched(kdump, (view) => fields.forEach((field) => view.setBigUint64(4096 + field, MAX_U64, true))),
          way,
        ),
      );
      if (typeof dump === 'string') throw new Error(dump);
      expect(dump.vmcoreinfo?.length ?? 0).toBeLessThanOrEqual(64 << 10);
      expect(dump.registers.length).toBeLessThanOrEqual(1);
      expect(dump.completeness).toEqual({ kind: 'whole' });
      dump.close();
    }
  });

  test.each([
    ['start', 80],
    ['end', 88],
  ])('the largest %s of a part', async (_, field) => {
    const part = buildKdump({ pages: new Map([[1, page(1)]]), split: { startPfn: 0, endPfn: 5 } });
    const dump = await opened(
      save(
        'part',
        patched(part, (view) => view.setBigUint64(4096 + field, MAX_U64, true)),
        way,
      ),
    );
    if (typeof dump === 'string') throw new Error(dump);
    expect(shown(dump, 1)).toBe(field === 80 ? 'cut off' : 1);
    dump.close();
  });

  test('a page descriptor with the largest place, size and flags', async () => {
    const at = kdump.length - 2 * 4096 - 2 * 24;
    for (const field of [
      [0, 1, 2, 3, 4, 5, 6, 7],
      [8, 9, 10, 11],
      [12, 13, 14, 15],
    ]) {
      const dump = await opened(
        save(
          'descriptor',
          patched(kdump, (view) => field.forEach((i) => view.setUint8(at + i, 0xff))),
          way,
        ),
      );
      if (typeof dump === 'string') throw new Error(dump);
      expect(['damaged', 'cut off']).toContain(shown(dump, 1));
      expect(shown(dump, 2)).toBe(2);
      dump.close();
    }
  });

  test('a bitmap in which every second page is RAM ends after a million ranges', async () => {
    const bytes = Buffer.alloc(8192 + 2 * (512 << 10), 0x55);
    bytes.set(kdump.subarray(0, 8192));
    bytes.writeInt32LE(bytes.length / 4096 - 2, BITMAP_BLOCKS);
    bytes.writeBigUInt64LE(MAX_U64, MAX_MAPNR_64);
    const dump = await opened(save('comb', bytes, way));
    if (typeof dump === 'string') throw new Error(dump);
    let ranges = 0;
    for (const _ of dump.memory.ranges()) ranges++;
    expect(ranges).toBe(1 << 20);
    dump.close();
  });
});

describe('flattened', () => {
  test('records of a byte: refused once there are more than any program writes', async () => {
    const stream = Buffer.alloc(4096 + 70_000 * 17);
    stream.set(buildFlattened([]).subarray(0, 4096));
    for (let i = 0; i < 70_000; i++) {
      stream.writeBigInt64BE(BigInt(i), 4096 + i * 17);
      stream.writeBigInt64BE(1n, 4096 + i * 17 + 8);
    }
    const path = save('bytes', stream);
    expect(await opened(path)).toBe(
      `${path} is in more than 65536 pieces of less than 512 bytes, which no program writes: it is damaged; copy it again, or rearrange it first: makedumpfile -R NEW < ${path}`,
    );
  });

  test('records that leave a byte of one another: the same', async () => {
    const records = Array.from({ length: 66_000 }, (_, i) => ({ offset: 66_000 - i, bytes: new Uint8Array(512) }));
    expect(await opened(save('stairs', buildFlattened(records)))).toContain(
      'is in more than 65536 pieces of less than 512 bytes',
    );
  });

  test('the largest place and size of a record', async () => {
    for (const at of [0, 8]) {
      const stream = Buffer.from(buildFlattened([{ offset: 0, bytes: page(0) }]));
      stream.writeBigUInt64BE(0x7fff_ffff_ffff_ffffn, 4096 + at);
      expect(await opened(save('record', stream))).toMatch(
        / is damaged at byte 4096: no record of the flattened format stands there/,
      );
    }
  });
});

describe('vmlinux', () => {
  const header = (sections: number): Buffer => {
    const bytes = Buffer.alloc(64 + 3 * 64);
    bytes.set(buildElf({ segments: [] }).subarray(0, 64));
    bytes.writeUInt16LE(2, 16);
    bytes.writeBigUInt64LE(0n, 32);
    bytes.writeBigUInt64LE(64n, 40);
    bytes.writeUInt16LE(0, 56);
    bytes.writeUInt16LE(64, 58);
    bytes.writeUInt16LE(0, 60);
    bytes.writeUInt16LE(MAX_U16, 62);
    bytes.writeBigUInt64LE(BigInt(sections), 64 + 32);
    bytes.writeUInt32LE(1, 64 + 40);
    return bytes;
  };

  test('the most sections', async () => {
    const path = save('shnum', header(2 ** 52), 'sparse');
    await expect(openVmlinux(path)).rejects.toThrow(
      `${path} states ${2 ** 52} sections, and more than ${MAX_SECTIONS} are not read: it is damaged; copy it again, or take it from where it was made.`,
    );
  });

  test('as many as are read, in a hole', { timeout: 30_000 }, async () => {
    const file = await openVmlinux(save('shnum-bound', header(MAX_SECTIONS), 'sparse'));
    expect([file.buildId, file.section('.text'), file.symbols(0n)]).toEqual([undefined, undefined, undefined]);
    file.close();
  });

  test('sections that share one name of 64 MiB', async () => {
    const count = 20_000;
    const path = join(folder, 'names');
    const fd = openSync(path, 'w');
    const table = Buffer.alloc(count * 64);
    table.set(header(count).subarray(64));
    const names = 64 + table.length;
    for (let i = 1; i < count; i++) {
      table.writeUInt32LE(3, i * 64 + 4);
      table.writeBigUInt64LE(BigInt(names), i * 64 + 24);
      table.writeBigUInt64LE(BigInt(64 << 20), i * 64 + 32);
    }
    writeSync(fd, header(count).subarray(0, 64));
    writeSync(fd, table);
    writeSync(fd, Buffer.alloc(64 << 20, 'A'));
    closeSync(fd);
    const file = await openVmlinux(path);
    expect([256, 257].map((length) => file.section('A'.repeat(length)) !== undefined)).toEqual([true, false]);
    file.close();
  });

  /** A vmlinux whose sections, from the second on, are these; what they do not hold themselves lies in a hole. */
  const sectioned = (name: string, sections: readonly TestSection[]): string => {
    const strings = Buffer.from(`\0${[...new Set(sections.map((section) => section.name))].join('\0')}\0`, 'latin1');
    const table = Buffer.alloc((2 + sections.length) * 64);
    table.set(header(2 + sections.length).subarray(64, 128));
    let at = 64 + table.length;
    const place = (
      index: number,
      { type = 1, flags = 0, bytes, size = bytes?.length ?? 2 ** 41, link = 0 }: Omit<TestSection, 'name'>,
      nameAt: number,
    ) => {
      table.writeUInt32LE(nameAt, index * 64);
      table.writeUInt32LE(type, index * 64 + 4);
      table.writeBigUInt64LE(BigInt(flags), index * 64 + 8);
      table.writeBigUInt64LE(BigInt(bytes === undefined ? 2 ** 40 : at), index * 64 + 24);
      table.writeBigUInt64LE(BigInt(size), index * 64 + 32);
      table.writeUInt32LE(link, index * 64 + 40);
      at += bytes?.length ?? 0;
    };
    place(1, { type: 3, bytes: strings }, 0);
    for (const [n, section] of sections.entries()) place(n + 2, section, strings.indexOf(`\0${section.name}\0`) + 1);
    return save(
      name,
      Buffer.concat([
        header(2 + sections.length).subarray(0, 64),
        table,
        strings,
        ...sections.flatMap(({ bytes }) => bytes ?? []),
      ]),
      'sparse',
    );
  };
  const packed = (claimed: number, bytes: Uint8Array): Uint8Array => {
    const chdr = Buffer.alloc(24);
    chdr.writeUInt32LE(1, 0);
    chdr.writeBigUInt64LE(BigInt(claimed), 8);
    return Buffer.concat([chdr, deflateSync(bytes)]);
  };

  test('the most symbols', async () => {
    const path = sectioned('symbols', [
      { name: '.symtab', type: 2, link: 3 },
      { name: '.strtab', type: 3 },
    ]);
    const file = await openVmlinux(path);
    expect(() => file.symbols(0n)).toThrow(
      `${path} states ${Math.floor(2 ** 41 / 24)} symbols, and more than ${MAX_SYMBOLS} are not read: it is damaged; copy it again, or take it from where it was made.`,
    );
    file.close();
  });

  test('names without an end are cut', async () => {
    const symtab = Buffer.alloc(2 * 24);
    for (const [n, name] of [1, 2].entries()) {
      symtab.writeUInt32LE(name, n * 24);
      symtab.set([0x12, 0, 1, 0], n * 24 + 4);
      symtab.writeBigUInt64LE(0xffff_ffff_8100_0000n + BigInt(n), n * 24 + 8);
    }
    const strtab = Buffer.alloc(1 << 20, 'A');
    strtab[0] = 0;
    const file = await openVmlinux(
      sectioned('endless', [
        { name: '.symtab', type: 2, link: 3, bytes: symtab },
        { name: '.strtab', type: 3, bytes: strtab },
      ]),
    );
    expect([...file.symbols(0n)!].map(({ name }) => name.length)).toEqual([2048, 2048]);
    file.close();
  });

  test('the largest .BTF: as much as a kernel may have, which then tells', async () => {
    const btf = buildBtf([{ name: 'int', kind: 1, last: 4, rest: [0x20] }]);
    const file = await openVmlinux(sectioned('btf', [{ name: '.BTF', bytes: btf, size: 2 ** 40 }]));
    expect(file.btf()?.length).toBe(64 << 20);
    expect(readBtf(file.btf()!, 'it').typeCount).toBe(2);
    expect(() =>
      readBtf(
        patched(btf, (view) => view.setUint32(12, MAX_U32, true)),
        'it',
      ),
    ).toThrow(InputError);
    file.close();
  });

  test.each([
    ['a size', 2 ** 52],
    ['nearly as much as there is room for', 500 << 20],
  ])('a packed section that claims %s', async (_, claimed) => {
    const file = await openVmlinux(
      sectioned('claims', [{ name: '.debug_info', flags: 0x800, bytes: packed(claimed, new Uint8Array(10)) }]),
    );
    expect(() => file.section('.debug_info')).toThrow(
      `The section .debug_info of vmlinux can't be unpacked: it claims to unpack to ${claimed} bytes, for which there is no room.`,
    );
    file.close();
  });

  test('packed sections that each fit, and together do not', async () => {
    const sections = [
      { name: '.debug_info', flags: 0x800, bytes: packed(100 << 20, new Uint8Array(100 << 20)) },
      { name: '.debug_line', flags: 0x800, bytes: packed(360 << 20, new Uint8Array(10)) },
    ];
    const file = await openVmlinux(sectioned('alone', sections));
    expect(file.section('.debug_line')?.size).toBe(10);
    file.close();
    const both = await openVmlinux(sectioned('together', sections));
    expect(both.section('.debug_info')?.size).toBe(100 << 20);
    expect(() => both.section('.debug_line')).toThrow('for which there is no room');
    both.close();
  });

  test('notes in more sections than a kernel has, the largest, and packed', async () => {
    for (const flags of [0, 0x800]) {
      const file = await openVmlinux(
        sectioned(
          'notes',
          Array.from({ length: 5000 }, () => ({ name: '.note', type: 7, flags })),
        ),
      );
      expect(file.buildId).toBeUndefined();
      file.close();
    }
  });

  test('.rodata of 2 TiB that is a hole is not looked through for the banner', async () => {
    const file = await openVmlinux(sectioned('rodata', [{ name: '.rodata' }]));
    expect(file.banner()).toBeUndefined();
    file.close();
  });

  test('every section of DWARF in a hole', async () => {
    const names = [
      'info',
      'abbrev',
      'str',
      'line',
      'addr',
      'frame',
      'line_str',
      'str_offsets',
      'rnglists',
      'loclists',
      'aranges',
    ];
    const file = await openVmlinux(
      sectioned(
        'dwarf',
        names.map((name) => ({ name: `.debug_${name}` })),
      ),
    );
    const ask = [
      () => openDebugInfo(file, 0n)?.inlineChainAt(0xffff_ffff_8100_0000n),
      () => openDebugInfo(file, 0n)?.cfiFor(0xffff_ffff_8100_0000n),
    ];
    for (const one of ask) expect(answerOrSentence(one)).toMatch(/^(answer|.*\.)$/);
    file.close();
  });
});

interface TestSection {
  name: string;
  type?: number;
  flags?: number;
  bytes?: Uint8Array;
  size?: number;
  link?: number;
}

function answerOrSentence(ask: () => unknown): string {
  try {
    ask();
    return 'answer';
  } catch (error) {
    if (error instanceof DwarfError || error instanceof InputError) return error.message;
    throw error;
  }
}
