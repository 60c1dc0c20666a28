import { x86_64 } from '../../src/arch/x86_64/x86_64.js';
import { existsSync } from 'node:fs';

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { InputError } from '../../src/bytes/input-error.js';
import { packSymbols, symbolTable } from '../../src/debuginfo/compact-symbols.js';
import { findKallsyms } from '../../src/debuginfo/kallsyms/find-kallsyms.js';
import { readKallsyms } from '../../src/debuginfo/kallsyms/read-kallsyms.js';
import type { PagedMemory } from '../../src/debuginfo/kallsyms/memory-reader.js';
import { mergeSymbolTables, moduleSymbols } from '../../src/debuginfo/module-symbols.js';
import { openDump } from '../../src/dump/open-dump.js';
import { Page } from '../../src/memory/physical-memory.js';
import { parseVmcoreinfo } from '../../src/dump/vmcoreinfo.js';
import { kernelFacts } from '../../src/arch/x86_64/memory/kernel-facts.js';
import { kernelSpace } from '../../src/arch/x86_64/memory/kernel-space.js';
import { dumpFile } from '../dumps.js';
import { elfSymbol, TEXT } from './build-elf.js';
import { elfMemory } from './elf-memory.js';

const info = (name: string, address: bigint, size = 0) => ({ name, address, size, type: 't' });
const kernel = symbolTable(
  packSymbols([info('b', TEXT + 0x100n, 8), info('a', TEXT), info('alias', TEXT), info('last', TEXT + 0x200n)]),
  'test',
);

describe('a symbol table', () => {
  test('an address in a function, in its padding, before all and far beyond', () => {
    expect(kernel.at(TEXT + 4n)).toMatchObject({ symbol: { name: 'a', size: 0x100 }, offset: 4 });
    expect(kernel.at(TEXT + 0x10cn)).toMatchObject({ symbol: { name: 'b', size: 8 }, offset: 12 });
    expect(kernel.at(TEXT - 1n)).toBeUndefined();
    expect(kernel.at(TEXT + 0x4000_0000n)).toBeUndefined();
    expect(kernel.at(0n)).toBeUndefined();
  });
  test('names that stand twice, and not at all; iteration ascends', () => {
    expect(kernel.addressOf('none')).toBeUndefined();
    expect(kernel.lookup('a')).toHaveLength(1);
    expect([...kernel].map(({ name }) => name)).toEqual(['a', 'alias', 'b', 'last']);
    const twice = symbolTable(packSymbols([info('x', 2n), info('x', 1n)]), 'test');
    expect(twice.lookup('x').map(({ address }) => address)).toEqual([2n, 1n]);
  });
});

