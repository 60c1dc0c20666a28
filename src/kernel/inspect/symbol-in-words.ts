import type { Kernel } from '../kernel.js';

/**
 * "jiffies+0x8", where the address lies in a symbol. What lies behind the section of per-CPU variables, as pointers to
 * dynamically allocated ones do, lies in none, though the last symbol before it has no end.
 */
export function symbolInWords(kernel: Kernel, address: bigint): string | undefined {
  const found = kernel.symbols.at(address);
  if (found === undefined || found.symbol.name === '__per_cpu_end') return undefined;
  return `${found.symbol.name}${found.offset === 0 ? '' : `+0x${found.offset.toString(16)}`}`;
}

/** Whether a symbol's address is the place of a per-CPU variable, to which the offset of a CPU is to be added. */
export function isPerCpuSymbol(kernel: Kernel, address: bigint): boolean {
  const [start, end] = [kernel.symbols.addressOf('__per_cpu_start'), kernel.symbols.addressOf('__per_cpu_end')];
  return start !== undefined && end !== undefined && address >= start && address < end;
}
