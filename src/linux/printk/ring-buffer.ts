import { Implausible } from '../../kernel/gaps.js';
import { readOr } from '../../kernel/read-or.js';
import { ReadError, unreadableInWords } from '../../memory/address-space.js';
import { callerInWords, logText, type LogEntry } from './log-entry.js';
import { need, within, type LogSource } from './log-source.js';
import { counted } from '../../words/quantity.js';
import { defined } from '../../words/defined.js';

/** The state in the top two bits of prb_desc.state_var. */
const RESERVED = 0;
const COMMITTED = 1;
const FINALIZED = 2;
const REUSABLE = 3;
const NEVER_COMMITTED = 'reserved but never committed';
const ID_MASK = (1n << 62n) - 1n;

/** log_buf_len is at most 2^31, and has a descriptor for each 32 bytes. */
const MOST_COUNT_BITS = 26;
const MOST_SIZE_BITS = 31;
/** Descriptors read at once: a page that is missing costs one remark, not one for each record. */
const CHUNK = 128;

/** Of a text that ends in more of them the rest was lost: printk() itself puts in no zero but for a "%c". */
const MOST_ZEROS = 7;

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
    if ('problem' in entry) {
      remarks.add(entry);
      continue;
    }
    const { zeros, ...record } = entry;
    yield* remarks.before(record.sequence);
    yield record;
    if (zeros > 0)
      remarks.add({ problem: `damaged: the last ${counted(zeros, 'byte')} of its text are zeros`, unread: true });
  }
  yield* remarks.rest();
}

/** Whether a ring is where the source says that it is. */
export function hasRing(source: LogSource): boolean {
  return readOr(
    () => spanOf(locateRing(source)) > 0,
    () => false,
  );
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
  const descSize = within(sized('prb_desc'), 24, 4096, 'the size of prb_desc');
  const infoSize = within(sized('printk_info'), 24, 4096, 'the size of printk_info');
  const inDesc = (offset: number): number => within(offset, 0, descSize - 8, 'an offset in prb_desc');
  const inInfo = (member: string, bytes: number): number =>
    within(at(`printk_info.${member}`), 0, infoSize - bytes, `the offset of printk_info.${member}`);
  return {
    count:
      2 **
      bits(
        memory.u32(descRing + BigInt(at('prb_desc_ring.count_bits'))),
        MOST_COUNT_BITS,
        'count_bits of the printk ring',
      ),
    descs: memory.u64(descRing + BigInt(at('prb_desc_ring.descs'))),
    infos: memory.u64(descRing + BigInt(at('prb_desc_ring.infos'))),
    head: memory.u64(descRing + BigInt(at('prb_desc_ring.head_id'))) & ID_MASK,
    tail: memory.u64(descRing + BigInt(at('prb_desc_ring.tail_id'))) & ID_MASK,
    dataBytes:
      2 **
      bits(
        memory.u32(dataRing + BigInt(at('prb_data_ring.size_bits'))),
        MOST_SIZE_BITS,
        'size_bits of the printk data ring',
      ),
    data: memory.u64(dataRing + BigInt(at('prb_data_ring.data'))),
    desc: {
      size: descSize,
      stateVar: inDesc(at('prb_desc.state_var')),
      begin: inDesc(blockAt + at('prb_data_blk_lpos.begin')),
      next: inDesc(blockAt + at('prb_data_blk_lpos.next')),
    },
    info: {
      size: infoSize,
      seq: inInfo('seq', 8),
      time: inInfo('ts_nsec', 8),
      // With facility, flags and level behind it.
      textLength: inInfo('text_len', 4),
      caller: inInfo('caller_id', 4),
    },
  };
}

/** @throws Implausible */
function spanOf({ head, tail, count }: Ring): number {
  const span = Number((head - tail) & ID_MASK) + 1;
  if (span > count) throw new Implausible(`the printk ring spans ${span} descriptors of ${count}`);
  return span;
}

