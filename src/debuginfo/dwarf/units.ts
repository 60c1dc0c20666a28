import type { FileReader } from '../../bytes/file-reader.js';
import { abbrevTables, type AbbrevTable } from './abbrevs.js';
import { AT, FORM, TAG, UNIT } from './constants.js';
import { Cursor } from './cursor.js';
import { damaged, DwarfError } from './dwarf-error.js';
import { skipForm, type UnitFormat } from './forms.js';
import { windowed, type DebugSections, type Windowed } from './sections.js';

/**
 * A unit's header. Offsets count from the start of .debug_info; those in .debug_types (version 4) from TYPES_SECTION
 * on.
 */
export interface UnitHeader extends UnitFormat {
  readonly offset: number;
  /** The offset behind the unit's last byte. */
  readonly end: number;
  readonly kind: number;
  readonly abbrevOffset: number;
  readonly headerSize: number;
  /** Of a type unit: what DW_FORM_ref_sig8 names it by, and where in the unit the type stands. */
  readonly signature?: bigint;
  readonly typeAt?: number;
}

/** A unit with its bytes; positions ("at") count from its header's first byte. */
export interface Unit extends UnitHeader {
  readonly bytes: Uint8Array;
  readonly abbrevs: AbbrevTable;
  /** Values of offset-like attributes of the unit's own entry: bases of tables, and where its lines are. */
  readonly bases: ReadonlyMap<number, number>;
  cursor(at: number, end?: number): Cursor;
}

export interface Units {
  /** The unit whose header stands at `offset`. @throws DwarfError */
  at(offset: number): Unit;
  /**
   * The unit that an offset lies in. Reads the headers of all units, once, and nothing else of them. @throws DwarfError
   */
  containing(offset: number): Unit;
  /** The unit of a type, by its 64-bit signature. */
  bySignature(signature: bigint): Unit | undefined;
  /** All headers, in order. */
  headers(): readonly UnitHeader[];
}

/** Offsets from here on lie in .debug_types: far above any file's size. */
const TYPES_SECTION = 2 ** 48;

const MAX_HEADER = 40;
/** C files of the kernel give some 100 kB, the largest drivers 5 MB. */
const MAX_UNIT = 512 * 2 ** 20;
const CACHED_BYTES = 48 * 2 ** 20;
const MAX_CACHED_UNITS = 2048;
/** Lab kernels that went through dwz have 11,000. */
const MAX_UNITS = 500_000;
const HEADER_READ = 4096;

export function openUnits(sections: DebugSections): Units | undefined {
  const info = sections.section('.debug_info');
  const abbrev = sections.section('.debug_abbrev');
  if (info === undefined || abbrev === undefined || info.size === 0) return undefined;
  const types = sections.section('.debug_types');
  const abbrevs = abbrevTables(windowed('.debug_abbrev', abbrev));
  const parts =
    types === undefined
      ? [part('.debug_info', info, 0)]
      : [part('.debug_info', info, 0), part('.debug_types', types, TYPES_SECTION)];

  const cache = new Map<number, Unit>();
  let cachedBytes = 0;
  let headers: UnitHeader[] | undefined;
  let signatures: Map<bigint, number> | undefined;

  const partOf = (offset: number): Part => (offset >= TYPES_SECTION && parts[1] !== undefined ? parts[1] : parts[0]!);

  const at = (offset: number): Unit => {
    const known = cache.get(offset);
    if (known !== undefined) {
      cache.delete(offset);
      cache.set(offset, known);
      return known;
    }
    const home = partOf(offset);
    const unit = loadUnit(home, headerAt(home, offset), abbrevs);
    cache.set(offset, unit);
    cachedBytes += unit.bytes.length;
    for (const [old, { bytes }] of cache) {
      if ((cachedBytes <= CACHED_BYTES && cache.size <= MAX_CACHED_UNITS) || old === offset) break;
      cache.delete(old);
      cachedBytes -= bytes.length;
    }
    return unit;
  };
  const allHeaders = (): UnitHeader[] => (headers ??= parts.flatMap((home) => [...scanHeaders(home)]));

  return {
    at,
    headers: allHeaders,
    containing(offset) {
      const all = allHeaders();
      let low = 0;
      let high = all.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (all[middle]!.end <= offset) low = middle + 1;
        else high = middle;
      }
      const header = all[low];
      if (header === undefined || offset < header.offset + header.headerSize)
        throw damaged('.debug_info', offset, 'is in no unit, yet something refers to it');
      return at(header.offset);
    },
    bySignature(signature) {
      if (signatures === undefined) {
        signatures = new Map();
        for (const header of allHeaders())
          if (header.signature !== undefined) signatures.set(header.signature, header.offset);
      }
      const offset = signatures.get(signature);
      return offset === undefined ? undefined : at(offset);
    },
  };
}

