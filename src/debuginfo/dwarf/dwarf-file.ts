import { nothingKept } from '../../bytes/kept-columns.js';
import { keyOf } from './address-key.js';
import { AT } from './constants.js';
import { Cursor } from './cursor.js';
import { Die, type DieReference, type DwarfFile } from './die.js';
import { damaged } from './dwarf-error.js';
import { stringsIn, windowed, type DebugSections, type Windowed } from './sections.js';
import { openUnits, type Unit, type Units } from './units.js';

/** undefined where the file has no DWARF. */
export function openDwarfFile(sections: DebugSections): DwarfFile | undefined {
  const units = openUnits(sections);
  if (units === undefined) return undefined;
  const opened = new Map<string, Windowed>();
  const section = (name: string): Windowed => {
    let found = opened.get(name);
    if (found === undefined)
      opened.set(
        name,
        (found = windowed(name, sections.section(name) ?? { size: 0, held: 0, read: () => new Uint8Array(0) })),
      );
    return found;
  };
  const file: DwarfFile = {
    units,
    strings: stringsIn(section('.debug_str')),
    lineStrings: stringsIn(section('.debug_line_str')),
    section,
    kept: sections.kept ?? nothingKept,
    has: (name) => (sections.section(name)?.size ?? 0) > 0,
    sectionAddress(name) {
      const address = sections.addressOf?.(name);
      return address === undefined ? undefined : keyOf(address);
    },
    indexedString(unit, index) {
      const base = unit.bases.get(AT.str_offsets_base) ?? (unit.version >= 5 ? 2 * unit.offsetSize : 0);
      return file.strings.at(
        entryOf(section('.debug_str_offsets'), base, index, unit.offsetSize).offset(unit.offsetSize),
      );
    },
    indexedAddress(unit, index) {
      const base = unit.bases.get(AT.addr_base) ?? unit.bases.get(AT.GNU_addr_base) ?? (unit.version >= 5 ? 8 : 0);
      return entryOf(section('.debug_addr'), base, index, unit.addressSize).address(unit.addressSize);
    },
    follow(reference) {
      const { unit, at } = locate(units, reference);
      const die = Die.read(file, unit, at);
      if (die === undefined)
        throw damaged('.debug_info', unit.offset + at, 'is the end of a list, yet something refers to it');
      return die;
    },
    root(unit) {
      const die = Die.read(file, unit, unit.headerSize);
      if (die === undefined) throw damaged('.debug_info', unit.offset, 'starts a unit without an entry');
      return die;
    },
  };
  return file;
}

function locate(units: Units, reference: DieReference): { unit: Unit; at: number } {
  if ('unitOffset' in reference) return { unit: units.at(reference.unitOffset), at: reference.at };
  if ('offset' in reference) {
    const unit = units.containing(reference.offset);
    return { unit, at: reference.offset - unit.offset };
  }
  const unit = units.bySignature(reference.signature);
  if (unit?.typeAt === undefined)
    throw damaged(
      '.debug_info',
      0,
      `has no type with the signature 0x${reference.signature.toString(16)}, yet something refers to it`,
    );
  return { unit, at: unit.typeAt };
}

function entryOf(section: Windowed, base: number, index: number, size: number): Cursor {
  const offset = base + index * size;
  return new Cursor(section.bytes(offset, size), 0, section.name, offset);
}
