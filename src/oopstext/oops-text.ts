import type { Place } from '../timeline/event.js';

/** What the first lines call it. */
export type TextFault =
  | 'page fault'
  | 'general protection fault'
  | 'stack guard page'
  | 'divide error'
  | 'invalid opcode'
  | 'bug'
  | 'warning'
  | 'soft lockup'
  | 'panic'
  | 'other';

/** What kills the task that met it, and no more where the kernel goes on. */
export function isOops({ fault }: Pick<OopsText, 'fault'>): boolean {
  return fault !== 'warning' && fault !== 'soft lockup' && fault !== 'panic';
}

/** An oops, a BUG(), a WARN(), a soft lockup or a panic as a kernel printed it; what its text lacks is absent. */
export interface OopsText {
  readonly fault: TextFault;
  /** Its first line. */
  readonly first: string;
  /** Of the text, from 1. */
  readonly line: number;
  /** Its last line; Infinity where the text ends in it. */
  readonly last: number;
  /** Since boot or a time of day, as lines of a log have it. */
  readonly stamp?: string;
  readonly address?: bigint;
  /** "mm/slub.c:379" */
  readonly source?: string;
  /** What a check said right before it gave up, or a WARN() of its own. */
  readonly reason?: string;
  /** "[#2]": the second since the boot. */
  readonly number?: number;
  readonly cpu?: number;
  /** For how long a CPU was kept, in seconds. */
  readonly seconds?: number;
  readonly pid?: number;
  readonly comm?: string;
  /** Where it was; absent for a call to what is no code. */
  readonly place?: Place;
  /** Where it was, where no symbol names it. */
  readonly ip?: bigint;
  /** From the instruction that failed. */
  readonly code?: Uint8Array;
  /** Those of 64 bits, by the names of `struct pt_regs`. */
  readonly registers: Readonly<Record<string, bigint>>;
  /** What the processor's error code says of a page fault. */
  readonly access?: 'read' | 'wrote' | 'fetched from';
  /** Innermost first, less what was found by scanning ("? "). */
  readonly trace: readonly Place[];
  /** The innermost of what was found by scanning, where the kernel could not unwind. */
  readonly scanned?: Place;
  /** Letters behind the modules' names: "acme(OE)". */
  readonly taints: Readonly<Record<string, string>>;
  /** The panic that followed. */
  readonly panic?: string;
}
