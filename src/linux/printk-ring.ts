import { Implausible } from '../kernel/gaps.js';
import { ReadError, unreadableInWords } from '../memory/address-space.js';
import { callerInWords, logText, type LogEntry } from './log-entry.js';
import { need, type LogSource } from './printk-layout.js';
import { counted } from '../words/quantity.js';

/** The state in the top two bits of prb_desc.state_var. */
const RESERVED = 0;
const COMMITTED = 1;
const FINALIZED = 2;
const ID_MASK = (1n << 62n) - 1n;

/** log_buf_len is at most 2^31, and has a descriptor for each 32 bytes. */
const MOST_COUNT_BITS = 26;
const MOST_SIZE_BITS = 31;
/** Descriptors read at once: a page that is missing costs one remark, not one for each record. */
const CHUNK = 128;

const LOG_CONT = 8;
/** Both lpos of a record that never had room for its text; an empty line has 3 in both. */
const FAILED_LPOS = 1n;
/** Every data block begins with its descriptor's id. */
const BLOCK_HEADER = 8;

/**
 * The records of the printk ring buffer (since 5.10), oldest first, as prb_for_each_record() visits them; with remarks
 * for what is reserved but not committed, lost, or can't be read. Mirrors kernel/printk/printk_ringbuffer.c.
 * @throws ReadError, Implausible, ShapeError where there is no ring to be read
 */
export function* ringRecords(source: LogSource): Generator<LogEntry> {
  const ring = locateRing(source);
  const remarks = new Remarks();
  for (const found of descriptors(source, ring)) {
    source.step?.();
    const entry = 'problem' in found ? found : recordOf(source, ring, found);
    if ('problem' in entry) remarks.add(entry);
    else {
      yield* remarks.before(entry.sequence);
      yield entry;
    }
  }
  yield* remarks.rest();
}

interface Ring {
  count: number;
  descs: bigint;
  infos: bigint;
  head: bigint;
  tail: bigint;
  data: bigint;
  dataBytes: number;
  desc: { size: number; stateVar: number; begin: number; next: number };
  info: { size: number; seq: number; time: number; textLength: number; caller: number };
}

function locateRing(source: LogSource): Ring {
  const { memory } = source;
  const at = (member: string): number => need(source.offset(member), `the offset of ${member}`);
  const sized = (struct: string): number => need(source.size(struct), `the size of ${struct}`);
  const ringAddress = memory.u64(need(source.symbol('prb'), '`prb`, the pointer to the printk ring buffer'));
  const descRing = ringAddress + BigInt(at('printk_ringbuffer.desc_ring'));
  const dataRing = ringAddress + BigInt(at('printk_ringbuffer.text_data_ring'));
  const blockAt = at('prb_desc.text_blk_lpos');
  return {
    count: 2 ** bits(memory.u32(descRing + BigInt(at('prb_desc_ring.count_bits'))), MOST_COUNT_BITS, 'count_bits of the printk ring'),
    descs: memory.u64(descRing + BigInt(at('prb_desc_ring.descs'))),
    infos: memory.u64(descRing + BigInt(at('prb_desc_ring.infos'))),
    head: memory.u64(descRing + BigInt(at('prb_desc_ring.head_id'))) & ID_MASK,
    tail: memory.u64(descRing + BigInt(at('prb_desc_ring.tail_id'))) & ID_MASK,
    dataBytes: 2 ** bits(memory.u32(dataRing + BigInt(at('prb_data_ring.size_bits'))), MOST_SIZE_BITS, 'size_bits of the printk data ring'),
    data: memory.u64(dataRing + BigInt(at('prb_data_ring.data'))),
    desc: {
      size: within(sized('prb_desc'), 24, 4096, 'the size of prb_desc'),
      stateVar: at('prb_desc.state_var'),
      begin: blockAt + at('prb_data_blk_lpos.begin'),
      next: blockAt + at('prb_data_blk_lpos.next'),
    },
    info: {
      size: within(sized('printk_info'), 24, 4096, 'the size of printk_info'),
      seq: at('printk_info.seq'), time: at('printk_info.ts_nsec'), textLength: at('printk_info.text_len'), caller: at('printk_info.caller_id'),
    },
  };
}

function bits(value: number, most: number, what: string): number {
  return within(value, 1, most, what);
}

function within(value: number, least: number, most: number, what: string): number {
  if (value < least || value > most) throw new Implausible(`${what} is ${value}`);
  return value;
}

interface Problem {
  problem: string;
  count?: number;
  /** The record was there and can't be read; else the kernel itself has lost it. */
  unread?: true;
}

interface Descriptor {
  id: bigint;
  begin: bigint;
  next: bigint;
  info: DataView;
}

/** From the tail to the head; descriptor and info of each are read by chunks. */
function* descriptors({ memory }: LogSource, ring: Ring): Generator<Descriptor | Problem> {
  const span = Number((ring.head - ring.tail) & ID_MASK) + 1;
  if (span > ring.count) throw new Implausible(`the printk ring spans ${span} descriptors of ${ring.count}`);
  const first = Number(ring.tail & BigInt(ring.count - 1));
  for (let done = 0; done < span; ) {
    const index = (first + done) % ring.count;
    const length = Math.min(CHUNK, span - done, ring.count - index);
    const descs = readable(() => memory.read(ring.descs + BigInt(index * ring.desc.size), length * ring.desc.size));
    const infos = readable(() => memory.read(ring.infos + BigInt(index * ring.info.size), length * ring.info.size));
    const reason = [descs, infos].find((part) => typeof part === 'string');
    if (typeof descs === 'string' || typeof infos === 'string') yield { problem: `can't be read: ${reason as string}`, count: length, unread: true };
    else yield* chunk(ring, done, descs, infos);
    done += length;
  }
}

