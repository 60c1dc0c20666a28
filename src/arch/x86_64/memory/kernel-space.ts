import { InputError } from '../../../bytes/input-error.js';
import { Page, type PhysicalMemory } from '../../../memory/physical-memory.js';
import { pageNumberOf, Unmapped } from '../../../memory/address-space.js';
import type { KernelSpace, LinearRule } from '../../../memory/kernel-space.js';
import { mappedLeaves } from '../../../memory/mapped-leaves.js';
import { mappedSpace } from '../../../memory/mapped-space.js';
import { pageTables, USER_HALF_PAGES, type PageTableRoot, type X86PageTables } from './page-tables.js';
import type { KernelFacts } from './kernel-facts.js';

/** The kernel's memory, and what x86_64 says of it. */
export interface X86KernelSpace extends Omit<KernelSpace, 'findBases' | 'userSpace'> {
  readonly tables: X86PageTables;
  /** `phys_base`, signed: a kernel image address minus 0xffffffff80000000 plus this is its physical address. */
  readonly physBase: number;
}

/** __START_KERNEL_map: where the kernel's image is mapped, and, above it, modules. */
export const KERNEL_MAP_PAGE = 2 ** 52 - 2 ** 19;
export const KERNEL_MAP = 0xffffffff80000000n;

/** KERNEL_IMAGE_SIZE with KASLR, where VMCOREINFO does not state it; it is never larger. */
export const LARGEST_IMAGE_BYTES = 2 ** 30;

const PAGE = 4096;
const PAGES = { pageSize: PAGE };

/**
 * Finds the kernel's page tables by what the dump states, and verifies them: they must map `_stext` and themselves to
 * where `phys_base` says. First by VMCOREINFO, then by the control registers in QEMU's notes.
 * @throws InputError where neither leads to page tables, nor `phys_base` to the kernel's text.
 */
export function kernelSpace(physical: PhysicalMemory, facts: KernelFacts): X86KernelSpace {
  if (physical.pageSize !== PAGE) {
    throw new InputError(
      `The dump has pages of ${physical.pageSize} bytes; x86_64 has 4096: its header is damaged, or it is of another architecture.`,
    );
  }
  const doubts: string[] = [];
  for (const candidate of [...rootsByVmcoreinfo(facts), ...rootsByControlRegisters(facts)]) {
    const tables = pageTables(physical, candidate);
    const verdict = verify(tables, facts);
    if ('physBase' in verdict)
      return assemble(physical, tables, verdict.physBase, verdict.textStart, facts, verdict.defects);
    doubts.push(
      `${candidate.source} leads to physical 0x${candidate.root.toString(16)} with ${candidate.levels} levels: ${verdict.doubt}`,
    );
  }
  return byLinearRuleAlone(physical, facts, doubts);
}

interface Candidate extends PageTableRoot {
  source: string;
}

function rootsByVmcoreinfo(facts: KernelFacts): Candidate[] {
  const { swapperPgDir, physBase, smeMask = 0n } = facts;
  if (swapperPgDir === undefined || physBase === undefined) return [];
  const root = imagePhysical(swapperPgDir, physBase);
  if (root < 0) return [];
  const stated = facts.fiveLevels ? 5 : 4;
  const other = stated === 5 ? 4 : 5;
  return [stated, other].map((levels) => ({ root, levels: levels as 4 | 5, smeMask, source: 'VMCOREINFO' }));
}

/** Bits of CR3 that are no address: PCID (0 to 11) and "no flush" (63). */
const CR3_ADDRESS = 0x000ffffffffff000n;
/** With page table isolation (PTI), bit 12 set means the user's half of a pair of PGDs. */
const PTI_USER_PGD = 0x1000n;
const CR4_LA57 = 1n << 12n;

function rootsByControlRegisters({ control = [], smeMask = 0n }: KernelFacts): Candidate[] {
  const candidates = new Map<string, Candidate>();
  for (const { cr3, cr4 } of control) {
    const levels = (cr4 & CR4_LA57) !== 0n ? 5 : 4;
    const root = cr3 & CR3_ADDRESS & ~smeMask;
    for (const address of [root & ~PTI_USER_PGD, root]) {
      candidates.set(`${address}/${levels}`, { root: Number(address), levels, smeMask, source: 'CR3' });
    }
  }
  return [...candidates.values()];
}

type Verdict = { physBase: number; textStart: number; defects: string[] } | { doubt: string };

function verify(tables: X86PageTables, facts: KernelFacts): Verdict {
  const { physBase, stext, swapperPgDir } = facts;
  if (physBase === undefined || stext === undefined) return verifyByText(tables, stext);

  const textStart = pageNumberOf(stext, PAGES);
  const checks = [{ name: '_stext', address: stext }];
  if (swapperPgDir !== undefined) checks.push({ name: 'swapper_pg_dir', address: swapperPgDir });
  const complaints = checks
    .map(({ name, address }) => complaint(tables, name, address, physBase))
    .filter((c) => c !== undefined);
  return complaints.length === checks.length
    ? { doubt: complaints.join('; ') }
    : { physBase, textStart, defects: complaints.map((c) => `The kernel's page tables are damaged: ${c}.`) };
}

