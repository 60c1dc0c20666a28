import type { SymbolName } from '../../symbols/symbol-names.js';
import type { Bases } from './bases.js';
import type { PageTableSpace } from './page-tables.js';
import type { PhysicalMemory } from './physical-memory.js';

/** What VMCOREINFO says by kind: the part of it that finding memory needs. */
export interface VmcoreinfoLines {
  /** The value of a line that is none of these, by its key. */
  get?(key: string): string | undefined;
  /** SYMBOL(name): an address, with KASLR's offset. */
  symbol(name: string): bigint | undefined;
  /** NUMBER(name): signed. */
  number(name: string): bigint | undefined;
  /** OFFSET(struct.member) in bytes. */
  offset(member: string): number | undefined;
}

/** What helps to find where regions of kernel memory start. */
export interface BaseHints {
  symbolAddress?: ((name: SymbolName) => bigint | undefined) | undefined;
  vmcoreinfo?: VmcoreinfoLines | undefined;
}

/** Virtual pages that lie one after the other in physical memory, by rule and not by page tables. */
export interface LinearRule {
  startPage: number;
  endPage: number;
  pfn: number;
}

/** The kernel's virtual memory. User addresses are not mapped in it: those belong to a process (`userSpace`). */
export interface KernelSpace extends PageTableSpace {
  readonly physical: PhysicalMemory;
  /** What was not as it should be, one sentence each. */
  readonly defects: readonly string[];
  /** A rule that stands in where page tables can't be read; it never overrules one that can. */
  addLinearRule(rule: LinearRule): void;
  /**
   * Where the direct map, vmalloc's region and the array of struct page start; a region that nothing tells is absent.
   * The direct map, once found, can be read where its page tables can't.
   */
  findBases(hints?: BaseHints): Bases;
  /** A process's own memory, by the physical address of `mm->pgd`. */
  userSpace(pgdPhysical: number): PageTableSpace;
}
