import type { BlockDecoder } from '../../bytes/codecs/codec-error.js';
import type { FileReader } from '../../bytes/file-reader.js';

const MAGIC = 0x184c2102;
const MAGIC_BYTES = 4;
/** Every block of a legacy frame but the last unpacks to this. */
const BLOCK_BYTES = 8 << 20;
// What LZ4_compressBound() gives for a block.
const LONGEST_PACKED_BLOCK = BLOCK_BYTES + Math.ceil(BLOCK_BYTES / 255) + 16;

/** Whether an lz4 file is of that format, and not a frame of the later one. */
export function isLz4Legacy(file: FileReader): boolean {
  return Buffer.from(file.read(0, MAGIC_BYTES)).readUInt32LE() === MAGIC;
}

/**
 * The blocks of lz4's legacy frame format, which `lz4 -l` writes: magic, then 32-bit length and block, over and over;
 * concatenated frames repeat the magic.
 * @throws CodecError, or Error where a length is nonsense
 */
export function* lz4LegacyBlocks(file: FileReader, decode: BlockDecoder): Generator<Uint8Array> {
  let at = MAGIC_BYTES;
  while (at + 4 <= file.size) {
    const length = Buffer.from(file.read(at, 4)).readUInt32LE();
    at += 4;
    if (length === MAGIC) continue;
    if (length === 0 || length > LONGEST_PACKED_BLOCK || at + length > file.size) {
      throw new Error(`the lz4 block at ${at} claims ${length} bytes`);
    }
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    const size = decode(file.read(at, length), block);
    yield block.subarray(0, size);
    at += length;
  }
}
