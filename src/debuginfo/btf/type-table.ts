import { InputError } from '../../bytes/input-error.js';
import type { KeptColumns } from '../../bytes/kept-columns.js';
import { nameAt } from '../name-at.js';
import { btfSections, type BtfSections, Kind, kflagOf, kindOf, vlenOf } from './format.js';

/**
 * The types of one blob by id, still packed. Ids and string offsets of split BTF (a module's) go on where its base's
 * end: `firstId` and `firstString` say where.
 */
export interface TypeTable {
  words: Uint32Array;
  /** Index in `words` of type `firstId + n`. */
  at: Uint32Array;
  firstId: number;
  /** One past the last id. */
  endId: number;
  firstString: number;
  endString: number;
  strings: Uint8Array;
  /** Indexes in `words` of the enums: few among all types. */
  enums: Uint32Array;
  /** Some enum says that it is signed: so the others are not. */
  marksSignedEnums: boolean;
}

/** @throws InputError where the blob's structure is broken, or has a kind that can't be skipped */
export function readTypeTable(
  bytes: Uint8Array,
  source: string,
  base: TypeTable | undefined,
  kept: KeptColumns,
): TypeTable {
  const sections = btfSections(bytes, source);
  const { words, strings } = sections;
  const firstId = base?.endId ?? 1;
  const firstString = base?.endString ?? 0;
  const { at, enums, marks } = kept.of('types', () => placesOfTypes(sections, source, firstId));
  return {
    words,
    at,
    enums,
    strings,
    firstId,
    endId: firstId + at.length,
    firstString,
    endString: firstString + strings.length,
    marksSignedEnums: marks.length > 0,
  };
}

interface PlacesOfTypes {
  at: Uint32Array;
  enums: Uint32Array;
  /** Those of the enums that say that they are signed or not. */
  marks: Uint32Array;
}

/** One pass over the type section that notes where each type starts. @throws InputError */
function placesOfTypes(sections: BtfSections, source: string, firstId: number): PlacesOfTypes {
  const { words } = sections;
  // A type has three words at least, so there can't be more of them than this.
  const at = new Uint32Array(Math.floor(words.length / 3));
  let count = 0;
  let position = 0;
  const enums: number[] = [];
  const marks: number[] = [];
  while (position + 3 <= words.length) {
    const info = words[position + 1]!;
    const kind = kindOf(info);
    const rest = sections.layout(kind);
    if (rest === undefined) {
      throw new InputError(
        `The types in ${source} can't be read: type ${firstId + count} is of kind ${kind}, ` +
          'which no kernel that is known has: it is damaged, or of a newer kernel.',
      );
    }
    at[count++] = position;
    if (kind === Kind.ENUM || kind === Kind.ENUM64) {
      enums.push(position);
      if (kind === Kind.ENUM64 || kflagOf(info)) marks.push(position);
    }
    position += 3 + rest.once + rest.each * vlenOf(info);
  }
  if (position !== words.length) throw new InputError(`The types in ${source} can't be read: the last one is cut off.`);
  return { at: at.slice(0, count), enums: Uint32Array.from(enums), marks: Uint32Array.from(marks) };
}

/**
 * The table among a split one and its base that has `id`, or undefined: 0 is void, and any other id may be nonsense.
 */
export function tableOf(tables: readonly TypeTable[], id: number): TypeTable | undefined {
  return tables.find((table) => id >= table.firstId && id < table.endId);
}

/** The string at `offset`, over a blob and its base; '' where there is none. */
export function stringAt(tables: readonly TypeTable[], offset: number): string {
  const table = tables.find((table) => offset >= table.firstString && offset < table.endString);
  if (table === undefined) return '';
  return nameAt(table.strings, offset - table.firstString);
}
