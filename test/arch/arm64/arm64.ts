import type { Architecture } from '../../../src/arch/architecture.js';
import { Unmapped } from '../../../src/memory/address-space.js';
import type { KernelSpace, LinearRule } from '../../../src/memory/kernel-space.js';
import { mappedSpace } from '../../../src/memory/mapped-space.js';
import type { Hole, Mapping, PageTables } from '../../../src/memory/page-tables.js';
import { MissingPage, type PhysicalMemory } from '../../../src/memory/physical-memory.js';

/**
 * A toy of arm64, as far as walking its page tables goes: descriptors of the VMSAv8-64 translation regime with granules
 * of 4, 16 and 64 KiB (Arm ARM D8.3), and the bases that VMCOREINFO states. It shows what the seam asks of an
 * architecture, and is not shipped.
 */
export const toyArm64: Architecture = {
  name: 'aarch64',
  pageSizes: [4096, 16384, 65536],
  notes: {
    prstatusBytes: 392,
    registers(desc) {
      const view = new DataView(desc.buffer, desc.byteOffset, desc.byteLength);
      // struct user_pt_regs: x0 to x30, sp, pc, pstate.
      const x = Array.from({ length: 34 }, (_, n) => view.getBigUint64(112 + n * 8, true));
      return { ...Object.fromEntries(x.slice(0, 31).map((value, n) => [`x${n}`, value])), sp: x[31]!, ip: x[32]! };
    },
    isSamePlace: () => false,
    control: () => undefined,
    hasPerCpuArea: () => false,
  },
  memory: {
    kernelImage: { start: 0xffff_8000_8000_0000n, bytes: 2 ** 31 },
    modules: { start: 0xffff_8000_0000_0000n, end: 0xffff_8000_8000_0000n },
    usualText: 0xffff_8000_8001_0000n,
    kernelStart: 1n << 63n,
    usualStackBytes: 16384,
    kernelSpace(physical, vmcoreinfo) {
      const stated = (name: string) => Number(vmcoreinfo?.number(name) ?? 0n);
      // NUMBER(kimage_voffset) takes an address of the image to its physical one.
      const root = Number((vmcoreinfo?.symbol('swapper_pg_dir') ?? 0n) - BigInt(stated('kimage_voffset')));
      return space(physical, root, stated('VA_BITS'), stated('PHYS_OFFSET'));
    },
  },
  code: {
    longestCall: 4,
    longestInstruction: 4,
    callBefore: () => undefined,
    actions: () => [],
    addressesNamed: () => [],
    firstLockedBit: () => undefined,
    pauses: () => false,
    stackWrite: () => undefined,
    memoryAccess: () => undefined,
    misalignedBy: () => undefined,
    origin: () => undefined,
    callTo: () => undefined,
    jumpsOut: () => undefined,
    argumentRegisters: [],
    thunks: {},
    isTrap: () => false,
    warningEntry: () => undefined,
    breakpoint: new Uint8Array(4),
  },
  bootImage: () => undefined,
};

const VALID = 1;
const TABLE = 2;

function tablesAt(physical: PhysicalMemory, root: number, virtualBits: number): PageTables {
  const { pageSize } = physical;
  const pageShift = Math.log2(pageSize);
  const entries = pageSize / 8;
  const bitsPerLevel = pageShift - 3;
  const levels = Math.ceil((virtualBits - pageShift) / bitsPerLevel);

  function mapping(pageNumber: number): Mapping | Hole {
    let table = root;
    for (let level = levels; level > 0; level--) {
      const covers = entries ** (level - 1);
      const page = physical.page(Math.floor(table / pageSize));
      if (page instanceof MissingPage)
        return { covers, why: new Unmapped(`page table at 0x${table.toString(16)} ${page.kind}`, page) };
      // The upper table may be a part of a page: the address's bits above virtualBits are all the same.
      const index = Math.floor(pageNumber / covers) % Math.min(entries, 2 ** (virtualBits - pageShift) / covers);
      const at = (table % pageSize) + index * 8;
      const low = page.view.getUint32(at, true);
      if ((low & VALID) === 0) return { covers, why: new Unmapped(`no page table at level ${level - 1}`) };
      const address = (page.view.getUint32(at + 4, true) & 0xffff) * 2 ** 32 + (low - (low % pageSize));
      const isTable = (low & TABLE) !== 0 && level > 1;
      if (isTable) table = address;
      else {
        const first = address / pageSize;
        return { pfn: first - (first % covers) + (pageNumber % covers), covers };
      }
    }
    return { covers: 1, why: new Unmapped('no level of page tables') };
  }

  return {
    root,
    mapping,
    frame(pageNumber) {
      const found = mapping(pageNumber);
      return 'why' in found ? found.why : found.pfn;
    },
  };
}

function space(physical: PhysicalMemory, root: number, virtualBits: number, ramStart: number): KernelSpace {
  const { pageSize } = physical;
  const tables = tablesAt(physical, root, virtualBits);
  const userPages = 2 ** (virtualBits - Math.log2(pageSize));
  const rules: LinearRule[] = [];
  const frameOf = (pageNumber: number): number | Unmapped => {
    if (pageNumber < userPages) return new Unmapped('an address of user space');
    const frame = tables.frame(pageNumber);
    if (typeof frame === 'number' || !frame.missingTable) return frame;
    const rule = rules.find(({ startPage, endPage }) => pageNumber >= startPage && pageNumber < endPage);
    return rule ? pageNumber - rule.startPage + rule.pfn : frame;
  };
  return {
    ...mappedSpace(physical, frameOf),
    physical,
    tables,
    defects: [],
    addLinearRule: (rule) => rules.push(rule),
    // PAGE_OFFSET is the lowest address of the kernel's; RAM begins there.
    findBases: () => ({
      directMap: {
        address: BigInt.asUintN(64, -(1n << BigInt(virtualBits)) - BigInt(ramStart)),
        source: 'VMCOREINFO',
      },
    }),
    userSpace(pgd) {
      const own = tablesAt(physical, pgd, virtualBits);
      const ownHalf = (page: number) => (page < userPages ? own.frame(page) : new Unmapped('an address of the kernel'));
      return { ...mappedSpace(physical, ownHalf), tables: own };
    },
  };
}
