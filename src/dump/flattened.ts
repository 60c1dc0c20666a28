import { ascendingOrder } from '../bytes/ascending-order.js';
import type { FileReader } from '../bytes/file-reader.js';
import { NumberColumns } from '../bytes/number-columns.js';
import { InputError } from '../bytes/input-error.js';
import type { StatedEnd } from './completeness.js';

const SIGNATURE = 'makedumpfile';
const HEADER_BYTES = 4096;
const RECORD_HEADER_BYTES = 16;
const FLAT_HEADER_TYPE = 1;
const END_MARK = 0xffffffff;
/** Nine numbers for each: 300 MB. makedumpfile's records have 16 KiB or more, and QEMU's 16 KiB: a file of 64 GiB. */
const MAX_RECORDS = 4 << 20;
/** A sector is the least that anything writes, but at the end of a table; each piece of a file takes one read. */
const SMALL_PIECE = 512;
const MAX_SMALL_PIECES = 64 << 10;
/** Where records are small, many headers are had by one read. */
const SMALL_RECORD = 4096;
const BYTES_PER_READ = 64 << 10;

/** A flattened file read as the file that it describes. */
export interface FlattenedFile extends FileReader {
  /** How the stream ends; what did not come before that is cut off. */
  readonly streamEnd: StreamEnd;
}

export type StreamEnd =
  | { kind: 'end mark' }
  /** The file ends within a record, or before the end mark. */
  | { kind: 'cut off'; stated: StatedEnd }
  /** At `at` stands no record. */
  | { kind: 'broken'; at: number };

export function isFlattened(start: Uint8Array): boolean {
  return (
    Buffer.from(start.subarray(0, SIGNATURE.length)).toString('latin1') === SIGNATURE && start[SIGNATURE.length] === 0
  );
}

/**
 * makedumpfile -F, and QEMU's kdump-* formats: a stream of records {offset, size, data}, big-endian, where a later
 * record overwrites what an earlier one wrote. Indexed once; the records' data stays in the file.
 */
export function openFlattened(file: FileReader, path: string, onRecord: () => void = () => {}): FlattenedFile {
  const head = file.read(0, 32);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 32 || file.size < HEADER_BYTES)
    throw new InputError(
      `${path} is cut off within its flattened header: it has ${file.size} bytes; copy the dump again.`,
    );
  if (u64(view, 16) !== FLAT_HEADER_TYPE)
    throw new InputError(`${path} is a flattened dump of unknown type ${u64(view, 16)}.`);

  const records = readRecords(file, path, onRecord);
  const extents = lastWriterWins(records);
  const { targets, sizes, positions } = extents;
  const count = targets.length;
  // Records that overlap leave pieces of one another.
  if (sizes.reduce((sum, bytes) => sum + (bytes < SMALL_PIECE ? 1 : 0), 0) > MAX_SMALL_PIECES)
    throw inSmallPieces(path);
  const isWhole = records.streamEnd.kind === 'end mark';
  const size = count === 0 ? 0 : targets[count - 1]! + sizes[count - 1]!;

  /** The first extent that ends after `offset`. */
  function extentAt(offset: number): number {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (targets[middle]! + sizes[middle]! > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  return {
    size,
    held: file.held,
    becameShorter: () => file.becameShorter?.() === true,
    streamEnd: records.streamEnd,
    read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      if (!(offset >= 0) || wanted === 0) return new Uint8Array(0);
      let extent = extentAt(offset);
      const whole = offset - targets[extent]!;
      if (whole >= 0 && whole + wanted <= sizes[extent]!) return file.read(positions[extent]! + whole, wanted);

      const bytes = new Uint8Array(wanted);
      for (let done = 0; done < wanted;) {
        const at = offset + done;
        const gap = targets[extent]! - at;
        if (gap > 0) {
          // What no record wrote is a hole, which reads as zero; in a cut stream it is what was to come.
          if (!isWhole) return bytes.subarray(0, done);
          done += Math.min(gap, wanted - done);
          continue;
        }
        const take = Math.min(sizes[extent]! + gap, wanted - done);
        const part = file.read(positions[extent]! - gap, take);
        bytes.set(part, done);
        done += part.length;
        if (part.length < take) return bytes.subarray(0, done);
        extent++;
      }
      return bytes;
    },
  };
}

interface Extents {
  targets: Float64Array;
  sizes: Float64Array;
  positions: Float64Array;
}

