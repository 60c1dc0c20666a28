import { nothingKept, type KeptColumns } from '../../bytes/kept-columns.js';
import { emptyChains, HashChains, type ChainColumns } from '../name-index.js';
import type { SymbolNames } from '../symbol-names.js';
import { hashOf, slotHash, TokenHashes } from './token-hashes.js';
import type { Tokens } from './tokens.js';

/** The names and letters of the table, still packed: of a hundred thousand names few are asked for. */
export interface PackedNames {
  /** kallsyms_names. */
  packed: Uint8Array;
  /** Where each symbol's name starts in it. */
  starts: Uint32Array;
  /** Each symbol's letter, as a character code. */
  letters: Uint8Array;
  /** Each name's, made from its tokens' hashes. */
  hashes: Int32Array;
}

/** Names as a `SymbolTable` asks for them. */
export interface KallsymsNames {
  /** As a character code. */
  type: (n: number) => number;
  names: SymbolNames;
}

/**
 * How the length before each name is written: one byte; or since 6.1 (73bbb94466fd) one byte, or two where its top bit
 * is set. Nothing in the dump says which.
 */
export type LengthCoding = (typeof LENGTH_CODINGS)[number];

export const LENGTH_CODINGS = ['one or two bytes', 'one byte'] as const;

// KSYM_NAME_LEN is 512 since 6.1.
const LONGEST_NAME = 512;

/**
 * Reads kallsyms_names (kallsyms_expand_symbol() in kernel/kallsyms.c).
 * @returns undefined where the table does not hold `count` names in that coding
 */
export function readNames(
  packed: Uint8Array,
  count: number,
  tokens: Tokens,
  coding: LengthCoding,
): PackedNames | undefined {
  const { lengths } = tokens;
  const hashing = new TokenHashes(tokens);
  const letters = new Uint8Array(count);
  const starts = new Uint32Array(count);
  const hashes = new Int32Array(count);
  let at = 0;
  for (let n = 0; n < count; n++) {
    const length = nameLength(packed, at, coding);
    starts[n] = at;
    at += lengthBytes(packed, at, coding);
    const end = at + length;
    if (length === 0 || end > packed.length) return undefined;
    // The letter comes first; '?' where nm had none.
    const first = packed[at++]!;
    const letter = hashing.firstByte[first]!;
    let bytes = lengths[first]!;
    let hash = hashing.withoutFirst[first]!;
    for (; at < end; at++) {
      const token = packed[at]!;
      hash = hashing.append(hash, token);
      bytes += lengths[token]!;
    }
    if (bytes < 2 || bytes > LONGEST_NAME || !isNmLetter(letter)) return undefined;
    letters[n] = letter;
    hashes[n] = hash;
  }
  return { packed: packed.slice(0, at), starts, letters, hashes };
}

/** The first symbol of that name; looks at all, where `namesOf` makes an index for many questions. */
export function firstNamed(name: string, names: PackedNames, tokens: Tokens, coding: LengthCoding): number | undefined {
  const wanted = hashOf(Buffer.from(name, 'latin1'));
  for (let n = names.hashes.indexOf(wanted); n >= 0; n = names.hashes.indexOf(wanted, n + 1))
    if (unpackName(names, n, tokens, coding) === name) return n;
  return undefined;
}

export function namesOf(
  names: PackedNames,
  tokens: Tokens,
  coding: LengthCoding,
  kept: KeptColumns = nothingKept,
): KallsymsNames {
  const { letters, hashes } = names;
  const nameOf = (n: number): string => unpackName(names, n, tokens, coding);
  let chains: HashChains | undefined;
  return {
    type: (n) => letters[n]!,
    names: {
      of: nameOf,
      find(name) {
        chains ??= new HashChains(kept.of('names in kallsyms', () => chained(hashes)));
        const wanted = hashOf(Buffer.from(name, 'latin1'));
        const found: number[] = [];
        for (let n = chains.first(slotHash(wanted)); n >= 0; n = chains.after(n))
          if (hashes[n] === wanted && nameOf(n) === name) found.push(n);
        return found;
      },
    },
  };
}

function unpackName({ packed, starts }: PackedNames, n: number, tokens: Tokens, coding: LengthCoding): string {
  const start = starts[n]! + lengthBytes(packed, starts[n]!, coding);
  let name = '';
  for (const token of packed.subarray(start, start + nameLength(packed, starts[n]!, coding)))
    name += tokens.texts[token]!;
  return name.slice(1);
}

function chained(hashes: Int32Array): ChainColumns {
  const columns = emptyChains(hashes.length);
  const chains = new HashChains(columns);
  for (let n = hashes.length - 1; n >= 0; n--) chains.prepend(n, slotHash(hashes[n]!));
  return columns;
}

/** Where every 256th name starts, as kallsyms_markers has it, or undefined where the names run over the end. */
export function markersOf(
  packed: Uint8Array,
  count: number,
  coding: LengthCoding,
): { markers: number[]; end: number } | undefined {
  const markers: number[] = [];
  let at = 0;
  for (let n = 0; n < count; n++) {
    if (n % 256 === 0) markers.push(at);
    at += lengthBytes(packed, at, coding) + nameLength(packed, at, coding);
    if (at > packed.length) return undefined;
  }
  return { markers, end: at };
}

function nameLength(packed: Uint8Array, at: number, coding: LengthCoding): number {
  const first = packed[at] ?? 0;
  if (coding === 'one byte' || first < 0x80) return first;
  return (first & 0x7f) | ((packed[at + 1] ?? 0) << 7);
}

function lengthBytes(packed: Uint8Array, at: number, coding: LengthCoding): number {
  return coding === 'one byte' || (packed[at] ?? 0) < 0x80 ? 1 : 2;
}

function isNmLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || byte === 0x3f;
}
