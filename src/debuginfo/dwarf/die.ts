import type { KeptColumns } from '../../bytes/kept-columns.js';
import type { Abbrev } from './abbrevs.js';
import { type AddressKey } from './address-key.js';
import { AT, FORM } from './constants.js';
import type { Cursor } from './cursor.js';
import { damaged, DwarfError } from './dwarf-error.js';
import { indirectForm, skipForm } from './forms.js';
import type { Strings, Windowed } from './sections.js';
import type { Unit, Units } from './units.js';

/** Longest chain of DW_AT_abstract_origin and DW_AT_specification: real ones have three links. */
const MAX_ORIGINS = 16;

/**
 * The DWARF of one file: its units, and the tables that entries refer to. Addresses are the file's own, KASLR not
 * added.
 */
export interface DwarfFile {
  readonly units: Units;
  readonly strings: Strings;
  readonly lineStrings: Strings;
  /** A section's bytes by position; an empty one where the file has none of that name. */
  section(name: string): Windowed;
  has(name: string): boolean;
  /** What was made from it in earlier runs. */
  readonly kept: KeptColumns;
  /** Where a section is loaded, where that is known. */
  sectionAddress(name: string): AddressKey | undefined;
  indexedString(unit: Unit, index: number): string;
  indexedAddress(unit: Unit, index: number): AddressKey;
  /** @throws DwarfError where the reference leads to nothing */
  follow(reference: DieReference): Die;
  /** The unit's own entry. */
  root(unit: Unit): Die;
}

/** A debugging information entry. Attributes are read when asked for; undefined where there is none. */
export class Die {
  private constructor(
    readonly file: DwarfFile,
    readonly unit: Unit,
    /** Where it stands, from the unit's first byte. */
    readonly at: number,
    readonly abbrev: Abbrev,
    private readonly attributesAt: number,
  ) {}

  /** The entry at a place in a unit; undefined for the null entry that ends a list of children. */
  static read(file: DwarfFile, unit: Unit, at: number): Die | undefined {
    if (at < unit.headerSize)
      throw damaged('.debug_info', unit.offset + at, 'should be an entry, but lies in a header');
    const cursor = unit.cursor(at);
    const code = cursor.uleb();
    return code === 0 ? undefined : new Die(file, unit, at, abbrevFor(unit, cursor, code), cursor.at);
  }

  get tag(): number {
    return this.abbrev.tag;
  }

  /** Unique among all entries of the file. */
  get offset(): number {
    return this.unit.offset + this.at;
  }

  has(attribute: number): boolean {
    return this.abbrev.attributes.includes(attribute);
  }

  flag(attribute: number): boolean {
    const found = this.find(attribute);
    if (found === undefined) return false;
    return (
      found.form === FORM.flag_present ||
      (found.form === FORM.implicit_const ? found.implicit !== 0 : found.cursor.u8() !== 0)
    );
  }

  /** A constant, an offset into a section, or a flag. */
  number(attribute: number): number | undefined {
    const found = this.find(attribute);
    if (found === undefined) return undefined;
    const { cursor, form } = found;
    switch (form) {
      case FORM.data1:
      case FORM.flag:
        return cursor.u8();
      case FORM.data2:
        return cursor.u16();
      case FORM.data4:
        return cursor.u32();
      case FORM.data8:
        return cursor.u64();
      case FORM.udata:
      case FORM.loclistx:
      case FORM.rnglistx:
        return cursor.uleb();
      case FORM.sdata:
        return cursor.sleb();
      case FORM.implicit_const:
        return found.implicit;
      case FORM.sec_offset:
        return cursor.offset(this.unit.offsetSize);
      default:
        return undefined;
    }
  }

  /** A constant with all 64 bits; `signed` tells how to read forms that do not say. */
  constant(attribute: number, signed: boolean): bigint | undefined {
    const found = this.find(attribute);
    if (found === undefined) return undefined;
    const { cursor, form } = found;
    const sized = (bits: number, value: bigint): bigint => (signed ? BigInt.asIntN(bits, value) : value);
    switch (form) {
      case FORM.data1:
        return sized(8, BigInt(cursor.u8()));
      case FORM.data2:
        return sized(16, BigInt(cursor.u16()));
      case FORM.data4:
        return sized(32, BigInt(cursor.u32()));
      case FORM.data8:
        return sized(64, cursor.u64Exact());
      case FORM.udata:
        return cursor.ulebExact();
      case FORM.sdata:
        return cursor.slebExact();
      case FORM.implicit_const:
        return found.implicit === undefined ? undefined : BigInt(found.implicit);
      default:
        return undefined;
    }
  }