function readRecords(file: FileReader, path: string, onRecord: () => void): Extents & { streamEnd: StreamEnd } {
  const records = new NumberColumns(3);
  const headerAt = headersOf(file);
  let small = 0;
  const columns = (streamEnd: StreamEnd) => ({
    targets: records.column(0),
    sizes: records.column(1),
    positions: records.column(2),
    streamEnd,
  });
  const cutOff = (bytes: number): StreamEnd => ({ kind: 'cut off', stated: { bytes, exact: false } });
  for (let at = HEADER_BYTES; ;) {
    if (records.length % 4096 === 0) onRecord();
    const view = headerAt(at);
    if (view === undefined) return columns(cutOff(at + RECORD_HEADER_BYTES));
    if (view.getUint32(0) === END_MARK && view.getUint32(8) === END_MARK) return columns({ kind: 'end mark' });
    const target = u64(view, 0);
    const size = u64(view, 8);
    // A record of no bytes says nothing, and an offset beyond 2^53 is no place in a file: the stream is broken from
    // here.
    if (size === 0 || target + size > Number.MAX_SAFE_INTEGER) return columns({ kind: 'broken', at });
    at += RECORD_HEADER_BYTES;
    const there = Math.min(size, Math.max(0, file.size - at));
    if (there > 0) {
      if (records.length === MAX_RECORDS)
        throw new InputError(
          `${path} has more than ${MAX_RECORDS} flattened records; rearrange it first: makedumpfile -R NEW < ${path}`,
        );
      if (there < SMALL_PIECE && ++small > MAX_SMALL_PIECES) throw inSmallPieces(path);
      records.push(target, there, at);
    }
    at += size;
    if (there < size) return columns(cutOff(at + RECORD_HEADER_BYTES));
  }
}

function inSmallPieces(path: string): InputError {
  return new InputError(
    `${path} is in more than ${MAX_SMALL_PIECES} pieces of less than ${SMALL_PIECE} bytes, which no program writes: ` +
      `it is damaged; copy it again, or rearrange it first: makedumpfile -R NEW < ${path}`,
  );
}

/** The record's header at a place, which only ever grows; undefined where the file ends before its end. */
function headersOf(file: FileReader): (at: number) => DataView | undefined {
  let bytes: Uint8Array = new Uint8Array(0);
  let start = 0;
  return (at) => {
    if (at + RECORD_HEADER_BYTES > start + bytes.length) {
      const isNear = at < start + bytes.length + SMALL_RECORD;
      bytes = file.read(at, isNear ? BYTES_PER_READ : RECORD_HEADER_BYTES);
      start = at;
    }
    return bytes.length < at - start + RECORD_HEADER_BYTES
      ? undefined
      : new DataView(bytes.buffer, bytes.byteOffset + (at - start), RECORD_HEADER_BYTES);
  };
}

/** Ascending extents without overlap; where records overlap, the one that stands later in the stream holds. */
function lastWriterWins(records: Extents): Extents {
  const { targets, sizes, positions } = records;
  const result = new NumberColumns(3);
  const push = (record: number, from: number, to: number) => {
    if (from < to) result.push(from, to - from, positions[record]! + (from - targets[record]!));
  };
  // A sweep over the starts: `active` is a heap of the records begun so far, the latest written on top.
  const active = new LatestFirst();
  const endOf = (record: number) => targets[record]! + sizes[record]!;
  let at = 0;
  const writeUntil = (limit: number) => {
    while (at < limit) {
      const top = active.top();
      if (top === undefined) return;
      if (endOf(top) <= at) {
        active.pop();
        continue;
      }
      const to = Math.min(limit, endOf(top));
      push(top, at, to);
      at = to;
    }
  };
  for (const record of ascendingOrder(targets)) {
    writeUntil(targets[record]!);
    at = targets[record]!;
    active.push(record);
  }
  writeUntil(Infinity);
  return { targets: result.column(0), sizes: result.column(1), positions: result.column(2) };
}

/** A binary heap of record numbers, the greatest first. */
class LatestFirst {
  readonly #items: number[] = [];

  top(): number | undefined {
    return this.#items[0];
  }

  push(item: number): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! >= item) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): void {
    const items = this.#items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! > items[child]!) child++;
      if (items[child]! <= last) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
  }
}

function u64(view: DataView, at: number): number {
  return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
}
