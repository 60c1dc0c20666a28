import type { KernelImage } from '../../arch/architecture.js';
import { InputError } from '../../bytes/input-error.js';
import { Page } from '../../memory/physical-memory.js';
import { readUpTo, type PagedMemory } from './memory-reader.js';
import { markersOf } from './names.js';
import { MOST_SYMBOLS, offsetReadings, type KallsymsPlaces } from './places.js';
import { readTokens, TOKEN_INDEX_BYTES } from './tokens.js';

// Freed init sections leave small holes in an image; a hole of this size is its end.
const LONGEST_HOLE_PAGES = 16384;
const CHUNK_PAGES = 64;

// Every digit stands in some symbol, so each is a token of its own, at its own code: "0\0" to "9\0" in a row.
const DIGITS = Buffer.from(Array.from('0123456789', (digit) => `${digit}\0`).join(''), 'latin1');
const FIRST_DIGIT = 0x30;

/**
 * Finds the tables where nothing says where they are (before 6.0): the token table by its digits, the others from
 * there, as they stand in a row. Orders known, from scripts/kallsyms.c:
 * - addresses | offsets, relative_base, num_syms, names, markers, [seqs_of_names,] token_table, token_index (up to 6.3)
 * - num_syms, names, markers, token_table, token_index, offsets, [relative_base,] seqs_of_names (since 6.4)
 * @throws InputError where none are found
 */
export function findKallsyms(memory: PagedMemory, stext: bigint | undefined, image: KernelImage): KallsymsPlaces {
  for (const digits of digitRows(memory, stext ?? image.start, image.bytes)) {
    const tokens = tokensAround(memory, digits);
    const names = tokens && namesBefore(memory, tokens.table);
    if (!tokens || !names) continue;
    const addresses = [...addressesBefore(memory, names), ...addressesAfter(memory, tokens.index, names.count)];
    return {
      count: names.count,
      names: names.at,
      tokenTable: tokens.table,
      tokenIndex: tokens.index,
      addresses,
      foundBy: 'search',
    };
  }
  throw new InputError(
    "The kernel's symbol table was not found in the dump: no kallsyms tables stand in the kernel's image.",
  );
}

/** The places that have the ten digit tokens. */
function* digitRows(memory: PagedMemory, from: bigint, reach: number): Generator<bigint> {
  const { pageSize } = memory;
  const overlap = DIGITS.length - 1;
  const chunk = Buffer.alloc(overlap + CHUNK_PAGES * pageSize);
  const first = Number(from / BigInt(pageSize));
  let seenAny = false;
  let hole = 0;
  for (let n = 0; n < reach / pageSize; n += CHUNK_PAGES) {
    chunk.copyWithin(0, chunk.length - overlap);
    for (let i = 0; i < CHUNK_PAGES; i++) {
      const page = memory.page(first + n + i);
      const start = overlap + i * pageSize;
      if (page instanceof Page) {
        chunk.set(page.bytes, start);
        seenAny = true;
        hole = 0;
      } else {
        chunk.fill(0, start, start + pageSize);
        hole++;
      }
    }
    for (let at = chunk.indexOf(DIGITS); at >= 0; at = chunk.indexOf(DIGITS, at + 1)) {
      yield BigInt(first + n) * BigInt(pageSize) + BigInt(at - overlap);
    }
    if (seenAny && hole > LONGEST_HOLE_PAGES) return;
  }
}

// 256 tokens of at most some 30 bytes.
const TOKEN_TABLE_REACH = 8192;

/** The token table whose digits stand at `digits`, and its index, which must describe it in full. */
function tokensAround(memory: PagedMemory, digits: bigint): { table: bigint; index: bigint } | undefined {
  const after = readUpTo(memory, digits, TOKEN_TABLE_REACH + TOKEN_INDEX_BYTES).bytes;
  let end = 0;
  for (let token = FIRST_DIGIT; token < 256; token++) {
    end = after.indexOf(0, end) + 1;
    if (end === 0) return undefined;
  }
  for (const alignment of [4, 8]) {
    const index = alignUp(digits + BigInt(end), alignment);
    const bytes = readUpTo(memory, index, TOKEN_INDEX_BYTES).bytes;
    if (bytes.length < TOKEN_INDEX_BYTES) continue;
    const table = digits - BigInt(bytes[FIRST_DIGIT * 2]! | (bytes[FIRST_DIGIT * 2 + 1]! << 8));
    if (readTokens(readUpTo(memory, table, TOKEN_TABLE_REACH * 2).bytes, bytes)) return { table, index };
  }
  return undefined;
}

// Names and seqs_of_names of the largest kernels: some 6 MB.
const NAMES_REACH = 16 << 20;
// A block of 256 names: two bytes at least and KSYM_NAME_LEN at most for each.
const SHORTEST_BLOCK = 2 * 256;
const LONGEST_BLOCK = 512 * 256;
const FEWEST_BLOCKS = 4;