function* chunk(ring: Ring, done: number, descs: DataView, infos: DataView): Generator<Descriptor | Problem> {
  for (let i = 0; i * ring.desc.size < descs.byteLength; i++) {
    const expected = (ring.tail + BigInt(done + i)) & ID_MASK;
    const at = i * ring.desc.size;
    const stateVar = descs.getBigUint64(at + ring.desc.stateVar, true);
    const state = Number(stateVar >> 62n);
    if ((stateVar & ID_MASK) !== expected || state === RESERVED) yield { problem: 'reserved but never committed' };
    else if (state === COMMITTED || state === FINALIZED) {
      yield {
        id: expected,
        begin: descs.getBigUint64(at + ring.desc.begin, true),
        next: descs.getBigUint64(at + ring.desc.next, true),
        info: new DataView(infos.buffer, infos.byteOffset + i * ring.info.size, ring.info.size),
      };
    }
    // Reusable ones are behind: their text was overwritten (the sequence tells), or they were never used since boot.
  }
}

type FoundRecord = Extract<LogEntry, { text: string }> & { sequence: number };

function recordOf(source: LogSource, ring: Ring, { id, begin, next, info }: Descriptor): FoundRecord | Problem {
  const textLengthAt = ring.info.textLength;
  const sequence = Number(info.getBigUint64(ring.info.seq, true));
  const text = textOf(source, ring, id, begin, next, info.getUint16(textLengthAt, true));
  if (typeof text === 'object') return text;
  // Not in VMCOREINFO, but fixed by the ABI of the bit fields: u8 facility, then flags:5 and level:3.
  const facility = info.getUint8(textLengthAt + 2);
  const flagsAndLevel = info.getUint8(textLengthAt + 3);
  return {
    sequence,
    timeNs: Number(info.getBigUint64(ring.info.time, true)),
    level: flagsAndLevel >> 5,
    facility,
    caller: callerInWords(info.getUint32(ring.info.caller, true)),
    text,
    ...((flagsAndLevel & LOG_CONT) === 0 ? {} : { continued: true as const }),
  };
}

/** get_data(): where a block's text lies. A block that does not fit before the end of the ring stands at its start. */
function textOf({ memory }: LogSource, ring: Ring, id: bigint, begin: bigint, next: bigint, textLength: number): string | Problem {
  const size = BigInt(ring.dataBytes);
  if ((begin & 1n) === 1n && (next & 1n) === 1n) {
    return begin === FAILED_LPOS || next === FAILED_LPOS ? { problem: 'lost: the ring had no room for it' } : '';
  }
  // A block that ends exactly at the end of the ring is not wrapped: older writers never leave one there, newer ones do.
  // Positions start below 0 and are 64 bits wide: the end of the first lap is 0.
  const wrapped = (BigInt.asUintN(64, next - 1n) ^ begin) >= size;
  const start = wrapped ? 0n : begin & (size - 1n);
  const blockBytes = wrapped ? next & (size - 1n) : BigInt.asUintN(64, next - begin);
  if (blockBytes <= BigInt(BLOCK_HEADER) || start + blockBytes > size) return { problem: 'damaged: no such place in the ring', unread: true };
  const available = Number(blockBytes) - BLOCK_HEADER;
  const block = readable(() => memory.read(ring.data + start, BLOCK_HEADER + Math.min(textLength, available)));
  if (typeof block === 'string') return { problem: `can't be read: ${block}`, unread: true };
  if ((block.getBigUint64(0, true) & ID_MASK) !== id) return { problem: 'overwritten by others' };
  return logText(new Uint8Array(block.buffer, block.byteOffset + BLOCK_HEADER, block.byteLength - BLOCK_HEADER));
}

/** The bytes, or why they are not to be had. */
function readable(read: () => Uint8Array): DataView | string {
  try {
    const bytes = read();
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    // Without its address: what befell a thousand records alike is one remark.
    if (error instanceof ReadError) return unreadableInWords(error.cause);
    throw error;
  }
}

/** Like problems in a row become one remark; jumps in the sequence that no problem explains become one too. */
class Remarks {
  #next: number | undefined;
  readonly #pending: { problem: string; count: number; unread?: true }[] = [];

  add({ problem, count = 1, unread }: Problem): void {
    const last = this.#pending.at(-1);
    if (last?.problem === problem) last.count += count;
    else this.#pending.push({ problem, count, ...(unread ? { unread } : {}) });
  }

  *before(sequence: number): Generator<LogEntry> {
    const skipped = this.#next === undefined ? sequence : sequence - this.#next;
    const explained = this.#pending.reduce((sum, { count }) => sum + count, 0);
    if (this.#next === undefined && skipped > explained) yield { remark: `${counted(skipped - explained, 'record')} before these: overwritten by newer ones` };
    yield* this.rest();
    if (this.#next !== undefined && skipped > explained) yield { remark: `${counted(skipped - explained, 'record')} missing: the sequence jumps from ${this.#next - 1} to ${sequence}`, unread: true };
    if (this.#next !== undefined && skipped < 0) yield { remark: `the sequence goes back from ${this.#next - 1} to ${sequence}` };
    this.#next = sequence + 1;
  }

  *rest(): Generator<LogEntry> {
    for (const { problem, count, unread } of this.#pending.splice(0)) yield { remark: `${counted(count, 'record')} ${problem}`, ...(unread ? { unread } : {}) };
  }
}
