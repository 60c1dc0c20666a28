import { nearestWord } from '../words/nearest-word.js';

/** Readers of data that a plugin gives: each returns it in the form that views.ts declares, or throws one sentence. */

/** Not of the form that views.ts gives. */
export class BadView extends Error {
  override name = 'BadView';
}

/** Longer text is cut: a log record has at most some 1000 characters, a path 4096. */
const longestText = 64 * 1024;

/** Of a sentence about a plugin, which may hold what the plugin threw. */
const longestSentence = 2_000;

/** A dump's own values have 64 bits, sums and products of them more; to write out one of a million takes minutes. */
const mostBits = 128;
const tooLarge = 1n << BigInt(mostBits);

/** Lists that are part of a view's head; rows come by iterables, which the runner limits. */
const longestList = 1_000_000;

/** Says where it was, of what is wrong in `read`. */
export function within<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadView) throw new BadView(`${place}: ${error.message}`);
    throw error;
  }
}

export function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new BadView(`${what} is ${describe(value)}, not text`);
  return shortened(value);
}

export function shortened(value: string, longest = longestText): string {
  return value.length <= longest ? value : `${value.slice(0, longest)}… (${value.length - longest} characters more)`;
}

export function shortSentence(value: string): string {
  return shortened(value, longestSentence);
}

/** The parts of a list in a cell, all of them together no longer than a text may be. */
export function shortenedParts(parts: readonly unknown[]): string[] {
  const kept: string[] = [];
  let room = longestText;
  for (const part of parts) {
    const word = shortened(String(part));
    room -= word.length + 1;
    if (room < 0 && kept.length > 0) return [...kept, `… (${parts.length - kept.length} more)`];
    kept.push(word);
  }
  return kept;
}

export function bigint(value: unknown, what: string): bigint {
  if (typeof value !== 'bigint') throw new BadView(`${what} is ${describe(value)}, not an address (a bigint)`);
  return writable(value, what);
}

/** Whoever has it writes it out, outside of the worker and of its deadline. */
export function isWritable(value: bigint): boolean {
  return value < tooLarge && value > -tooLarge;
}

export function writable(value: bigint, what: string): bigint {
  if (!isWritable(value)) throw new BadView(`${what} is a number of more than ${mostBits} bits, which no dump holds`);
  return value;
}

export function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new BadView(`${what} is ${describe(value)}, not a list`);
  if (value.length > longestList) throw new BadView(`${what} has ${value.length} entries`);
  return value;
}

export function iterable(value: unknown, what: string): Iterable<unknown> {
  if (!isObject(value) || !(Symbol.iterator in value))
    throw new BadView(`${what} is ${describe(value)}, not a list or a generator`);
  return value as Iterable<unknown>;
}

export function field(value: unknown, key: string): unknown {
  if (!isObject(value)) throw new BadView(`${describe(value)} stands where an object with ${key} is needed`);
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** One of a few words; undefined where there is none, an error where there is another. */
export function oneOf<T extends string>(value: unknown, words: readonly T[], what: string): T | undefined {
  if (value === undefined || value === null) return undefined;
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  const nearest = typeof value === 'string' ? nearestWord(value, words) : undefined;
  throw new BadView(
    `${what} is ${describe(value)}; ${nearest === undefined ? `it can be ${words.join(', ')}` : `did you mean ${nearest}?`}`,
  );
}

/** Shorter keys are a slip away from too much. */
const shortestSlip = 4;

/**
 * Looks for a slip of the fingers among the keys of an object: further ones are no mistake, but one that is nearly a
 * known one, which is not there, would be left out without a word.
 */
export function noSlips(value: unknown, known: ReadonlySet<string>, what: string): void {
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    if (known.has(key) || key.length < shortestSlip) continue;
    const meant = nearestWord(
      key,
      [...known].filter((other) => !Object.hasOwn(value, other)),
    );
    if (meant !== undefined) throw new BadView(`${what} has no ${key}; did you mean ${meant}?`);
  }
}

export function optional<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  return value === undefined || value === null ? {} : ({ [key]: text(value, key) } as { [P in K]?: string });
}

export function optionalNumber<K extends string>(key: K, value: unknown): { [P in K]?: number } {
  return typeof value === 'number' && Number.isFinite(value) ? ({ [key]: value } as { [P in K]?: number }) : {};
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'a list';
  const made: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof made === 'string' && made !== '' && made !== 'Object' ? `a ${made}` : 'an object';
}
