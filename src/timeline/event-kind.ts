import { defined } from '../words/defined.js';
import { sourceName } from '../words/source-name.js';
import type { EventName, Gravity } from './event-names.js';
import type { Place, TimelineEvent } from './event.js';

/** The named groups of a line's expression. */
export type Groups = Readonly<Record<string, string | undefined>>;

/** What a line says of an event. */
export interface Said {
  readonly what: string;
  /** Where not all of `what` but its numbers is the same of events that are alike. */
  readonly about?: string;
  /** Where it is another one than the kind's. */
  readonly gravity?: Gravity;
  readonly place?: Place;
  readonly comm?: string | undefined;
  readonly pid?: number | undefined;
  readonly cpu?: number | undefined;
  readonly number?: number | undefined;
  readonly machineCheck?: TimelineEvent['machineCheck'];
  readonly message?: string | undefined;
}

/** A form of line that begins an event. */
export interface Form {
  /** A piece, or one of some, that such lines hold: all are looked for at once, before any expression is tried. */
  readonly needs: string | readonly string[];
  /** From its beginning: what a name or a file may hold stands nowhere before what the kernel says itself. */
  readonly line: RegExp;
  said(groups: Groups): Said;
}

/** A form of line by which the kernel says that an event is over: of the last one open with the same `about`. */
export interface OverForm {
  readonly needs: Form['needs'];
  readonly line: RegExp;
  over(groups: Groups): { readonly about: string; readonly outcome: string };
}

/**
 * A kind of event: how its lines look, over all releases, and what they say. One object in kinds/, one line in all.ts.
 */
export interface EventKind {
  readonly name: EventName;
  readonly forms: readonly Form[];
  readonly over?: readonly OverForm[];
  /**
   * Lines that follow belong to it, to the end of the report. who: they say in which task it was; place: and where code
   * was; stack: and the first frame of its trace is where it sleeps; die: the same of the kernel's death in a task, of
   * which further such lines belong to the first until it has its number; found: who ran into what a check then found.
   */
  readonly report?: 'who' | 'place' | 'stack' | 'die' | 'found';
  /** A program's lines, or a program's as well as the kernel's; else the kernel's alone. */
  readonly by?: 'user space' | 'anybody';
}

/** One, for a table of them. */
export function form(needs: Form['needs'], line: RegExp, said: Form['said']): Form {
  return { needs, line, said };
}

/** What stands one after another; a list is one of several, in a group of that name. */
export function inOrder(...parts: readonly (RegExp | Readonly<Record<string, readonly RegExp[]>>)[]): RegExp {
  const source = parts.map((part) =>
    part instanceof RegExp
      ? part.source
      : Object.entries(part)
          .map(([name, any]) => `(?<${name}>${any.map((one) => one.source).join('|')})`)
          .join(''),
  );
  return new RegExp(source.join(''));
}

/** Behind a function's name its offset and module; decode_stacktrace.sh puts file and line in place of these. */
export const behindName =
  /(?:\+0x(?<offset>[0-9a-f]+)\/0x[0-9a-f]+(?: \[(?<module>\w+)[^\]]*\])?| \([\w./-]{1,200}\.(?:[chS]|rs):\d{1,6}(?:[ )]|$))/;

/** A decimal number of a line. */
export function numberIn(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

/** A place, by its name in the source, as lines have it in groups `function`, `offset` and `module`. */
export function placeIn({ function: name, offset, module }: Groups): { place?: Place } {
  if (name === undefined) return {};
  const at = offset === undefined ? undefined : Number.parseInt(offset, 16);
  return { place: { function: sourceName(name), ...defined({ offset: at, module }) } };
}

/** "kworker/3:1" and "kworker/0:2" are alike, and so are the sectors of one disk. */
export function withoutNumbers(text: string): string {
  return text.replaceAll(/0x[\da-f]+|\b[\da-f]{8,16}\b|\d+/g, '#');
}

/** 0x0000000000000008 and 0000000000000008 as people write them. */
export function shortAddress(printed: string | undefined): string | undefined {
  if (printed === undefined || printed === '(null)') return printed === undefined ? undefined : '0x0';
  return `0x${printed.replace(/^0x/i, '').replace(/^0+(?=.)/, '')}`;
}
