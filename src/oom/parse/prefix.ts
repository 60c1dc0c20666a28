import { defined } from '../../words/defined.js';
/** What stands before the kernel's own text in a line of a log, taken off line by line: files mix them. */

export interface LogLine {
  /** The kernel's text, trimmed. */
  readonly text: string;
  readonly number: number;
  /** It has a stamp or a tag of its own: a line without one, among lines with, continues the one before. */
  readonly stamped: boolean;
  /** As printed, without brackets. */
  readonly time?: string;
  /** CONFIG_PRINTK_CALLER: "T123" or "C0". */
  readonly caller?: string;
  /** The machine that syslog names. */
  readonly host?: string;
  /** A mail quotes it. */
  readonly quoted: boolean;
  /**
   * Another program's line: syslog's tag is not the kernel, or its facility is not (/dev/kmsg gives no user the
   * kernel's).
   */
  readonly foreign: boolean;
}

/** Characters looked at for a prefix: host names and container names are long, but not so long. */
const prefixReach = 240;
/**
 * The longest line that the kernel prints is a constraint line with three cgroup paths of 4 KiB; what is longer is cut.
 */
const longestText = 16 * 1024;

const quote = /^(?:\s*(?:>|&gt;)[ \t]?)+(?:\s*\|(?=\s))?/;
const kernelStamp = /\[(?:<\s*)? *(\d{1,10}\.\d{2,9})(?:\s+<\s*\d+\.\d+>)?\](?:\s?\[ *([TC]\d+) *\])? ?/;
/** dmesg -e and -d: how long after the line before. */
const sinceLast = /^\[ *\+\d{1,10}[.,]\d{6}\] ?/;
const callerAlone = /^\[ *([TC]\d+) *\] ?/;
const kmsgRecord = /^(\d{1,6}),\d+,(\d+),[^,;]{1,8}(?:,caller=([TC]\d+))?(?:,[^;]*)?;/;
const priority = /^<(\d{1,3})>\d? ?/;
/** dmesg -x: "kern  :warn  : " */
const facility = /^(kern|user|mail|daemon|auth\w*|syslog|lpr|news|uucp|cron|ftp|res\d|local\d)\s*:\s*\w+\s*: ?/;
/** dmesg -T in any locale: whatever it says, it has a time of day. */
const clockInBrackets = /^\[([^[\]]{0,40}\d{1,2}:\d{2}(?::\d{2})?[^[\]]{0,24})\] ?/;
const isoClock = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|[+-]\d\d:?\d\d))?(?: UTC)?)[ \t]+/;
const syslogClock =
  /^((?:[^\s\d]{1,8}\.? +\d{1,2}|\d{1,2}\.? +[^\s\d]{1,8}|\d{1,2}月 +\d{1,2})(?: +\d{4})? +\d\d:\d\d:\d\d(?:[.,]\d+)?(?: \d{4})?)[ \t]+/;
