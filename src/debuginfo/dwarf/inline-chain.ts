import { keyOf, type AddressKey } from './address-key.js';
import { AT, TAG } from './constants.js';
import type { Die, DwarfFile } from './die.js';
import { functionsOf, scopesAt, type Functions } from './functions.js';
import { lineTables, type LineTable, type SourceLine } from './lines.js';
import type { Unit } from './units.js';
import { unitLookup, type UnitLookup } from './unit-lookup.js';

/** One function that is being executed at an address: inlined into the next, or the one with code of its own. */
export interface InlineFrame {
  /** undefined in assembler, where there is no entry for a function. */
  function: string | undefined;
  inlined: boolean;
  /** Where in this function: the instruction's line in the innermost, the place of the call in the others. */
  source: SourceLine | undefined;
  /** DW_TAG_inlined_subroutine or DW_TAG_subprogram. */
  die: Die | undefined;
}

/** What is known of code, in addresses of the file. */
export interface CodeAt {
  unit: Unit;
  address: AddressKey;
  lines: LineTable;
  /** The function and the scopes within it that hold the address, outermost first; empty in assembler. */
  scopes: readonly Die[];
}

export interface CodeLookup {
  /** The unit, scopes and line table for an address; undefined where no unit has code there. @throws DwarfError */
  at(address: bigint): CodeAt | undefined;
  /** The line alone, for which the unit's functions need not be read. @throws DwarfError */
  lineAt(address: bigint): SourceLine | undefined;
}

export function codeLookup(file: DwarfFile, unitAt: UnitLookup = unitLookup(file)): CodeLookup {
  const functions: Functions = functionsOf(file);
  const tables = lineTables(file);
  const unitOf = (address: AddressKey): Unit | undefined => {
    const offset = unitAt(address);
    return offset === undefined ? undefined : file.units.at(offset);
  };
  return {
    lineAt(exact) {
      const address = keyOf(exact);
      const unit = unitOf(address);
      return unit && tables(unit).at(address);
    },
    at(exact) {
      const address = keyOf(exact);
      const unit = unitOf(address);
      if (unit === undefined) return undefined;
      const subprogram = functions.at(unit, address);
      return {
        unit,
        address,
        lines: tables(unit),
        scopes: subprogram === undefined ? [] : scopesAt(subprogram, address),
      };
    },
  };
}

/** The functions at an address, innermost first; the last one is the function that the code belongs to. */
export function inlineChain({ scopes, lines, address }: CodeAt): InlineFrame[] {
  const chain: InlineFrame[] = [];
  let source = lines.at(address);
  for (const die of scopes.toReversed()) {
    if (die.tag === TAG.lexical_block) continue;
    const inlined = die.tag === TAG.inlined_subroutine;
    chain.push({ function: die.name(), inlined, source, die });
    if (inlined) source = callPlace(die, lines);
  }
  return chain.length > 0 ? chain : [{ function: undefined, inlined: false, source, die: undefined }];
}

function callPlace(die: Die, lines: LineTable): SourceLine | undefined {
  const line = die.number(AT.call_line);
  const file = die.number(AT.call_file);
  if (line === undefined || file === undefined) return undefined;
  return { file: lines.file(file) ?? '?', line, column: die.number(AT.call_column) ?? 0 };
}
