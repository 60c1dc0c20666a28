import type { AddressKey } from './address-key.js';
import type { Cursor } from './cursor.js';
import type { LineHeader } from './line-header.js';

/** Rows of a line table by column; a sequence is a run of rows that ascends by address. */
export interface LineRows {
  addresses: AddressKey[];
  files: number[];
  lines: number[];
  columns: number[];
  /** First row, row behind the last, and the address where the code ends. */
  sequences: { first: number; end: number; high: AddressKey }[];
}

/** The largest units of kernels have some 100,000 rows. */
const MAX_ROWS = 2_000_000;

const STANDARD = {
  extended: 0, copy: 1, advancePc: 2, advanceLine: 3, setFile: 4, setColumn: 5, constAddPc: 8, fixedAdvancePc: 9,
} as const;
const EXTENDED = { endSequence: 1, setAddress: 2 } as const;

/** Runs a line number program, DWARF 5 section 6.2.5. */
export function runLineProgram(cursor: Cursor, header: LineHeader): LineRows {
  const rows: LineRows = { addresses: [], files: [], lines: [], columns: [], sequences: [] };
  const { minimumInstructionLength, maximumOperations, lineBase, lineRange, opcodeBase, operands } = header;
  let address = 0;
  let operation = 0;
  let file = 1;
  let line = 1;
  let column = 0;
  let first = 0;

  const advance = (by: number): void => {
    if (maximumOperations === 1) address += by * minimumInstructionLength;
    else {
      address += minimumInstructionLength * Math.floor((operation + by) / maximumOperations);
      operation = (operation + by) % maximumOperations;
    }
  };
  const row = (): void => {
    if (rows.addresses.length === MAX_ROWS) throw cursor.damaged('is one line too many');
    rows.addresses.push(address);
    rows.files.push(file);
    rows.lines.push(line);
    rows.columns.push(column);
  };
  const extended = (): void => {
    const length = cursor.uleb();
    const end = cursor.at + length;
    if (length === 0 || end > cursor.end) throw cursor.damaged('has an operation of no or too great length');
    const opcode = cursor.u8();
    if (opcode === EXTENDED.endSequence) {
      if (rows.addresses.length > first) rows.sequences.push({ first, end: rows.addresses.length, high: address });
      first = rows.addresses.length;
      address = operation = column = 0;
      file = line = 1;
    } else if (opcode === EXTENDED.setAddress) {
      address = cursor.address(length - 1);
      operation = 0;
    }
    cursor.at = end;
  };

  while (!cursor.done) {
    const opcode = cursor.u8();
    if (opcode >= opcodeBase) {
      const special = opcode - opcodeBase;
      advance(Math.floor(special / lineRange));
      line += lineBase + (special % lineRange);
      row();
      continue;
    }
    switch (opcode) {
      case STANDARD.extended: extended(); break;
      case STANDARD.copy: row(); break;
      case STANDARD.advancePc: advance(cursor.uleb()); break;
      case STANDARD.advanceLine: line += cursor.sleb(); break;
      case STANDARD.setFile: file = cursor.uleb(); break;
      case STANDARD.setColumn: column = cursor.uleb(); break;
      case STANDARD.constAddPc: advance(Math.floor((255 - opcodeBase) / lineRange)); break;
      case STANDARD.fixedAdvancePc:
        address += cursor.u16();
        operation = 0;
        break;
      default: // no effect on rows, or not known: the header says how many operands to pass over
        for (let left = operands[opcode - 1] ?? 0; left > 0; left--) cursor.skipLeb();
    }
  }
  return rows;
}
