import { logStamp } from '../words/log-stamp.js';
import { numbered, size } from '../words/quantity.js';
import { isGap } from '../plugin/make-views.js';
import type { Cell, Column, ValueType } from '../words/views.js';

/** The one place where a number becomes text for people. */

/** How sizes are told. */
export interface Units {
  /** What a page is, in bytes: the dump's, not ours. */
  pageSize: number;
  /** Tables have bare numbers in the kernel's units, for arithmetic and scripts; else sizes such as "68.4 MiB". */
  raw?: boolean;
}

/** Columns of numbers are aligned on the right. */
export function isNumeric(type: ValueType): boolean {
  return numeric.has(type);
}
const numeric: ReadonlySet<ValueType> = new Set<ValueType>([
  'integer',
  'bytes',
  'kB',
  'pages',
  'ns',
  'ms',
  'percent',
  'pid',
]);

/** A table's cell, as `units` say. */
export function cellText(cell: Cell, column: ColumnOfSizes, units: Units): string {
  const unit = bytesIn(column, units);
  return unit === undefined || !isNumber(cell) ? inTable(cell, column.type) : bareSize(Number(cell) * unit);
}

/** A size that is no part of a sentence: nothing is as little in any unit. */
function bareSize(bytes: number): string {
  return bytes === 0 ? '0' : size(bytes);
}

/** What stands under a column's title: none where each cell says its own. */
export function columnUnit(column: ColumnOfSizes, units: Units): string | undefined {
  return bytesIn(column, units) === undefined ? unitOf(column.type) : undefined;
}

type ColumnOfSizes = Pick<Column, 'type' | 'exact'>;

/** Of one in this column, where its cells are told as sizes. */
function bytesIn({ type, exact }: ColumnOfSizes, { pageSize, raw }: Units): number | undefined {
  if (exact || raw) return undefined;
  if (type === 'pages') return pageSize;
  return bytesOf[type];
}
const bytesOf: Readonly<Partial<Record<ValueType, number>>> = { bytes: 1, kB: 1024 };

/** The unit of a column of bare numbers: the kernel's units are never mixed in silence. */
export function unitOf(type: ValueType): string | undefined {
  return units[type];
}
const units: Readonly<Partial<Record<ValueType, string>>> = {
  bytes: 'bytes',
  kB: 'kB',
  pages: 'pages',
  ns: 's',
  ms: 'ms',
  percent: '%',
};

/** In a table: the bare number, exact, in the column's unit. */
export function inTable(cell: Cell, type: ValueType): string {
  if (cell === null) return '-';
  if (isGap(cell)) return '?';
  if (typeof cell === 'object') return cell.join(' | ');
  switch (type) {
    case 'ns':
      return seconds(cell);
    case 'percent':
      return typeof cell === 'number' ? cell.toFixed(1) : String(cell);
    default:
      return plain(cell, type);
  }
}

/** Standing alone: with its unit, and with a size that one can picture beside the kernel's own. */
export function alone(cell: Cell, type: ValueType, { pageSize }: Units): string {
  if (cell === null) return 'none';
  if (isGap(cell)) return `could not be read: ${cell.reason}`;
  if (typeof cell === 'object') return cell.join(' | ');
  if (isNumber(cell) && Number(cell) === 0 && bytesIn({ type }, { pageSize }) !== undefined) return '0';
  switch (type) {
    case 'pages':
      return isNumber(cell)
        ? `${grouped(cell)} ${numbered(cell, 'page')} (${size(scale(cell, pageSize))})`
        : String(cell);
    case 'kB':
      return isNumber(cell) ? `${grouped(cell)} kB (${size(scale(cell, 1024))})` : String(cell);
    case 'bytes':
      if (!isNumber(cell)) return String(cell);
      return Number(cell) < 1024 ? size(cell) : `${size(cell)} (${grouped(cell)} bytes)`;
    case 'ns':
      return `${seconds(cell)} s`;
    case 'ms':
      return `${plain(cell, type)} ms`;
    case 'percent':
      return `${inTable(cell, type)} %`;
    case 'integer':
      return isNumber(cell) ? grouped(cell) : String(cell);
    default:
      return plain(cell, type);
  }
}

/** A kernel log's time stamp: "[   12.345678]". */
export function timestamp(ns: number): string {
  return `[${logStamp(ns).padStart(12)}]`;
}

/** "0xffffffff81000000" */
export function address(value: bigint | number): string {
  return `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;
}

/** A duration's or a number's quantity in a chart, with its unit. */
export function quantity(value: number, type: ValueType, units: Units): string {
  switch (type) {
    case 'pages':
      return bareSize(value * units.pageSize);
    case 'kB':
      return bareSize(value * 1024);
    case 'bytes':
      return bareSize(value);
    default:
      return alone(value, type, units);
  }
}

function plain(cell: string | number | bigint | boolean, type: ValueType): string {
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (typeof cell === 'string') return cell;
  switch (type) {
    case 'address':
    case 'symbol':
      return Number.isInteger(Number(cell)) ? address(cell) : String(cell);
    case 'unixTime':
      return utc(Number(cell));
    default:
      return typeof cell === 'number' && !Number.isInteger(cell) ? String(Number(cell.toPrecision(6))) : String(cell);
  }
}

/** Seconds since 1970, to a UTC date; a time that no calendar has stays a number. */
function utc(unix: number): string {
  const date = new Date(unix * 1000);
  return Number.isNaN(date.getTime())
    ? String(unix)
    : `${date
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, '')} UTC`;
}

function seconds(cell: string | number | bigint | boolean): string {
  if (!isNumber(cell)) return String(cell);
  // As print_time() does, cut and not rounded: the log's stamps are to be found again.
  return typeof cell === 'bigint'
    ? `${cell / 1_000_000_000n}.${String((cell % 1_000_000_000n) / 1000n).padStart(6, '0')}`
    : (Math.trunc(cell / 1000) / 1e6).toFixed(6);
}

/** Digits in groups of three. An integer too large for a double's 15 digits comes as bigint. */
function grouped(value: number | bigint): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(6)));
  // Four digits are read at once: a uid of 1003 is no 1,003.
  const digits = BigInt(value).toString();
  return digits.length <= 4 ? digits : digits.replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

function scale(value: number | bigint, by: number): number {
  return Number(value) * by;
}

function isNumber(cell: unknown): cell is number | bigint {
  return typeof cell === 'number' || typeof cell === 'bigint';
}

/** A part of a chart's whole, as its legend has it: "84.4 %". What is there does not look like nothing. */
export function shareOfWhole(part: number, whole: number): string {
  const percent = (part / whole) * 100;
  return percent > 0 && percent < 0.05 ? '<0.1 %' : `${percent.toFixed(1)} %`;
}