interface Part {
  section: Windowed;
  reader: FileReader;
  base: number;
}

function part(name: string, reader: FileReader, base: number): Part {
  return { section: windowed(name, reader), reader, base };
}

function headerAt(home: Part, offset: number): UnitHeader {
  const { section, base } = home;
  if (!(offset >= base && offset - base < section.size))
    throw damaged(section.name, offset - base, 'should start a unit, but lies outside of the section');
  const bytes = section.upTo(offset - base, MAX_HEADER);
  return parseHeader(home, offset, new Cursor(bytes, 0, section.name, offset - base));
}

function parseHeader({ section, base }: Part, offset: number, cursor: Cursor): UnitHeader {
  const { length, offsetSize } = cursor.initialLength();
  const end = offset + cursor.at + length;
  if (end > base + section.size) throw cursor.damaged('starts a unit that is longer than the section');
  const version = cursor.u16();
  if (version < 2 || version > 5)
    throw new DwarfError(`The debug information is of DWARF version ${version}, which is not known here (2 to 5 are).`);
  const kindV5 = version >= 5 ? cursor.u8() : base === TYPES_SECTION ? UNIT.type : UNIT.compile;
  const addressSizeV5 = version >= 5 ? cursor.u8() : 0;
  const abbrevOffset = cursor.offset(offsetSize);
  const addressSize = version >= 5 ? addressSizeV5 : cursor.u8();
  if (addressSize !== 8 && addressSize !== 4)
    throw cursor.damaged(`starts a unit with addresses of ${addressSize} bytes`);
  if (kindV5 === UNIT.skeleton || kindV5 === UNIT.split_compile) cursor.skip(8);
  const signed = kindV5 === UNIT.type || kindV5 === UNIT.split_type;
  const type = signed ? { signature: cursor.u64Exact(), typeAt: cursor.offset(offsetSize) } : {};
  if (offset + cursor.at > end) throw cursor.damaged('starts a unit that is shorter than its header');
  return { offset, end, kind: kindV5, version, addressSize, offsetSize, abbrevOffset, headerSize: cursor.at, ...type };
}

/** One header after the other; small units (dwz makes thousands) share a read. */
function* scanHeaders(home: Part): Generator<UnitHeader> {
  const { reader, section, base } = home;
  let bytes: Uint8Array = new Uint8Array(0);
  let bytesAt = 0;
  let count = 0;
  for (let offset = 0; offset + 11 <= section.size;) {
    if (++count > MAX_UNITS) throw damaged(section.name, offset, 'is one unit too many');
    if (offset + MAX_HEADER > bytesAt + bytes.length) {
      bytes = reader.read(offset, HEADER_READ);
      bytesAt = offset;
    }
    const header = parseHeader(
      home,
      base + offset,
      new Cursor(bytes.subarray(offset - bytesAt, offset - bytesAt + MAX_HEADER), 0, section.name, offset),
    );
    yield header;
    offset = header.end - base;
  }
}

function loadUnit(
  { reader, section, base }: Part,
  header: UnitHeader,
  abbrevs: (offset: number, format: UnitFormat) => AbbrevTable,
): Unit {
  const length = header.end - header.offset;
  if (length > MAX_UNIT)
    throw damaged(section.name, header.offset - base, `starts a unit of ${length} bytes, more than is believed`);
  const bytes = reader.read(header.offset - base, length);
  if (bytes.length !== length)
    throw damaged(section.name, header.offset - base, 'starts a unit that lies beyond the end of the file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const cursor = (at: number, end = length): Cursor =>
    new Cursor(bytes, at, section.name, header.offset - base, end, view);
  const table = abbrevs(header.abbrevOffset, header);
  return { ...header, bytes, abbrevs: table, bases: rootOffsets(cursor(header.headerSize), table, header), cursor };
}

const BASES: ReadonlySet<number> = new Set([
  AT.stmt_list,
  AT.str_offsets_base,
  AT.addr_base,
  AT.rnglists_base,
  AT.loclists_base,
  AT.GNU_addr_base,
  AT.GNU_ranges_base,
]);

function rootOffsets(cursor: Cursor, table: AbbrevTable, format: UnitFormat): Map<number, number> {
  const bases = new Map<number, number>();
  if (cursor.done) return bases;
  const abbrev = table.get(cursor.uleb());
  if (abbrev === undefined) return bases;
  const { tag } = abbrev;
  if (tag !== TAG.compile_unit && tag !== TAG.partial_unit && tag !== TAG.type_unit) return bases;
  abbrev.attributes.forEach((attribute, place) => {
    const form = abbrev.forms[place]!;
    if (BASES.has(attribute) && (form === FORM.sec_offset || form === FORM.data4))
      bases.set(attribute, form === FORM.data4 ? cursor.u32() : cursor.offset(format.offsetSize));
    else skipForm(cursor, form, format);
  });
  return bases;
}
