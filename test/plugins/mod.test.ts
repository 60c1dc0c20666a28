import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import { moduleBtf, moduleMemory, modules, moduleSymbolTable, moduleTypes, symbolsOfModule } from 'oompm/linux';
import { openKernel } from 'oompm/testing';

import mod from '../../plugins/mod/index.js';
import { readBtf } from '../../src/debuginfo/btf/read-btf.js';
import { dumpFile, dumpsDir, unlessMissing } from '../dumps.js';
import { tableOf } from './views-of.js';

const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));
const kernelOf = async (dump: string): Promise<Kernel> => {
  opened.push(await openKernel({ dump: [join(dumpsDir(), dump)] }));
  return opened.at(-1)!;
};

const debian = 'debian-6.1-global-panic/vmcore';

describe.skipIf(!dumpFile(debian))(unlessMissing(debian), () => {
  test('the modules that the kernel lists in its report', async () => {
    const { rows } = tableOf(mod, await kernelOf(debian));
    expect(rows.map(({ cells }) => cells['name'])).toEqual(['zram', 'lzo_rle', 'lzo', 'zsmalloc', 'qemu_fw_cfg']);
    expect(rows.every(({ cells }) => cells['state'] === 'live')).toBe(true);
    // zram uses zsmalloc.
    expect(rows.map(({ cells }) => cells['users'])).toEqual([0, 0, 0, 1, 0]);
  });

  test('their symbols lie in them, and their types are theirs', async () => {
    const kernel = await kernelOf(debian);
    const table = moduleSymbolTable(kernel)!;
    const address = table.addressOf('zs_malloc')!;
    expect(table.at(address + 4n)).toMatchObject({
      symbol: { name: 'zs_malloc', module: 'zsmalloc', type: 't' },
      offset: 4,
    });
    const [start, stop] = [kernel.symbol('__start_BTF'), kernel.symbol('__stop_BTF')];
    const base = readBtf(kernel.memory.read(start, Number(stop - start)), 'BTF in the dump');
    expect([...moduleBtf(kernel)].map(({ module }) => module).toSorted()).toEqual([
      'lzo',
      'lzo_rle',
      'qemu_fw_cfg',
      'zram',
      'zsmalloc',
    ]);
    const zram = moduleTypes(kernel, base).find((types) => types.source === 'BTF of module zram')!;
    expect(base.struct('zram')).toBeUndefined();
    expect(zram.struct('zram')!.members.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['table', 'mem_pool', 'disksize']),
    );
    expect(kernel.gaps.list).toEqual([]);
  });
});

describe.each(['6.1-slab-panic/vmcore', '7.2-slab-panic/vmcore'])(
  '%s: a module that has not finished loading',
  (dump) => {
    test.skipIf(!dumpFile(dump))(unlessMissing(dump), async () => {
      const kernel = await kernelOf(dump);
      const { rows } = tableOf(mod, kernel);
      expect(rows.map(({ cells }) => [cells['name'], cells['state'], cells['taints']])).toEqual([
        ['leak', 'loading', ['O OOT_MODULE']],
      ]);
      const [leak] = [...modules(kernel)];
      const symbols = symbolsOfModule(kernel, leak!);
      expect(symbols.map(({ name }) => name)).toContain('init_module');
      // Nothing of the file's sections that are not loaded, which stand in the table meanwhile.
      expect(symbols.filter(({ name }) => /\.c$|modinfo|license/.test(name))).toEqual([]);
      const regions = moduleMemory(kernel, leak!);
      for (const { address, name } of symbols)
        expect([name, regions.some(({ base, bytes }) => address >= base && address < base + BigInt(bytes))]).toEqual([
          name,
          true,
        ]);
    });
  },
);

test.skipIf(!dumpFile('5.10-global-panic/vmcore'))(unlessMissing('5.10-global-panic/vmcore'), async () => {
  const kernel = await kernelOf('5.10-global-panic/vmcore');
  expect([tableOf(mod, kernel).rows, moduleSymbolTable(kernel), [...moduleBtf(kernel)], kernel.gaps.list]).toEqual([
    [],
    undefined,
    [],
    [],
  ]);
});
