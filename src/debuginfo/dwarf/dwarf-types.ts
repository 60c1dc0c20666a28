import type { CType, StructType, TypeSource } from '../type-source.js';
import { keyOf } from './address-key.js';
import { Die, type DwarfFile } from './die.js';
import { AT } from './constants.js';
import { functionsOf } from './functions.js';
import { enumeratorValue, enumIsSigned, materialiser, type Materialiser } from './materialise.js';
import type { TypeNames } from './type-names.js';
import { typeUnits, type TypeUnits } from './type-units.js';
import { unitLookup, type UnitLookup } from './unit-lookup.js';

/** The types of a file with DWARF; units are read when an anchor leads to them. */
export interface DwarfTypes {
  readonly file: DwarfFile;
  readonly materialiser: Materialiser;
  /** The unit with the code at an address of the file. */
  unitAt(address: bigint): number | undefined;
  /**
   * Types by name. An anchor function is found by its address in the running kernel, less KASLR's offset. Without an
   * anchor, or where its unit does not have the type, the units read so far are searched, and no others.
   */
  sourceFor(addressOf: (name: string) => bigint | undefined, kaslrOffset: bigint): TypeSource;
}

/** Which of a unit's names a search is about. */
type Kind = 'structs' | 'enums' | 'typedefs' | 'variables';

export function dwarfTypes(file: DwarfFile, lookup: UnitLookup = unitLookup(file)): DwarfTypes {
  const units = typeUnits(file);
  const types = materialiser(file, (declaration) => definitionOf(file, units, declaration));
  return {
    file,
    materialiser: types,
    unitAt: (address) => lookup(keyOf(address)),
    sourceFor(addressOf, kaslrOffset) {
      const anchors = new Map<string, readonly TypeNames[]>();
      const scopeOf = (anchor: string): readonly TypeNames[] => {
        let scope = anchors.get(anchor);
        if (scope === undefined) {
          const address = addressOf(anchor);
          const unit = address === undefined ? undefined : lookup(keyOf(address - kaslrOffset));
          anchors.set(anchor, (scope = unit === undefined ? [] : units.scope(unit)));
        }
        return scope;
      };
      const functions = functionsOf(file);
      const functionAt = (address: bigint): Die | undefined => {
        const place = keyOf(address - kaslrOffset);
        const unit = lookup(place);
        return unit === undefined ? undefined : functions.at(file.units.at(unit), place);
      };
      return typeSource(file, units, types, { scopeOf, functionAt });
    },
  };
}

/** What leads to a unit. */
interface Places {
  scopeOf: (anchor: string) => readonly TypeNames[];
  /** By its address in the running kernel. */
  functionAt: (address: bigint) => Die | undefined;
}

function typeSource(
  file: DwarfFile,
  units: TypeUnits,
  types: Materialiser,
  { scopeOf, functionAt }: Places,
): TypeSource {
  const find = (kind: Kind, name: string, anchor: string | undefined): Die | undefined =>
    (anchor === undefined ? undefined : findIn(file, scopeOf(anchor), kind, name)) ??
    findIn(file, units.known(), kind, name);

  const enumeratorIn = (scope: Iterable<TypeNames>, name: string): bigint | undefined => {
    for (const names of scope) {
      const found = units.enumerators(names).get(name);
      if (found === undefined) continue;
      const unit = file.units.at(names.unitOffset);
      return enumeratorValue(Die.read(file, unit, found.at)!, enumIsSigned(Die.read(file, unit, found.enumAt)!));
    }
    return undefined;
  };

  return {
    source: 'vmlinux DWARF',
    struct(name, definedBy) {
      const die = find('structs', name, definedBy);
      return die === undefined ? undefined : asStruct(types.typeOf(die));
    },
    enum(name, definedBy) {
      const die = find('enums', name, definedBy);
      const type = die === undefined ? undefined : types.typeOf(die);
      return type?.kind === 'enum' ? type : undefined;
    },
    typedef(name, definedBy) {
      const die = find('typedefs', name, definedBy);
      return die === undefined ? undefined : types.typeOf(die);
    },
    enumerator: (name, definedBy) =>
      (definedBy === undefined ? undefined : enumeratorIn(scopeOf(definedBy), name)) ??
      enumeratorIn(units.known(), name),
    variable(name, definedBy) {
      const die = find('variables', name, definedBy);
      return die === undefined ? undefined : types.typeIn(die)();
    },
    functionType({ name, address, module }) {
      // Of `.isra` and its like the arguments are not those that the source has.
      const die = module !== undefined || name.includes('.') ? undefined : functionAt(address);
      const type = die === undefined ? undefined : types.typeOf(die);
      return type?.kind === 'function' ? type : undefined;
    },
    structNames: () => [],
    typeNames: () => [],
  };
}

function findIn(file: DwarfFile, scope: Iterable<TypeNames>, kind: Kind, name: string): Die | undefined {
  for (const names of scope) {
    const at = names[kind].get(name);
    if (at !== undefined) return Die.read(file, file.units.at(names.unitOffset), at);
  }
  return undefined;
}

/**
 * A struct that is declared where it is used: its definition in the same unit or what that imports, else in any unit
 * read so far.
 */
function definitionOf(file: DwarfFile, units: TypeUnits, declaration: Die): Die | undefined {
  const name = declaration.string(AT.name);
  if (name === undefined) return undefined;
  return (
    findIn(file, units.scope(declaration.unit.offset), 'structs', name) ?? findIn(file, units.known(), 'structs', name)
  );
}

function asStruct(type: CType): StructType | undefined {
  return type.kind === 'struct' || type.kind === 'union' ? type : undefined;
}
