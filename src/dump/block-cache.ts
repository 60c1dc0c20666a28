import type { FileReader } from '../bytes/file-reader.js';

/** A page of the system's; also the unit of the bitmap's index, so a rank reads one block. */
export const BLOCK_BYTES = 4096;
/** 8 MiB: a 1 TB machine's bitmap fills it once, its descriptors (6 GB) never fit. */
const MAX_BLOCKS = 2048;

/**
 * A file's tables (bitmaps, descriptors) through a bounded cache of blocks. A block is shorter where the file ends.
 */
export function blockCache(file: FileReader): (block: number) => Uint8Array {
  const blocks = new Map<number, Uint8Array>();
  let lastBlock = -1;
  let lastBytes: Uint8Array = new Uint8Array(0);
  return (block) => {
    if (block === lastBlock) return lastBytes;
    let bytes = blocks.get(block);
    if (bytes === undefined) {
      bytes = file.read(block * BLOCK_BYTES, BLOCK_BYTES);
      // Dropping all at once keeps the hit cheap, and a table's blocks are soon back.
      if (blocks.size >= MAX_BLOCKS) blocks.clear();
      blocks.set(block, bytes);
    }
    lastBlock = block;
    lastBytes = bytes;
    return bytes;
  };
}
