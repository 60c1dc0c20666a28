import { AT, FORM } from './constants.js';
import { Cursor } from './cursor.js';
import { damaged } from './dwarf-error.js';
import { fixedFormSize, type UnitFormat } from './forms.js';
import type { Windowed } from './sections.js';

/** The layout of entries with one abbreviation code, as compiled for one unit format. */
export interface Abbrev {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly number[];
  readonly forms: readonly number[];
  /** How many bytes of attributes stand before each; -1 where that depends on the entry. */
  readonly offsets: readonly number[];
  /** Values of DW_FORM_implicit_const, by the attribute's place. */
  readonly implicit: readonly (number | undefined)[];
  /** Bytes of all attributes together where they do not depend on the entry; -1 where they do. */
  readonly fixedSize: number;
  /** Whether entries of it may say where their code is. */
  readonly hasCode: boolean;
  /** The place of DW_AT_sibling among the attributes; -1 without. */
  readonly siblingPlace: number;
}

/** Abbreviations by code. */
export type AbbrevTable = ReadonlyMap<number, Abbrev>;

/** Of one table; dwz's largest have some thousand. */
const MAX_ABBREVS = 100_000;
const MAX_ATTRIBUTES = 1024;
/** Of one table, and of all that are kept; Debian's kernel has some 400,000 entries of seven each in all its units. */
const MAX_ATTRIBUTES_IN_ALL = 2_000_000;
const FIRST_READ = 16 * 1024;

/** Tables of .debug_abbrev, each parsed once: units of one compilation, and dwz's partial units, share them. */
export function abbrevTables(section: Windowed): (offset: number, format: UnitFormat) => AbbrevTable {
  const known = new Map<string, Measured>();
  let kept = 0;
  return (offset, format) => {
    const key = `${offset}/${format.version}/${format.addressSize}/${format.offsetSize}`;
    let table = known.get(key);
    if (table === undefined) {
      table = parse(section, offset, format);
      known.set(key, table);
      kept += table.attributes;
      for (const [old, { attributes }] of known) {
        if (kept <= MAX_ATTRIBUTES_IN_ALL || old === key) break;
        known.delete(old);
        kept -= attributes;
      }
    }
    return table.abbrevs;
  };
}

interface Measured {
  readonly abbrevs: AbbrevTable;
  /** How many all its abbreviations have, and one more for each of these. */
  readonly attributes: number;
}

function parse(section: Windowed, offset: number, format: UnitFormat): Measured {
  if (!(offset < section.size)) throw damaged(section.name, offset, 'lies outside of the section');
  // A table says nowhere how long it is: more is read as it turns out to be longer.
  for (let length = FIRST_READ; ; length *= 4) {
    const bytes = section.upTo(offset, length);
    try {
      return parseTable(new Cursor(bytes, 0, section.name, offset), format);
    } catch (error) {
      if (bytes.length < length || offset + length >= section.size) throw error;
    }
  }
}

function parseTable(cursor: Cursor, format: UnitFormat): Measured {
  const abbrevs = new Map<number, Abbrev>();
  let attributes = 0;
  for (let code = cursor.uleb(); code !== 0; code = cursor.uleb()) {
    if (abbrevs.size === MAX_ABBREVS) throw cursor.damaged('is one abbreviation too many');
    const abbrev = parseAbbrev(cursor, format);
    attributes += abbrev.forms.length + 1;
    if (attributes > MAX_ATTRIBUTES_IN_ALL) throw cursor.damaged('has too many attributes');
    abbrevs.set(code, abbrev);
  }
  return { abbrevs, attributes };
}

function parseAbbrev(cursor: Cursor, format: UnitFormat): Abbrev {
  const tag = cursor.uleb();
  const hasChildren = cursor.u8() !== 0;
  const attributes: number[] = [];
  const forms: number[] = [];
  const offsets: number[] = [];
  const implicit: (number | undefined)[] = [];
  let fixedSize = 0;
  let hasCode = false;
  let siblingPlace = -1;
  for (;;) {
    const attribute = cursor.uleb();
    const form = cursor.uleb();
    const value = form === FORM.implicit_const ? cursor.sleb() : undefined;
    if (attribute === 0 && form === 0) break;
    if (attributes.length === MAX_ATTRIBUTES) throw cursor.damaged('has too many attributes');
    if (attribute === AT.low_pc || attribute === AT.ranges) hasCode = true;
    if (attribute === AT.sibling && siblingPlace < 0) siblingPlace = attributes.length;
    if (value !== undefined) implicit[attributes.length] = value;
    attributes.push(attribute);
    forms.push(form);
    offsets.push(fixedSize);
    const size = fixedFormSize(form, format);
    fixedSize = size < 0 || fixedSize < 0 ? -1 : fixedSize + size;
  }
  return { tag, hasChildren, attributes, forms, offsets, implicit, fixedSize, hasCode, siblingPlace };
}
