import type { AddressKey } from './address-key.js';
import { AT } from './constants.js';
import { Cursor } from './cursor.js';
import type { DwarfFile } from './die.js';
import { readLineHeader } from './line-header.js';
import { runLineProgram, type LineRows } from './line-program.js';
import { lastNotAbove, rangeCollector, rangeMap } from './range-map.js';
import type { Unit } from './units.js';

/**
 * A place in the source. `file` is relative to where the kernel was built, where it lies below that; column 0 is not
 * known.
 */
export interface SourceLine {
  file: string;
  line: number;
  column: number;
}

/** The line table of one unit. */
export interface LineTable {
  /**
   * The line that the instruction at an address belongs to; undefined outside of the unit's code, or where the compiler
   * gives line 0.
   */
  at(address: AddressKey): SourceLine | undefined;
  /** The path behind a file number, as DW_AT_call_file and DW_AT_decl_file have it. */
  file(index: number): string | undefined;
  readonly rowCount: number;
}

const MAX_PROGRAM_BYTES = 64 * 2 ** 20;
/** Kept over all tables; a unit of the kernel has some thousand. */
const MAX_KEPT_ROWS = 2_000_000;

/** Line tables by unit; the last ones used are kept. */
export function lineTables(file: DwarfFile): (unit: Unit) => LineTable {
  const known = new Map<number, LineTable>();
  let kept = 0;
  return (unit) => {
    let table = known.get(unit.offset);
    if (table !== undefined) {
      known.delete(unit.offset);
      known.set(unit.offset, table);
      return table;
    }
    table = readLineTable(file, unit);
    known.set(unit.offset, table);
    kept += table.rowCount + ROWS_OF_AN_EMPTY_TABLE;
    for (const [old, { rowCount }] of known) {
      if (kept <= MAX_KEPT_ROWS || old === unit.offset) break;
      known.delete(old);
      kept -= rowCount + ROWS_OF_AN_EMPTY_TABLE;
    }
    return table;
  };
}

/** What a table's names cost, in rows. */
const ROWS_OF_AN_EMPTY_TABLE = 1000;

const NOTHING: LineTable = { rowCount: 0, at: () => undefined, file: () => undefined };

function readLineTable(file: DwarfFile, unit: Unit): LineTable {
  const offset = unit.bases.get(AT.stmt_list);
  if (offset === undefined) return NOTHING;
  const section = file.section('.debug_line');
  const start = new Cursor(section.bytes(offset, Math.min(12, section.size - offset)), 0, '.debug_line', offset);
  const { length, offsetSize } = start.initialLength();
  if (length > MAX_PROGRAM_BYTES) throw start.damaged('starts line numbers that are longer than is believed');
  const at = offset + start.at;
  const cursor = new Cursor(section.bytes(at, length), 0, '.debug_line', at);
  const root = file.root(unit);
  const header = readLineHeader(file, cursor, offsetSize, root.string(AT.comp_dir) ?? '', root.string(AT.name) ?? '');
  return lineTable(
    (index) => header.file(index),
    file.kept.of(`lines at ${offset}`, () => runLineProgram(cursor, header)),
  );
}

function lineTable(
  file: (index: number) => string | undefined,
  { addresses, files, lines, columns, firsts, ends, highs }: LineRows,
): LineTable {
  const ranges = rangeCollector();
  firsts.forEach((first, i) => ranges.add(addresses[first]!, highs[i]!, i));
  const sequences = rangeMap(ranges.finish());
  return {
    rowCount: addresses.length,
    file,
    at(address) {
      const sequence = sequences.at(address);
      if (sequence === undefined) return undefined;
      const first = firsts[sequence]!;
      // Of several rows with one address the last one holds.
      const row = first + lastNotAbove(addresses.subarray(first, ends[sequence]), address);
      if (row < first || lines[row] === 0) return undefined;
      return { file: file(files[row]!) ?? '?', line: lines[row]!, column: columns[row]! };
    },
  };
}
