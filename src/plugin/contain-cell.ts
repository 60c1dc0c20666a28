import { sameCause } from '../kernel/gaps.js';
import { BadView, describe, field, shortened, shortenedParts, text, writable } from './check-form.js';
import { isGap } from './make-views.js';
import type { Cell, ValueType } from '../words/views.js';

/** What a cell of each type may be, beside null and a gap, and how it is asked for. */
const fitting: Readonly<Record<ValueType, readonly [fits: (cell: unknown) => boolean, wanted: string]>> = {
  // A value of whatever type, as a member of an object has, may be a number or a boolean too.
  text: [isShowable, 'text, or a list of texts'],
  word: [isTold, 'text, or a list of texts'],
  task: [isTold, 'the name of a task, or a list of them'],
  symbol: [(cell) => isTold(cell) || typeof cell === 'bigint', 'the name of a symbol'],
  flags: [isTold, 'a list of texts'],
  integer: [isWhole, 'a whole number or a bigint'],
  pid: [isWhole, 'a whole number or a bigint'],
  boolean: [(cell) => typeof cell === 'boolean', 'true or false'],
  address: [isWhole, 'a bigint'],
  bytes: [isNumber, 'a number or a bigint'],
  kB: [isNumber, 'a number or a bigint'],
  pages: [isNumber, 'a number or a bigint'],
  ns: [isNumber, 'a number or a bigint'],
  ms: [isNumber, 'a number or a bigint'],
  unixTime: [isNumber, 'a number or a bigint'],
  percent: [isNumber, 'a number or a bigint'],
};

function isTold(cell: unknown): boolean {
  return typeof cell === 'string' || Array.isArray(cell);
}

function isNumber(cell: unknown): boolean {
  return typeof cell === 'number' || typeof cell === 'bigint';
}

function isWhole(cell: unknown): boolean {
  return typeof cell === 'bigint' || Number.isInteger(cell);
}

/** A cell of a row, or a fact's value, in a form that its type has. @throws BadView */
export function cleanCell(cell: unknown, type: ValueType, place: string): Cell {
  if (cell === undefined)
    throw new BadView(`${place} is undefined, as a misspelt member is; null says that there is none`);
  if (cell === null) return null;
  if (isGap(cell)) {
    const address = field(cell, 'address');
    const copy = {
      gap: true as const,
      what: text(cell.what, 'gap.what'),
      reason: text(cell.reason, 'gap.reason'),
      ...(typeof address === 'bigint' ? { address } : {}),
    };
    return sameCause(copy, cell);
  }
  const [fits, wanted] = fitting[type];
  if (typeof cell === 'number' && !Number.isFinite(cell))
    throw new BadView(
      `${place} is ${cell}, as a sum with a missing number is, or a division by 0; null says that there is none`,
    );
  if (!isShowable(cell))
    throw new BadView(
      `${place} holds ${describe(cell)}, which can't be shown: give text, a number, a boolean, an address, null, a list of texts or a gap`,
    );
  if (!fits(cell))
    throw new BadView(`${place} is ${valueInWords(cell)}, but its type is ${type}: give ${wanted}, null or a gap`);
  if (typeof cell === 'string') return shortened(cell);
  if (typeof cell === 'bigint') return writable(cell, place);
  return typeof cell === 'object' ? shortenedParts(cell) : cell;
}

function isShowable(cell: unknown): cell is string | number | bigint | boolean | readonly unknown[] {
  return isTold(cell) || isNumber(cell) || typeof cell === 'boolean';
}

function valueInWords(cell: string | number | bigint | boolean | readonly unknown[]): string {
  return typeof cell === 'number' || typeof cell === 'boolean' ? String(cell) : describe(cell);
}
