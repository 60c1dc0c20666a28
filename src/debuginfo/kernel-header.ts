import { ET_CORE, type ElfHeader } from '../bytes/elf.js';
import { InputError } from '../bytes/input-error.js';

/** @throws InputError where an ELF file of that header can't be a kernel's that is read */
export function checkKernelHeader({ bits, littleEndian, architecture, type }: ElfHeader, path: string): void {
  if (bits !== 64 || !littleEndian) {
    const what = `${bits}-bit ${littleEndian ? '' : 'big-endian '}file for ${architecture}`;
    throw new InputError(`${path} is a ${what}; only 64-bit little-endian kernels can be read.`);
  }
  if (type === ET_CORE) throw new InputError(`${path} is no vmlinux but an ELF core file: a dump.`);
}
