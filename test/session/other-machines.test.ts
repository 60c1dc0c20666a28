import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { executableInWords } from '../../src/debuginfo/identify.js';
import { openDump } from '../../src/dump/open-dump.js';
import { openSession } from '../../src/session/open-kernel.js';
import { buildElf } from '../../src/testing/build-elf.js';
import { flatten } from '../../src/testing/build-flattened.js';
import { buildKdump } from '../../src/testing/build-kdump.js';
import { note } from '../../src/testing/build-notes.js';
import { dumpFile } from '../dumps.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-machines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const save = (bytes: Uint8Array): string => {
  const path = join(folder, `file${files++}`);
  writeFileSync(path, bytes);
  return path;
};

const [ET_EXEC, X86_64, I386, S390, AARCH64] = [2, 62, 3, 22, 183];

/** An ELF header and a page, linked to that address. */
function elf(
  machine: number,
  { type = ET_EXEC, bits = 64, bigEndian = false, vaddr = 0xffff_ffff_8100_0000n } = {},
): string {
  const bytes = Buffer.from(buildElf({ machine, segments: [{ paddr: 0, vaddr, bytes: new Uint8Array(4096) }] }));
  bytes.writeUInt16LE(type, 16);
  if (bits === 32) bytes[4] = 1;
  if (bigEndian) {
    bytes[5] = 2;
    for (const at of [16, 18, 52, 54, 56, 58]) bytes.subarray(at, at + 2).swap16();
    for (const at of [32, 40]) bytes.subarray(at, at + 8).swap64();
  }
  return save(bytes);
}

describe('a vmlinux of another machine', () => {
  const dump = dumpFile('6.1-global-panic/vmcore')!;
  const refusal = (vmlinux: string): Promise<string> =>
    openSession({ dump: [dump], vmlinux, force: true }).then(
      (session) => (session.close(), 'opened'),
      (error: unknown) => (error as Error).message.replace(vmlinux, 'It'),
    );

  test('is refused by that, and nobody is led to force it', async () => {
    expect(await refusal(elf(AARCH64))).toBe(
      'It is a kernel for aarch64, and the dump is of x86_64; give the right one, or none at all.',
    );
    expect(await refusal(elf(I386, { bits: 32 }))).toMatch(/^It is a 32-bit file for i386; only 64-bit little-endian/);
    expect(await refusal(elf(S390, { bigEndian: true }))).toMatch(/^It is a 64-bit big-endian file for s390x; only/);
  });

  test('one of the same machine is not', async () => {
    expect(await refusal(elf(X86_64))).toBe('opened');
  });

  test('without a dump: only of machines that are known it is said whether it is a kernel', () => {
    expect(executableInWords(elf(X86_64))).toBe('a kernel');
    expect(executableInWords(elf(X86_64, { vaddr: 0x40_0000n }))).toBe('a program');
    expect(executableInWords(elf(S390, { bigEndian: true, vaddr: 0x10_0000n }))).toBe(
      'a kernel or a program for s390x',
    );
    expect(executableInWords(elf(I386, { bits: 32 }))).toBe('a kernel or a program for i386');
  });
});

describe('a core of another machine', () => {
  const ET_CORE = 4;

  test.each([
    ['s390x', elf(S390, { type: ET_CORE, bigEndian: true })],
    ['aarch64', elf(AARCH64, { type: ET_CORE })],
  ])('%s, by its name', async (name, path) => {
    await expect(openDump(path)).rejects.toThrow(`${path} is a dump for ${name}; oompm reads dumps of x86_64.`);
  });

  test('of a byte order that the machine has not: its header is damaged', async () => {
    await expect(openDump(elf(X86_64, { type: ET_CORE, bigEndian: true }))).rejects.toThrow(
      'states that it is big-endian and for x86_64, which is not: its ELF header is damaged',
    );
  });

  test('of a process: that before all else', async () => {
    const notes = Buffer.concat([note('CORE', 1, new Uint8Array(100)), note('CORE', 6, new Uint8Array(32))]);
    const bytes = Buffer.from(buildElf({ machine: AARCH64, segments: [] }));
    // The segment of notes is the first: p_offset and p_filesz.
    bytes.writeBigUInt64LE(BigInt(bytes.length), 64 + 8);
    bytes.writeBigUInt64LE(BigInt(notes.length), 64 + 32);
    await expect(openDump(save(Buffer.concat([bytes, notes])))).rejects.toThrow(
      'is the core of a process, not of a kernel; gdb reads it.',
    );
  });
});

test('a dump that was flattened twice: what it is, and how to take one layer off', async () => {
  const once = flatten(buildKdump({ pages: new Map([[1, new Uint8Array(4096).fill(1)]]) }));
  (await openDump(save(once))).close();
  const twice = save(flatten(once));
  await expect(openDump(twice)).rejects.toThrow(
    `${twice} was flattened twice: within the flattened file there is another; ` +
      `take one layer off: makedumpfile -R NEW < ${twice}, and give NEW.`,
  );
});
