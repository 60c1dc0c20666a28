import type { Tokens } from './tokens.js';

/** Names and letters, unpacked; `end` is where the compressed table ended. */
export interface KallsymsNames {
  types: Uint8Array;
  nameOffsets: Uint32Array;
  nameBytes: Uint8Array;
  end: number;
}

/**
 * How the length before each name is written: one byte; or since 6.1 (73bbb94466fd) one byte, or two where its top bit is
 * set. Nothing in the dump says which.
 */
export type LengthCoding = 'one byte' | 'one or two bytes';

// KSYM_NAME_LEN is 512 since 6.1.
const LONGEST_NAME = 512;
// Real ones are under 10 MB; tokens could blow a hostile table up to gigabytes.
const MOST_NAME_BYTES = 256 << 20;

/**
 * Unpacks kallsyms_names (kallsyms_expand_symbol() in kernel/kallsyms.c).
 * @returns undefined where the table does not hold `count` names in that coding
 */
export function unpackNames(packed: Uint8Array, count: number, tokens: Tokens, coding: LengthCoding): KallsymsNames | undefined {
  const { table, starts, lengths } = tokens;
  const types = new Uint8Array(count);
  const nameOffsets = new Uint32Array(count);
  let names = new Uint8Array(Math.max(1 << 16, packed.length * 2));
  let at = 0;
  let out = 0;
  for (let n = 0; n < count; n++) {
    const length = nameLength(packed, at, coding);
    at += lengthBytes(packed, at, coding);
    const end = at + length;
    if (length === 0 || end > packed.length) return undefined;
    if (out > MOST_NAME_BYTES) return undefined;
    if (out + 2 * LONGEST_NAME > names.length) names = grown(names);
    const start = out;
    for (; at < end; at++) {
      const token = packed[at]!;
      const from = starts[token]!;
      for (let i = 0; i < lengths[token]!; i++) names[out++] = table[from + i]!;
      if (out - start > LONGEST_NAME) return undefined;
    }
    // The letter comes first; '?' where nm had none.
    const letter = names[start]!;
    if (out - start < 2 || !isNmLetter(letter)) return undefined;
    types[n] = letter;
    nameOffsets[n] = start + 1;
    names[out++] = 0;
  }
  return { types, nameOffsets, nameBytes: names.subarray(0, out), end: at };
}

/** Where every 256th name starts, as kallsyms_markers has it, or undefined where the names run over the end. */
export function markersOf(packed: Uint8Array, count: number, coding: LengthCoding): { markers: number[]; end: number } | undefined {
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

function grown(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}

function isNmLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || byte === 0x3f;
}