interface FoundNames {
  at: bigint;
  countAt: bigint;
  count: number;
}

/**
 * kallsyms_names and kallsyms_num_syms before the token table. The markers between them and it are the anchor: they
 * start with 0, grow by the length of 256 names each, and must be equal to what the names themselves say.
 */
function namesBefore(memory: PagedMemory, tokenTable: bigint): FoundNames | undefined {
  const { start, bytes } = readDownFrom(memory, tokenTable, NAMES_REACH);
  const words = new Uint32Array(bytes.buffer, 0, bytes.length / 4);
  for (let first = words.length - FEWEST_BLOCKS; first >= 0; first--) {
    if (words[first] !== 0) continue;
    const run = markerRun(words, first);
    if (run < FEWEST_BLOCKS) continue;
    const found = namesEndingAt(bytes, words, first, run);
    if (found) return { count: found.count, at: start + BigInt(found.at), countAt: start + BigInt(found.countAt) };
  }
  return undefined;
}

/** How many words from `first` on grow as markers do. */
function markerRun(words: Uint32Array, first: number): number {
  let run = 1;
  for (; first + run < words.length; run++) {
    const step = words[first + run]! - words[first + run - 1]!;
    if (step < SHORTEST_BLOCK || step > LONGEST_BLOCK) break;
  }
  return run;
}

function namesEndingAt(
  bytes: Uint8Array,
  words: Uint32Array,
  first: number,
  run: number,
): { at: number; countAt: number; count: number } | undefined {
  const markersAt = first * 4;
  const lastMarker = words[first + run - 1]!;
  // What follows the markers may look like one more of them, so the true last one may stand before the run's.
  const earliest = Math.max(8, markersAt - lastMarker - LONGEST_BLOCK);
  for (let at = markersAt - 4; at >= earliest; at -= 4) {
    for (const countAt of [at - 8, at - 4]) {
      const count = words[countAt / 4]!;
      const blocks = Math.ceil(count / 256);
      if (count > MOST_SYMBOLS || blocks < FEWEST_BLOCKS || blocks > run || words[first + blocks - 1]! > markersAt - at)
        continue;
      // 8-byte alignment leaves the word between empty.
      if (countAt === at - 8 && words[at / 4 - 1] !== 0) continue;
      if (agreesWithMarkers(bytes.subarray(at, markersAt), count, words, first)) return { at, countAt, count };
    }
  }
  return undefined;
}

function agreesWithMarkers(packed: Uint8Array, count: number, words: Uint32Array, first: number): boolean {
  return (['one or two bytes', 'one byte'] as const).some((coding) => {
    const names = markersOf(packed, count, coding);
    return (
      names !== undefined &&
      packed.length - names.end < 8 &&
      names.markers.every((marker, n) => marker === words[first + n])
    );
  });
}

/** Up to 6.3: the addresses, or offsets and relative_base, before num_syms. */
function addressesBefore(memory: PagedMemory, names: FoundNames): KallsymsPlaces['addresses'][number][] {
  const baseAt = names.countAt - 8n;
  const base = readUpTo(memory, baseAt, 8).bytes;
  const offsets =
    base.length === 8 ? offsetReadings(baseAt - BigInt(alignedTo8(names.count * 4)), baseValue(base)).slice(0, 2) : [];
  return [...offsets, { at: names.countAt - BigInt(names.count * 8), coding: 'absolute' }];
}

/** Since 6.4: offsets after the token index, relative_base (until 6.19) after them. */
function addressesAfter(memory: PagedMemory, tokenIndex: bigint, count: number): KallsymsPlaces['addresses'][number][] {
  const at = tokenIndex + BigInt(TOKEN_INDEX_BYTES);
  const base = readUpTo(memory, alignUp(at + BigInt(count * 4), 8), 8).bytes;
  return [...offsetReadings(at, base.length === 8 ? baseValue(base) : undefined)];
}

/** The readable bytes that end at `end`, word by word from an aligned start. */
function readDownFrom(memory: PagedMemory, end: bigint, reach: number): { start: bigint; bytes: Uint8Array } {
  const pageSize = BigInt(memory.pageSize);
  let start = end - (end % 4n);
  const lowest = start - BigInt(reach);
  // Page by page downwards until one is missing.
  for (let at = start; at > lowest;) {
    const pageStart = at % pageSize === 0n ? at - pageSize : at - (at % pageSize);
    if (!(memory.page(Number(pageStart / pageSize)) instanceof Page)) break;
    at = start = pageStart;
  }
  const bytes = readUpTo(memory, start, Number(end - (end % 4n) - start)).bytes;
  return { start, bytes };
}

function baseValue(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
}

function alignUp(address: bigint, alignment: number): bigint {
  const mask = BigInt(alignment - 1);
  return (address + mask) & ~mask;
}

function alignedTo8(length: number): number {
  return (length + 7) & ~7;
}
