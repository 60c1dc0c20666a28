import type { FileReader } from '../bytes/file-reader.js';
import { InputError } from '../bytes/input-error.js';
import type { StatedEnd } from './completeness.js';

const SIGNATURE = 'makedumpfile';
const HEADER_BYTES = 4096;
const RECORD_HEADER_BYTES = 16;
const FLAT_HEADER_TYPE = 1;
const END_MARK = 0xffffffff;
/** Three numbers for each: 200 MB, and 32 GB of records of a page. */
const MAX_RECORDS = 8 << 20;

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
  return Buffer.from(start.subarray(0, SIGNATURE.length)).toString('latin1') === SIGNATURE && start[SIGNATURE.length] === 0;
}

/**
 * makedumpfile -F, and QEMU's kdump-* formats: a stream of records {offset, size, data}, big-endian, where a later
 * record overwrites what an earlier one wrote. Indexed once; the records' data stays in the file.
 */
export function openFlattened(file: FileReader, path: string, onRecord: () => void = () => {}): FlattenedFile {
  const head = file.read(0, 32);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 32 || file.size < HEADER_BYTES) throw new InputError(`${path} is cut off within its flattened header: it has ${file.size} bytes; copy the dump again.`);
  if (u64(view, 16) !== FLAT_HEADER_TYPE) throw new InputError(`${path} is a flattened dump of unknown type ${u64(view, 16)}.`);

  const records = readRecords(file, path, onRecord);
  const extents = lastWriterWins(records);
  const { targets, sizes, positions } = extents;
  const count = targets.length;
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
    streamEnd: records.streamEnd,
    read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      if (!(offset >= 0) || wanted === 0) return new Uint8Array(0);
      let extent = extentAt(offset);
      const whole = offset - targets[extent]!;
      if (whole >= 0 && whole + wanted <= sizes[extent]!) return file.read(positions[extent]! + whole, wanted);

      const bytes = new Uint8Array(wanted);
      for (let done = 0; done < wanted; ) {
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
  let capacity = 1024;
  let targets = new Float64Array(capacity);
  let sizes = new Float64Array(capacity);
  let positions = new Float64Array(capacity);
  let count = 0;
  let streamEnd: StreamEnd;
  const cutOff = (bytes: number): StreamEnd => ({ kind: 'cut off', stated: { bytes, exact: false } });
  for (let at = HEADER_BYTES; ; ) {
    if (count % 4096 === 0) onRecord();
    const head = file.read(at, RECORD_HEADER_BYTES);
    if (head.length < RECORD_HEADER_BYTES) {
      streamEnd = cutOff(at + RECORD_HEADER_BYTES);
      break;
    }
    const view = new DataView(head.buffer, head.byteOffset, RECORD_HEADER_BYTES);
    if (view.getUint32(0) === END_MARK && view.getUint32(8) === END_MARK) {
      streamEnd = { kind: 'end mark' };
      break;
    }
    const target = u64(view, 0);
    const size = u64(view, 8);
    // A record of no bytes says nothing, and an offset beyond 2^53 is no place in a file: the stream is broken from here.
    if (size === 0 || target + size > Number.MAX_SAFE_INTEGER) {
      streamEnd = { kind: 'broken', at };
      break;
    }
    at += RECORD_HEADER_BYTES;
    const there = Math.min(size, Math.max(0, file.size - at));
    if (there > 0) {
      if (count === MAX_RECORDS) throw new InputError(`${path} has more than ${MAX_RECORDS} flattened records; rearrange it first: makedumpfile -R NEW < ${path}`);
      if (count === capacity) {
        capacity *= 2;
        targets = grown(targets, capacity);
        sizes = grown(sizes, capacity);
        positions = grown(positions, capacity);
      }
      targets[count] = target;
      sizes[count] = there;
      positions[count] = at;
      count++;
    }
    at += size;
    if (there < size) {
      streamEnd = cutOff(at + RECORD_HEADER_BYTES);
      break;
    }
  }
  return { targets: targets.subarray(0, count), sizes: sizes.subarray(0, count), positions: positions.subarray(0, count), streamEnd };
}

/** Ascending extents without overlap; where records overlap, the one that stands later in the stream holds. */
function lastWriterWins(records: Extents): Extents {
  const { targets, sizes, positions } = records;
  const order = Uint32Array.from(targets.keys());
  if (!isAscending(targets)) order.sort((a, b) => targets[a]! - targets[b]! || a - b);

  const result = { targets: [] as number[], sizes: [] as number[], positions: [] as number[] };
  const push = (record: number, from: number, to: number) => {
    if (from >= to) return;
    result.targets.push(from);
    result.sizes.push(to - from);
    result.positions.push(positions[record]! + (from - targets[record]!));
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
  for (const record of order) {
    writeUntil(targets[record]!);
    at = targets[record]!;
    active.push(record);
  }
  writeUntil(Infinity);
  return { targets: Float64Array.from(result.targets), sizes: Float64Array.from(result.sizes), positions: Float64Array.from(result.positions) };
}

function isAscending(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i]! < values[i - 1]!) return false;
  return true;
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

function grown(values: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(capacity);
  larger.set(values);
  return larger;
}

function u64(view: DataView, at: number): number {
  return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
}
