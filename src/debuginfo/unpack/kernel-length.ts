import { checkProgramHeaders, checkSectionHeaders, programHeaders, readElfHeader } from '../../bytes/elf.js';
import type { FileReader } from '../../bytes/file-reader.js';
import { InputError } from '../../bytes/input-error.js';
import { checkKernelHeader } from '../kernel-header.js';

/**
 * How long a kernel is in the file, by where its first bytes say that its segments and its tables end; what is appended
 * to it is not counted.
 * @param start as much of its beginning as there is
 * @throws InputError where it is not the beginning of a kernel
 */
export function kernelLength(start: FileReader, path: string, packing: string): number {
  const header = readElfHeader(start);
  if (header === undefined)
    throw new InputError(`${path} holds no vmlinux: unpacked (${packing}), it is not an ELF file.`);
  checkKernelHeader(header, path);
  checkProgramHeaders(header, path);
  const { programHeaders: segments, sectionHeaders: sections } = header;
  let end = segments.offset + segments.count * segments.entrySize;
  // Where there are too many for the header, section 0 has their number: it comes last.
  if (sections.offset > 0) {
    checkSectionHeaders(header, path);
    end = Math.max(end, sections.offset + Math.max(sections.count, 1) * sections.entrySize);
  }
  for (const { offset, fileSize } of programHeaders(start, header)) end = Math.max(end, offset + fileSize);
  return end;
}
