import type { Kernel } from '../../kernel/kernel.js';
import { logText, type LogEntry } from './log-entry.js';

/** SAFE_LOG_BUF_LEN is set by CONFIG_PRINTK_SAFE_LOG_BUF_SHIFT, at most 17. */
const LARGEST = 1 << 17;

const BUFFERS = [
  { symbol: 'nmi_print_seq', said: 'in an NMI' },
  { symbol: 'safe_print_seq', said: 'while the log was locked' },
] as const;

/**
 * Text that CPUs had put aside up to 5.14, in NMIs or while holding the log's lock (struct printk_safe_seq_buf): it
 * never reached the log or the console.
 */
export function* unflushedRecords(kernel: Kernel): Generator<LogEntry> {
  if (!kernel.has('printk_safe_seq_buf', 'buffer')) return;
  for (const { symbol, said } of BUFFERS) {
    const variable = kernel.findSymbol(symbol);
    if (variable === undefined) continue;
    for (const cpu of kernel.possibleCpus()) {
      const text = kernel.attempt(`${symbol} of CPU ${cpu}`, () =>
        unflushedText(kernel, BigInt.asUintN(64, variable + kernel.perCpuOffset(cpu))),
      );
      if (text === undefined) yield { remark: `what CPU ${cpu} said ${said} can't be read`, unread: true };
      if (text === undefined || text === '') continue;
      yield { remark: `CPU ${cpu} said this ${said}; it had not reached the log:` };
      for (const { level, line } of linesOf(text)) yield { level, facility: 0, caller: `C${cpu}`, text: line };
    }
  }
}

function unflushedText(kernel: Kernel, buffer: bigint): string {
  const length = kernel.memory.u32(buffer + BigInt(kernel.offsetOf('printk_safe_seq_buf', 'len')));
  const room = kernel.sizeOf('printk_safe_seq_buf') - kernel.offsetOf('printk_safe_seq_buf', 'buffer');
  const bytes = Math.min(length, Math.max(room, 0), LARGEST);
  return logText(kernel.memory.read(buffer + BigInt(kernel.offsetOf('printk_safe_seq_buf', 'buffer')), bytes));
}

/** KERN_SOH: the byte before a message's level. */
const SOH = String.fromCharCode(1);
/** MESSAGE_LOGLEVEL_DEFAULT: warning. */
const DEFAULT_LEVEL = 4;

/** Messages begin with KERN_SOH and a level ("\x01" "4"), or "\x01c" where they go on. */
function linesOf(text: string): { level: number; line: string }[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const level = line.startsWith(SOH) ? Number.parseInt(line.charAt(1), 8) : Number.NaN;
      return {
        level: Number.isNaN(level) ? DEFAULT_LEVEL : level,
        line: line
          .split(SOH)
          .map((part, i) => (i === 0 ? part : part.slice(1)))
          .join(''),
      };
    });
}
