import { addressOf, keyOf } from './address-key.js';
import { indexEntries, readCie, readFde, type CfiSection, type Cie } from './cfi-entries.js';
import { rowAt, type CfaRule, type CfiRow, type RegisterRule } from './cfi-rows.js';
import type { DwarfFile } from './die.js';
import { rangeMap, type RangeMap } from './range-map.js';

export type { CfaRule, RegisterRule };

/** How the caller's registers are found from a frame's, at one address of the file. */
export interface Cfi extends CfiRow {
  /** The DWARF number of the register whose rule gives the return address. */
  returnRegister: number;
  /** The frame was interrupted: its address is that of the next instruction, not a return address. */
  signalFrame: boolean;
  /** The function's code: [low, high), as the file has it. */
  low: bigint;
  high: bigint;
}

/**
 * Call frame information by address of the file; undefined where none of the sections describes the code. @throws
 * DwarfError
 */
export type CfiLookup = (address: bigint) => Cfi | undefined;

/** @param file .debug_frame is asked first: where both are there, it is the compiler's own and complete */
export function cfiLookup(file: DwarfFile): CfiLookup {
  const sources = [source(file, '.debug_frame', false), source(file, '.eh_frame', true)].filter(
    (found) => found !== undefined,
  );
  return (address) => {
    for (const lookup of sources) {
      const found = lookup(address);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function source(file: DwarfFile, name: string, exceptionFrames: boolean): CfiLookup | undefined {
  const loadedAt = file.sectionAddress(name);
  // Without its address, .eh_frame's pointers lead nowhere; .debug_frame has none that count from itself.
  if (!file.has(name) || (exceptionFrames && loadedAt === undefined)) return undefined;
  const section: CfiSection = { section: file.section(name), exceptionFrames, address: loadedAt ?? 0 };
  const cies = new Map<number, Cie>();
  let index: RangeMap | undefined;
  const cieAt = (at: number): Cie => {
    let cie = cies.get(at);
    if (cie === undefined) cies.set(at, (cie = readCie(section, at)));
    return cie;
  };
  return (exact) => {
    const address = keyOf(exact);
    index ??= rangeMap(file.kept.of(`frames in ${name}`, () => indexEntries(section)));
    const at = index.at(address);
    if (at === undefined) return undefined;
    const fde = readFde(section, at, cieAt);
    const { returnRegister, signalFrame } = fde.cie;
    return {
      ...rowAt(section, fde, address),
      returnRegister,
      signalFrame,
      low: addressOf(fde.low),
      high: addressOf(fde.high),
    };
  };
}
