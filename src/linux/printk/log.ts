import type { Kernel } from '../../kernel/kernel.js';
import type { GapError } from '../../kernel/gaps.js';
import { readOr } from '../../kernel/read-or.js';
import type { AddressSpace } from '../../memory/address-space.js';
import { isRemark, type LogEntry } from './log-entry.js';
import { logSourceOf, logSourceOfVmcoreinfo, type LogSource } from './log-source.js';
import { bufferRecords } from './log-buffer.js';
import { kernelTime } from '../time/time.js';
import { withPlausibleStamps } from './stamps.js';
import { hasRing, ringRecords } from './ring-buffer.js';
import { unflushedRecords } from './unflushed.js';

/**
 * The kernel's log, oldest first: the printk ring buffer since 5.10, the record buffer before, then what CPUs had not
 * handed over yet (until 5.14). Remarks stand where records are missing; those that can't be read are gaps too.
 * @throws ReadError, Implausible, ShapeError where there is no log to be read
 */
export function* logRecords(kernel: Kernel): Generator<LogEntry> {
  const { entries, failure } = kernel.once('log', () => readLog(kernel));
  yield* entries;
  if (failure !== undefined) throw failure;
}

/** Kept for all who ask: most of a report's sections do. */
interface ReadLog {
  readonly entries: readonly LogEntry[];
  /** Why it ends where it does. */
  readonly failure?: GapError;
}

function readLog(kernel: Kernel): ReadLog {
  const entries: LogEntry[] = [];
  const read = (): ReadLog => {
    for (const entry of everyEntry(kernel)) {
      kernel.guard.step();
      entries.push(entry);
    }
    return { entries };
  };
  return readOr(read, (failure) => ({ entries, failure }));
}

function* everyEntry(kernel: Kernel): Generator<LogEntry> {
  const clock = (): number | undefined => kernel.peek('timekeeper', () => uptimeNs(kernel));
  const records = recordsOf(sourceWithRing(kernel));
  for (const entry of withPlausibleStamps(records, clock, (reason) => kernel.gap('log', reason))) {
    if (isRemark(entry) && entry.unread) kernel.gap('log', entry.remark);
    yield entry;
  }
  yield* unflushedRecords(kernel);
}

/** undefined before the clock runs. */
function uptimeNs(kernel: Kernel): number | undefined {
  const { uptimeNs: now } = kernelTime(kernel);
  return now > 0n ? Number(now) : undefined;
}

/** By VMCOREINFO; where that leads to no ring and the kernel's own symbols lead to one, by these, and it is told. */
function sourceWithRing(kernel: Kernel): LogSource {
  const source = logSourceOf(kernel);
  const [stated, own] = [source.symbol('prb'), kernel.findSymbol('prb')];
  if (stated === undefined || own === undefined || stated === own || hasRing(source)) return source;
  const byOwn: LogSource = { ...source, symbol: (name) => (name === 'prb' ? own : source.symbol(name)) };
  if (!hasRing(byOwn)) return source;
  const [says, is] = [stated, own].map((address) => `0x${address.toString(16)}`);
  kernel.gap(
    'SYMBOL(prb) of VMCOREINFO',
    `it is ${says}, where no log is; the log was read from ${is}, where the kernel's symbols have prb`,
  );
  return byOwn;
}

/** The log of a dump that has neither symbols nor types: VMCOREINFO describes the ring buffer since 5.10. */
export function logRecordsByVmcoreinfo(
  memory: AddressSpace,
  vmcoreinfo: (key: string) => string | undefined,
): Generator<LogEntry> {
  return recordsOf(logSourceOfVmcoreinfo(memory, vmcoreinfo));
}

function recordsOf(source: LogSource): Generator<LogEntry> {
  return source.symbol('prb') === undefined ? bufferRecords(source) : ringRecords(source);
}
