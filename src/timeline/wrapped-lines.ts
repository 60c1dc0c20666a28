import type { LogLine } from '../oom/parse/prefix.js';
import { anyOf, anyStart } from '../words/any-of.js';
import { isFurniture } from './report-lines.js';

/** Terminals and serial consoles break a line there, in the middle of a word; what is copied from them stays broken. */
const columns = 80;
/** Mails break a line before a word that would not end within so many. */
const mailColumns = 70;

/** Lines that break off before what they are there to say: it is on the next. */
const cutHead = anyOf(
  /WARNING: (?:CPU: \d+ PID: \d+ )?at(?: \S{1,300}:\d+)?/,
  /(?:BUG: |CPU \d+ )?(?:Unable to handle|unable to handle|[Kk]ernel NULL).{0,80}(?: at| address:?)/,
  /(?:Oops: )?general protection fault, probably for(?: non-canonical(?: address)?)?/,
  /(?:NMI )?(?:watchdog: )?BUG: soft lockup - CPU#\d+ stuck for \d+s!/,
  /INFO: task/,
  /BUG: K[A-Z]{3,5}: [\w -]{3,60} in(?: [\w.$]{1,120})?/,
);

/** Lines that lack no more than what may follow: it is on the next only where that looks so. */
const cutBefore: readonly (readonly [cut: RegExp, rest: RegExp])[] = [
  [/^RIP: 00(?:10|60):[\w.$]{1,120}$/, /^\(/],
  [/^BUG: K[A-Z]{3,5}: [\w -]{3,60} in [\w.$]{1,120} \S{1,200}:\d+$/, /^\[inline\]/],
  [/^CPU: \d+ (?:UID: \d+ )?PID: \d+ Comm: .{1,40} (?:Not tainted|Tainted: [A-Z][A-Z ]*)$/, /^\d+\.\d+\S* #/],
  [/^CPU: \d+ (?:UID: \d+ )?PID: \d+ Comm: .{1,40} Tainted:(?: [A-Z][A-Z ]*)?$/, /^[A-Z][A-Z ]* \d+\.\d/],
  [/^CPU: \d+ (?:UID: \d+ )?PID: \d+ Comm: .{1,40} Kdump:$/, /^loaded /],
];

/** A line that waits for what it may go on with. */
export interface Waiting {
  readonly line: LogLine;
  /** Its last piece, as it stands in the text. */
  readonly raw: string;
}

/** What a line goes on with where the next one is its rest; undefined where it is a line of its own. */
export function goesOnWith({ line, raw: last }: Waiting, next: LogLine, raw: string): LogLine | undefined {
  if (next.stamped || next.foreign || next.text === '' || isFurniture(next.text)) return undefined;
  if (isBroken(last)) return { ...line, text: `${line.text.slice(0, -1)}${withoutEnd(raw).replace(quote, '')}` };
  const isCut = cutHead.test(line.text) || cutBefore.some(([cut, rest]) => cut.test(line.text) && rest.test(next.text));
  if (!line.stamped && !isCut) return undefined;
  const { length } = withoutEnd(last);
  // z/VM's console fills what is shorter with blanks, and has the number of the CPU before each piece.
  if (length === columns && !/ {2}\r?$/.test(last)) {
    const rest = withoutEnd(raw).replace(quote, '');
    const own = zvm.test(last) ? rest.replace(zvm, '').trimEnd() : rest;
    return { ...line, text: `${line.text}${last.endsWith(' ') ? ' ' : ''}${own}` };
  }
  const [word = ''] = next.text.split(' ', 1);
  const isFull = length <= columns && length + word.length >= mailColumns;
  return isCut || (isFull && heads.test(line.text)) ? { ...line, text: `${line.text} ${next.text}` } : undefined;
}

/** Lines whose rest tells; of others nothing is read. */
const heads = anyStart([
  /WARNING: |BUG: |INFO: task |(?:CPU \d+ )?Unable to handle |Kernel panic - |Internal error: |CPU: \d+ /,
  /list_(?:add|del) |(?:Oops: )?general protection fault/,
]);

/** A line that says something before a report, of which a mail may have made two. */
export function isHead(text: string): boolean {
  return heads.test(text);
}

/** A mail in quoted-printable breaks lines so; "=" is written "=3D" in it. */
export function isBroken(raw: string): boolean {
  return raw.length <= columns && /[^=]=\r?$/.test(raw);
}

const zvm = /^\d\d: /;
const quote = /^\s*>\s?/;

function withoutEnd(raw: string): string {
  return raw.replace(/\r$/, '');
}
