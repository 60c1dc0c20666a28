import type { DwarfFile } from './die.js';
import { enumeratorsOf, readTypeNames, type TypeNames } from './type-names.js';

/** Names of types by unit, read when a unit is first asked for. */
export interface TypeUnits {
  /** A unit and all that it imports, directly or not, each once. */
  scope(unitOffset: number): readonly TypeNames[];
  /** All units read so far, in the order in which they were. */
  known(): Iterable<TypeNames>;
  /** Where an enumerator stands: [its enum, itself], places in the unit. */
  enumerators(names: TypeNames): ReadonlyMap<string, { enumAt: number; at: number }>;
}

/** dwz makes one import for each piece that units share: some hundreds. */
const MAX_SCOPE = 100_000;

export function typeUnits(file: DwarfFile): TypeUnits {
  const byUnit = new Map<number, TypeNames>();
  const scopes = new Map<number, readonly TypeNames[]>();
  const enumerators = new Map<number, ReadonlyMap<string, { enumAt: number; at: number }>>();

  const namesOf = (unitOffset: number): TypeNames => {
    let names = byUnit.get(unitOffset);
    if (names === undefined) byUnit.set(unitOffset, (names = readTypeNames(file, file.units.at(unitOffset))));
    return names;
  };

  return {
    scope(unitOffset) {
      const old = scopes.get(unitOffset);
      if (old !== undefined) return old;
      const seen = new Set([unitOffset]);
      const scope: TypeNames[] = [];
      // A set grows while it is walked: each unit once, also where imports go in a circle.
      for (const offset of seen) {
        if (scope.length === MAX_SCOPE) break;
        const names = namesOf(offset);
        scope.push(names);
        for (const entry of names.imports) seen.add(file.units.containing(entry).offset);
      }
      scopes.set(unitOffset, scope);
      return scope;
    },
    known: () => byUnit.values(),
    enumerators(names) {
      let found = enumerators.get(names.unitOffset);
      if (found === undefined) enumerators.set(names.unitOffset, (found = enumeratorsOf(file, names)));
      return found;
    },
  };
}
