import { openSync, closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { MAX_SECTIONS } from '../../src/bytes/elf.js';
import { InputError } from '../../src/bytes/input-error.js';
import { readBtf } from '../../src/debuginfo/btf/read-btf.js';
import { openDebugInfo } from '../../src/debuginfo/dwarf/debug-info.js';
import { DwarfError } from '../../src/debuginfo/dwarf/dwarf-error.js';
import { MAX_SYMBOLS, openVmlinux } from '../../src/debuginfo/vmlinux.js';
import { buildElf } from '../../src/testing/build-elf.js';
import { buildBtf } from '../../src/testing/build-btf.js';
import { endlessFiles, MAX_U16, MAX_U32 } from '../endless-file.js';

const { folder, save } = endlessFiles();

const patched = (bytes: Uint8Array, patch: (view: DataView) => void): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  patch(new DataView(copy.buffer));
  return copy;
};
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
