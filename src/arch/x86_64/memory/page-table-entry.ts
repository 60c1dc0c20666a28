/**
 * Entries of x86_64's page tables, as two u32 (arch/x86/include/asm/pgtable_types.h, pgtable_64.h, pgtable-invert.h).
 * Level 1 is the PTE, 2 the PMD, 3 the PUD, 4 the P4D (the PGD where there are four levels), 5 the PGD.
 */
export type Level = 1 | 2 | 3 | 4 | 5;

const PRESENT = 1 << 0;
const HUGE = 1 << 7; // _PAGE_PSE
const PROTNONE = 1 << 8; // _PAGE_PROTNONE, where _PAGE_PRESENT is clear

/**
 * Swap files have types from 0; the highest types of the 32 mean other things, how many depends on the configuration.
 */
const FIRST_SPECIAL_SWAP_TYPE = 22;

/** An entry that leads on: a table, or the memory itself (`leaf`), which starts at page frame `pfn`. */
export interface PresentEntry {
  pfn: number;
  leaf: boolean;
}

/**
 * What an entry of `level` leads to; undefined where it leads to nothing.
 * An entry without _PAGE_PRESENT still maps memory where pte_present() or pmd_present() say so: PROT_NONE, and a huge
 * page being split. Since the L1TF fix the frame number in such an entry is stored inverted.
 */
export function presentEntry(
  low: number,
  high: number,
  level: Level,
  smeLow: number,
  smeHigh: number,
): PresentEntry | undefined {
  const present = (low & PRESENT) !== 0;
  const huge = (low & HUGE) !== 0;
  if (!present) {
    const stillMapped = level === 1 ? (low & PROTNONE) !== 0 : huge && level <= 3;
    if (!stillMapped) return undefined;
    low = ~low;
    high = ~high;
  }
  const pfn = ((low & ~smeLow) >>> 12) + (high & ~smeHigh & 0xfffff) * 2 ** 20;
  if (level === 1) return { pfn, leaf: true };
  if (!huge) return { pfn, leaf: false };
  if (level > 3) return undefined;
  return { pfn: pfn - (pfn % pagesCovered(level)), leaf: true }; // bit 12 of a huge entry is PAT, not address
}

/** Pages of 4 KiB that one entry of `level` covers. */
export function pagesCovered(level: Level): number {
  return 512 ** (level - 1);
}

/** Why an entry maps nothing. Swap entries are read in user space only: the kernel's own memory is never swapped. */
export function absenceInWords(low: number, high: number, level: Level, userHalf: boolean): string {
  if (low === 0 && high === 0)
    return level === 1 ? 'its page table entry is empty' : `no page table at level ${level - 1}`;
  if (!userHalf || level > 2 || (low & PRESENT) !== 0)
    return `its level ${level} entry 0x${hex64(low, high)} is not valid`;
  const { type, offset } = swapEntry(low, high);
  const place = `offset 0x${offset.toString(16)}`;
  if (type < FIRST_SPECIAL_SWAP_TYPE) return `swapped out: swap file ${type}, ${place}`;
  return `swap entry of type ${type}, ${place}: under migration, poisoned, on a device, or a marker`;
}

/** __swp_type() and __swp_offset(): type in bits 59 to 63, the offset inverted in bits 9 to 58. */
function swapEntry(low: number, high: number): { type: number; offset: number } {
  return { type: high >>> 27, offset: (~low >>> 9) + (~high & 0x7ffffff) * 2 ** 23 };
}

function hex64(low: number, high: number): string {
  return ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString(16);
}
