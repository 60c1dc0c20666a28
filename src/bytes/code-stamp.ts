import { readdirSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/**
 * What tells this build of the bundle from any other: its files are named by their content. Undefined where the sources
 * themselves are run, which may change under what they keep.
 */
export function codeStamp(): string | undefined {
  if (!import.meta.filename.endsWith('.cjs')) return undefined;
  try {
    const names = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.cjs'));
    return `${names.length}-${crc32(names.toSorted().join('\n')).toString(16)}`;
  } catch {
    return undefined;
  }
}
