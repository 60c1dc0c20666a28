import { withOffsetInto } from '../words/code-name.js';
import type { SymbolInfo } from '../debuginfo/symbol-table.js';
import type { Kernel } from '../kernel/kernel.js';

/**
 * The symbol that an address lies in. Below the kernel's half only per-CPU variables have one: what is behind their
 * section, as pointers to dynamically allocated ones are, lies in none.
 */
export function symbolAt(kernel: Kernel, address: bigint): { symbol: SymbolInfo; offset: number } | undefined {
  return address >= kernel.arch.memory.kernelStart || isPerCpuSymbol(kernel, address)
    ? kernel.symbols.at(address)
    : undefined;
}

/** "jiffies+0x8", where the address lies in a symbol. */
export function symbolInWords(kernel: Kernel, address: bigint): string | undefined {
  const found = symbolAt(kernel, address);
  return found && withOffsetInto(found.symbol.name, found.offset);
}

/**
 * "0xffffffff82a12345 <jiffies+0x8>"; without a name for a per-CPU variable, since no CPU's own is at that address,
 * which is an offset at most.
 */
export function placeInWords(kernel: Kernel, address: bigint): string {
  const symbol = isPerCpuSymbol(kernel, address) ? undefined : symbolInWords(kernel, address);
  return `0x${address.toString(16)}${symbol === undefined ? '' : ` <${symbol}>`}`;
}

/** Whether a symbol's address is the place of a per-CPU variable, to which the offset of a CPU is to be added. */
export function isPerCpuSymbol(kernel: Kernel, address: bigint): boolean {
  const [start, end] = [kernel.findSymbol('__per_cpu_start'), kernel.findSymbol('__per_cpu_end')];
  return start !== undefined && end !== undefined && address >= start && address < end;
}
