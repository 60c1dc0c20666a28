import type { FileReader } from '../bytes/file-reader.js';
import type { Architecture, BootImage } from './architecture.js';
import { x86_64 } from './x86_64/x86_64.js';

/** All that can be read; the first is what a dump is taken for that does not say. */
export const architectures: readonly [Architecture, ...Architecture[]] = [x86_64];

/** By what an ELF header or utsname says, as `uname -m` has it; undefined for one that can't be read. */
export function architectureNamed(name: string): Architecture | undefined {
  return architectures.find((architecture) => architecture.name === name);
}

/** The packed kernel in a boot image of any of them. */
export function bootImageIn(file: FileReader): BootImage | undefined {
  for (const { bootImage } of architectures) {
    const found = bootImage(file);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** "x86_64": what can be read. */
export function architecturesInWords(): string {
  return architectures.map(({ name }) => name).join(', ');
}
