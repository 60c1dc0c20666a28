import type { MemoryAccess } from '../arch/architecture.js';
import type { SavedRegisters } from '../arch/stack/frame.js';
import type { InterruptionKind } from '../arch/stack/interruption-kind.js';
import type { Kernel } from '../kernel/kernel.js';
import { bugAt, warningBefore, warningByEntry, type BugPlace } from '../linux/machine/bug-table.js';
import { codeRangeOf } from '../stack/code.js';
import { defined } from '../words/defined.js';
import { accessedMember, type AccessedMember } from './pointer/accessed-member.js';

/** What the code at an exception was about to do, as its instruction and registers say. */
export interface Faulted {
  /** The registers that the exception saved. */
  readonly saved: SavedRegisters;
  /** It is no code of the kernel or a module: it was come to by a wild or NULL call. */
  readonly noCode?: true;
  /** The instruction: of a breakpoint the registers stand behind it. */
  readonly at: bigint;
  readonly access?: MemoryAccess;
  readonly member?: AccessedMember;
  /** The instruction that BUG() and WARN() are made of. */
  readonly isTrap: boolean;
  readonly bug?: BugPlace;
  /** Of a breakpoint: whether the code still has it. */
  readonly breakpoint?: 'there' | 'gone';
}

/** Exceptions that may be about what the instruction does with memory. */
const ofMemory: ReadonlySet<InterruptionKind> = new Set([
  'page fault',
  'general protection fault',
  'stack segment fault',
  'alignment check',
  'double fault',
]);

/** Reads the instruction that an exception stands at. @param kind what came over it, where that is known */
export function faulted(kernel: Kernel, saved: SavedRegisters, kind?: InterruptionKind): Faulted {
  const { ip } = saved.registers;
  if (kind === 'breakpoint') return ofBreakpoint(kernel, saved);
  // Data has bytes too, and they are no instruction.
  if (codeRangeOf(kernel, ip) === undefined) return { saved, at: ip, isTrap: false, noCode: true };
  const code = codeAt(kernel, ip);
  if (code === undefined) return { saved, at: ip, isTrap: false };
  const isTrap = kernel.arch.code.isTrap(code);
  const isOfMemory = !isTrap && (kind === undefined || ofMemory.has(kind));
  const access = !isOfMemory ? undefined : kernel.arch.code.memoryAccess(code, saved.registers);
  return {
    saved,
    at: ip,
    isTrap,
    ...defined({
      access,
      member: access && accessedMember(kernel, ip, access),
      bug: isTrap ? kernel.attempt('__bug_table', () => bugAt(kernel, ip)) : undefined,
    }),
  };
}

/** The kernel patches its code by way of breakpoints, and fills with them what it frees of code (since 6.13). */
function ofBreakpoint(kernel: Kernel, saved: SavedRegisters): Faulted {
  const { breakpoint } = kernel.arch.code;
  const at = saved.registers.ip - BigInt(breakpoint.length);
  const code = kernel.peek('code', () => kernel.memory.read(at, breakpoint.length));
  const now: Faulted['breakpoint'] = code?.every((byte, i) => byte === breakpoint[i]) === true ? 'there' : 'gone';
  return {
    saved,
    at,
    isTrap: false,
    ...(codeRangeOf(kernel, at) === undefined ? { noCode: true } : {}),
    ...defined({ breakpoint: code && now }),
  };
}

/** The same of a WARN(), whose own place may stand before what traps: a call, or code that a call was made into. */
export function warned(kernel: Kernel, saved: SavedRegisters): Faulted {
  const found = faulted(kernel, saved, 'invalid opcode');
  const { ip } = saved.registers;
  const called =
    found.bug ??
    kernel.attempt(
      '__bug_table',
      () => warningByEntry(kernel, kernel.arch.code.warningEntry(saved.registers), ip) ?? warningBefore(kernel, ip),
    );
  if (called === undefined) return found;
  return { saved, at: called.at, isTrap: true, bug: called };
}

function codeAt(kernel: Kernel, ip: bigint): Uint8Array | undefined {
  const { longestInstruction } = kernel.arch.code;
  const { pageSize } = kernel.memory;
  const inPage = pageSize - Number(ip % BigInt(pageSize));
  return (
    kernel.peek('code', () => kernel.memory.read(ip, longestInstruction)) ??
    kernel.peek('code', () => kernel.memory.read(ip, Math.min(longestInstruction, inPage)))
  );
}
