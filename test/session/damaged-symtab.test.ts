import { randomFillSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readElfHeader, sectionHeaders } from '../../src/bytes/elf.js';
import { memoryReader } from '../../src/bytes/file-reader.js';
import { openSession } from '../../src/session/open-kernel.js';
import { dumpFile, lacks, titleFor } from '../dumps.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-symtab-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(['6.1', '6.12', '7.2'])('a vmlinux of %s', (release) => {
  const [dump, vmlinux] = [`${release}-global-panic/vmcore`, `vmlinux-${release}`];

  /** With a page of a section written over. */
  async function spoilt(section: string, spoil: (page: Buffer) => void) {
    const bytes = readFileSync(dumpFile(vmlinux)!);
    const file = memoryReader(bytes);
    const { offset, size } = sectionHeaders(file, readElfHeader(file)!).find(({ name }) => name === section)!;
    const at = offset + (Math.floor(size / 2) & ~0xfff);
    spoil(bytes.subarray(at, at + 4096));
    const path = join(folder, `vmlinux-${release}`);
    writeFileSync(path, bytes);
    const session = await openSession({ dump: [dumpFile(dump)!], vmlinux: path });
    session.close();
    return session;
  }

  test.skipIf(lacks(dump, vmlinux)).each([
    ['.symtab', 'zeros', (page: Buffer) => page.fill(0)],
    ['.symtab', 'ones', (page: Buffer) => page.fill(0xff)],
    ['.symtab', 'noise', (page: Buffer) => randomFillSync(page)],
    ['.symtab', 'what stands 4 bytes before', (page: Buffer) => page.copyWithin(4, 0)],
    ['.strtab', 'zeros', (page: Buffer) => page.fill(0)],
  ])('%s with a page of %s: told, and the dump’s own symbols serve', async (section, _, spoil) => {
    const session = await spoilt(section, spoil);
    expect(session.defects).toEqual([
      expect.stringMatching(/is damaged: \d+ entries of its symbol table .* taken from the dump's own table/),
    ]);
    expect(session.symbolSource).toMatch(/^kallsyms/);
  });

  test.skipIf(lacks(dump, vmlinux))(titleFor('as it is, it serves', dump, vmlinux), async () => {
    const session = await spoilt('.symtab', () => {});
    expect([session.defects, session.symbolSource]).toEqual([[], 'vmlinux .symtab']);
  });
});
