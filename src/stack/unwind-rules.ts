import { stacksOf } from '../arch/stack/stack-architectures.js';
import type { UnwindRule } from '../arch/stack/stack-architecture.js';
import type { Kernel } from '../kernel/kernel.js';
import { Kept } from '../kernel/kept.js';
import { codeRangeOf } from './code.js';

/** What the kernel's tables say of unwinding an address. */
export interface UnwindRules {
  /** "ORC tables" */
  readonly name: string;
  /** undefined where no table has one. @throws ReadError, Implausible where it can't be read: it is then not known */
  readonly at: (address: bigint) => UnwindRule | undefined;
}

/** The kernel's tables and its modules', and for code that was made at run time; undefined for a kernel without. */
export function unwindRules(kernel: Kernel): UnwindRules | undefined {
  return kernel.once('rules of unwinding', () => {
    const tables = stacksOf(kernel).unwindTables(kernel);
    if (tables === undefined) return undefined;
    const find = (address: bigint): UnwindRule | undefined => {
      const range = codeRangeOf(kernel, address);
      if (range?.unwoundBy === 'pt_regs') return tables.atSavedRegisters;
      if (range?.unwoundBy !== undefined) return find(range.unwoundBy.copyOf + (address - range.low));
      return range === undefined || range.made !== undefined ? undefined : tables.rule(address, range.module?.ref);
    };
    const known = new Kept<bigint>(kernel);
    return { name: tables.name, at: (address) => known.get(address, find) };
  });
}
