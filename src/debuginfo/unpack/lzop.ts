import { decodeLzo1x } from '../../bytes/codecs/lzo1x.js';
import type { FileReader } from '../../bytes/file-reader.js';

// lzop's own limit; it writes blocks of 256 KiB.
const LARGEST_BLOCK = 64 << 20;
const MAGIC_BYTES = 9;
const WITH_LEVEL = 0x940;

// Flags of lzop's header (lzop's conf.h).
const ADLER32_UNPACKED = 1;
const ADLER32_PACKED = 2;
const EXTRA_FIELD = 0x40;
const CRC32_UNPACKED = 0x100;
const CRC32_PACKED = 0x200;
const FILTER = 0x800;

/**
 * The blocks of an lzop file; all numbers in it are big endian. Checksums are passed over: a damaged kernel shows when
 * its build-id or types are read.
 * @throws CodecError, or Error where a length is nonsense
 */
export function* lzopBlocks(file: FileReader): Generator<Uint8Array> {
  const u32 = (at: number): number => {
    const bytes = file.read(at, 4);
    if (bytes.length < 4) throw new Error('the lzop file is cut off');
    return Buffer.from(bytes).readUInt32BE();
  };
  const { flags, end } = lzopHeader(file, u32);
  let at = end;
  for (let unpacked = u32(at); unpacked !== 0; unpacked = u32(at)) {
    const packed = u32(at + 4);
    if (unpacked > LARGEST_BLOCK || packed > unpacked || packed === 0)
      throw new Error(`the lzop block at ${at} claims ${packed} bytes for ${unpacked}`);
    at += 8 + 4 * bitsIn(flags & (ADLER32_UNPACKED | CRC32_UNPACKED));
    // A block that packing did not shrink stands as it is, with one checksum.
    if (packed < unpacked) at += 4 * bitsIn(flags & (ADLER32_PACKED | CRC32_PACKED));
    const bytes = file.read(at, packed);
    if (bytes.length < packed) throw new Error('the lzop file is cut off');
    at += packed;
    if (packed === unpacked) {
      yield bytes;
      continue;
    }
    const block = new Uint8Array(unpacked);
    yield block.subarray(0, decodeLzo1x(bytes, block));
  }
}

function lzopHeader(file: FileReader, u32: (at: number) => number): { flags: number; end: number } {
  const version = u32(MAGIC_BYTES) >>> 16;
  const isNew = version >= WITH_LEVEL;
  // Versions (three 16-bit words since 0.940, two before), method, level.
  let at = MAGIC_BYTES + (isNew ? 8 : 5);
  const flags = u32(at);
  at += 4 + ((flags & FILTER) !== 0 ? 4 : 0);
  // Mode and time; then the file's name, and a checksum.
  at += isNew ? 12 : 8;
  at += 1 + (file.read(at, 1)[0] ?? 0) + 4;
  if ((flags & EXTRA_FIELD) !== 0) at += 4 + u32(at) + 4;
  return { flags, end: at };
}

function bitsIn(flags: number): number {
  let count = 0;
  for (let rest = flags; rest !== 0; rest &= rest - 1) count++;
  return count;
}