/** "host tag[pid]: ", the host perhaps not there. */
const syslogTag = /^(?:((?:[^\s:]|:(?=\S))+)[ \t]+)?([^\s:[\]]{1,128})(\[\d+(?:\.\d+)?\])?: /;
/** Containers' and pods' logs: "web_1  | ", "stderr F ". */
const container = /^(?:(?:stdout|stderr) [FP] |[\w.-]{1,64}\s*\| )/;
const kernelTag = /^(?:kernel|vmunix|kern|klogd)$/i;
const bareKernelTag = /^(?:\S{1,64} )?kernel(?:\[\d+\])?: ?/;
/** journalctl -o short-monotonic has it there, with a host or without. */
const tagBehindStamp = /^(?:[a-z][\w.-]{0,63} )?kernel: (?=\S)/;
/** Android's vendors put CPU and task between stamp and text. */
const vendorContext = /^(?:\(\d\)\[\d+:[^\]]{1,24}\]|\[\d: {1,4}[^\]]{1,32}\]) ?/;
// eslint-disable-next-line no-control-regex -- they are what stands before lines, and is taken away
const terminalCodes = /\u001b\[[0-9;?]*[A-Za-z]/g;

/**
 * One physical line, with its prefix taken off. A line that syslog or a kmsg reader escaped (`#012`, `\x0a`) gives
 * several.
 */
export function logLines(raw: string, number: number): LogLine[] {
  let line = raw.length > 0 && needsCleaning(raw) ? cleaned(raw) : raw;
  line = unwrapped(line);
  const quoted = quote.exec(line);
  if (quoted !== null) line = line.slice(quoted[0].length);
  const first: LogLine = { ...withoutPrefix(line.trim(), number), quoted: quoted !== null };
  if (!first.text.includes('#012') && !first.text.includes('\\x0a')) return [bounded(first)];
  return first.text
    .split(/#012|\\x0a/)
    .map((text) => bounded({ ...first, text: withoutPrefix(text.trim(), number).text }));
}

export function bounded(line: LogLine): LogLine {
  return line.text.length > longestText ? { ...line, text: line.text.slice(0, longestText) } : line;
}

function withoutPrefix(line: string, number: number): Omit<LogLine, 'quoted'> {
  let text = line;
  let time: string | undefined;
  let caller: string | undefined;
  let host: string | undefined;
  let stamped = false;
  let otherProgram = false;
  let ofUser = false;

  const kmsg = kmsgRecord.exec(text);
  if (kmsg !== null) {
    time = secondsOf(kmsg[2]!);
    caller = kmsg[3];
    return {
      text: text.slice(kmsg[0].length).trim(),
      number,
      stamped: true,
      foreign: !isKernels(kmsg[1]!),
      ...defined({ time, caller }),
    };
  }

  const take = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(text);
    if (found !== null) {
      text = text.slice(found[0].length);
      stamped = true;
    }
    return found;
  };

  const takePriority = (): void => {
    const found = take(priority);
    if (found !== null && !isKernels(found[1]!)) ofUser = true;
  };

  takePriority();
  const clock = take(isoClock) ?? take(syslogClock) ?? take(clockInBrackets);
  if (clock === null) take(sinceLast);
  if (clock !== null) time = clock[1]!.trim();
  const named = take(facility);
  if (named !== null && named[1] !== 'kern') ofUser = true;
  if (clock !== null) take(container);
  else text = text.replace(container, '');
  if (clock !== null && !clock[0].startsWith('[') && !/,\d+[+-]/.test(clock[1]!)) {
    const tag = syslogTag.exec(text);
    if (tag !== null && kernelTag.test(tag[2]!)) {
      text = text.slice(tag[0].length);
      // "kern.warn kernel: " has a facility where others have a host.
      if (tag[1] !== undefined && /^(?!kern\.)[\w.-]+$/.test(tag[1])) host = tag[1];
    } else if (tag !== null && tag[3] !== undefined) otherProgram = true;
    else if (
      tag !== null &&
      tag[1] !== undefined &&
      !/[ =]/.test(tag[1]) &&
      /^[a-z][\w.@/-]*$/.test(tag[2]!) &&
      !/^oom|^swap/.test(tag[2]!)
    )
      otherProgram = true;
    else if (/^\S+ kernel: /.test(text)) text = text.slice(text.indexOf('kernel: ') + 8);
  } else if (clock === null) {
    take(bareKernelTag);
  }
  takePriority();

  const stamp = kernelStamp.exec(text.length > prefixReach ? text.slice(0, prefixReach) : text);
  if (stamp !== null) {
    time = stamp[1]!;
    caller = stamp[2];
    text = text.slice(stamp.index + stamp[0].length);
    stamped = true;
    otherProgram = false;
  }
  const alone = callerAlone.exec(text);
  if (alone !== null) {
    caller = alone[1];
    text = text.slice(alone[0].length);
  }
  if (stamp !== null) text = text.replace(vendorContext, '').replace(tagBehindStamp, '');
  return { text: text.trim(), number, stamped, foreign: otherProgram || ofUser, ...defined({ time, caller, host }) };
}

/** A priority is the facility times 8, and the level; LOG_KERN is 0. */
function isKernels(priority: string): boolean {
  return Number(priority) >> 3 === 0;
}

/** NO-BREAK SPACE from mails and web pages, CR, the literal ^M, colours of a terminal. */
function cleaned(raw: string): string {
  return raw
    .replace(terminalCodes, '')
    .replace(/[\u00a0\u2007\u202f]/g, ' ')
    .replace(/(?:\r|\^M)+$/, '')
    .replace(/\r/g, ' ')
    .replace(/\0/g, '');
}

function needsCleaning(raw: string): boolean {
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i);
    if (code > 126 || code < 9 || code === 13 || code === 27 || code === 94) return true;
  }
  return false;
}

/** journalctl -o json and -o export carry the text in a field. */
function unwrapped(line: string): string {
  if (line.startsWith('MESSAGE=')) return line.slice(8);
  if (!line.startsWith('{') || !line.includes('"MESSAGE"')) return line;
  const field = /"MESSAGE"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(line);
  if (field === null) return line;
  try {
    const text: unknown = JSON.parse(`"${field[1]!}"`);
    return typeof text === 'string' ? text.replaceAll('\n', '#012') : line;
  } catch {
    return line; // not JSON after all: read as it stands
  }
}

function secondsOf(microseconds: string): string {
  const digits = microseconds.padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
