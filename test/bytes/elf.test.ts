import { expect, test } from 'vitest';

import { architectureName, elfNotes, programHeaders, readElfHeader, sectionHeaders } from '../../src/bytes/elf.js';
import { memoryReader } from '../../src/bytes/file-reader.js';
import { buildElf } from '../../src/testing/build-elf.js';
import { note } from '../../src/testing/build-notes.js';

test('32-bit big-endian headers are read enough to name the machine', () => {
  const bytes = Buffer.alloc(52);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 2, 1]);
  bytes.writeUInt16BE(4, 16);
  bytes.writeUInt16BE(20, 18);
  expect(readElfHeader(memoryReader(bytes))).toMatchObject({
    bits: 32,
    littleEndian: false,
    type: 4,
    architecture: 'ppc',
  });
});

test.each([
  [62, 64, true, 'x86_64'],
  [183, 64, true, 'aarch64'],
  [22, 64, false, 's390x'],
  [21, 64, true, 'ppc64le'],
  [243, 64, true, 'riscv64'],
  [3, 32, true, 'i386'],
  [40, 32, true, 'arm'],
  [999, 64, true, 'ELF machine 999'],
] as const)('machine %i of %i bits, little-endian %s: %s', (machine, bits, littleEndian, name) => {
  expect(architectureName(machine, bits, littleEndian)).toBe(name);
});

test('a count of segments that the file does not have ends where the file does', () => {
  const bytes = Buffer.from(buildElf({ segments: [{ paddr: 0, bytes: new Uint8Array(56) }] }));
  bytes.writeUInt16LE(0xfff0, 56);
  const file = memoryReader(bytes);
  const header = readElfHeader(file)!;
  expect(header.programHeaders.count).toBe(0xfff0);
  expect([...programHeaders(file, header)].length).toBe(Math.floor((bytes.length - 64) / 56));
});

test('notes end at the first that does not fit; padding between them is passed over', () => {
  const two = Buffer.concat([
    note('CORE', 1, Buffer.from('abcde')),
    Buffer.alloc(12),
    note('QEMU', 0, Buffer.from('f')),
  ]);
  const read = (bytes: Uint8Array) =>
    [...elfNotes(bytes, true)].map(({ name, type, desc }) => [name, type, Buffer.from(desc).toString()]);
  expect(read(two)).toEqual([
    ['CORE', 1, 'abcde'],
    ['QEMU', 0, 'f'],
  ]);
  expect(read(two.subarray(0, two.length - 4))).toEqual([['CORE', 1, 'abcde']]);
  expect(read(Buffer.alloc(13, 0xff))).toEqual([]);
});

test('section headers of nonsense give no sections, and no error', () => {
  const bytes = Buffer.from(buildElf({ segments: [] }));
  bytes.writeBigUInt64LE(0xffff_ffff_ffff_0000n, 40);
  bytes.writeUInt16LE(64, 58);
  bytes.writeUInt16LE(9, 60);
  const file = memoryReader(bytes);
  expect(sectionHeaders(file, readElfHeader(file)!)).toEqual([]);
});

test.each([
  ['padding', new Uint8Array(64 << 20)],
  ['notes without content', new Uint8Array(64 << 20).fill(1).map((_, at) => (at % 12 === 8 ? 1 : 0))],
])('64 MiB of %s are no work for a minute', (_, bytes) => {
  const began = performance.now();
  let count = 0;
  for (const _note of elfNotes(bytes, true)) count++;
  expect(count).toBeLessThan(300_000);
  expect(performance.now() - began).toBeLessThan(5_000);
});
