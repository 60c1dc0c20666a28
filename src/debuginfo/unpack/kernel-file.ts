import { isElf } from '../../bytes/elf.js';
import { defined } from '../../words/defined.js';
import type { OpenKernelOptions } from './open-kernel-options.js';
import { openFile, type FileReader } from '../../bytes/file-reader.js';

/** What holds an ELF kernel: as it is, packed, or a bzImage with a packed one inside. */
export interface KernelFile {
  reader: FileReader;
  /** How it was packed: "xz", "bzImage, zstd"; undefined for a plain ELF file. */
  packing?: string;
  /** See `OpenFile`; what was unpacked is nobody else's to write to. */
  change?(): string | undefined;
  /** See `OpenFile`; of the unpacked file where it was packed. */
  identity?: string;
  close(): void;
}

/**
 * Opens `path` as an ELF file, unpacking it first where it is packed or a bzImage; told by content. The code that
 * unpacks is loaded where it is needed: it brings node:child_process with it.
 * @throws InputError where the file is neither, does not unpack, or unpacks to more than a kernel has
 */
export async function openKernelFile(path: string, options: OpenKernelOptions = {}): Promise<KernelFile> {
  const file = openFile(path);
  try {
    if (isElf(file.read(0, 16)))
      return {
        reader: file,
        change: () => file.change?.(),
        close: () => file.close(),
        ...defined({ identity: file.identity }),
      };
    const { unpackKernel } = await import('./unpack-vmlinux.js');
    const kernel = await unpackKernel(path, file, options);
    file.close();
    return kernel;
  } catch (error) {
    file.close();
    throw error;
  }
}
