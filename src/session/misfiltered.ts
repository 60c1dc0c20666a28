import type { Dump } from '../dump/dump.js';
import type { Kernel } from '../kernel/kernel.js';
import { missingSlab, type Sample } from '../linux/mm/pages/missing-slab.js';

/** A running kernel's page may have become slab while it was copied. */
const LEAST_MISSING = 4;
const LEAST_SHARE = 1 / 4;

/**
 * One sentence where the filter that wrote the dump left out pages that its kernel uses for slab, which no level of it
 * asks for: most of what then can't be read has that one cause.
 */
export function misfiltered(dump: Dump, kernel: Kernel): string | undefined {
  const isFiltered = dump.format === 'kdump' ? (dump.dumpLevel ?? 0) > 0 : !dump.fromHypervisor;
  const slab = isFiltered ? missingSlab(kernel, dump.memory) : undefined;
  if (slab === undefined) return undefined;
  // An ELF file rightly lacks pages of zeros, and those of a large object may all be zero.
  const samples = dump.format === 'kdump' ? [slab.lookLikeAnon, slab.tails] : [slab.lookLikeAnon];
  const missing = samples.filter(isMistaken).reduce((sum, sample) => sum + sample.missing, 0);
  if (missing === 0) return undefined;
  const level = dump.dumpLevel === undefined ? '' : ` (makedumpfile -d ${dump.dumpLevel})`;
  return (
    `The filter that wrote it${level} is older than its kernel: it left out slab pages (${missing} in a sample), ` +
    "which hold the kernel's tasks, files and lists, so these break off; filter the whole dump again with a " +
    `makedumpfile that knows Linux ${shortRelease(kernel.release)}, or take the next one with -d 1.`
  );
}

function isMistaken({ looked, missing }: Sample): boolean {
  return missing >= LEAST_MISSING && missing >= looked * LEAST_SHARE;
}

/** "6.12" of "6.12.117+deb13-cloud-amd64". */
function shortRelease(release: string): string {
  return /^\d+\.\d+/.exec(release)?.[0] ?? release;
}
