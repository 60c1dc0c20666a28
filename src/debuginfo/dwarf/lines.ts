import type { AddressKey } from './address-key.js';
import { AT } from './constants.js';
import { Cursor } from './cursor.js';
import type { DwarfFile } from './dwarf-file.js';
import { readLineHeader } from './line-header.js';
import { runLineProgram, type LineRows } from './line-program.js';
import { lastNotAbove, rangeCollector } from './range-map.js';
import type { Unit } from './units.js';

/** A place in the source. `file` is relative to where the kernel was built, where it lies below that; column 0 is not known. */
export interface SourceLine {
  file: string;
  line: number;
  column: number;
}

/** The line table of one unit. */
export interface LineTable {
  /** The line that the instruction at an address belongs to; undefined outside of the unit's code, or where the compiler gives line 0. */
  at(address: AddressKey): SourceLine | undefined;
  /** The path behind a file number, as DW_AT_call_file and DW_AT_decl_file have it. */
  file(index: number): string | undefined;
}

const MAX_PROGRAM_BYTES = 256 * 2 ** 20;
const MAX_TABLES = 32;

/** Line tables by unit; the last ones used are kept. */
export function lineTables(file: DwarfFile): (unit: Unit) => LineTable {
  const known = new Map<number, LineTable>();
  return (unit) => {
    const old = known.get(unit.offset);
    const table = old ?? readLineTable(file, unit);
    known.delete(unit.offset);
    known.set(unit.offset, table);
    if (known.size > MAX_TABLES) known.delete(known.keys().next().value!);
    return table;
  };
}

const NOTHING: LineTable = { at: () => undefined, file: () => undefined };

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
  return lineTable(header.files, runLineProgram(cursor, header));
}

function lineTable(files: readonly string[], rows: LineRows): LineTable {
  const sequences = rangeCollector();
  rows.sequences.forEach(({ first, high }, i) => sequences.add(rows.addresses[first]!, high, i));
  const bySequence = sequences.finish();
  const addresses = Float64Array.from(rows.addresses);
  const lines = Uint32Array.from(rows.lines);
  const columns = Uint32Array.from(rows.columns);
  const fileNumbers = Uint32Array.from(rows.files);
  return {
    file: (index) => files[index],
    at(address) {
      const sequence = rows.sequences[bySequence.at(address) ?? -1];
      if (sequence === undefined) return undefined;
      // Of several rows with one address the last one holds.
      const row = sequence.first + lastNotAbove(addresses.subarray(sequence.first, sequence.end), address);
      if (row < sequence.first || lines[row] === 0) return undefined;
      return { file: files[fileNumbers[row]!] ?? '?', line: lines[row]!, column: columns[row]! };
    },
  };
}
