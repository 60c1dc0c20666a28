import { ET_CORE, PT_LOAD, isElf, programHeaders, readElfHeader } from '../bytes/elf.js';
import { openFile, type FileReader } from '../bytes/file-reader.js';
import { architectureNamed, architectures, bootImageIn } from '../arch/architectures.js';
import { packingOf } from '../bytes/packing.js';

/** What a file is, as far as the order of arguments needs it: told by content, never by name. */
export type FileRole = 'dump' | 'vmlinux' | 'packed' | 'other';

// Where each is looked for: makedumpfile's and QEMU's files start so, flattened or not.
const dumpStarts = ['KDUMP   ', 'DISKDUMP', 'makedumpfile\0'];
const FIRST_BYTES = 16;

/**
 * `vmlinux` for an executable ELF file or a bzImage; a packed file is not unpacked to see what is in it.
 * @throws InputError where the file can't be opened
 */
export function identify(path: string): FileRole {
  const file = openFile(path);
  try {
    return roleOfContent(file);
  } finally {
    file.close();
  }
}

/**
 * Whether what `identify` takes for a vmlinux may be one: programs of user space are linked to the lower half of the
 * addresses.
 */
export function isKernel(path: string): boolean {
  const file = openFile(path);
  try {
    const header = readElfHeader(file);
    const loads = header === undefined ? [] : [...programHeaders(file, header)].filter(({ type }) => type === PT_LOAD);
    const { memory } = architectureNamed(header?.architecture ?? '') ?? architectures[0];
    return loads.length === 0 || loads.some(({ vaddr }) => vaddr >= memory.kernelStart);
  } finally {
    file.close();
  }
}

/** The same by a file's beginning. */
export function roleOfContent(file: FileReader): FileRole {
  const start = file.read(0, FIRST_BYTES);
  if (dumpStarts.some((magic) => Buffer.from(start).toString('latin1').startsWith(magic))) return 'dump';
  if (isElf(start)) return readElfHeader(file)?.type === ET_CORE ? 'dump' : 'vmlinux';
  if (packingOf(start) !== undefined) return 'packed';
  return bootImageIn(file) === undefined ? 'other' : 'vmlinux';
}