function bits(value: number, most: number, what: string): number {
  return within(value, 1, most, what);
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
  const span = spanOf(ring);
  const first = Number(ring.tail & BigInt(ring.count - 1));
  for (let done = 0; done < span;) {
    const index = (first + done) % ring.count;
    const length = Math.min(CHUNK, span - done, ring.count - index);
    const descs = readable(() => memory.read(ring.descs + BigInt(index * ring.desc.size), length * ring.desc.size));
    const infos = readable(() => memory.read(ring.infos + BigInt(index * ring.info.size), length * ring.info.size));
    const reason = [descs, infos].find((part) => typeof part === 'string');
    if (typeof descs === 'string' || typeof infos === 'string')
      yield { problem: `can't be read: ${reason as string}`, count: length, unread: true };
    else yield* chunk(ring, (ring.tail + BigInt(done)) & ID_MASK, descs, infos);
    done += length;
  }
}

function* chunk(ring: Ring, firstId: bigint, descs: DataView, infos: DataView): Generator<Descriptor | Problem> {
  for (let i = 0; i * ring.desc.size < descs.byteLength; i++) {
    const id = (firstId + BigInt(i)) & ID_MASK;
    const at = i * ring.desc.size;
    const stateVar = descs.getBigUint64(at + ring.desc.stateVar, true);
    const state = Number(stateVar >> 62n);
    const info = new DataView(infos.buffer, infos.byteOffset + i * ring.info.size, ring.info.size);
    if ((stateVar & ID_MASK) !== id)
      yield isBeingReserved(ring, id, stateVar, info)
        ? { problem: NEVER_COMMITTED }
        : { problem: 'damaged: its descriptor has another ID', unread: true };
    else if (state === RESERVED) yield { problem: NEVER_COMMITTED };
    else if (state === COMMITTED || state === FINALIZED) {
      yield {
        id,
        begin: descs.getBigUint64(at + ring.desc.begin, true),
        next: descs.getBigUint64(at + ring.desc.next, true),
        info,
      };
    }
    // Reusable ones are behind: their text was overwritten (the sequence tells), or they were never used since boot.
  }
}

/**
 * desc_reserve() moves the head on before it takes the descriptor: for a moment that has its former owner's ID, or on
 * the first lap none.
 */
function isBeingReserved(ring: Ring, id: bigint, stateVar: bigint, info: DataView): boolean {
  const former = (id - BigInt(ring.count)) & ID_MASK;
  if (stateVar === 0n) return sequenceOf(ring, id) < BigInt(ring.count) && isZero(info);
  return (stateVar & ID_MASK) === former && Number(stateVar >> 62n) === REUSABLE;
}

function isZero({ buffer, byteOffset, byteLength }: DataView): boolean {
  return new Uint8Array(buffer, byteOffset, byteLength).every((byte) => byte === 0);
}

/**
 * The first descriptor's ID is -count, of 62 bits or (the macro counts in unsigned int) of 32; each record has the
 * next.
 */
function sequenceOf({ count }: Ring, id: bigint): bigint {
  const first = 2n ** 32n - BigInt(count);
  return id >= first && id < 2n ** 61n ? id - first : (id + BigInt(count)) & ID_MASK;
}

type FoundRecord = Extract<LogEntry, { text: string }> & { sequence: number; zeros: number };