  string(attribute: number): string | undefined {
    const found = this.find(attribute);
    if (found === undefined) return undefined;
    const { cursor, form } = found;
    const { file, unit } = this;
    switch (form) {
      case FORM.string:
        return cursor.cString();
      case FORM.strp:
        return file.strings.at(cursor.offset(unit.offsetSize));
      case FORM.line_strp:
        return file.lineStrings.at(cursor.offset(unit.offsetSize));
      case FORM.strx:
      case FORM.GNU_str_index:
        return file.indexedString(unit, cursor.uleb());
      case FORM.strx1:
        return file.indexedString(unit, cursor.u8());
      case FORM.strx2:
        return file.indexedString(unit, cursor.u16());
      case FORM.strx3:
        return file.indexedString(unit, cursor.u24());
      case FORM.strx4:
        return file.indexedString(unit, cursor.u32());
      case FORM.strp_sup:
      case FORM.GNU_strp_alt:
        throw supplementary();
      default:
        return undefined;
    }
  }

  address(attribute: number): AddressKey | undefined {
    const found = this.find(attribute);
    if (found === undefined) return undefined;
    const { cursor, form } = found;
    const { file, unit } = this;
    switch (form) {
      case FORM.addr:
        return cursor.address(unit.addressSize);
      case FORM.addrx:
      case FORM.GNU_addr_index:
        return file.indexedAddress(unit, cursor.uleb());
      case FORM.addrx1:
        return file.indexedAddress(unit, cursor.u8());
      case FORM.addrx2:
        return file.indexedAddress(unit, cursor.u16());
      case FORM.addrx3:
        return file.indexedAddress(unit, cursor.u24());
      case FORM.addrx4:
        return file.indexedAddress(unit, cursor.u32());
      default:
        return undefined;
    }
  }

  /** The bytes of a block or an expression. */
  block(attribute: number): Uint8Array | undefined {
    const found = this.find(attribute);
    if (found === undefined) return undefined;
    const { cursor, form } = found;
    switch (form) {
      case FORM.exprloc:
      case FORM.block:
        return cursor.take(cursor.uleb());
      case FORM.block1:
        return cursor.take(cursor.u8());
      case FORM.block2:
        return cursor.take(cursor.u16());
      case FORM.block4:
        return cursor.take(cursor.u32());
      case FORM.data16:
        return cursor.take(16);
      default:
        return undefined;
    }
  }

  /** The form an attribute is written in; 0 without. */
  form(attribute: number): number {
    return this.find(attribute)?.form ?? 0;
  }

  /** Where a reference leads, without reading anything there. */
  target(attribute: number): DieReference | undefined {
    const found = this.find(attribute);
    if (found === undefined) return undefined;
    const { cursor, form } = found;
    const { unit } = this;
    switch (form) {
      case FORM.ref1:
        return { unitOffset: unit.offset, at: cursor.u8() };
      case FORM.ref2:
        return { unitOffset: unit.offset, at: cursor.u16() };
      case FORM.ref4:
        return { unitOffset: unit.offset, at: cursor.u32() };
      case FORM.ref8:
        return { unitOffset: unit.offset, at: cursor.u64() };
      case FORM.ref_udata:
        return { unitOffset: unit.offset, at: cursor.uleb() };
      case FORM.ref_addr:
        return { offset: unit.version <= 2 ? cursor.unsigned(unit.addressSize) : cursor.offset(unit.offsetSize) };
      case FORM.ref_sig8:
        return { signature: cursor.u64Exact() };
      case FORM.ref_sup4:
      case FORM.ref_sup8:
      case FORM.GNU_ref_alt:
        throw supplementary();
      default:
        return undefined;
    }
  }

  reference(attribute: number): Die | undefined {
    const target = this.target(attribute);
    return target === undefined ? undefined : this.file.follow(target);
  }

  /** This entry, then what it is an instance or a definition of: names and types may stand at any of them. */
  *origins(): Generator<Die> {
    yield this;
    let die = this.origin();
    for (let i = 1; die !== undefined && i < MAX_ORIGINS; i++) {
      yield die;
      die = die.origin();
    }
  }

  origin(): Die | undefined {
    return this.reference(AT.abstract_origin) ?? this.reference(AT.specification);
  }

