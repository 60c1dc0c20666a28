import type { Draft } from './draft.js';
import type { LogLine } from './prefix.js';

/**
 * A kind of line that the kernel's memory reports have: how to know one, how to mend one that was broken, what it says.
 */
export interface LineKind {
  readonly name: string;
  /** Known by its beginning alone, wherever it stands. */
  readonly starts: RegExp;
  /** A piece that every such line holds: looked for first, where the beginning alone is dear to match. */
  readonly needs?: string;
  /** The text so far is not the whole line: more may follow on the next. */
  open?(text: string): boolean;
  /** How a next line begins that goes on with this one. */
  readonly continues?: RegExp;
  /** The same where the next line has no stamp of its own: a terminal breaks words, so it can begin anyhow. */
  readonly continuesBare?: RegExp;
  /** A piece of a value that holds no space: broken pieces are put together without one. */
  readonly solid?: boolean;
  /** A whole "name:value" of this kind: where two pieces make one and neither is one, the break was inside it. */
  readonly token?: RegExp;
  /** Longer than `usual` characters: a path or many counters are in it. */
  readonly long?: true;
  /** It opens an event, belongs to one, or comes after one. */
  readonly role: 'trigger' | 'body' | 'kill' | 'reaper' | 'hint';
  read(text: string, draft: Draft, line: LogLine): void;
}

/**
 * No line of these reports but those marked long is longer: what is, is cut, so that no pattern runs over a hostile
 * line.
 */
export const usual = 1024;

/** "name:123kB" pairs of a line, in order. The unit is optional where the kernel prints none. */
export function pairs(text: string, unit: 'kB' | 'none'): [name: string, digits: string][] {
  const found: [string, string][] = [];
  const pattern = unit === 'kB' ? /([A-Za-z_][\w()]*): ?(-?\d+)[kK]B/g : /([A-Za-z_][\w()]*):(-?\d+)(?=\s|$)/g;
  for (const match of text.matchAll(pattern)) found.push([match[1]!, match[2]!]);
  return found;
}
