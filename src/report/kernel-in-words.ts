import type { DumpFacts } from './report.js';

/** "Linux 6.1.0 x86_64"; a log alone may not say which kernel wrote it, and then nothing is said of it. */
export function kernelInWords({ release, architecture }: Pick<DumpFacts, 'release' | 'architecture'>): string {
  return ['Linux', release, architecture].filter((word) => word !== '' && !word.startsWith('of unknown')).join(' ');
}