/** What speaks against page tables by one address whose place is known; undefined where nothing does. */
function complaint(tables: X86PageTables, name: string, address: bigint, physBase: number): string | undefined {
  const expected = Math.floor(imagePhysical(address, physBase) / PAGE);
  const found = tables.frame(pageNumberOf(address, PAGES));
  if (found instanceof Unmapped) return `${name} at 0x${address.toString(16)} is not mapped (${found.detail})`;
  if (found === expected) return undefined;
  const [mapped, byPhysBase] = [found, expected].map((frame) => `0x${(frame * PAGE).toString(16)}`);
  return `${name} at 0x${address.toString(16)} is mapped to physical ${mapped}, where phys_base says ${byPhysBase}`;
}

/** Without phys_base: the image must be mapped in one linear piece, and its start tells phys_base. */
function verifyByText(tables: X86PageTables, stext: bigint | undefined): Verdict {
  const [first, second] = mappedLeaves(
    tables,
    stext === undefined ? KERNEL_MAP_PAGE : pageNumberOf(stext, PAGES),
    2 ** 52,
    undefined,
    4096,
  );
  if (first === undefined || second === undefined)
    return { doubt: 'no kernel image is mapped at 0xffffffff80000000 and above' };
  if (second.pageNumber - second.pfn !== first.pageNumber - first.pfn)
    return { doubt: 'what is mapped at 0xffffffff80000000 and above is not one piece' };
  return {
    physBase: (first.pfn - (first.pageNumber - KERNEL_MAP_PAGE)) * PAGE,
    textStart: first.pageNumber,
    defects: [],
  };
}

/**
 * Page tables that were left out of the dump: the image and, once its base is known, the direct map can still be read.
 */
function byLinearRuleAlone(physical: PhysicalMemory, facts: KernelFacts, doubts: readonly string[]): X86KernelSpace {
  const { physBase, stext, swapperPgDir, smeMask = 0n } = facts;
  if (physBase === undefined || stext === undefined || swapperPgDir === undefined) {
    throw new InputError(
      doubts.length === 0
        ? 'The kernel’s page tables can’t be found: the dump has no VMCOREINFO that states them ' +
            '(SYMBOL(swapper_pg_dir), NUMBER(phys_base)) and no control registers of QEMU; ' +
            'give the VMCOREINFO with --vmcoreinfo.'
        : `The kernel’s page tables can’t be found: ${doubts.join('; ')}.`,
    );
  }
  const textPhysical = imagePhysical(stext, physBase);
  const root = imagePhysical(swapperPgDir, physBase);
  const textThere = textPhysical >= 0 && physical.page(Math.floor(textPhysical / PAGE)) instanceof Page;
  const rootThere = root >= 0 && physical.page(Math.floor(root / PAGE)) instanceof Page;
  if (!textThere || rootThere) {
    throw new InputError(
      `The kernel’s page tables can’t be used: ${doubts.join('; ')}. VMCOREINFO may be of another kernel, or the dump damaged.`,
    );
  }
  const tables = pageTables(physical, { root, levels: facts.fiveLevels ? 5 : 4, smeMask });
  return assemble(physical, tables, physBase, pageNumberOf(stext, PAGES), facts, [
    `The kernel’s page tables can’t be read, only its image and the direct map: ${doubts[0]}.`,
  ]);
}

function assemble(
  physical: PhysicalMemory,
  tables: X86PageTables,
  physBase: number,
  textStart: number,
  facts: KernelFacts,
  defects: readonly string[],
): X86KernelSpace {
  const rules: LinearRule[] = [
    {
      startPage: textStart,
      endPage: KERNEL_MAP_PAGE + Math.min(facts.kernelImageBytes ?? LARGEST_IMAGE_BYTES, LARGEST_IMAGE_BYTES) / PAGE,
      pfn: textStart - KERNEL_MAP_PAGE + Math.floor(physBase / PAGE),
    },
  ];

  function frameOf(pageNumber: number): number | Unmapped {
    if (pageNumber < USER_HALF_PAGES) return new Unmapped('an address of user space');
    const frame = tables.frame(pageNumber);
    if (typeof frame === 'number' || !frame.missingTable) return frame;
    const rule = rules.find(({ startPage, endPage }) => pageNumber >= startPage && pageNumber < endPage);
    return rule === undefined ? frame : pageNumber - rule.startPage + rule.pfn;
  }

  return {
    ...mappedSpace(physical, frameOf),
    physical,
    tables,
    physBase,
    defects,
    addLinearRule: (rule) => rules.push(rule),
  };
}

function imagePhysical(address: bigint, physBase: number): number {
  return Number(BigInt.asUintN(64, address) - KERNEL_MAP) + physBase;
}
