import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/bytes/input-error.js';
import { parseVmcoreinfo } from '../../../src/dump/vmcoreinfo.js';
import { Unmapped } from '../../../src/memory/address-space.js';
import { kernelFacts } from '../../../src/arch/x86_64/memory/kernel-facts.js';
import { kernelSpace } from '../../../src/arch/x86_64/memory/kernel-space.js';
import { userSpace } from '../../../src/arch/x86_64/memory/user-space.js';
import { buildPageTables } from '../../../src/testing/build-page-tables.js';
import { toyMemory } from '../../../src/testing/toy-memory.js';
import { toy, toyKernelMemory } from './toy-kernel-memory.js';

const control = (cr3: bigint, cr4 = 0n) => ({ cr0: 0n, cr2: 0n, cr3, cr4, gsBase: 0n, kernelGsBase: 0n });
const LA57 = 1n << 12n;

describe('by VMCOREINFO', () => {
  test.each([4, 5] as const)('%i levels, with a negative phys_base', (levels) => {
    const space = toyKernelMemory({ levels }).space();
    expect(space.tables.levels).toBe(levels);
    expect(space.cString(toy.stext)).toBe('text');
    expect(space.defects).toEqual([]);
  });

  test.each([undefined, true])(
    'levels that VMCOREINFO does not state, or states wrongly (%s), are found by trying',
    (fiveLevels) => {
      const { memory, facts } = toyKernelMemory();
      expect(kernelSpace(memory, { ...facts, fiveLevels }).tables.levels).toBe(4);
      const five = toyKernelMemory({ levels: 5 });
      expect(kernelSpace(five.memory, { ...five.facts, fiveLevels: !fiveLevels }).tables.levels).toBe(5);
    },
  );

  test('its text becomes facts; what is no number is not stated', () => {
    const text =
      'SYMBOL(swapper_pg_dir)=ffffffff9600a000\nSYMBOL(_stext)=ffffffff95200000\nNUMBER(phys_base)=-125829120\nNUMBER(pgtable_l5_enabled)=1\nNUMBER(sme_mask)=140737488355328\nNUMBER(KERNEL_IMAGE_SIZE)=what\n';
    expect(kernelFacts(parseVmcoreinfo(text))).toEqual({
      swapperPgDir: 0xffffffff9600a000n,
      stext: 0xffffffff95200000n,
      physBase: -125829120,
      fiveLevels: true,
      smeMask: 1n << 47n,
      kernelImageBytes: undefined,
      control: [],
    });
  });

  test('one damaged entry is a defect that is told, not the end', () => {
    const { memory, tables, space } = toyKernelMemory();
    memory.writeU64(tables.tableOf(toy.stext, 2) + Number((toy.stext >> 21n) & 511n) * 8, 0x5000000n | 0xe3n);
    expect(space().defects).toEqual([
      "The kernel's page tables are damaged: _stext at 0xffffffff88000000 is mapped to physical 0x5000000, where phys_base says 0x1000000.",
    ]);
  });

  test('VMCOREINFO of another kernel is refused, with what was found', () => {
    const { memory, facts } = toyKernelMemory();
    const other = { ...facts, physBase: 0 };
    expect(() => kernelSpace(memory, other)).toThrow(InputError);
    expect(() => kernelSpace(memory, other)).toThrow(
      /VMCOREINFO leads to physical 0x8400000 with 4 levels: .*page table at 0x8400000 absent.*another kernel/,
    );
  });

  test('a dump with neither VMCOREINFO nor control registers says what is missing', () => {
    expect(() => kernelSpace(toyMemory(), {})).toThrow(/no VMCOREINFO .* and no control registers of QEMU/);
  });

  test('pages that are not 4 KiB are no x86_64', () => {
    expect(() => kernelSpace({ ...toyMemory(), pageSize: 65536 }, {})).toThrow(InputError);
  });
});

