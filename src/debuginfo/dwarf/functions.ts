import type { AddressKey } from './address-key.js';
import { TAG } from './constants.js';
import { Die, type DwarfFile } from './die.js';
import { rangeCollector, rangeMap, type RangeColumns, type RangeMap } from './range-map.js';
import { rangesOf } from './ranges.js';
import { topLevelEntries } from './type-names.js';
import type { Unit } from './units.js';

/** Blocks and inlined functions nest some twenty deep in the kernel. */
const MAX_SCOPES = 128;
const MAX_UNITS = 64;
const MAX_ENTRIES = 1_000_000;
/** Ranges looked at for one unit or one scope: the kernel's have some thousands. */
const MAX_RANGES = 1_000_000;

/** The functions of units, by address; the units last used are kept. */
export interface Functions {
  /** The function whose code has the address; undefined where none of the unit's does (assembler). */
  at(unit: Unit, address: AddressKey): Die | undefined;
}

export function functionsOf(file: DwarfFile): Functions {
  const known = new Map<number, RangeMap>();
  return {
    at(unit, address) {
      const map = known.get(unit.offset) ?? mapOf(file, unit);
      known.delete(unit.offset);
      known.set(unit.offset, map);
      if (known.size > MAX_UNITS) known.delete(known.keys().next().value!);
      const at = map.at(address);
      return at === undefined ? undefined : Die.read(file, unit, at);
    },
  };
}

function mapOf(file: DwarfFile, unit: Unit): RangeMap {
  return rangeMap(file.kept.of(`functions of ${unit.offset}`, () => readFunctions(file, unit)));
}

function readFunctions(file: DwarfFile, unit: Unit): RangeColumns {
  const functions = rangeCollector();
  let count = 0;
  for (const at of topLevelEntries(file, unit, ({ tag, hasCode }) => hasCode && tag === TAG.subprogram)) {
    for (const [low, high] of rangesOf(Die.read(file, unit, at)!)) {
      if (++count > MAX_RANGES) return functions.finish();
      functions.add(low, high, at);
    }
  }
  return functions.finish();
}

/** The scopes that an address lies in: the function, then blocks and inlined functions, outermost first. */
export function scopesAt(subprogram: Die, address: AddressKey): Die[] {
  const scopes = [subprogram];
  for (let inner: Die | undefined = subprogram; scopes.length < MAX_SCOPES; scopes.push(inner)) {
    inner = innerScope(inner, address);
    if (inner === undefined) break;
  }
  return scopes;
}

function innerScope(scope: Die, address: AddressKey): Die | undefined {
  let count = 0;
  for (const child of entriesWithin(scope)) {
    if (child.tag !== TAG.lexical_block && child.tag !== TAG.inlined_subroutine) continue;
    const ranges = rangesOf(child);
    if (ranges.some(([low, high]) => address >= low && address < high)) return child;
    if ((count += ranges.length) > MAX_RANGES) return undefined;
  }
  return undefined;
}

/** The entries directly within a scope; those of blocks that cover no code of their own count as the scope's. */
export function* entriesWithin(scope: Die): Generator<Die> {
  const pending = [scope.children()];
  for (let i = 0; i < MAX_ENTRIES; i++) {
    const next = pending.at(-1)?.next();
    if (next === undefined) return;
    if (next.done === true) {
      pending.pop();
      continue;
    }
    yield next.value;
    if (next.value.tag === TAG.lexical_block && pending.length < MAX_SCOPES && rangesOf(next.value).length === 0)
      pending.push(next.value.children());
  }
}
