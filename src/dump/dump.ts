import type { KeptColumns } from '../bytes/kept-columns.js';
import type { Completeness } from './completeness.js';
import type { RegisterNote } from '../arch/registers.js';
import type { PhysicalMemory } from '../memory/physical-memory.js';

export type DumpFormat = 'elf' | 'kdump';

/** An opened dump: what the file says of itself, and the memory in it. */
export interface Dump {
  readonly path: string;
  readonly format: DumpFormat;
  /** For people: "kdump-compressed, header version 6, zstd, flattened". */
  readonly formatName: string;
  /** ELF machine or utsname machine: 'x86_64', 'aarch64', … */
  readonly architecture: string;
  readonly memory: PhysicalMemory;
  /** `uname` from a kdump header, where it is filled in. */
  readonly uname?: { release: string; version: string; machine: string; nodename: string };
  /**
   * What makedumpfile's filter left out (bits: 1 zero, 2 cache, 4 private cache, 8 user, 16 free); unknown in ELF
   * files.
   */
  readonly dumpLevel?: number;
  readonly registers: readonly RegisterNote[];
  /** VMCOREINFO's text, from the note; undefined where the file has none. */
  readonly vmcoreinfo?: string;
  /** The file states VMCOREINFO, and what stands there is none: what it would say is unknown. */
  readonly damagedVmcoreinfo?: boolean;
  /** True for hypervisor dumps (QEMU): registers stand in the order of the CPUs. */
  readonly fromHypervisor: boolean;
  /**
   * The file states register notes of which some or all can't be read: nothing can be told from those that are not
   * there.
   */
  readonly damagedNotes?: boolean;
  /** By the file's own tables against its length. */
  readonly completeness: Completeness;
  /**
   * What the file says or shows of what it lacks, that it is cut off first of all, one sentence each; empty for a whole
   * dump.
   */
  readonly defects: readonly string[];
  /** One sentence on pages that were asked for up to now and are in the file, damaged; undefined where none was met. */
  readonly damageMet?: () => string | undefined;
  /** What was made from the files in earlier runs. */
  readonly kept?: KeptColumns;
  /** A sentence for each file that is another by now than it was when it was opened; not for those in memory. */
  readonly changes?: () => readonly string[];
  close(): void;
}
