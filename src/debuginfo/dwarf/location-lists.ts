import type { AddressKey } from './address-key.js';
import { AT, FORM } from './constants.js';
import type { Cursor } from './cursor.js';
import type { Die } from './die.js';
import { boundsOf, indexedAddress, locationKinds } from './list-entries.js';
import { baseAddress, listOffset, readAgain } from './ranges.js';
import type { Unit } from './units.js';

/** Entries of one list that are looked at: large functions have some thousands. */
const MAX_ENTRIES = 100_000;

/**
 * The expression that holds at an address, of DW_AT_location or DW_AT_frame_base; undefined where there is none: the
 * object is optimized out there. A single expression holds everywhere.
 */
export function expressionAt(die: Die, attribute: number, address: AddressKey): Uint8Array | undefined {
  const single = die.block(attribute);
  if (single !== undefined) return single;
  const form = die.form(attribute);
  const value = die.number(attribute);
  if (value === undefined) return undefined;
  if (form !== FORM.sec_offset && form !== FORM.loclistx && form !== FORM.data4 && form !== FORM.data8)
    return undefined;
  if (die.unit.version < 5)
    return readAgain(die, '.debug_loc', value, (cursor, unit) => findV4(cursor, unit, die, address));
  const offset = form === FORM.loclistx ? listOffset(die, '.debug_loclists', AT.loclists_base, value) : value;
  return readAgain(die, '.debug_loclists', offset, (cursor, unit) => findV5(cursor, unit, die, address));
}

function findV4(cursor: Cursor, unit: Unit, die: Die, address: AddressKey): Uint8Array | undefined {
  let base = baseAddress(die);
  const selectsBase = unit.addressSize === 8 ? -1 : 0xffffffff;
  for (let i = 0; i < MAX_ENTRIES; i++) {
    const low = cursor.address(unit.addressSize);
    const high = cursor.address(unit.addressSize);
    if (low === 0 && high === 0) return undefined;
    if (low === selectsBase) {
      base = high;
      continue;
    }
    const expression = cursor.take(cursor.u16());
    if (address >= base + low && address < base + high) return expression;
  }
  return undefined;
}

function findV5(cursor: Cursor, unit: Unit, die: Die, address: AddressKey): Uint8Array | undefined {
  let base = baseAddress(die);
  let otherwise: Uint8Array | undefined;
  for (let i = 0; i < MAX_ENTRIES; i++) {
    const number = cursor.u8();
    const kind = locationKinds[number];
    switch (kind) {
      case undefined:
        throw cursor.damaged(`has a location of the unknown kind ${number}`);
      case 'end_of_list':
        return otherwise;
      case 'base_addressx':
        base = indexedAddress(cursor, die);
        break;
      case 'base_address':
        base = cursor.address(unit.addressSize);
        break;
      case 'default_location':
        otherwise = cursor.take(cursor.uleb());
        break;
      case 'GNU_view_pair':
        cursor.skipLeb();
        cursor.skipLeb();
        break;
      default: {
        const [low, high] = boundsOf(kind, cursor, die, base);
        const expression = cursor.take(cursor.uleb());
        if (address >= low && address < high) return expression;
      }
    }
  }
  return otherwise;
}
