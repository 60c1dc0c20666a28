import type { Kernel } from '../../kernel/kernel.js';

/** Counters of all kinds together: some 250 in a large configuration. */
const MOST_NAMES = 1024;

/**
 * vm_event_name(): how the kernel writes an event, from its own `vmstat_text`; undefined where that can't be read. The
 * events stand behind the other counters; pgpgin is the first of them.
 */
export function vmEventNames(kernel: Kernel): (event: number) => string | undefined {
  const names = kernel.once('vmstat_text', () => kernel.attempt('vmstat_text', () => readNames(kernel)));
  const first = names?.indexOf('pgpgin');
  return (event) => (first === undefined || first < 0 ? undefined : names![first + event]);
}

function readNames(kernel: Kernel): readonly string[] {
  const [symbol] = kernel.findSymbols('vmstat_text');
  if (!symbol) return [];
  const names: string[] = [];
  for (let i = 0; i < Math.min(Math.floor(symbol.size / 8), MOST_NAMES); i++) {
    const pointer = kernel.memory.u64(symbol.address + BigInt(i * 8));
    // Names that this configuration leaves out are NULL; the padding behind the table is, too.
    names.push(pointer === 0n ? '' : kernel.memory.cString(pointer, 64));
  }
  return names;
}
