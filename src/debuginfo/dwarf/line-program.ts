import type { AddressKey } from './address-key.js';
import type { Cursor } from './cursor.js';
import type { LineHeader } from './line-header.js';

/** Rows of a line table by column. */
export interface LineRows {
  addresses: Float64Array;
  files: Uint32Array;
  lines: Uint32Array;
  columns: Uint32Array;
  /** Runs of rows that ascend by address: the first row, the one behind the last, and where their code ends. */
  firsts: Uint32Array;
  ends: Uint32Array;
  highs: Float64Array;
}

/** The largest units of kernels have some 100,000 rows. */
const MAX_ROWS = 2_000_000;

const STANDARD = {
  extended: 0,
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  setColumn: 5,
  constAddPc: 8,
  fixedAdvancePc: 9,
} as const;
const EXTENDED = { endSequence: 1, setAddress: 2 } as const;

/** Runs a line number program, DWARF 5 section 6.2.5. */
export function runLineProgram(cursor: Cursor, header: LineHeader): LineRows {
  const { minimumInstructionLength, maximumOperations, lineBase, lineRange, opcodeBase, operands } = header;
  // Each row takes a byte or more.
  const most = Math.min(cursor.end - cursor.at, MAX_ROWS);
  const addresses = new Float64Array(most);
  const files = new Uint32Array(most);
  const lines = new Uint32Array(most);
  const columns = new Uint32Array(most);
  const sequences: { first: number; end: number; high: AddressKey }[] = [];
  let count = 0;
  let address = 0;
  let operation = 0;
  let file = 1;
  let line = 1;
  let column = 0;
  let first = 0;

  // No functions within: what they share is slower to reach, and a dump's first question runs all of this only once.
  const { bytes, end: programEnd } = cursor;
  while (cursor.at < programEnd) {
    const opcode = bytes[cursor.at++]!;
    let advance = 0;
    const isRow = opcode >= opcodeBase || opcode === STANDARD.copy;
    if (opcode >= opcodeBase) {
      const special = opcode - opcodeBase;
      advance = Math.floor(special / lineRange);
      line += lineBase + (special % lineRange);
    } else {
      switch (opcode) {
        case STANDARD.extended: {
          const length = cursor.uleb();
          const end = cursor.at + length;
          if (length === 0 || end > cursor.end) throw cursor.damaged('has an operation of no or too great length');
          const extended = cursor.u8();
          if (extended === EXTENDED.endSequence) {
            if (count > first) sequences.push({ first, end: count, high: address });
            first = count;
            address = operation = column = 0;
            file = line = 1;
          } else if (extended === EXTENDED.setAddress) {
            address = cursor.address(length - 1);
            operation = 0;
          }
          cursor.at = end;
          break;
        }
        case STANDARD.copy:
          break;
        case STANDARD.advancePc:
          advance = cursor.uleb();
          break;
        case STANDARD.advanceLine:
          line += cursor.sleb();
          break;
        case STANDARD.setFile:
          file = cursor.uleb();
          break;
        case STANDARD.setColumn:
          column = cursor.uleb();
          break;
        case STANDARD.constAddPc:
          advance = Math.floor((255 - opcodeBase) / lineRange);
          break;
        case STANDARD.fixedAdvancePc:
          address += cursor.u16();
          operation = 0;
          break;
        default: // no effect on rows, or not known: the header says how many operands to pass over
          for (let left = operands[opcode - 1] ?? 0; left > 0; left--) cursor.skipLeb();
      }
    }
    if (maximumOperations === 1) address += advance * minimumInstructionLength;
    else {
      address += minimumInstructionLength * Math.floor((operation + advance) / maximumOperations);
      operation = (operation + advance) % maximumOperations;
    }
    if (!isRow) continue;
    if (count === most) throw cursor.damaged('is one line too many');
    addresses[count] = address;
    files[count] = file;
    lines[count] = line;
    columns[count] = column;
    count++;
  }
  return {
    addresses: addresses.slice(0, count),
    files: files.slice(0, count),
    lines: lines.slice(0, count),
    columns: columns.slice(0, count),
    firsts: Uint32Array.from(sequences, ({ first }) => first),
    ends: Uint32Array.from(sequences, ({ end }) => end),
    highs: Float64Array.from(sequences, ({ high }) => high),
  };
}
