import { describe, expect, test } from 'vitest';
import { parseVmcoreinfo } from '../../../src/dump/vmcoreinfo.js';
import { directMapAddress, physicalOfDirectMap } from '../../../src/memory/bases.js';
import { findBases } from '../../../src/arch/x86_64/memory/find-bases.js';
import { toy, toyKernelMemory } from './toy-kernel-memory.js';

/** Toy addresses of the kernel's variables, in the image's third 2 MiB page. */
const variables = {
  page_offset_base: toy.stext + 0x500000n,
  vmalloc_base: toy.stext + 0x500008n,
  vmemmap_base: toy.stext + 0x500010n,
};
const symbolAddress = (name: string) => variables[name as keyof typeof variables];

function withVariables(
  values: Partial<Record<keyof typeof variables, bigint>> = {},
  options: Parameters<typeof toyKernelMemory>[0] = {},
) {
  const kernel = toyKernelMemory(options);
  const all = { page_offset_base: toy.directMap, vmalloc_base: toy.vmalloc, vmemmap_base: toy.vmemmap, ...values };
  for (const [name, value] of Object.entries(all)) {
    const address = variables[name as keyof typeof variables];
    kernel.memory.writeU64(Number(address - toy.stext) + toy.textPhysical, value);
  }
  return kernel;
}

describe('findBases', () => {
  test('by the kernel’s variables', () => {
    expect(findBases(withVariables().space(), { symbolAddress })).toEqual({
      directMap: { address: toy.directMap, source: 'variable' },
      vmalloc: { address: toy.vmalloc, source: 'variable' },
      vmemmap: { address: toy.vmemmap, source: 'variable' },
    });
  });

  test('by the page tables alone', () => {
    expect(findBases(toyKernelMemory().space())).toEqual({
      directMap: { address: toy.directMap, source: 'page tables' },
      vmalloc: { address: toy.vmalloc, source: 'page tables' },
      vmemmap: { address: toy.vmemmap, source: 'page tables' },
    });
  });

  test.each([toy.directMap + 0x40000000n, toy.directMap + 8n, 0x1000n])(
    'a variable that page tables contradict is not taken: %s',
    (value) => {
      const space = withVariables({ page_offset_base: value }).space();
      expect(findBases(space, { symbolAddress }).directMap).toEqual({ address: toy.directMap, source: 'page tables' });
    },
  );

  test('without the mapping of physical 0 any other page of the direct map tells its base', () => {
    const { memory, tables, space } = toyKernelMemory();
    memory.lose(tables.tableOf(toy.directMap, 1) / 4096);
    expect(findBases(space()).directMap).toEqual({ address: toy.directMap, source: 'page tables' });
  });

  test('the PTI alias of the LDT, below the direct map, is not taken for it', () => {
    const { space } = toyKernelMemory({ mappings: [{ address: 0xffff880000000000n, physical: 0x40000000 }] });
    expect(findBases(space()).directMap?.address).toBe(toy.directMap);
  });

  test('VMCOREINFO states vmemmap and vmalloc in newer kernels', () => {
    const vmcoreinfo = parseVmcoreinfo('SYMBOL(vmemmap)=ffffe24c80000000\nNUMBER(VMALLOC_START)=0xffffaf2880000000\n');
    const bases = findBases(toyKernelMemory().space(), { vmcoreinfo });
    expect(bases.vmemmap).toEqual({ address: toy.vmemmap, source: 'VMCOREINFO' });
    expect(bases.vmalloc).toEqual({ address: toy.vmalloc, source: 'VMCOREINFO' });
  });

  test('and mem_section in older ones', () => {
    const { memory, space } = toyKernelMemory();
    memory.writeU64(0x3500000, toy.directMap + 0x3600000n); // mem_section[0]
    memory.writeU64(0x3600000, toy.vmemmap | 0x0fn); // section_mem_map with its flags
    const vmcoreinfo = parseVmcoreinfo(
      `SYMBOL(mem_section)=${(toy.directMap + 0x3500000n).toString(16)}\nOFFSET(mem_section.section_mem_map)=0\n`,
    );
    expect(findBases(space(), { vmcoreinfo }).vmemmap).toEqual({ address: toy.vmemmap, source: 'mem_section' });
  });

  test('without the upper tables the variables still tell, and the direct map is read by rule', () => {
    const { memory, tables, space } = withVariables();
    memory.lose(tables.root / 4096);
    memory.write(0x2222000, Buffer.from('slab'));
    const kernel = space();
    const bases = findBases(kernel, { symbolAddress });
    expect(bases.directMap).toEqual({ address: toy.directMap, source: 'variable' });
    expect(kernel.cString(toy.directMap + 0x2222000n)).toBe('slab');
    expect(() => kernel.u64(toy.vmalloc + 0x3000n)).toThrow('mapping unknown (page table at 0x1400000 excluded)');
  });

  test('where one table of the direct map is missing, only what it maps is read by rule', () => {
    const { memory, tables, space } = toyKernelMemory();
    memory.lose(tables.tableOf(toy.directMap, 1) / 4096);
    memory.write(0x5000, Buffer.from('low memory'));
    const kernel = space();
    expect(() => kernel.u8(toy.directMap + 0x5000n)).toThrow('mapping unknown');
    findBases(kernel);
    expect(kernel.cString(toy.directMap + 0x5000n)).toBe('low memory');
    expect(() => kernel.u8(toy.directMap + 0x4000000n)).toThrow('not mapped'); // past the end of memory
  });

  test('tables that lead in circles cost a bounded time', () => {
    const { memory, tables, space } = toyKernelMemory();
    for (let n = 256; n < 511; n++) memory.writeU64(tables.root + 8 * n, BigInt(tables.root) | 0x63n);
    expect(findBases(space()).directMap).toBeUndefined();
  });

  test('nothing is invented where nothing tells', () => {
    const { memory, tables, space } = toyKernelMemory();
    memory.lose(tables.root / 4096);
    expect(findBases(space())).toEqual({ directMap: undefined, vmalloc: undefined, vmemmap: undefined });
  });
});

describe('the direct map', () => {
  const bases = findBases(toyKernelMemory().space());

  test('address and physical are each other’s inverse', () => {
    expect(directMapAddress(bases, 0x1234000)).toBe(toy.directMap + 0x1234000n);
    expect(physicalOfDirectMap(bases, toy.directMap + 0x1234567n)).toBe(0x1234567);
  });

  test('addresses of other regions are not in it', () => {
    for (const address of [0x1000n, toy.directMap - 1n, toy.vmalloc, toy.vmemmap, toy.stext]) {
      expect(physicalOfDirectMap(bases, address)).toBeUndefined();
    }
  });

  test('a kernel whose direct map is unknown has no such addresses', () => {
    expect(directMapAddress({}, 1)).toBeUndefined();
    expect(physicalOfDirectMap({}, toy.directMap)).toBeUndefined();
  });
});
