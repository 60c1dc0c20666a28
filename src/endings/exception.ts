import type { MemoryAccess } from '../arch/architecture.js';
import type { SavedRegisters } from '../arch/stack/frame.js';
import type { Kernel } from '../kernel/kernel.js';
import { bugAt, warningBefore, type BugPlace } from '../linux/machine/bug-table.js';
import { codeRangeOf } from '../stack/code.js';
import { defined } from '../words/defined.js';
import { accessedMember, type AccessedMember } from './pointer/accessed-member.js';

/** What the code at an exception was about to do, as its instruction and registers say. */
export interface Faulted {
  /** Where: the registers that the exception saved. */
  readonly saved: SavedRegisters;
  /** It is no code of the kernel or a module: it was come to by a wild or NULL call. */
  readonly noCode?: true;
  readonly access?: MemoryAccess;
  readonly member?: AccessedMember;
  /** The instruction that BUG() and WARN() are made of. */
  readonly isTrap: boolean;
  readonly bug?: BugPlace;
}

/** Reads the instruction that an exception stands at. */
export function faulted(kernel: Kernel, saved: SavedRegisters): Faulted {
  const { ip } = saved.registers;
  // Data has bytes too, and they are no instruction.
  if (codeRangeOf(kernel, ip) === undefined) return { saved, isTrap: false, noCode: true };
  const code = codeAt(kernel, ip);
  if (code === undefined) return { saved, isTrap: false };
  const isTrap = kernel.arch.code.isTrap(code);
  const access = isTrap ? undefined : kernel.arch.code.memoryAccess(code, saved.registers);
  return {
    saved,
    isTrap,
    ...defined({
      access,
      member: access && accessedMember(kernel, ip, access),
      bug: isTrap ? kernel.attempt('__bug_table', () => bugAt(kernel, ip)) : undefined,
    }),
  };
}

/** The same of a WARN(), which may be a call that traps: the registers then stand behind it. */
export function warned(kernel: Kernel, saved: SavedRegisters): Faulted {
  const found = faulted(kernel, saved);
  const called = found.bug ?? kernel.attempt('__bug_table', () => warningBefore(kernel, saved.registers.ip));
  if (called === undefined) return found;
  return { saved, isTrap: true, bug: called };
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
