import { PT_LOAD, programHeaders } from '../bytes/elf.js';
import type { ElfHeader } from '../bytes/elf.js';
import type { FileReader } from '../bytes/file-reader.js';
import { InputError } from '../bytes/input-error.js';
import { MissingPage, Page } from './physical-memory.js';
import type { PhysicalRange } from './physical-memory.js';

export interface ElfMemory {
  load: (pfn: number) => Page | MissingPage;
  ranges: () => Iterable<PhysicalRange>;
  /** Where the last byte stands that a segment has in the file. */
  end: number;
  /** Segments that lie where no machine or file has bytes. */
  damaged: number;
}

const PAGE_BYTES = 4096;
/** 52 physical address bits. */
const MAX_ADDRESS = 2 ** 52;
/** makedumpfile splits segments at holes that its filter left; far fewer than one for each MiB of a large machine. */
const MAX_SEGMENTS = 4 << 20;

/**
 * Pages of an ELF vmcore by p_paddr alone (p_vaddr is 0 in QEMU's files). Segments may overlap: /proc/vmcore gives the
 * kernel's text one of its own. What p_memsz has beyond p_filesz was left out by the filter.
 */
export function elfMemory(file: FileReader, header: ElfHeader, path: string): ElfMemory {
  const inFile: Piece[] = [];
  const cut: Piece[] = [];
  const ram: Piece[] = [];
  let lastByte = 0;
  let damaged = 0;
  let segments = 0;
  for (const { type, paddr, offset, fileSize, memorySize } of programHeaders(file, header)) {
    if (offset + fileSize > MAX_ADDRESS || (type === PT_LOAD && paddr + fileSize > MAX_ADDRESS)) damaged++;
    else if (fileSize > 0) lastByte = Math.max(lastByte, offset + fileSize);
    if (type !== PT_LOAD) continue;
    if (++segments > MAX_SEGMENTS) throw new InputError(`${path} has more than ${MAX_SEGMENTS} segments, which no machine needs: the file is damaged.`);
    const stored = Math.min(fileSize, MAX_ADDRESS - paddr);
    const end = Math.min(paddr + Math.max(memorySize, fileSize), MAX_ADDRESS);
    if (end <= paddr) continue;
    const there = Math.max(0, Math.min(stored, file.size - offset));
    if (there > 0) inFile.push({ start: paddr, end: paddr + there, offset });
    if (stored > there) cut.push({ start: paddr + there, end: paddr + stored, offset: 0 });
    ram.push({ start: paddr, end, offset: 0 });
  }
  const stored = disjoint(inFile);
  const lost = disjoint(cut);
  const known = disjoint(ram);

  return {
    end: lastByte,
    damaged,
    load(pfn) {
      const start = pfn * PAGE_BYTES;
      const end = start + PAGE_BYTES;
      const piece = stored[firstEndingAfter(stored, start)];
      if (piece !== undefined && piece.start <= start && piece.end >= end) {
        const bytes = file.read(piece.offset + (start - piece.start), PAGE_BYTES);
        return bytes.length === PAGE_BYTES ? new Page(bytes) : new MissingPage('cut off', 'the file ends before it');
      }
      const storedBytes = overlap(stored, start, end);
      const knownBytes = overlap(known, start, end);
      if (knownBytes === 0) return new MissingPage('absent');
      if (storedBytes < knownBytes) return overlap(lost, start, end) > 0 ? new MissingPage('cut off', 'the file ends before it') : new MissingPage('excluded', 'a zero page, or one of a kind that the filter leaves out');
      return assemble(file, stored, start);
    },
    *ranges() {
      // Disjoint pieces may touch, and begin within a page: merged and widened to pages.
      let open: PhysicalRange | undefined;
      for (const piece of known) {
        const start = Math.floor(piece.start / PAGE_BYTES) * PAGE_BYTES;
        const end = Math.ceil(piece.end / PAGE_BYTES) * PAGE_BYTES;
        if (open !== undefined && start <= open.end) {
          open.end = Math.max(open.end, end);
          continue;
        }
        if (open !== undefined) yield open;
        open = { start, end };
      }
      if (open !== undefined) yield open;
    },
  };
}

/** Physical bytes `start`…`end`, and where the first of them stands in the file. */
interface Piece {
  start: number;
  end: number;
  offset: number;
}

/** Ascending pieces without overlap that cover the same bytes; where two cover a byte, the one that starts first keeps it. */
function disjoint(pieces: Piece[]): Piece[] {
  const sorted = pieces.toSorted((a, b) => a.start - b.start);
  const result: Piece[] = [];
  let covered = 0;
  for (const { start, end, offset } of sorted) {
    const from = Math.max(start, covered);
    if (from >= end) continue;
    result.push({ start: from, end, offset: offset + (from - start) });
    covered = end;
  }
  return result;
}

function firstEndingAfter(pieces: readonly Piece[], address: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (pieces[middle]!.end > address) high = middle;
    else low = middle + 1;
  }
  return low;
}

function* piecesIn(pieces: readonly Piece[], start: number, end: number): Generator<Piece> {
  for (let i = firstEndingAfter(pieces, start); i < pieces.length && pieces[i]!.start < end; i++) yield pieces[i]!;
}

function overlap(pieces: readonly Piece[], start: number, end: number): number {
  let bytes = 0;
  for (const piece of piecesIn(pieces, start, end)) bytes += Math.min(piece.end, end) - Math.max(piece.start, start);
  return bytes;
}

/** A page from several segments; where it is no RAM at all (the edge of a range within a page) it reads as zero. */
function assemble(file: FileReader, stored: readonly Piece[], start: number): Page | MissingPage {
  const bytes = new Uint8Array(PAGE_BYTES);
  for (const piece of piecesIn(stored, start, start + PAGE_BYTES)) {
    const from = Math.max(piece.start, start);
    const length = Math.min(piece.end, start + PAGE_BYTES) - from;
    const part = file.read(piece.offset + (from - piece.start), length);
    if (part.length < length) return new MissingPage('cut off', 'the file ends before it');
    bytes.set(part, from - start);
  }
  return new Page(bytes);
}
