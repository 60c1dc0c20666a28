import { describe, expect, test } from 'vitest';
import { MAX_PROGRAM_HEADERS } from '../../src/bytes/elf.js';
import { InputError } from '../../src/bytes/input-error.js';
import type { Dump } from '../../src/dump/dump.js';
import { openDump } from '../../src/dump/open-dump.js';
import { Page } from '../../src/memory/physical-memory.js';
import { findVmcoreinfo } from '../../src/dump/vmcoreinfo.js';
import { buildElf } from '../../src/testing/build-elf.js';
import { buildFlattened } from '../../src/testing/build-flattened.js';
import { buildKdump } from '../../src/testing/build-kdump.js';
import { FAR, endlessFiles, everyWay, MAX_U16, MAX_U32, MAX_I32, MAX_U64 } from '../endless-file.js';

const { save } = endlessFiles();

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
