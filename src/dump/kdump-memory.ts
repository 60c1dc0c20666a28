import { CodecError } from '../bytes/codecs/codec-error.js';
import type { BlockDecoder } from '../bytes/codecs/codec-error.js';
import { decodeLzo1x } from '../bytes/codecs/lzo1x.js';
import { decodeSnappy } from '../bytes/codecs/snappy.js';
import { decodeZlib } from '../bytes/codecs/zlib.js';
import type { FileReader } from '../bytes/file-reader.js';
import { readAhead } from '../bytes/read-ahead.js';
import { openBitmap } from './bitmap.js';
import type { Bitmap } from './bitmap.js';
import { BLOCK_BYTES, blockCache } from './block-cache.js';
import type { KdumpHeader } from './kdump-header.js';
import { DESCRIPTOR_BYTES } from './page-descriptor.js';
import { MissingPage, Page, beyondEnd } from '../memory/physical-memory.js';
import type { PhysicalRange, StoredPage } from '../memory/physical-memory.js';

/** One file of a dump: all of it, or a part of a split one. */
export interface KdumpPart {
  path: string;
  file: FileReader;
  header: KdumpHeader;
}

export interface KdumpMemory {
  load: (pfn: number) => Page | MissingPage;
  ranges: () => Iterable<PhysicalRange>;
  stored: (most: number) => Iterable<StoredPage>;
  /**
   * How many page descriptors each part has by its bitmap, in the order of the parts; undefined where that is cut off,
   * or beyond any machine.
   */
  descriptors: () => (number | undefined)[];
}

/** 16 TiB of memory, a bitmap of 512 MiB: counted on opening. */
const MAX_COUNTED_PAGES = 2 ** 32;

const FLAG_ZLIB = 0x1;
const FLAG_LZO = 0x2;
const FLAG_SNAPPY = 0x4;
const FLAG_ZSTD = 0x20;

/**
 * Pages of a kdump-compressed file, each found by one rank in the 2nd bitmap and one descriptor.
 * @param zstd the decoder where the header announces zstd
 */
export function kdumpMemory(
  parts: readonly KdumpPart[],
  zstd: BlockDecoder | undefined,
  onPageRead?: () => void,
): KdumpMemory {
  const opened = parts.map((part) => openPart(part, zstd, onPageRead));
  const first = opened[0]!;
  const { maxMapnr } = parts[0]!.header;
  return {
    load(pfn) {
      if (!(pfn >= 0 && pfn < maxMapnr)) return new MissingPage('absent');
      const part = opened.length === 1 ? first : (opened.find((p) => pfn >= p.startPfn && pfn < p.endPfn) ?? first);
      return part.load(pfn);
    },
    *ranges() {
      for (const { start, end } of first.ram.runs()) yield { start: start * BLOCK_BYTES, end: end * BLOCK_BYTES };
    },
    *stored(most) {
      for (const part of opened) yield* part.stored(most / opened.length);
    },
    descriptors: () => opened.map((part) => part.descriptors()),
  };
}

interface OpenPart {
  startPfn: number;
  endPfn: number;
  ram: Bitmap;
  load: (pfn: number) => Page | MissingPage;
  stored: (most: number) => Iterable<StoredPage>;
  descriptors: () => number | undefined;
}

