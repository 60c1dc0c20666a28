import type { AddressKey } from './address-key.js';
import { AT, FORM } from './constants.js';
import { Cursor } from './cursor.js';
import type { Die } from './die.js';
import { boundsOf, indexedAddress, rangeKinds, type AddressRange } from './list-entries.js';
import type { Unit } from './units.js';

/** Ranges of one entry that are believed: the largest units of kernels have some thousands. */
const MAX_RANGES = 20_000;
const FIRST_READ = 1024;

/** The code that an entry covers, by DW_AT_ranges or DW_AT_low_pc and DW_AT_high_pc; nothing where it has neither. */
export function rangesOf(die: Die): AddressRange[] {
  const form = die.form(AT.ranges);
  if (form !== 0) return rangeList(die, form);
  const low = die.address(AT.low_pc);
  if (low === undefined) return [];
  // An address in DWARF 2 and 3, the length since.
  const high = die.address(AT.high_pc) ?? low + (die.number(AT.high_pc) ?? 0);
  return high > low ? [[low, high]] : [];
}

/** What offsets in lists count from, before a list says otherwise: the unit's DW_AT_low_pc. */
export function baseAddress(die: Die): AddressKey {
  return die.file.root(die.unit).address(AT.low_pc) ?? 0;
}

function rangeList(die: Die, form: number): AddressRange[] {
  const { unit } = die;
  const value = die.number(AT.ranges) ?? 0;
  if (unit.version < 5)
    return readAgain(die, '.debug_ranges', value + (unit.bases.get(AT.GNU_ranges_base) ?? 0), rangesV4);
  return readAgain(
    die,
    '.debug_rnglists',
    form === FORM.rnglistx ? listOffset(die, '.debug_rnglists', AT.rnglists_base, value) : value,
    rangesV5,
  );
}

/** DW_FORM_rnglistx and loclistx: the n-th of a table of offsets, which count from the table itself. */
export function listOffset(die: Die, sectionName: string, baseAttribute: number, index: number): number {
  const { unit, file } = die;
  const base = unit.bases.get(baseAttribute) ?? (unit.offsetSize === 4 ? 12 : 20);
  const section = file.section(sectionName);
  const at = base + index * unit.offsetSize;
  return base + new Cursor(section.bytes(at, unit.offsetSize), 0, sectionName, at).offset(unit.offsetSize);
}

/** Lists say nowhere how long they are: more is read where the first piece was too short. */
export function readAgain<T>(
  die: Die,
  sectionName: string,
  offset: number,
  read: (cursor: Cursor, unit: Unit, die: Die) => T,
): T {
  const section = die.file.section(sectionName);
  if (!(offset < section.size))
    throw new Cursor(new Uint8Array(0), 0, sectionName, offset).damaged('lies outside of the section');
  for (let length = FIRST_READ; ; length *= 16) {
    const bytes = section.upTo(offset, length);
    try {
      return read(new Cursor(bytes, 0, sectionName, offset), die.unit, die);
    } catch (error) {
      if (offset + length >= section.size || bytes.length < length) throw error;
    }
  }
}

function rangesV4(cursor: Cursor, unit: Unit, die: Die): AddressRange[] {
  const ranges: AddressRange[] = [];
  let base = baseAddress(die);
  const selectsBase = unit.addressSize === 8 ? -1 : 0xffffffff;
  while (ranges.length < MAX_RANGES) {
    const low = cursor.address(unit.addressSize);
    const high = cursor.address(unit.addressSize);
    if (low === 0 && high === 0) break;
    if (low === selectsBase) base = high;
    else if (high > low) ranges.push([base + low, base + high]);
  }
  return ranges;
}

function rangesV5(cursor: Cursor, unit: Unit, die: Die): AddressRange[] {
  const ranges: AddressRange[] = [];
  let base = baseAddress(die);
  for (let i = 0; i < MAX_RANGES; i++) {
    const number = cursor.u8();
    const kind = rangeKinds[number];
    switch (kind) {
      case undefined:
        throw cursor.damaged(`has a range of the unknown kind ${number}`);
      case 'end_of_list':
        return ranges;
      case 'base_addressx':
        base = indexedAddress(cursor, die);
        break;
      case 'base_address':
        base = cursor.address(unit.addressSize);
        break;
      default: {
        const range = boundsOf(kind, cursor, die, base);
        if (range[1] > range[0]) ranges.push(range);
      }
    }
  }
  return ranges;
}
