import { inflateSync } from 'node:zlib';

import { SHF_COMPRESSED, SHT_NOBITS, type SectionHeader } from '../bytes/elf.js';
import { memoryReader, type FileReader } from '../bytes/file-reader.js';
import { InputError } from '../bytes/input-error.js';
import type { Unzstd } from './unpack/zstd.js';

/** Elf64_Chdr: u32 type, u32 reserved, u64 size, u64 alignment. */
const COMPRESSION_HEADER_BYTES = 24;
const ELFCOMPRESS_ZLIB = 1;
const ELFCOMPRESS_ZSTD = 2;
/**
 * What unpacked sections take together, in which zlib holds each twice for a moment: .debug_info of a distribution's
 * kernel is some 300 MB.
 */
const MAX_UNPACKED_BYTES = 800 << 20;

/**
 * Gives a section's content, unpacked where it is compressed (SHF_COMPRESSED); undefined where there is no such
 * section, or where the file does not hold it (NOBITS). It throws an InputError where it does not unpack, or would take
 * too much memory.
 * @param unzstd needed for zstd only
 */
export function sectionContents(
  file: FileReader,
  unzstd: Unzstd | undefined,
): (section: SectionHeader | undefined) => FileReader | undefined {
  const unpacked = new Map<number, FileReader>();
  let kept = 0;
  return (section) => {
    if (section === undefined || section.type === SHT_NOBITS) return undefined;
    if ((section.flags & SHF_COMPRESSED) === 0) return rangeReader(file, section.offset, section.size);
    let content = unpacked.get(section.index);
    if (content === undefined) {
      content = unpackedSection(file, section, unzstd, MAX_UNPACKED_BYTES - kept);
      kept += content.size;
      unpacked.set(section.index, content);
    }
    return content;
  };
}

function unpackedSection(
  file: FileReader,
  section: SectionHeader,
  unzstd: Unzstd | undefined,
  room: number,
): FileReader {
  const header = file.read(section.offset, COMPRESSION_HEADER_BYTES);
  if (header.length < COMPRESSION_HEADER_BYTES) throw broken(section, 'it is cut off');
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const kind = view.getUint32(0, true);
  const size = Number(view.getBigUint64(8, true));
  if (size * 2 > room) throw broken(section, `it claims to unpack to ${size} bytes, for which there is no room`);
  // What does not shrink by being packed is stored as it is.
  const packed = file.read(
    section.offset + COMPRESSION_HEADER_BYTES,
    Math.min(section.size - COMPRESSION_HEADER_BYTES, 2 * size + COMPRESSION_HEADER_BYTES),
  );
  try {
    if (kind === ELFCOMPRESS_ZLIB) return memoryReader(inflateSync(packed, { maxOutputLength: Math.max(1, size) }));
    if (kind === ELFCOMPRESS_ZSTD && unzstd) return memoryReader(unzstd(packed, size));
  } catch (error) {
    throw broken(section, error instanceof Error ? error.message : String(error));
  }
  throw broken(section, `its compression ${kind} is not known`);
}

/** True for a section that `sectionContent` needs zstd for. */
export function needsZstd(file: FileReader, section: SectionHeader): boolean {
  return (section.flags & SHF_COMPRESSED) !== 0 && file.read(section.offset, 1)[0] === ELFCOMPRESS_ZSTD;
}

/** Part of a file as a file; ends where either does. */
export function rangeReader(file: FileReader, start: number, length: number): FileReader {
  const size = Math.max(0, Math.min(length, file.size - start));
  return {
    size,
    held: Math.min(size, file.held),
    read: (offset, wanted) =>
      offset >= 0 && offset < size ? file.read(start + offset, Math.min(wanted, size - offset)) : new Uint8Array(0),
  };
}

function broken(section: SectionHeader, what: string): InputError {
  return new InputError(`The section ${section.name} of vmlinux can't be unpacked: ${what}.`);
}
