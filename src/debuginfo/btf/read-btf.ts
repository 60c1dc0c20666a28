import { nothingKept, type KeptColumns } from '../../bytes/kept-columns.js';
import type { CType, EnumType, StructType, TypeSource } from '../type-source.js';
import { defined } from '../../words/defined.js';
import { Kind, kindOf, vlenOf } from './format.js';
import { enumeratorAt, enumeratorValue, isSigned, materialiser, type Materialise } from './materialise.js';
import { indexNames, type NameIndex } from '../name-index.js';
import { readTypeTable, stringAt, type TypeTable } from './type-table.js';

/** Types from a BTF blob; as the base of a split one it also lends its ids and strings. */
export interface BtfTypes extends TypeSource {
  /** All structs and unions with that tag, complete ones only: files may each have a static one of their own. */
  structs(name: string): StructType[];
  /** The type with that id; ids that lead nowhere become a forward whose name says so. */
  type(id: number): CType;
  /** Whose types these are; undefined for the kernel's own. */
  readonly module?: string;
  /** How many ids there are, the base's included; id 0 is void. */
  readonly typeCount: number;
  readonly table: TypeTable;
}

/**
 * Reads a BTF blob (.BTF of a vmlinux, __start_BTF to __stop_BTF in memory, btf.data of a module):
 * include/uapi/linux/btf.h. One pass notes where the types start; a type is made when it is asked for. With `base` the
 * blob is split BTF on top of it.
 * @throws InputError where the blob's structure is broken; a single bad reference in it is no error but a forward
 */
export function readBtf(
  bytes: Uint8Array,
  source: string,
  { base, kept = nothingKept, module }: { base?: BtfTypes; kept?: KeptColumns; module?: string } = {},
): BtfTypes {
  const own = readTypeTable(bytes, source, base?.table, kept);
  const tables = base ? [own, base.table] : [own];
  const type: Materialise = materialiser(tables, base && ((id) => base.type(id)));

  let typeNames: NameIndex | undefined;
  const idsNamed = (name: string, ...kinds: number[]): number[] => {
    typeNames ??= indexTypes(tables, kept);
    return typeNames
      .find(name)
      .filter((n) => kinds.includes(kindOf(own.words[own.at[n]! + 1]!)))
      .map((n) => own.firstId + n);
  };
  let enumeratorNames: EnumeratorIndex | undefined;

  const structs = (name: string): StructType[] =>
    idsNamed(name, Kind.STRUCT, Kind.UNION)
      .map(type)
      .filter((found): found is StructType => found.kind === 'struct' || found.kind === 'union');

  function* namesOfKind(...kinds: number[]): Generator<string> {
    const seen = new Set<string>();
    for (const at of own.at) {
      if (!kinds.includes(kindOf(own.words[at + 1]!))) continue;
      const name = stringAt(tables, own.words[at]!);
      if (name === '' || seen.has(name)) continue;
      seen.add(name);
      yield name;
    }
  }

  return {
    source,
    ...defined({ module }),
    table: own,
    typeCount: own.endId,
    type,
    structs: (name) => [...structs(name), ...(base?.structs(name) ?? [])],
    struct(name) {
      const found = structs(name);
      return found.find((struct) => struct.members.length > 0) ?? found[0] ?? base?.struct(name);
    },
    enum(name) {
      const found = idsNamed(name, Kind.ENUM, Kind.ENUM64)
        .map(type)
        .find((found): found is EnumType => found.kind === 'enum');
      return found ?? base?.enum(name);
    },
    typedef(name) {
      const id = idsNamed(name, Kind.TYPEDEF)[0];
      return id === undefined ? base?.typedef(name) : type(id);
    },
    enumerator(name) {
      enumeratorNames ??= indexEnumerators(tables, kept);
      return enumeratorNames.value(name) ?? base?.enumerator(name);
    },
    variable(name) {
      const id = idsNamed(name, Kind.VAR)[0];
      return id === undefined ? base?.variable(name) : type(own.words[own.at[id - own.firstId]! + 2]!);
    },
    functionType({ name, module: of }) {
      if (of !== module) return undefined;
      const ids = new Set(idsNamed(name, Kind.FUNC).map((id) => own.words[own.at[id - own.firstId]! + 2]!));
      const [id] = ids;
      const found = id === undefined || ids.size > 1 ? undefined : type(id);
      return found?.kind === 'function' ? found : undefined;
    },
    *structNames() {
      if (base) yield* base.structNames();
      yield* namesOfKind(Kind.STRUCT, Kind.UNION);
    },
    *typeNames() {
      if (base) yield* base.typeNames();
      yield* namesOfKind(Kind.STRUCT, Kind.UNION, Kind.ENUM, Kind.ENUM64, Kind.TYPEDEF);
    },
  };
}

function indexTypes(tables: readonly TypeTable[], kept: KeptColumns): NameIndex {
  const own = tables[0]!;
  return indexNames(tables, own.at.length, (n) => own.words[own.at[n]!]!, { in: kept, as: 'names of types' });
}

interface EnumeratorIndex {
  value(name: string): bigint | undefined;
}

/** Where each enum's enumerators start among all, and where each of them stands in the words. */
interface PlacesOfEnumerators {
  firsts: Uint32Array;
  places: Uint32Array;
}

function placesOfEnumerators({ words, enums }: TypeTable): PlacesOfEnumerators {
  const firsts = new Uint32Array(enums.length + 1);
  enums.forEach((at, n) => {
    firsts[n + 1] = firsts[n]! + vlenOf(words[at + 1]!);
  });
  const places = new Uint32Array(firsts[enums.length]!);
  enums.forEach((at, n) => {
    for (let i = 0; i < vlenOf(words[at + 1]!); i++) places[firsts[n]! + i] = enumeratorAt(words, at, i);
  });
  return { firsts, places };
}

function indexEnumerators(tables: readonly TypeTable[], kept: KeptColumns): EnumeratorIndex {
  const own = tables[0]!;
  const { enums } = own;
  const { firsts, places } = kept.of('enumerators', () => placesOfEnumerators(own));
  const names = indexNames(tables, places.length, (entry) => own.words[places[entry]!]!, {
    in: kept,
    as: 'names of enumerators',
  });
  return {
    value(name) {
      const entry = names.find(name)[0];
      if (entry === undefined) return undefined;
      let n = 0;
      // The last enum that starts at or before the entry; an enum may have no enumerators.
      for (let low = 0, high = enums.length - 1; low <= high;) {
        const middle = (low + high) >>> 1;
        if (firsts[middle]! <= entry) {
          n = middle;
          low = middle + 1;
        } else high = middle - 1;
      }
      const at = enums[n]!;
      return enumeratorValue(own.words, at, entry - firsts[n]!, isSigned(tables, at));
    },
  };
}
