import { FORM } from './constants.js';
import type { Cursor } from './cursor.js';

/** What the size of a form depends on. */
export interface UnitFormat {
  readonly version: number;
  readonly addressSize: number;
  readonly offsetSize: 4 | 8;
}

/** Bytes of an attribute with that form where all entries have the same; -1 where it depends. */
export function fixedFormSize(form: number, format: UnitFormat): number {
  switch (form) {
    case FORM.flag_present:
    case FORM.implicit_const:
      return 0;
    case FORM.data1:
    case FORM.flag:
    case FORM.ref1:
    case FORM.strx1:
    case FORM.addrx1:
      return 1;
    case FORM.data2:
    case FORM.ref2:
    case FORM.strx2:
    case FORM.addrx2:
      return 2;
    case FORM.strx3:
    case FORM.addrx3:
      return 3;
    case FORM.data4:
    case FORM.ref4:
    case FORM.strx4:
    case FORM.addrx4:
    case FORM.ref_sup4:
      return 4;
    case FORM.data8:
    case FORM.ref8:
    case FORM.ref_sig8:
    case FORM.ref_sup8:
      return 8;
    case FORM.data16:
      return 16;
    case FORM.addr:
      return format.addressSize;
    // Version 2 wrote it as an address.
    case FORM.ref_addr:
      return format.version <= 2 ? format.addressSize : format.offsetSize;
    case FORM.strp:
    case FORM.line_strp:
    case FORM.sec_offset:
    case FORM.strp_sup:
    case FORM.GNU_ref_alt:
    case FORM.GNU_strp_alt:
      return format.offsetSize;
    default:
      return -1;
  }
}

/** Moves past an attribute. @throws DwarfError for a form that is not known */
export function skipForm(cursor: Cursor, form: number, format: UnitFormat): void {
  const size = fixedFormSize(form, format);
  if (size >= 0) return cursor.skip(size);
  switch (form) {
    case FORM.udata:
    case FORM.sdata:
    case FORM.ref_udata:
    case FORM.strx:
    case FORM.addrx:
    case FORM.loclistx:
    case FORM.rnglistx:
    case FORM.GNU_addr_index:
    case FORM.GNU_str_index:
      return cursor.skipLeb();
    case FORM.string:
      return cursor.skipString();
    case FORM.exprloc:
    case FORM.block:
      return cursor.skip(cursor.uleb());
    case FORM.block1:
      return cursor.skip(cursor.u8());
    case FORM.block2:
      return cursor.skip(cursor.u16());
    case FORM.block4:
      return cursor.skip(cursor.u32());
    case FORM.indirect:
      return skipForm(cursor, indirectForm(cursor), format);
    default:
      throw cursor.damaged(`has an attribute of the unknown form 0x${form.toString(16)}`);
  }
}

/** The form that stands before the value itself; it may not be indirect again. */
export function indirectForm(cursor: Cursor): number {
  const form = cursor.uleb();
  if (form === FORM.indirect || form === FORM.implicit_const)
    throw cursor.damaged('has an indirect form that leads nowhere');
  return form;
}
