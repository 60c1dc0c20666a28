import { padded } from '../words/printed-line.js';
import type { InterruptionKind } from '../arch/stack/interruption-kind.js';
import { stacksOf } from '../arch/stack/stack-architectures.js';
import { isCheck } from '../faults/checks.js';
import { gatherGaps } from '../kernel/gathered-gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { kernelRecords } from '../linux/printk/kernel-records.js';
import type { LogRecord } from '../linux/printk/log-entry.js';
import { number as numbered, word } from '../words/known-facts.js';
import { logStamp } from '../words/log-stamp.js';
import { told, type Told } from '../words/told.js';
import type { Ending } from './ending.js';
import { reasonBefore } from './reason-before.js';

/** How the kernel's own line on an exception begins, where it has no place or address to be known by. */
const lines: Partial<Record<InterruptionKind, RegExp>> = {
  'general protection fault': /general protection fault/,
  'invalid opcode': /invalid opcode/,
  'divide error': /divide error/,
  breakpoint: /^(?:Oops: )?int3: /,
  'stack segment fault': /^(?:Oops: )?stack segment: /,
};

/** Whether a line of the log is the kernel's own on this very end: an older oops or warning is none. */
function isOnThis({ exception }: Ending, text: string): boolean {
  if (exception === undefined) return false;
  const { bug, access, noCode, at } = exception.faulted;
  const address = noCode === true ? at : access?.address;
  if (bug?.file !== undefined)
    return /^(?:kernel BUG at|WARNING: )/.test(text) && text.includes(`${bug.file}:${bug.line}`);
  if (exception.kind !== 'page fault') return lines[exception.kind]?.test(text) === true;
  return text.startsWith('BUG: ') && address !== undefined && text.endsWith(padded(address, 16));
}

/** The last such line before the panic, with what the code that gave up had said right before. */
export function inTheLog(kernel: Kernel, ending: Ending): Told[] {
  const { timeNs: end } = ending.panic;
  const { result: records } = gatherGaps(kernel, () => kernelRecords(kernel));
  const found = records.findLast(
    ({ text, timeNs }) => (end === undefined || timeNs === undefined || timeNs <= end) && isOnThis(ending, text),
  );
  if (found === undefined) return [];
  const isOfCheck = isCheck(ending.culprit.activations[0]?.name ?? '');
  const before =
    ending.exception?.faulted.bug === undefined ? undefined : reasonBefore(records, records.indexOf(found), isOfCheck);
  return [
    ...(before === undefined ? [] : [told`It said: ${lineTold(before, 'reason')}`]),
    told`The kernel reported it: ${lineTold(found, 'line')}`,
  ];
}

/** Where the oops with a number was, by its record in the log. */
export function oopsInTheLog(kernel: Kernel, number: number): Told[] {
  const { result: records } = gatherGaps(kernel, () => kernelRecords(kernel));
  const place = placeOfOops(records, number, stacksOf(kernel).oops.placeLine);
  if (place === undefined) return [];
  return [told`The kernel reported oops #${numbered('reported', number, 'die_counter')}: ${lineTold(place, 'line')}`];
}

/** Lines from an oops's number to its place, those of another CPU among them. */
const LONGEST_HEAD = 24;

/** "RIP: 0010:acme_set+0x5/0x10 [acme2]", of the oops with a number. */
export function placeOfOops(records: readonly LogRecord[], number: number, placeLine: string): LogRecord | undefined {
  const at = records.findLastIndex(({ text }) => text.includes(`[#${number}]`));
  const own = at < 0 ? [] : records.slice(at, at + LONGEST_HEAD);
  return own.find(({ text, caller }) => caller === own[0]!.caller && text.startsWith(placeLine));
}

function lineTold({ text, timeNs }: LogRecord, name: string): Told {
  return told`${timeNs === undefined ? '' : `[${logStamp(timeNs)}] `}${word(name, text, 'the log')}`;
}