test('whatever their order in the file, symbols ascend by address, those of one address as they stood', () => {
  const address = fc.oneof(
    fc.bigInt(0n, (1n << 64n) - 1n),
    fc.constantFrom(0n, 1n, 0x1_0000n, TEXT, TEXT + 1n, TEXT + 0x1_0000n, (1n << 64n) - 1n),
  );
  fc.assert(
    fc.property(fc.array(address, { maxLength: 40 }), fc.constantFrom(1, 200), (addresses, times) => {
      const listed = Array.from({ length: addresses.length * times }, (_, n) =>
        info(`s${n}`, addresses[n % addresses.length]!),
      );
      const ascending = listed.toSorted((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
      expect([...symbolTable(packSymbols(listed), 'test')].map(({ name }) => name)).toEqual(
        ascending.map(({ name }) => name),
      );
    }),
    { numRuns: 40 },
  );
});

describe('modules', () => {
  const strtab = Buffer.from('\0init_module\0schedule\0');
  const symtab = Buffer.concat([
    elfSymbol({ name: 0, value: 0n, section: 0 }),
    elfSymbol({ name: 1, value: TEXT + 0x3000_0000n, size: 16 }),
    elfSymbol({ name: 13, value: 0n, section: 0 }),
    elfSymbol({ name: 13, value: TEXT + 0x3000_0010n, size: 16 }),
    elfSymbol({ name: 0xffff, value: TEXT + 0x3000_0020n }),
  ]);
  const leaky = moduleSymbols({
    module: 'leaky',
    symtab: symtab.subarray(0, symtab.length - 3),
    strtab,
    typetab: Buffer.from('?TUt'),
  });

  test('the undefined, the nameless and the cut off are left out', () => {
    expect(leaky).toEqual([
      { name: 'init_module', address: TEXT + 0x3000_0000n, size: 16, type: 'T', module: 'leaky' },
      { name: 'schedule', address: TEXT + 0x3000_0010n, size: 16, type: 't', module: 'leaky' },
    ]);
  });
  test('merged: the kernel has a name first, an address is whose it is', () => {
    const withSchedule = symbolTable(packSymbols([...kernel, info('schedule', TEXT + 0x180n)]), 'test');
    const merged = mergeSymbolTables(withSchedule, [leaky, []]);
    expect(merged.count).toBe(7);
    expect(merged.addressOf('schedule')).toBe(TEXT + 0x180n);
    expect(merged.lookup('schedule').map(({ module }) => module)).toEqual([undefined, 'leaky']);
    expect(merged.at(TEXT + 0x3000_0012n)).toMatchObject({ symbol: { name: 'schedule', module: 'leaky' }, offset: 2 });
    expect(merged.at(TEXT + 1n)).toMatchObject({ symbol: { name: 'a' } });
    const addresses = [...merged].map(({ address }) => address);
    expect(addresses).toEqual(addresses.toSorted((a, b) => Number(a - b)));
  });
  test('no modules: the kernel alone', () => expect(mergeSymbolTables(kernel, [])).toBe(kernel));
});

const vmlinux = dumpFile('vmlinux-5.10') ?? '';

test.skipIf(!existsSync(vmlinux))('damaged kallsyms: a table, or one sentence', () => {
  const memory = elfMemory(vmlinux);
  const places = findKallsyms(memory, TEXT, x86_64.memory.kernelImage);
  const parts = [
    ...places.addresses.map(({ at }) => ({ at, length: places.count * 4 })),
    { at: places.names, length: Number(places.tokenTable - places.names) },
    { at: places.names - 16n, length: 16 },
    { at: places.tokenTable, length: Number(places.tokenIndex - places.tokenTable) },
    { at: places.tokenIndex, length: 512 },
  ];
  // The image's pages once, so that a run is fast.
  const pages = new Map<number, ReturnType<PagedMemory['page']>>();
  const page = (n: number): ReturnType<PagedMemory['page']> => {
    let found = pages.get(n);
    if (!found) pages.set(n, (found = memory.page(n)));
    return found;
  };
  const flip = fc.record({
    part: fc.constantFrom(...parts),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    value: fc.integer({ min: 0, max: 255 }),
  });
  fc.assert(
    fc.property(fc.array(flip, { minLength: 1, maxLength: 4 }), (flips) => {
      const damaged = flips.map(({ part, share, value }) => ({
        at: part.at + BigInt(Math.floor(share * (part.length - 1))),
        value,
      }));
      const broken: PagedMemory = {
        pageSize: 4096,
        page(n) {
          const here = damaged.filter(({ at }) => Number(at >> 12n) === n);
          const whole = page(n);
          if (here.length === 0 || !(whole instanceof Page)) return whole;
          const bytes = whole.bytes.slice();
          for (const { at, value } of here) bytes[Number(at & 0xfffn)] = value;
          return new Page(bytes);
        },
      };
      try {
        const table = readKallsyms(broken, (name) => (name === '_stext' ? TEXT : undefined), x86_64.memory.kernelImage);
        table.at(TEXT + 100n);
        table.lookup('out_of_memory');
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    }),
    { numRuns: 40 },
  );
});

test('a table of addresses that was overwritten is not believed', async () => {
  const dump = await openDump(dumpFile('6.1-global-panic/vmcore')!);
  const info = parseVmcoreinfo(dump.vmcoreinfo!);
  const space = kernelSpace(dump.memory, kernelFacts(info, dump.registers));
  const symbol = (name: string): bigint | undefined => info.symbol(name);
  expect(readKallsyms(space, symbol, x86_64.memory.kernelImage).count).toBeGreaterThan(40_000);
  const overwritten = Number(symbol('kallsyms_offsets')! / 4096n) + 9;
  const other = new Page(new Uint8Array(4096).map((_, i) => (i * 37) & 0x7f));
  const memory: PagedMemory = { pageSize: 4096, page: (n) => (n === overwritten ? other : space.page(n)) };
  expect(() => readKallsyms(memory, symbol, x86_64.memory.kernelImage)).toThrow(
    "The kernel's symbol table in the dump is damaged: its addresses do not ascend.",
  );
  dump.close();
});

describe('a table whose parts are not of one another is not believed', () => {
  const opened = async () => {
    const dump = await openDump(dumpFile('6.1-global-panic/vmcore')!);
    const info = parseVmcoreinfo(dump.vmcoreinfo!);
    const space = kernelSpace(dump.memory, kernelFacts(info, dump.registers));
    const symbol = (name: string): bigint | undefined => info.symbol(name);
    /** The table with some of its bytes written over, and VMCOREINFO with some of its lines. */
    const read = (change?: { at: bigint; bytes: Uint8Array }, said: Record<string, bigint> = {}): number => {
      const memory: PagedMemory = {
        pageSize: 4096,
        page(n) {
          const whole = space.page(n);
          if (change === undefined || !(whole instanceof Page)) return whole;
          const from = Number(change.at - BigInt(n) * 4096n);
          if (from + change.bytes.length <= 0 || from >= 4096) return whole;
          const bytes = whole.bytes.slice();
          for (let i = Math.max(0, -from); i < change.bytes.length && from + i < 4096; i++)
            bytes[from + i] = change.bytes[i]!;
          return new Page(bytes);
        },
      };
      return readKallsyms(memory, (name) => said[name] ?? symbol(name), x86_64.memory.kernelImage).count;
    };
    return { space, symbol, read, close: () => dump.close() };
  };
  const refusal = /no way of reading its \d+ names and addresses puts _stext where it is/;
  const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

  test('fewer symbols than there are', async () => {
    const { symbol, read, close } = await opened();
    const whole = read();
    for (const count of [whole - 1, 20_000, 257])
      expect(() => read({ at: symbol('kallsyms_num_syms')!, bytes: u32(count) })).toThrow(refusal);
    close();
  });

  // 7.x aligns the tables to 4 bytes, and half of its kernels have the markers where no multiple of 8 is.
  test('but where the markers stand right behind the names, at a multiple of 4, it is', async () => {
    const { space, symbol, read, close } = await opened();
    const names = symbol('kallsyms_names')!;
    const [packed, whole] = [space.read(names, Number(symbol('kallsyms_token_table')! - names)), read()];
    const starts: number[] = [0];
    for (let at = 0; starts.length <= whole;) {
      const first = packed[at]!;
      const length = first < 0x80 ? first + 1 : ((first & 0x7f) | (packed[at + 1]! << 7)) + 2;
      starts.push((at += length));
    }
    const count = starts.findLastIndex((end) => end % 8 >= 1 && end % 8 <= 4);
    const end = Math.ceil(starts[count]! / 4) * 4;
    const markers = Uint32Array.from({ length: Math.ceil(count / 256) }, (_, i) => starts[i * 256]!);
    const bytes = new Uint8Array(4 + end + markers.byteLength);
    bytes.set(u32(count));
    bytes.set(packed.subarray(0, starts[count]), 4);
    bytes.set(new Uint8Array(markers.buffer), 4 + end);
    const at = names - 4n;
    expect(read({ at, bytes }, { kallsyms_num_syms: at })).toBe(count);
    close();
  });

  test('addresses that are each its neighbour’s; one line of VMCOREINFO that differs may itself be wrong', async () => {
    const { space, symbol, read, close } = await opened();
    const [at, count] = [symbol('kallsyms_offsets')!, read()];
    const offsets = space.read(at, count * 4);
    const moved = Uint8Array.from(offsets);
    moved.set(offsets.subarray(4), 0);
    expect(() => read({ at, bytes: moved })).toThrow(/damaged: its addresses are not those of its names/);
    expect(read(undefined, { init_uts_ns: symbol('init_uts_ns')! + 4096n })).toBe(count);
    close();
  });
});
