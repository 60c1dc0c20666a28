import type { EventName } from '../timeline/event-names.js';
import { beginsIn, mayMatter } from '../timeline/find-form.js';
import type { EventKind, Said } from '../timeline/event-kind.js';
import type { TextFault } from './oops-text.js';

/** A line that begins a report, or goes on with one that a line before has begun. */
export interface Begun {
  readonly fault: TextFault;
  /** Of an oops or a BUG(), which is of several such lines until it has its number. */
  readonly isDeath: boolean;
  /** It is of a fault of the kernel's only where a line with a number follows: of a program's it reads the same. */
  readonly isTentative: boolean;
  readonly report: EventKind['report'];
  readonly said: Said;
}

const faults: Readonly<Partial<Record<EventName, TextFault>>> = {
  oops: 'other',
  bug: 'bug',
  warning: 'warning',
  'soft lockup': 'soft lockup',
  'hard lockup': 'hard lockup',
  'rcu stall': 'rcu stall',
  'hung task': 'hung task',
  corruption: 'corruption',
  'debug check': 'debug check',
  panic: 'panic',
};

/** Which oops, by the words of its first line. */
const oopses: readonly (readonly [RegExp, TextFault])[] = [
  [/^BUG: (?:\S+ )?stack guard page was hit at|^Insufficient stack space to handle exception/, 'stack guard page'],
  [/^(?:BUG: |CPU \d+ )?(?:kernel NULL pointer|unable to handle)/i, 'page fault'],
  // What else ends so has words of its own: "Internal error: Oops - undefined instruction: 0 [#1]".
  [/^(?:Oops: )+[0-9a-f]{4} (?:ilc:\d )?\[#|^Oops \[#|^Oops: Kernel access of bad area\b/, 'page fault'],
  [/^Internal error: Oops: [0-9a-f]{1,16} \[#/, 'page fault'],
  [/^Internal error: Oops - BUG\b/, 'bug'],
  [/^Unhandled (?:fault|prefetch abort): [\w -]{0,40}(?:domain|translation|permission) fault/, 'page fault'],
  [/^(?:Oops: )?(?:segment-related )?general protection fault\b/, 'general protection fault'],
  [/^(?:Oops: )?(?:divide[ _]error|fixpoint divide exception): /, 'divide error'],
  [/^(?:Oops: )?(?:invalid[ _]opcode|illegal operation): /, 'invalid opcode'],
  [/^(?:Oops: )?int3: /, 'breakpoint'],
  [/^(?:traps: )?PANIC: double fault/, 'double fault'],
];

/** Of arm and arm64: what the processor says, of a program's faults too. */
const unhandled = /^Unhandled (?:fault|prefetch abort): (?<what>[\w ()-]{3,60}?) \(0x[0-9a-f]+\) at /;

/** Until 4.19 a line of KASAN's before it had no end. */
const glued = /^kasan: GPF could be caused by NULL-ptr deref or user memory access(?=[a-z])/;

/** What the line begins; undefined for one that is no report of a death or of what a check or a watchdog found. */
export function begunIn(line: string): Begun | undefined {
  const text = line.replace(glued, '');
  const what = unhandled.exec(text)?.groups?.['what'];
  if (what !== undefined)
    return { fault: oopsIn(text), isDeath: true, isTentative: true, report: 'die', said: { what } };
  const begun = mayMatter(text) ? beginsIn(text, false) : undefined;
  const fault = begun && faults[begun.kind.name];
  if (begun === undefined || fault === undefined) return undefined;
  return {
    fault: fault === 'other' ? oopsIn(text) : fault,
    isDeath: begun.kind.report === 'die',
    isTentative: false,
    report: begun.kind.report,
    said: inWords(begun.form.said(begun.groups)),
  };
}

/** Less what says no more: "Oops - undefined instruction: 0". */
function inWords(said: Said): Said {
  const what = said.what.replace(/^Oops - /, '').replace(/: 0$/, '');
  const code = /^: ([0-9a-f]+)$/.exec(what)?.[1];
  return { ...said, what: code === undefined ? what : `a fault without a name (code ${code})` };
}

function oopsIn(text: string): TextFault {
  return oopses.find(([pattern]) => pattern.test(text))?.[1] ?? 'other';
}