function recordOf(source: LogSource, ring: Ring, { id, begin, next, info }: Descriptor): FoundRecord | Problem {
  const textLengthAt = ring.info.textLength;
  const sequence = sequenceOf(ring, id);
  const found = info.getBigUint64(ring.info.seq, true);
  if (found !== sequence) return { problem: 'damaged: its sequence number is not that of its place', unread: true };
  const text = textOf(source, ring, id, begin, next, info.getUint16(textLengthAt, true));
  if ('problem' in text) return text;
  // Not in VMCOREINFO, but fixed by the ABI of the bit fields: u8 facility, then flags:5 and level:3.
  const facility = info.getUint8(textLengthAt + 2);
  const flagsAndLevel = info.getUint8(textLengthAt + 3);
  const whole = text.findLastIndex((byte) => byte !== 0) + 1;
  const zeros = text.length - whole > MOST_ZEROS ? text.length - whole : 0;
  return {
    sequence: Number(sequence),
    timeNs: Number(info.getBigUint64(ring.info.time, true)),
    level: flagsAndLevel >> 5,
    facility,
    caller: callerInWords(info.getUint32(ring.info.caller, true)),
    text: logText(text.subarray(0, text.length - zeros)),
    ...((flagsAndLevel & LOG_CONT) === 0 ? {} : { continued: true as const }),
    zeros,
  };
}

/** get_data(): where a block's text lies. A block that does not fit before the end of the ring stands at its start. */
function textOf(
  { memory }: LogSource,
  ring: Ring,
  id: bigint,
  begin: bigint,
  next: bigint,
  textLength: number,
): Uint8Array | Problem {
  const size = BigInt(ring.dataBytes);
  if ((begin & 1n) === 1n && (next & 1n) === 1n) {
    return begin === FAILED_LPOS || next === FAILED_LPOS
      ? { problem: 'lost: the ring had no room for it' }
      : new Uint8Array();
  }
  // A block that ends exactly at the end of the ring is not wrapped: older writers never leave one there, newer ones
  // do. Positions start below 0 and are 64 bits wide: the end of the first lap is 0.
  const wrapped = (BigInt.asUintN(64, next - 1n) ^ begin) >= size;
  const start = wrapped ? 0n : begin & (size - 1n);
  const blockBytes = wrapped ? next & (size - 1n) : BigInt.asUintN(64, next - begin);
  if (blockBytes <= BigInt(BLOCK_HEADER) || start + blockBytes > size)
    return { problem: 'damaged: no such place in the ring', unread: true };
  const available = Number(blockBytes) - BLOCK_HEADER;
  const block = readable(() => memory.read(ring.data + start, BLOCK_HEADER + Math.min(textLength, available)));
  if (typeof block === 'string') return { problem: `can't be read: ${block}`, unread: true };
  // data_make_reusable() gives the descriptors up before their text is overwritten: a kernel never leaves it so.
  if ((block.getBigUint64(0, true) & ID_MASK) !== id)
    return { problem: "damaged: its text has another record's ID", unread: true };
  return new Uint8Array(block.buffer, block.byteOffset + BLOCK_HEADER, block.byteLength - BLOCK_HEADER);
}

/** The bytes, or why they are not to be had. */
function readable(read: () => Uint8Array): DataView | string {
  const bytes = readOr(read, (error) =>
    // Without its address: what befell a thousand records alike is one remark.
    error instanceof ReadError ? unreadableInWords(error.cause) : error.message,
  );
  return typeof bytes === 'string' ? bytes : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Like problems in a row become one remark. */
class Remarks {
  #isFirst = true;
  readonly #pending: { problem: string; count: number; unread?: true }[] = [];

  add({ problem, count = 1, unread }: Problem): void {
    const last = this.#pending.at(-1);
    if (last?.problem === problem) last.count += count;
    else this.#pending.push({ problem, count, ...defined({ unread }) });
  }

  *before(sequence: number): Generator<LogEntry> {
    const overwritten = sequence - this.#pending.reduce((sum, { count }) => sum + count, 0);
    if (this.#isFirst && overwritten > 0)
      yield { remark: `${counted(overwritten, 'record')} before these: overwritten by newer ones` };
    this.#isFirst = false;
    yield* this.rest();
  }

  *rest(): Generator<LogEntry> {
    for (const { problem, count, unread } of this.#pending.splice(0))
      yield { remark: `${counted(count, 'record')} ${problem}`, ...defined({ unread }) };
  }
}