function openPart({ file, header }: KdumpPart, zstd: BlockDecoder | undefined, onPageRead?: () => void): OpenPart {
  const readBlock = blockCache(file);
  const readPage = readAhead(file);
  const { blockSize, startPfn, endPfn } = header;
  const { ramOffset, dumpedOffset, bits } = bitmaps(header);
  const ram = openBitmap(file, ramOffset, bits, readBlock, onPageRead);
  const dumped = openBitmap(file, dumpedOffset, bits, readBlock, onPageRead);
  const scratch = new Uint8Array(DESCRIPTOR_BYTES);
  const scratchView = new DataView(scratch.buffer);
  let descriptorsBefore: number | undefined = startPfn === 0 ? 0 : undefined;

  /** Copies the descriptor into `scratch`; false where the file ends before. */
  function readDescriptor(index: number): boolean {
    const at = header.descriptorsOffset + index * DESCRIPTOR_BYTES;
    const block = Math.floor(at / BLOCK_BYTES);
    const inBlock = at - block * BLOCK_BYTES;
    const bytes = readBlock(block);
    const here = Math.min(DESCRIPTOR_BYTES, BLOCK_BYTES - inBlock);
    if (bytes.length < inBlock + here) return false;
    for (let i = 0; i < here; i++) scratch[i] = bytes[inBlock + i]!;
    if (here === DESCRIPTOR_BYTES) return true;
    const next = readBlock(block + 1);
    if (next.length < DESCRIPTOR_BYTES - here) return false;
    for (let i = here; i < DESCRIPTOR_BYTES; i++) scratch[i] = next[i - here]!;
    return true;
  }

  function load(pfn: number): Page | MissingPage {
    if (pfn >= bits) return new MissingPage('cut off', 'the bitmap ends before this page');
    const isDumped = dumped.has(pfn);
    if (isDumped === undefined) return beyondEnd(file, dumpedOffset + bits / 8, 'the file ends within its bitmap');
    if (!isDumped) return new MissingPage(ram.has(pfn) ? 'excluded' : 'absent');
    if (pfn < startPfn || pfn >= endPfn)
      return new MissingPage('cut off', 'it is in a part of the split dump that was not given');

    const index = descriptorOf(pfn);
    if (index === undefined) return beyondEnd(file, dumpedOffset + bits / 8, 'the file ends within its bitmap');
    if (!readDescriptor(index))
      return beyondEnd(
        file,
        header.descriptorsOffset + (index + 1) * DESCRIPTOR_BYTES,
        'the file ends within its page descriptors',
      );
    return described();
  }

  /** The descriptor's number of a page that was dumped. */
  function descriptorOf(pfn: number): number | undefined {
    descriptorsBefore ??= dumped.rank(startPfn);
    const rank = dumped.rank(pfn);
    return rank === undefined || descriptorsBefore === undefined ? undefined : rank - descriptorsBefore;
  }

  /** The page of the descriptor in `scratch`. */
  function described(): Page | MissingPage {
    const offset = scratchView.getUint32(4, true) * 2 ** 32 + scratchView.getUint32(0, true);
    const size = scratchView.getUint32(8, true);
    const flags = scratchView.getUint32(12, true);
    if (offset === 0) return new MissingPage('cut off', 'makedumpfile had no room left to write it');
    if (size === 0 || size > blockSize) return new MissingPage('damaged', `its descriptor says ${size} bytes`);
    const bytes = readPage(offset, size);
    if (bytes.length < size) return beyondEnd(file, offset + size, 'the file ends before it');
    return decode(bytes, flags);
  }

  function decode(bytes: Uint8Array, flags: number): Page | MissingPage {
    if (flags === 0) {
      return bytes.length === blockSize
        ? new Page(bytes.slice())
        : new MissingPage('damaged', `stored with ${bytes.length} bytes instead of ${blockSize}`);
    }
    const decoder = decoderFor(flags, zstd);
    if (typeof decoder === 'string') return new MissingPage('damaged', decoder);
    const target = new Uint8Array(blockSize);
    try {
      const length = decoder(bytes, target);
      return length === blockSize
        ? new Page(target)
        : new MissingPage('damaged', `decodes to ${length} bytes instead of ${blockSize}`);
    } catch (error) {
      if (error instanceof CodecError) return new MissingPage('damaged', error.message);
      throw error;
    }
  }

  function descriptors(): number | undefined {
    if (bits > MAX_COUNTED_PAGES) return undefined;
    descriptorsBefore ??= dumped.rank(startPfn);
    const all = dumped.rank(Math.min(bits, endPfn));
    return all === undefined || descriptorsBefore === undefined ? undefined : Math.max(0, all - descriptorsBefore);
  }

  function* stored(most: number): Generator<StoredPage> {
    let looked = 0;
    let lastOffset = 0n;
    let page: Page | MissingPage | undefined;
    for (const { start, end } of dumped.runs()) {
      const first = Math.max(start, startPfn);
      let index = descriptorOf(first);
      if (index === undefined) return;
      for (let pfn = first; pfn < Math.min(end, endPfn); pfn++) {
        if (++looked > most || !readDescriptor(index++)) return;
        onPageRead?.();
        // All pages of zeros have one place in the file.
        const offset = scratchView.getBigUint64(0, true);
        if (page === undefined || offset !== lastOffset) page = described();
        lastOffset = offset;
        if (page instanceof Page) yield { pfn, bytes: page.bytes };
      }
    }
  }

  return { startPfn, endPfn, ram, load, stored, descriptors };
}

/**
 * The 1st bitmap (RAM) and the 2nd (dumped) share bitmap_blocks in halves. Dumps from before makedumpfile have one
 * bitmap only: then one half has too few bits for the pages announced, and the whole has enough.
 */
function bitmaps(header: KdumpHeader): { ramOffset: number; dumpedOffset: number; bits: number } {
  const { bitmapOffset, bitmapBytes, blockSize, maxMapnr } = header;
  const half = Math.floor(bitmapBytes / blockSize / 2) * blockSize;
  const single = half * 8 < maxMapnr && bitmapBytes * 8 >= maxMapnr;
  return single
    ? { ramOffset: bitmapOffset, dumpedOffset: bitmapOffset, bits: Math.min(maxMapnr, bitmapBytes * 8) }
    : { ramOffset: bitmapOffset, dumpedOffset: bitmapOffset + half, bits: Math.min(maxMapnr, half * 8) };
}

/** The page's own flags decide; or why there is no decoder. */
function decoderFor(flags: number, zstd: BlockDecoder | undefined): BlockDecoder | string {
  switch (flags) {
    case FLAG_ZLIB:
      return decodeZlib;
    case FLAG_LZO:
      return decodeLzo1x;
    case FLAG_SNAPPY:
      return decodeSnappy;
    case FLAG_ZSTD:
      return zstd ?? 'zstd, which the header does not announce';
    default:
      return `its flags are 0x${flags.toString(16)}, which name no codec`;
  }
}
