import type { Place } from '../timeline/event.js';

/** What the first lines call it. */
export type TextFault =
  | 'page fault'
  | 'general protection fault'
  | 'stack guard page'
  | 'double fault'
  | 'divide error'
  | 'invalid opcode'
  | 'breakpoint'
  | 'bug'
  | 'warning'
  | 'soft lockup'
  | 'hard lockup'
  | 'rcu stall'
  | 'hung task'
  | 'corruption'
  | 'debug check'
  | 'panic'
  | 'other';

/** What the machine lives on after, where no setting makes a panic of it. */
const survived: ReadonlySet<TextFault> = new Set<TextFault>([
  'warning',
  'soft lockup',
  'hard lockup',
  'rcu stall',
  'hung task',
  'corruption',
  'debug check',
]);

/** What kills the task that met it, and no more where the kernel goes on. */
export function isOops({ fault }: Pick<OopsText, 'fault'>): boolean {
  return fault !== 'panic' && !survived.has(fault);
}

/** Of which architecture a text is, as far as its lines are of one alone. */
export type TextArchitecture = 'x86_64' | 'i686' | 'arm64' | 'arm' | 'ppc64' | 'ppc32' | 's390x' | 'riscv64' | 'mips';

/** A report of the kernel's as it printed it, of its death or of what it lives on after; what it lacks is absent. */
export interface OopsText {
  readonly fault: TextFault;
  /** What its first line says, in fewer words. */
  readonly what: string;
  /** Its first line. */
  readonly first: string;
  /** Of the text, from 1. */
  readonly line: number;
  /** Its last line. */
  readonly last: number;
  /** Since boot or a time of day, as lines of a log have it. */
  readonly stamp?: string;
  readonly address?: bigint;
  /** "mm/slub.c:379" */
  readonly source?: string;
  /** What a check said right before it gave up, or a WARN() of its own; of a panic, what it came of. */
  readonly reason?: string;
  /** "[#2]": the second since the boot. */
  readonly number?: number;
  readonly cpu?: number;
  /** For how long a CPU was kept or a task blocked, in seconds. */
  readonly seconds?: number;
  readonly pid?: number;
  readonly comm?: string;
  /** Where it was; absent for a call to what is no code. */
  readonly place?: Place;
  /** Where it was, where no symbol names it. */
  readonly ip?: bigint;
  /** Where the last call went on from, on architectures that keep that in a register. */
  readonly linked?: Place;
  /** From the instruction that failed. */
  readonly code?: Uint8Array;
  /** Those of 64-bit x86, by the names of `struct pt_regs`. */
  readonly registers: Readonly<Record<string, bigint>>;
  /** What the processor says of a fault, or KASAN of an access. */
  readonly access?: 'read' | 'wrote' | 'fetched from';
  /** Bytes of that access, where KASAN says so. */
  readonly size?: number;
  /** What KASAN says of a fault in its own check: "null-ptr-deref in range [0x20-0x27]". */
  readonly kasan?: string;
  /** Innermost first, less what was found by scanning ("? "). */
  readonly trace: readonly Place[];
  /** What was found by scanning above the first of these: earlier calls, or what the kernel could not unwind. */
  readonly scanned: readonly Place[];
  /** What an NMI interrupted. */
  readonly interrupted?: { readonly place: Place; readonly isSure: boolean };
  /** Letters behind the modules' names: "acme(OE)". */
  readonly taints: Readonly<Record<string, string>>;
  /** The kernel's own, "GOE"; empty where it says that it is not tainted. */
  readonly taint?: string;
  /** "6.1.0-18-amd64" */
  readonly release?: string;
  readonly architecture?: TextArchitecture;
  /** The panic that followed. */
  readonly panic?: string;
}