describe('by CR3, without VMCOREINFO', () => {
  test.each([4, 5] as const)(
    '%i levels by CR4; PCID is no part of the address; phys_base comes from the tables',
    (levels) => {
      const { memory, tables } = toyKernelMemory({ levels });
      const space = kernelSpace(memory, {
        control: [control(BigInt(tables.root) | 0x006n | (1n << 63n), levels === 5 ? LA57 : 0n)],
      });
      expect(space.tables.root).toBe(tables.root);
      expect(space.tables.levels).toBe(levels);
      expect(space.physBase).toBe(toy.physBase);
      expect(space.cString(toy.stext)).toBe('text');
    },
  );

  test('a CPU that was in user space under page table isolation has the other PGD of the pair in CR3', () => {
    const { memory, tables } = toyKernelMemory();
    const space = kernelSpace(memory, { control: [control(BigInt(tables.root) | 0x1000n | 0x80n)] });
    expect(space.tables.root).toBe(tables.root);
  });

  test('without isolation a PGD may stand at an odd page', () => {
    const { memory, tables } = toyKernelMemory();
    const odd = 0x2001000;
    memory.write(odd, readPage(memory, tables.root));
    expect(kernelSpace(memory, { control: [control(BigInt(odd))] }).tables.root).toBe(odd);
  });

  test('a CPU with nonsense in CR3 does not keep another from being used', () => {
    const { memory, tables } = toyKernelMemory();
    const space = kernelSpace(memory, { control: [control(0xdead000n), control(BigInt(tables.root))] });
    expect(space.tables.root).toBe(tables.root);
  });

  test('where no CPU’s tables map a kernel, the error names each', () => {
    const { memory } = toyKernelMemory();
    expect(() => kernelSpace(memory, { control: [control(0xdead000n)] })).toThrow(
      /CR3 leads to physical 0xdead000 with 4 levels: no kernel image/,
    );
  });
});

describe('where page tables are missing', () => {
  test('with the top table excluded the image is read by phys_base alone, and that is told', () => {
    const { memory, tables, space } = toyKernelMemory();
    memory.lose(tables.root / 4096);
    const kernel = space();
    expect(kernel.cString(toy.stext)).toBe('text');
    expect(kernel.defects).toHaveLength(1);
    expect(kernel.defects[0]).toContain('page table at 0x1400000 excluded');
    expect(kernel.translate(toy.vmalloc)).toEqual(
      expect.objectContaining({ detail: 'page table at 0x1400000 excluded' }),
    );
  });

  test('the linear rule never overrules tables that can be read', () => {
    const kernel = toyKernelMemory().space();
    expect(kernel.translate(toy.stext + 0x800000n)).toBeInstanceOf(Unmapped); // behind the image
  });
});

describe('user space', () => {
  test('a process’s own tables serve its half; the kernel’s half is the kernel’s', () => {
    const { memory, space } = toyKernelMemory();
    const user = buildPageTables(memory, { at: 0x2800000, mappings: [{ address: 0x400000n, physical: 0x2900000 }] });
    memory.write(0x2900000, Buffer.from('argv'));
    const kernel = space();
    const process = userSpace(kernel, user.root);
    expect(process.cString(0x400000n)).toBe('argv');
    expect(process.translate(toy.stext)).toEqual(new Unmapped('an address of the kernel'));
    expect(kernel.translate(0x400000n)).toEqual(new Unmapped('an address of user space'));
  });

  test('CR3 of a process does not make its memory the kernel’s', () => {
    const { memory, tables } = toyKernelMemory({ mappings: [{ address: 0x400000n, physical: 0x2900000 }] });
    const kernel = kernelSpace(memory, { control: [control(BigInt(tables.root))] });
    expect(() => kernel.u64(0x400000n)).toThrow('0x400000: not mapped (an address of user space)');
  });
});

function readPage(memory: ReturnType<typeof toyMemory>, physical: number): Uint8Array {
  const page = memory.page(physical / 4096);
  if (!('bytes' in page)) throw new Error('no such page');
  return page.bytes;
}
