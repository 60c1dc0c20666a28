import { PT_LOAD, programHeaders } from '../bytes/elf.js';
import type { ElfHeader } from '../bytes/elf.js';
import { readableBytes } from '../bytes/bounds.js';
import type { FileReader } from '../bytes/file-reader.js';
import { ascendingOrder } from '../bytes/ascending-order.js';
import { NumberColumns } from '../bytes/number-columns.js';
import { MissingPage, Page, beyondEnd } from '../memory/physical-memory.js';
import type { PhysicalRange, StoredPage } from '../memory/physical-memory.js';

export interface ElfMemory {
  load: (pfn: number) => Page | MissingPage;
  ranges: () => Iterable<PhysicalRange>;
  stored: (most: number) => Iterable<StoredPage>;
  /** Where the last byte stands that a segment has in the file. */
  end: number;
  /** Segments that lie where no machine or file has bytes. */
  damaged: number;
}

/** 52 physical address bits. */
const MAX_ADDRESS = 2 ** 52;
const BYTES_PER_READ = 64 << 10;

/**
 * Pages of an ELF vmcore by p_paddr alone (p_vaddr is 0 in QEMU's files). Segments may overlap: /proc/vmcore gives the
 * kernel's text one of its own. What p_memsz has beyond p_filesz was left out by the filter.
 */
export function elfMemory(file: FileReader, header: ElfHeader, pageSize: number): ElfMemory {
  const inFile = new NumberColumns(3);
  const cut = new NumberColumns(3);
  const ram = new NumberColumns(3);
  let lastByte = 0;
  let damaged = 0;
  for (const { type, paddr, offset, fileSize, memorySize } of programHeaders(file, header)) {
    if (offset + fileSize > MAX_ADDRESS || (type === PT_LOAD && paddr + fileSize > MAX_ADDRESS)) damaged++;
    else if (fileSize > 0) lastByte = Math.max(lastByte, offset + fileSize);
    if (type !== PT_LOAD) continue;
    const stored = Math.min(fileSize, MAX_ADDRESS - paddr);
    const end = Math.min(paddr + Math.max(memorySize, fileSize), MAX_ADDRESS);
    if (end <= paddr) continue;
    const there = Math.max(0, Math.min(stored, file.size - offset));
    if (there > 0) inFile.push(paddr, paddr + there, offset);
    if (stored > there) cut.push(paddr + there, paddr + stored, 0);
    ram.push(paddr, end, 0);
  }
  const stored = disjoint(inFile);
  const lost = disjoint(cut);
  const known = disjoint(ram);

  return {
    end: lastByte,
    damaged,
    load(pfn) {
      const start = pfn * pageSize;
      const end = start + pageSize;
      const at = firstEndingAfter(stored, start);
      if (at < stored.count && stored.starts[at]! <= start && stored.ends[at]! >= end) {
        const offset = stored.offsets[at]! + (start - stored.starts[at]!);
        const bytes = file.read(offset, pageSize);
        return bytes.length === pageSize
          ? new Page(bytes)
          : beyondEnd(file, offset + pageSize, 'the file ends before it');
      }
      const storedBytes = overlap(stored, start, end);
      const knownBytes = overlap(known, start, end);
      if (knownBytes === 0) return new MissingPage('absent');
      if (storedBytes < knownBytes)
        return overlap(lost, start, end) > 0
          ? new MissingPage('cut off', 'the file ends before it')
          : new MissingPage('excluded', 'a zero page, or one of a kind that the filter leaves out');
      return assemble(file, stored, start, pageSize);
    },
    *ranges() {
      // Disjoint pieces may touch, and begin within a page: merged and widened to pages.
      let open: PhysicalRange | undefined;
      for (let i = 0; i < known.count; i++) {
        const start = Math.floor(known.starts[i]! / pageSize) * pageSize;
        const end = Math.ceil(known.ends[i]! / pageSize) * pageSize;
        if (open !== undefined && start <= open.end) {
          open.end = Math.max(open.end, end);
          continue;
        }
        if (open !== undefined) yield open;
        open = { start, end };
      }
      if (open !== undefined) yield open;
    },
    *stored(most) {
      let left = Math.min(most, readableBytes(file) / pageSize);
      for (let i = 0; i < stored.count && left > 0; i++) {
        const first = Math.ceil(stored.starts[i]! / pageSize) * pageSize;
        const last = Math.min(Math.floor(stored.ends[i]! / pageSize) * pageSize, first + left * pageSize);
        // A read of a page takes about as long as one of many.
        left -= Math.max(BYTES_PER_READ, last - first) / pageSize;
        for (let at = first; at < last; at += BYTES_PER_READ) {
          const bytes = file.read(stored.offsets[i]! + (at - stored.starts[i]!), Math.min(BYTES_PER_READ, last - at));
          for (let within = 0; within + pageSize <= bytes.length; within += pageSize) {
            yield { pfn: (at + within) / pageSize, bytes: bytes.subarray(within, within + pageSize) };
          }
        }
      }
    },
  };
}

/**
 * Physical bytes from `starts[i]` to `ends[i]`, and where the first of them stands in the file; ascending, without
 * overlap.
 */
interface Pieces {
  count: number;
  starts: Float64Array;
  ends: Float64Array;
  offsets: Float64Array;
}

/**
 * Pieces that cover the same bytes as `rows` of start, end and offset; where two cover a byte, the one that starts
 * first keeps it.
 */
function disjoint(rows: NumberColumns): Pieces {
  const starts = rows.column(0);
  const ends = rows.column(1);
  const offsets = rows.column(2);
  const result = {
    count: 0,
    starts: new Float64Array(rows.length),
    ends: new Float64Array(rows.length),
    offsets: new Float64Array(rows.length),
  };
  let covered = 0;
  for (const row of ascendingOrder(starts)) {
    const from = Math.max(starts[row]!, covered);
    const end = ends[row]!;
    if (from >= end) continue;
    result.starts[result.count] = from;
    result.ends[result.count] = end;
    result.offsets[result.count] = offsets[row]! + (from - starts[row]!);
    result.count++;
    covered = end;
  }
  return result;
}

function firstEndingAfter({ ends, count }: Pieces, address: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! > address) high = middle;
    else low = middle + 1;
  }
  return low;
}

function* piecesIn(
  pieces: Pieces,
  start: number,
  end: number,
): Generator<{ start: number; end: number; offset: number }> {
  for (let i = firstEndingAfter(pieces, start); i < pieces.count && pieces.starts[i]! < end; i++) {
    yield { start: pieces.starts[i]!, end: pieces.ends[i]!, offset: pieces.offsets[i]! };
  }
}

function overlap(pieces: Pieces, start: number, end: number): number {
  let bytes = 0;
  for (const piece of piecesIn(pieces, start, end)) bytes += Math.min(piece.end, end) - Math.max(piece.start, start);
  return bytes;
}

/** A page from several segments; where it is no RAM at all (the edge of a range within a page) it reads as zero. */
function assemble(file: FileReader, stored: Pieces, start: number, pageSize: number): Page | MissingPage {
  const bytes = new Uint8Array(pageSize);
  for (const piece of piecesIn(stored, start, start + pageSize)) {
    const from = Math.max(piece.start, start);
    const length = Math.min(piece.end, start + pageSize) - from;
    const offset = piece.offset + (from - piece.start);
    const part = file.read(offset, length);
    if (part.length < length) return beyondEnd(file, offset + length, 'the file ends before it');
    bytes.set(part, from - start);
  }
  return new Page(bytes);
}
