import { existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Dump } from '../../src/dump/dump.js';
import { openDump } from '../../src/dump/open-dump.js';
import { MissingPage, Page } from '../../src/memory/physical-memory.js';
import { parseVmcoreinfo, type Vmcoreinfo } from '../../src/dump/vmcoreinfo.js';
import { addressOfPage, pageNumberOf } from '../../src/memory/address-space.js';
import type { PageTables } from '../../src/memory/page-tables.js';
import { directMapAddress, physicalOfDirectMap } from '../../src/memory/bases.js';
import { findBases } from '../../src/arch/x86_64/memory/find-bases.js';
import { kernelFacts } from '../../src/arch/x86_64/memory/kernel-facts.js';
import { KERNEL_MAP_PAGE, kernelSpace, type X86KernelSpace } from '../../src/arch/x86_64/memory/kernel-space.js';
import { mappedLeaves } from '../../src/memory/mapped-leaves.js';
import { findBytes, readablePages } from '../../src/memory/scan.js';
import { userSpace } from '../../src/arch/x86_64/memory/user-space.js';
import { allDumps, dumpsDir, unlessMissing } from '../dumps.js';

const dir = dumpsDir();
const vmcores = allDumps();

describe.each(vmcores)('%s', (name) => {
  let dump: Dump;
  let vmcoreinfo: Vmcoreinfo;
  let space: X86KernelSpace;

  beforeAll(async () => {
    dump = await openDump(join(dir, name));
    vmcoreinfo = parseVmcoreinfo(dump.vmcoreinfo!);
    space = kernelSpace(dump.memory, kernelFacts(vmcoreinfo));
  });
  afterAll(() => dump.close());

  test('the page tables are found and verified', () => {
    expect(space.defects).toEqual([]);
    expect(space.tables.levels).toBe(name.startsWith('7.2-global-panic') ? 5 : 4);
  });

  test('linux_banner is the one in the log', () => {
    const [, banner] = /(Linux version .*)\n/.exec(readFileSync(join(dir, dirname(name), 'kernel.log'), 'utf8'))!;
    // Elsewhere in the image there is a copy without the build number.
    const places = [...findBytes(space, KERNEL_MAP_PAGE, 2 ** 52, Buffer.from('Linux version '), 8)];
    expect(places.map((address) => space.cString(address).trimEnd())).toContain(banner!.trimEnd());
  });

  test('rodata equals vmlinux’s, each variable at its own place', ({ skip }) => {
    const vmlinux = vmlinuxOf(name) ?? skip('no vmlinux for it');
    // These have no addresses in them, which KASLR would have moved.
    for (const [variable, length] of [
      ['linux_banner', 64],
      ['kallsyms_names', 65536],
      ['kallsyms_token_table', 512],
      ['kallsyms_token_index', 512],
    ] as const) {
      const symbol = vmlinux.symbols.get(variable)!;
      expect(space.read(symbol + vmcoreinfo.kernelOffset!, length), variable).toEqual(vmlinux.bytes(symbol, length));
    }
  });

  test('VMCOREINFO reads the same through the address that the kernel has for it', ({ skip }) => {
    const vmlinux = vmlinuxOf(name) ?? skip('no vmlinux for it');
    const text = space.u64(vmlinux.symbols.get('vmcoreinfo_data')! + vmcoreinfo.kernelOffset!);
    if (name.includes('kdump')) {
      // crash_save_vmcoreinfo() used the safe copy, in the memory of the crash kernel: no part of the dump.
      expect(space.page(pageNumberOf(text, space))).toEqual(new MissingPage('absent'));
    } else {
      expect(space.cString(text, 4096)).toBe(dump.vmcoreinfo!.replace(/\0.*$/s, ''));
    }
  });

  test('all roads lead to the same bases', ({ skip }) => {
    const addresses = ({ directMap, vmalloc, vmemmap }: ReturnType<typeof findBases>) => [
      directMap?.address,
      vmalloc?.address,
      vmemmap?.address,
    ];
    const byPageTables = findBases(space);
    expect(addresses(byPageTables)).not.toContain(undefined);
    expect(addresses(findBases(space, { vmcoreinfo }))).toEqual(addresses(byPageTables));
    const vmlinux = vmlinuxOf(name) ?? skip('no vmlinux: its variables were not compared');
    const symbolAddress = (variable: string) => vmlinux.symbols.get(variable)! + vmcoreinfo.kernelOffset!;
    const byVariables = findBases(space, { symbolAddress });
    expect(byVariables.directMap?.source).toBe('variable');
    expect(addresses(byVariables)).toEqual(addresses(byPageTables));
  });

  test('the direct map shows each page of RAM', () => {
    const bases = findBases(space, { vmcoreinfo });
    let compared = 0;
    for (const { start, end } of dump.memory.ranges()) {
      for (let pfn = Math.ceil(start / 4096); pfn < Math.floor(end / 4096); pfn += 97) {
        const page = dump.memory.page(pfn);
        if (!(page instanceof Page)) continue;
        const address = directMapAddress(bases, pfn * 4096)!;
        const frame = space.translate(address);
        if (typeof frame !== 'number') continue; // what the kernel itself keeps unmapped: the crash kernel's memory
        expect(frame).toBe(pfn * 4096);
        expect(physicalOfDirectMap(bases, address + 5n)).toBe(pfn * 4096 + 5);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(20);
  });

  test('control registers lead to the same memory as VMCOREINFO', ({ skip }) => {
    skip(
      dump.registers.every(({ control }) => control === undefined),
      'no control registers in this file',
    );
    const byRegisters = kernelSpace(dump.memory, kernelFacts(undefined, dump.registers));
    const stext = vmcoreinfo.symbol('_stext')!;
    expect(byRegisters.tables.levels).toBe(space.tables.levels);
    expect(byRegisters.physBase).toBe(space.physBase);
    expect(byRegisters.translate(stext)).toBe(space.translate(stext));
    expect(findBases(byRegisters).directMap).toEqual(findBases(space).directMap);
  });
});

/** The lab's processes start each of their pages with a line that has its address (../shared/lab/guest/hog.c). */
test.skipIf(!vmcores.includes('6.12-idle/vmcore'))(
  `${unlessMissing('6.12-idle/vmcore')}: user pages stand where they say`,
  async () => {
    const dump = await openDump(join(dir, '6.12-idle/vmcore'));
    const kernel = kernelSpace(dump.memory, kernelFacts(parseVmcoreinfo(dump.vmcoreinfo!)));
    let pages = 0;
    for (const pgd of pgdsOf(kernel)) {
      const user = userSpace(kernel, pgd);
      for (const { pageNumber, page } of readablePages(user, 0, 2 ** 35)) {
        const said = /^lab: pid \d+ page 0x([0-9a-f]+)\n/.exec(
          Buffer.from(page.bytes.subarray(0, 96)).toString('latin1'),
        );
        if (!said) continue;
        expect(addressOfPage(pageNumber, kernel)).toBe(BigInt(`0x${said[1]!}`));
        pages++;
      }
    }
    expect(pages).toBeGreaterThan(3000);
    dump.close();
  },
);

test.skipIf(!vmcores.includes('6.12-zram-panic/vmcore'))(
  `${unlessMissing('6.12-zram-panic/vmcore')}: swapped out pages are as many as the kernel counted`,
  async () => {
    const dump = await openDump(join(dir, '6.12-zram-panic/vmcore'));
    const kernel = kernelSpace(dump.memory, kernelFacts(parseVmcoreinfo(dump.vmcoreinfo!)));
    const counted = ascending([...pgdsOf(kernel)].map((pgd) => swappedOutPages(userSpace(kernel, pgd).tables)));
    const log = readFileSync(join(dir, '6.12-zram-panic/kernel.log'), 'utf8');
    const table = ascending(
      [...log.matchAll(/\[ +\d+\](?: +\d+){8} +(\d+) +-?\d+ \S+/g)].map(([, swapents]) => Number(swapents)),
    );
    expect(table.filter((swapents) => swapents > 100).length).toBeGreaterThan(5);
    // The table leaves out init, and 6.12 prints approximate counters: each of the two CPUs may hold back up to
    // percpu_counter_batch, 32. So the order is all that tells which is whose.
    expect(counted).toHaveLength(table.length + 1);
    for (const [n, swapents] of table.entries()) expect(Math.abs(counted[n + 1]! - swapents)).toBeLessThan(2 * 32);
    dump.close();
  },
);

function ascending(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}

function swappedOutPages(tables: PageTables): number {
  let pages = 0;
  for (let page = 0; page < 2 ** 35;) {
    const found = tables.mapping(page);
    if ('why' in found && found.why.detail.startsWith('swapped out')) pages++;
    page += found.covers - (page % found.covers);
  }
  return pages;
}

/** Physical addresses of processes' PGDs: pages with the kernel's half and something in the user's. */
function* pgdsOf(kernel: X86KernelSpace): Generator<number> {
  const root = kernel.physical.page(kernel.tables.root / 4096) as Page;
  for (const { start, end } of kernel.physical.ranges()) {
    for (let pfn = Math.ceil(start / 4096); pfn < Math.floor(end / 4096); pfn++) {
      const page = kernel.physical.page(pfn);
      if (!(page instanceof Page) || pfn * 4096 === kernel.tables.root) continue;
      const sharesKernel = [510, 511].every(
        (n) => page.view.getBigUint64(n * 8, true) === root.view.getBigUint64(n * 8, true),
      );
      if (!sharesKernel) continue;
      const [leaf] = mappedLeaves(userSpace(kernel, pfn * 4096).tables, 0, 2 ** 35);
      const isTrampoline = leaf?.pageNumber === leaf?.pfn; // it maps physical memory to itself, for booting CPUs
      if (leaf && !isTrampoline) yield pfn * 4096;
    }
  }
}

interface Vmlinux {
  symbols: Map<string, bigint>;
  rodata: { start: bigint; end: bigint };
  bytes(address: bigint, length: number): Uint8Array;
}

const vmlinuxes = new Map<string, Vmlinux>();

function vmlinuxOf(dump: string): Vmlinux | undefined {
  const path = join(dir, `vmlinux-${dump.slice(0, dump.indexOf('-'))}`);
  if (!existsSync(path)) return undefined;
  const known = vmlinuxes.get(path) ?? readVmlinux(path);
  vmlinuxes.set(path, known);
  return known;
}

/** Just enough of ELF: .symtab and .rodata, with no help from what is tested. */
function readVmlinux(path: string): Vmlinux {
  const fd = openSync(path, 'r');
  const at = (offset: number, length: number) => {
    const buffer = Buffer.alloc(length);
    readSync(fd, buffer, 0, length, offset);
    return buffer;
  };
  const header = at(0, 64);
  const table = at(Number(header.readBigUInt64LE(40)), 64 * header.readUInt16LE(60));
  const sections = Array.from({ length: header.readUInt16LE(60) }, (_, n) => {
    const s = table.subarray(n * 64);
    return {
      type: s.readUInt32LE(4),
      start: s.readBigUInt64LE(16),
      offset: Number(s.readBigUInt64LE(24)),
      size: Number(s.readBigUInt64LE(32)),
      link: s.readUInt32LE(40),
      name: s.readUInt32LE(0),
    };
  });
  const names = sections[header.readUInt16LE(62)]!;
  const nameOf = (offset: number) =>
    at(names.offset + offset, 32)
      .toString('latin1')
      .replace(/\0.*/s, '');
  const symtab = sections.find(({ type }) => type === 2)!;
  const strtab = sections[symtab.link]!;
  const strings = at(strtab.offset, strtab.size);
  const entries = at(symtab.offset, symtab.size);
  const symbols = new Map<string, bigint>();
  for (let offset = 0; offset < entries.length; offset += 24) {
    const name = entries.readUInt32LE(offset);
    symbols.set(strings.toString('latin1', name, strings.indexOf(0, name)), entries.readBigUInt64LE(offset + 8));
  }
  const rodata = sections.find(({ name }) => nameOf(name) === '.rodata')!;
  return {
    symbols,
    rodata: { start: rodata.start, end: rodata.start + BigInt(rodata.size) },
    bytes: (address, length) => new Uint8Array(at(rodata.offset + Number(address - rodata.start), length)),
  };
}
