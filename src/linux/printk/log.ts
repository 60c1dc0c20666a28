import type { Kernel } from '../../kernel/kernel.js';
import type { AddressSpace } from '../../memory/address-space.js';
import { isRemark, type LogEntry } from './log-entry.js';
import { logSourceOf, logSourceOfVmcoreinfo, type LogSource } from './log-source.js';
import { bufferRecords } from './log-buffer.js';
import { ringRecords } from './ring-buffer.js';
import { unflushedRecords } from './unflushed.js';

/**
 * The kernel's log, oldest first: the printk ring buffer since 5.10, the record buffer before, then what CPUs had not
 * handed over yet (until 5.14). Remarks stand where records are missing; those that can't be read are gaps too.
 * @throws ReadError, Implausible, ShapeError where there is no log to be read
 */
export function* logRecords(kernel: Kernel): Generator<LogEntry> {
  for (const entry of recordsOf(logSourceOf(kernel))) {
    if (isRemark(entry) && entry.unread) kernel.gap('log', entry.remark);
    yield entry;
  }
  yield* unflushedRecords(kernel);
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
