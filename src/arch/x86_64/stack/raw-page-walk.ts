import type { Kernel } from '../../../kernel/kernel.js';
import { Page, type MissingPage } from '../../../memory/physical-memory.js';

/** An entry of a page table as it stands there. */
export interface RawEntry {
  readonly table: 'PGD' | 'P4D' | 'PUD' | 'PMD' | 'PTE';
  readonly value: bigint;
}

/** A walk of page tables as dump_pagetable() does it: the entries up to the last that leads on, or to the memory. */
export interface RawWalk {
  readonly entries: readonly RawEntry[];
  /** The table that can't be read, and whether the dump is to blame. */
  readonly bad?: 'missing' | 'no memory';
}

const PRESENT = 1n;
const WRITABLE = 2n;
const USER = 4n;
const HUGE = 0x80n;
const PROTNONE = 0x100n;
const NX = 1n << 63n;
const ADDRESS = 0x000f_ffff_ffff_f000n;
const ENTRIES = 512n;

const TABLES = ['PTE', 'PMD', 'PUD', 'P4D', 'PGD'] as const;

/** @param root physical address of the top table */
export function rawWalk(kernel: Pick<Kernel, 'physical' | 'vmcoreinfo'>, root: number, address: bigint): RawWalk {
  const levels = kernel.vmcoreinfo('NUMBER(pgtable_l5_enabled)') === '1' ? 5 : 4;
  const entries: RawEntry[] = [];
  let table = BigInt(root);
  for (let level = levels; level >= 1; level--) {
    const value = entryIn(kernel, table, (address >> BigInt(12 + 9 * (level - 1))) % ENTRIES);
    if (typeof value !== 'bigint') return { entries, bad: value.kind === 'absent' ? 'no memory' : 'missing' };
    // With four levels the P4D is the PGD's own entry.
    if (levels === 4 && level === 4) entries.push({ table: 'PGD', value });
    entries.push({ table: TABLES[level - 1]!, value });
    if (!leadsOn(value, level)) break;
    table = value & ADDRESS;
  }
  return { entries };
}

/** pmd_present() also counts a huge page that is being split, and one without access. */
function leadsOn(value: bigint, level: number): boolean {
  const present = level === 2 ? PRESENT | PROTNONE | HUGE : PRESENT;
  const isLeaf = level <= 4 && (value & (HUGE | PRESENT)) === (HUGE | PRESENT);
  return level > 1 && (value & present) !== 0n && !isLeaf;
}

function entryIn(
  { physical }: Pick<Kernel, 'physical'>,
  table: bigint,
  index: bigint,
): bigint | Pick<MissingPage, 'kind'> {
  if (physical === undefined) return { kind: 'excluded' };
  const page = physical.page(Number(table >> 12n));
  return page instanceof Page ? page.view.getBigUint64(Number(index) * 8, true) : page;
}

/** A page as page tables have it. */
export interface WalkedPage {
  readonly noExecute: boolean;
  /** The top entry lets user space in, which the kernel's own do too: what is printed goes by it. */
  readonly user: boolean;
  /** All entries do. */
  readonly ofUser: boolean;
  readonly readOnly: boolean;
}

/** What the entries say of the page: undefined where there is none, or a table can't be read. */
export function pageOf({ entries, bad }: RawWalk): WalkedPage | undefined {
  const last = entries.at(-1);
  if (bad !== undefined || last === undefined || (last.value & PRESENT) === 0n) return undefined;
  if (last.table !== 'PTE' && (last.value & HUGE) === 0n) return undefined;
  return {
    noExecute: (last.value & NX) !== 0n,
    user: (entries[0]!.value & USER) !== 0n,
    ofUser: entries.every(({ value }) => (value & USER) !== 0n),
    readOnly: entries.some(({ value }) => (value & WRITABLE) === 0n),
  };
}
