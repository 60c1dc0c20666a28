import type { FileReader } from '../../bytes/file-reader.js';

const MAGIC = 0x184c2102;
const MAGIC_BYTES = 4;
/** Every block of a legacy frame but the last unpacks to this. */
const BLOCK_BYTES = 8 << 20;
// What LZ4_compressBound() gives for a block.
const LONGEST_PACKED_BLOCK = BLOCK_BYTES + Math.ceil(BLOCK_BYTES / 255) + 16;

/** Decodes a raw lz4 block into `output`; the count of bytes written, negative where the block is broken. */
export type Lz4Block = (input: Uint8Array, output: Uint8Array) => number;

/**
 * The blocks of lz4's legacy frame format, which `lz4 -l` writes: magic, then 32-bit length and block, over and over;
 * concatenated frames repeat the magic.
 * @throws Error where a block is broken
 */
export function* lz4LegacyBlocks(file: FileReader, decode: Lz4Block): Generator<Uint8Array> {
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
    if (size < 0) throw new Error(`the lz4 block at ${at} is broken`);
    yield block.subarray(0, size);
    at += length;
  }
}

/** A raw block; https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md. */
export const lz4Block: Lz4Block = (input, output) => {
  let at = 0;
  let out = 0;
  while (at < input.length) {
    const token = input[at++]!;
    let literals = token >> 4;
    if (literals === 15) {
      let more: number;
      do {
        more = input[at++] ?? 0;
        literals += more;
      } while (more === 255);
    }
    if (at + literals > input.length || out + literals > output.length) return -1;
    output.set(input.subarray(at, at + literals), out);
    at += literals;
    out += literals;
    // The last sequence is literals alone.
    if (at === input.length) return out;
    const distance = input[at]! | ((input[at + 1] ?? 0) << 8);
    at += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      let more: number;
      do {
        more = input[at++] ?? 0;
        length += more;
      } while (more === 255);
    }
    if (distance === 0 || distance > out || out + length > output.length) return -1;
    if (distance >= length) {
      output.copyWithin(out, out - distance, out - distance + length);
      out += length;
    } else {
      for (let i = 0; i < length; i++, out++) output[out] = output[out - distance]!;
    }
  }
  return -1;
};

/** The native decoder where it is installed and loads (it is bound to one release of Node), else the one above. */
export async function fastestLz4Block(): Promise<Lz4Block> {
  try {
    // By a variable: tsc must not ask for the types of a package that may not be installed.
    const name = 'lz4' as string;
    const { default: native } = await import(name) as { default: { decodeBlock(input: Buffer, output: Buffer): number } };
    return (input, output) => native.decodeBlock(
      Buffer.from(input.buffer, input.byteOffset, input.byteLength),
      Buffer.from(output.buffer, output.byteOffset, output.byteLength),
    );
  } catch {
    return lz4Block;
  }
}
