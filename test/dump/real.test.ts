import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { Dump } from '../../src/dump/dump.js';
import { openDump } from '../../src/dump/open-dump.js';
import { Page } from '../../src/memory/physical-memory.js';
import { findVmcoreinfo, parseVmcoreinfo } from '../../src/dump/vmcoreinfo.js';
import { dumpsDir, testWith } from '../dumps.js';

const dir = dumpsDir();
const dumps = readdirSync(dir)
  .filter((name) => existsSync(join(dir, name, 'machine')))
  .flatMap((name) =>
    readdirSync(join(dir, name))
      .filter((file) => file.startsWith('vmcore'))
      .map((file) => `${name}/${file}`),
  );
const sevenFiles = [
  'vmcore',
  'vmcore.elf',
  'vmcore.flat',
  'vmcore.zlib',
  'vmcore.lzo',
  'vmcore.snappy',
  'vmcore.zstd',
].map((file) => `6.1-global-panic/${file}`);
const path = (name: string) => join(dir, name);

describe('real dumps', () => {
  test.each(dumps)('%s opens whole: release, registers and each page of a sample', async (name) => {
    const dump = await openDump(path(name));
    expect(dump.defects).toEqual([]);
    expect(dump.architecture).toBe('x86_64');
    const info = parseVmcoreinfo(dump.vmcoreinfo!);
    const log = readFileSync(path(`${dirname(name)}/kernel.log`), 'utf8');
    expect(info.get('OSRELEASE')).toBe(/Linux version (\S+)/.exec(log)![1]);
    if (dump.uname) expect(dump.uname.release).toBe(info.get('OSRELEASE'));
    expect(info.kernelOffset).toBeTypeOf('bigint');
    expect(info.symbol('_stext')! >> 32n).toBe(0xffffffffn);

    const kdump = name.includes('-kdump-');
    expect(dump.fromHypervisor).toBe(!kdump);
    expect(dump.registers.length).toBeGreaterThanOrEqual(2);
    for (const { control, registers } of dump.registers) {
      expect(control === undefined).toBe(kdump);
      if (control) expect(control.cr3).toBeGreaterThan(0n);
      expect([0x10n, 0x33n]).toContain(registers.cs);
    }
    let there = 0;
    for (const pfn of samplePages(dump, 97)) {
      const page = dump.memory.page(pfn);
      if (page instanceof Page) there++;
      else expect(page.kind).toBe('excluded');
    }
    expect(there).toBeGreaterThan(50);
    dump.close();
  });

  testWith(sevenFiles, '6.1-global-panic has the same pages in its seven files', async () => {
    const hashes = new Map<string, { pages: number; hash: string }>();
    for (const file of ['vmcore', 'vmcore.flat', 'vmcore.zlib', 'vmcore.lzo', 'vmcore.snappy', 'vmcore.zstd']) {
      const dump = await openDump(path(`6.1-global-panic/${file}`));
      hashes.set(file, hashOfPages(dump));
      dump.close();
    }
    expect(new Set([...hashes.values()].map(({ hash }) => hash)).size).toBe(1);
    expect(hashes.get('vmcore')!.pages).toBe(24_325);

    // In ELF files makedumpfile leaves zero pages out as it does cache pages, and keeps excluded pages that stand in
    // short runs.
    const kdump = await openDump(path('6.1-global-panic/vmcore'));
    const elf = await openDump(path('6.1-global-panic/vmcore.elf'));
    let same = 0;
    for (const pfn of samplePages(kdump, 1)) {
      const one = kdump.memory.page(pfn);
      const other = elf.memory.page(pfn);
      if (one instanceof Page && other instanceof Page) {
        if (Buffer.compare(one.bytes, other.bytes) !== 0) expect.fail(`page ${pfn} differs`);
        same++;
      } else if (one instanceof Page) {
        if (one.bytes.some((byte) => byte !== 0)) expect.fail(`page ${pfn} is not zero, and not in the ELF file`);
      }
    }
    expect(same).toBe(7468);
  });

  for (const name of ['5.10-global-panic/vmcore', '6.1-global-panic/vmcore.lzo', '7.2-global-panic/vmcore.zstd']) {
    testWith(name, `${name}: VMCOREINFO is found in memory, as the note has it`, async () => {
      const dump = await openDump(path(name));
      expect(findVmcoreinfo(dump.memory)).toBe(dump.vmcoreinfo!.replace(/CRASHTIME=.*\n/, ''));
    });
  }

  testWith(
    ['6.1-kdump-offline/vmcore', '6.1-kdump-offline/vmcore.elf'],
    '6.1-kdump-offline: three notes of a real kdump, no word of a hypervisor',
    async () => {
      for (const file of ['vmcore', 'vmcore.elf']) {
        const dump = await openDump(path(`6.1-kdump-offline/${file}`));
        expect(dump.registers.map(({ index }) => index)).toEqual([0, 1, 2]);
        expect(dump.fromHypervisor).toBe(false);
        expect(dump.registers.every(({ prstatus }) => prstatus?.length === 336)).toBe(true);
      }
    },
  );

  testWith('vmlinux-6.1', 'a vmlinux is refused as what it is', async () => {
    await expect(openDump(path('vmlinux-6.1'))).rejects.toThrow(
      'is not a vmcore: it is an ELF file, but an executable, such as a vmlinux',
    );
  });
});

function* samplePages(dump: Dump, step: number): Generator<number> {
  for (const { start, end } of dump.memory.ranges()) {
    for (let pfn = start / dump.memory.pageSize; pfn < end / dump.memory.pageSize; pfn += step) yield pfn;
  }
}

function hashOfPages(dump: Dump): { pages: number; hash: string } {
  const hash = createHash('sha256');
  let pages = 0;
  for (const pfn of samplePages(dump, 1)) {
    const page = dump.memory.page(pfn);
    hash.update(`${pfn} ${page instanceof Page ? '' : page.kind}`);
    if (!(page instanceof Page)) continue;
    hash.update(page.bytes);
    pages++;
  }
  return { pages, hash: hash.digest('hex') };
}
