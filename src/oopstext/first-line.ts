import type { EventName } from '../timeline/event-names.js';
import { beginsIn, mayMatter } from '../timeline/find-form.js';
import type { Said } from '../timeline/event-kind.js';
import type { TextFault } from './oops-text.js';

/** A line that begins a report, or goes on with one that a line before has begun. */
export interface Begun {
  readonly fault: TextFault;
  /** Of an oops or a BUG(), which is of several such lines until it has its number. */
  readonly isDeath: boolean;
  readonly said: Said;
}

const faults: Readonly<Partial<Record<EventName, TextFault>>> = {
  oops: 'other',
  bug: 'bug',
  warning: 'warning',
  'soft lockup': 'soft lockup',
  panic: 'panic',
};

/** Which oops, by the words of its first line. */
const oopses: readonly (readonly [RegExp, TextFault])[] = [
  [/^BUG: (?:\S+ )?stack guard page was hit at/, 'stack guard page'],
  [/^(?:BUG: )?(?:kernel NULL pointer|unable to handle)/i, 'page fault'],
  [/^(?:Oops: )?general protection fault\b/, 'general protection fault'],
  [/^(?:Oops: )?divide error: /, 'divide error'],
  [/^(?:Oops: )?invalid opcode: /, 'invalid opcode'],
];

/** What the line begins; undefined for one that is no report of a death, a warning or a stuck CPU. */
export function begunIn(text: string): Begun | undefined {
  const begun = mayMatter(text) ? beginsIn(text, false) : undefined;
  const fault = begun && faults[begun.kind.name];
  if (begun === undefined || fault === undefined) return undefined;
  return {
    fault: fault === 'other' ? (oopses.find(([pattern]) => pattern.test(text))?.[1] ?? fault) : fault,
    isDeath: begun.kind.report === 'die',
    said: begun.form.said(begun.groups),
  };
}
