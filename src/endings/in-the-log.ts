import type { InterruptionKind } from '../arch/stack/interruption-kind.js';
import { isCheck } from '../faults/checks.js';
import { gatherGaps } from '../kernel/gathered-gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { kernelRecords } from '../linux/printk/kernel-records.js';
import type { LogRecord } from '../linux/printk/log-entry.js';
import { word } from '../words/known-facts.js';
import { isCutHere } from '../words/report-marks.js';
import { logStamp } from '../words/log-stamp.js';
import { told, type Told } from '../words/told.js';
import type { Ending } from './ending.js';

/** How the kernel's own line on an exception begins, where it has no place or address to be known by. */
const lines: Partial<Record<InterruptionKind, RegExp>> = {
  'general protection fault': /general protection fault/,
  'invalid opcode': /invalid opcode/,
  'divide error': /divide error/,
};

/** Whether a line of the log is the kernel's own on this very end: an older oops or warning is none. */
function isOnThis({ exception }: Ending, text: string): boolean {
  if (exception === undefined) return false;
  const { bug, access } = exception.faulted;
  if (bug?.file !== undefined)
    return /^(?:kernel BUG at|WARNING: )/.test(text) && text.includes(`${bug.file}:${bug.line}`);
  if (exception.kind !== 'page fault') return lines[exception.kind]?.test(text) === true;
  return (
    text.startsWith('BUG: ') &&
    access?.address !== undefined &&
    text.endsWith(access.address.toString(16).padStart(16, '0'))
  );
}

/** The last such line before the panic, with what the code that gave up had said right before. */
export function inTheLog(kernel: Kernel, ending: Ending): Told[] {
  const { timeNs: end } = ending.panic;
  const { result: records } = gatherGaps(kernel, () => kernelRecords(kernel));
  const found = records.findLast(
    ({ text, timeNs }) => (end === undefined || timeNs === undefined || timeNs <= end) && isOnThis(ending, text),
  );
  if (found === undefined) return [];
  const before =
    ending.exception?.faulted.bug === undefined ? undefined : reasonBefore(records, records.indexOf(found), ending);
  return [
    ...(before === undefined ? [] : [told`It said: ${lineTold(before, 'reason')}`]),
    told`The kernel reported it: ${lineTold(found, 'line')}`,
  ];
}

/** KERN_WARNING: what is said of a fault is no less. */
const WARNING = 4;

/** What the code said of it: a WARN() with a text behind the mark "cut here", a check that gives up right before it. */
function reasonBefore(records: readonly LogRecord[], at: number, { culprit }: Ending): LogRecord | undefined {
  const own = records.slice(0, at + 1).filter(({ caller }) => caller === records[at]!.caller);
  const [before, last] = [own.at(-3), own.at(-2)];
  if (last === undefined) return undefined;
  const isBehind = !isCutHere(last.text) && before !== undefined && isCutHere(before.text);
  const isOfCheck = isCutHere(last.text) && isCheck(culprit.activations[0]?.name ?? '');
  const reason = isBehind ? last : isOfCheck ? before : undefined;
  return reason?.level === undefined || reason.level > WARNING ? undefined : reason;
}

function lineTold({ text, timeNs }: LogRecord, name: string): Told {
  return told`${timeNs === undefined ? '' : `[${logStamp(timeNs)}] `}${word(name, text, 'the log')}`;
}
