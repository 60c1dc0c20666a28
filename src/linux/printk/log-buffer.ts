import type { SymbolName } from '../../../symbols/symbol-names.js';
import { Implausible } from '../../kernel/gaps.js';
import { callerInWords, logText, type LogEntry } from './log-entry.js';
import { need, within, type LogSource } from './log-source.js';
import { defined } from '../../words/defined.js';

const LARGEST_BUFFER = 2 ** 31;
const LOG_CONT = 8;

/**
 * The records of the log buffer before 5.10: struct printk_log followed by text and dictionary, from `log_first_idx` to
 * `log_next_idx`; a record of length 0 means "go on at the start". Mirrors log_from_idx() and log_next().
 * @throws ReadError, Implausible, ShapeError where there is no buffer to be read
 */
export function* bufferRecords(source: LogSource): Generator<LogEntry> {
  const { memory } = source;
  const variable = (name: SymbolName): bigint =>
    need(source.symbol(name), `\`${name}\`, which the log before 5.10 has`);
  const buffer = memory.u64(variable('log_buf'));
  const length = memory.u32(variable('log_buf_len'));
  const last = memory.u32(variable('log_next_idx'));
  let index = memory.u32(variable('log_first_idx'));
  if (length > LARGEST_BUFFER || index >= length || last >= length)
    throw new Implausible(`log_buf of ${length} bytes with records from ${index} to ${last}`);
  const layout = layoutOf(source);
  const firstSequence = source.symbol('log_first_seq');
  let sequence = firstSequence === undefined ? undefined : Number(memory.u64(firstSequence));

  // Every record takes at least its header's room: a buffer has no more than so many.
  for (let left = Math.ceil(length / layout.size) + 1; index !== last && left > 0; left--) {
    source.step?.();
    const bytes = memory.u16(buffer + BigInt(index + layout.length));
    if (bytes === 0) {
      // The record that would not fit before the end stands at the start.
      if (index !== 0) {
        index = 0;
        continue;
      }
    }
    if (bytes < layout.size || index + bytes > length) {
      yield { remark: `the log breaks off: a record of ${bytes} bytes`, unread: true };
      return;
    }
    yield recordAt(source, layout, buffer + BigInt(index), bytes, sequence);
    if (sequence !== undefined) sequence++;
    index += bytes;
    if (index === length) index = 0;
  }
}

interface Layout {
  size: number;
  time: number;
  length: number;
  textLength: number;
  facility: number;
  caller: number | undefined;
}

function layoutOf(source: LogSource): Layout {
  const size = within(need(source.size('printk_log'), 'the size of printk_log'), 16, 4096, 'the size of printk_log');
  const inRecord = (member: string, bytes: number, offset: number): number =>
    within(offset, 0, size - bytes, `the offset of printk_log.${member}`);
  const at = (member: string, bytes: number): number =>
    inRecord(member, bytes, need(source.offset(`printk_log.${member}`), `the offset of printk_log.${member}`));
  const caller = source.offset('printk_log.caller_id'); // with PRINTK_CALLER, since 5.1
  return {
    size,
    time: at('ts_nsec', 8),
    length: at('len', 2),
    textLength: at('text_len', 2),
    // Not in VMCOREINFO: u16 dict_len, u8 facility, then flags:5 and level:3.
    facility: at('dict_len', 4) + 2,
    caller: caller === undefined ? undefined : inRecord('caller_id', 4, caller),
  };
}

function recordAt(
  { memory }: LogSource,
  layout: Layout,
  address: bigint,
  bytes: number,
  sequence: number | undefined,
): LogEntry {
  const header = memory.read(address, layout.size);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const textLength = Math.min(view.getUint16(layout.textLength, true), bytes - layout.size);
  const flagsAndLevel = view.getUint8(layout.facility + 1);
  return {
    ...defined({ sequence }),
    timeNs: Number(view.getBigUint64(layout.time, true)),
    level: flagsAndLevel >> 5,
    facility: view.getUint8(layout.facility),
    ...(layout.caller === undefined ? {} : { caller: callerInWords(view.getUint32(layout.caller, true)) }),
    text: logText(memory.read(address + BigInt(layout.size), textLength)),
    ...((flagsAndLevel & LOG_CONT) === 0 ? {} : { continued: true as const }),
  };
}