  /** DW_AT_name, here or at an origin. */
  name(): string | undefined {
    for (const die of this.origins()) {
      const name = die.string(AT.name);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  /** The direct children, in order. */
  *children(): Generator<Die> {
    if (!this.abbrev.hasChildren) return;
    let at = this.end();
    for (;;) {
      if (at >= this.unit.bytes.length) return;
      const child = Die.read(this.file, this.unit, at);
      if (child === undefined) return;
      yield child;
      at = child.next();
    }
  }

  /** Where the entry behind this one and all its children starts. */
  next(): number {
    return this.abbrev.hasChildren ? afterChildren(this.unit, this.at) : this.end();
  }

  /** Where the attributes end: there the first child starts. */
  end(): number {
    const { abbrev, attributesAt, unit } = this;
    if (abbrev.fixedSize >= 0) return attributesAt + abbrev.fixedSize;
    const cursor = unit.cursor(attributesAt);
    for (const form of abbrev.forms) skipForm(cursor, form, unit);
    return cursor.at;
  }

  private find(attribute: number): { cursor: Cursor; form: number; implicit: number | undefined } | undefined {
    const { abbrev, unit } = this;
    const place = abbrev.attributes.indexOf(attribute);
    if (place < 0) return undefined;
    const offset = abbrev.offsets[place]!;
    const cursor = unit.cursor(this.attributesAt + Math.max(offset, 0));
    if (offset < 0) for (let i = 0; i < place; i++) skipForm(cursor, abbrev.forms[i]!, unit);
    const form = abbrev.forms[place]!;
    return { cursor, form: form === FORM.indirect ? indirectForm(cursor) : form, implicit: abbrev.implicit[place] };
  }
}

/** Where a reference leads: within a unit that is known, to an offset in the section, or to a type by its signature. */
export type DieReference = { unitOffset: number; at: number } | { offset: number } | { signature: bigint };

/** Past an entry and everything below it, by DW_AT_sibling where there is one that leads forward; never recursive. */
function afterChildren(unit: Unit, from: number): number {
  const cursor = unit.cursor(from);
  let depth = 0;
  do {
    if (cursor.done) return cursor.at;
    const at = cursor.at;
    const code = cursor.uleb();
    if (code === 0) {
      depth--;
      continue;
    }
    const abbrev = abbrevFor(unit, cursor, code);
    const sibling = skipEntry(cursor, unit, abbrev);
    if (!abbrev.hasChildren) continue;
    if (sibling > at && sibling >= cursor.at && sibling <= cursor.end) cursor.at = sibling;
    else depth++;
  } while (depth > 0);
  return cursor.at;
}

/** Past an entry's attributes; gives DW_AT_sibling's value where it is one in this unit, else 0. */
export function skipEntry(cursor: Cursor, unit: Unit, abbrev: Abbrev): number {
  let sibling = 0;
  if (!abbrev.hasChildren || abbrev.siblingPlace < 0) {
    if (abbrev.fixedSize >= 0) cursor.skip(abbrev.fixedSize);
    else for (const form of abbrev.forms) skipForm(cursor, form, unit);
    return 0;
  }
  const { forms, offsets, siblingPlace } = abbrev;
  if (abbrev.fixedSize >= 0 && forms[siblingPlace] === FORM.ref4) {
    // As compilers write nearly all of them.
    cursor.skip(offsets[siblingPlace]!);
    sibling = cursor.u32();
    cursor.skip(abbrev.fixedSize - offsets[siblingPlace]! - 4);
    return sibling;
  }
  for (let i = 0; i < forms.length; i++) {
    const form = forms[i]!;
    if (i === siblingPlace && form === FORM.ref4) sibling = cursor.u32();
    else if (i === siblingPlace && form === FORM.ref_udata) sibling = cursor.uleb();
    else if (i === siblingPlace && (form === FORM.ref1 || form === FORM.ref2))
      sibling = cursor.unsigned(form === FORM.ref1 ? 1 : 2);
    else skipForm(cursor, form, unit);
  }
  return sibling;
}

export function abbrevFor(unit: Unit, cursor: Cursor, code: number): Abbrev {
  const abbrev = unit.abbrevs.get(code);
  if (abbrev === undefined) throw cursor.damaged(`has the abbreviation ${code}, which its unit does not define`);
  return abbrev;
}

function supplementary(): DwarfError {
  return new DwarfError(
    'The debug information refers to a second file (.gnu_debugaltlink, made by dwz -m), which is not read here: use a vmlinux that holds all of its own.',
  );
}
