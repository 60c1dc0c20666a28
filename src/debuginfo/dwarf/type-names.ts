import type { Abbrev } from './abbrevs.js';
import { AT, TAG } from './constants.js';
import { abbrevFor, Die, skipEntry, type DwarfFile } from './die.js';
import type { Unit } from './units.js';

/** Names of one unit's top-level types and variables, with the places of their entries in it. */
export interface TypeNames {
  readonly unitOffset: number;
  /** Complete structs, unions and classes. */
  readonly structs: ReadonlyMap<string, number>;
  readonly enums: ReadonlyMap<string, number>;
  readonly typedefs: ReadonlyMap<string, number>;
  readonly variables: ReadonlyMap<string, number>;
  /** All enums, nameless ones too. */
  readonly enumEntries: readonly number[];
  /** Offsets in the section of the units it imports. */
  readonly imports: readonly number[];
}

/** One pass over the top-level entries; what lies below them is skipped. */
export function readTypeNames(file: DwarfFile, unit: Unit): TypeNames {
  const structs = new Map<string, number>();
  const enums = new Map<string, number>();
  const typedefs = new Map<string, number>();
  const variables = new Map<string, number>();
  const enumEntries: number[] = [];
  const imports: number[] = [];

  const note = (die: Die): void => {
    if (die.tag === TAG.imported_unit) {
      const target = die.target(AT.import);
      if (target !== undefined && 'offset' in target) imports.push(target.offset);
      else if (target !== undefined && 'unitOffset' in target) imports.push(target.unitOffset + target.at);
      return;
    }
    const complete = !die.flag(AT.declaration);
    if (die.tag === TAG.enumeration_type && complete) enumEntries.push(die.at);
    const name = die.string(AT.name);
    if (name === undefined) return;
    switch (die.tag) {
      case TAG.structure_type:
      case TAG.union_type:
      case TAG.class_type:
        if (complete && !structs.has(name)) structs.set(name, die.at);
        break;
      case TAG.enumeration_type:
        if (complete && !enums.has(name)) enums.set(name, die.at);
        break;
      case TAG.typedef:
        if (!typedefs.has(name)) typedefs.set(name, die.at);
        break;
      default:
        // A definition knows an array's length; `extern int a[];` does not.
        if (complete || !variables.has(name)) variables.set(name, die.at);
    }
  };

  for (const at of topLevelEntries(file, unit, ({ tag }) => NAMED.has(tag))) note(Die.read(file, unit, at)!);
  return { unitOffset: unit.offset, structs, enums, typedefs, variables, enumEntries, imports };
}

const NAMED: ReadonlySet<number> = new Set([
  TAG.structure_type,
  TAG.union_type,
  TAG.class_type,
  TAG.enumeration_type,
  TAG.typedef,
  TAG.variable,
  TAG.imported_unit,
]);

/** Places of the top-level entries whose abbreviation is wanted. */
export function* topLevelEntries(file: DwarfFile, unit: Unit, wanted: (abbrev: Abbrev) => boolean): Generator<number> {
  const root = file.root(unit);
  if (!root.abbrev.hasChildren) return;
  const cursor = unit.cursor(root.end());
  let depth = 0;
  while (!cursor.done) {
    const at = cursor.at;
    const code = cursor.uleb();
    if (code === 0) {
      if (depth-- === 0) return;
      continue;
    }
    const abbrev = abbrevFor(unit, cursor, code);
    if (depth === 0 && wanted(abbrev)) yield at;
    const sibling = skipEntry(cursor, unit, abbrev);
    if (!abbrev.hasChildren) continue;
    if (sibling >= cursor.at && sibling <= cursor.end) cursor.at = sibling;
    else depth++;
  }
}

/** Where each enumerator of a unit's enums stands; the first of each name. */
export function enumeratorsOf(file: DwarfFile, names: TypeNames): Map<string, { enumAt: number; at: number }> {
  const unit = file.units.at(names.unitOffset);
  const found = new Map<string, { enumAt: number; at: number }>();
  for (const enumAt of names.enumEntries) {
    for (const child of Die.read(file, unit, enumAt)!.children()) {
      if (child.tag !== TAG.enumerator) continue;
      const name = child.string(AT.name);
      if (name !== undefined && !found.has(name)) found.set(name, { enumAt, at: child.at });
    }
  }
  return found;
}
