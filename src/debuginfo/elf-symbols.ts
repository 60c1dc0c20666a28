import type { SectionHeader } from '../bytes/elf.js';
import type { KeptColumns } from '../bytes/kept-columns.js';
import { wordsOf } from '../bytes/words.js';
import type { CompactSymbols } from './compact-symbols.js';
import { endOfName } from './name-at.js';
import { namesInSection } from './symbol-names.js';

/** sizeof(Elf64_Sym) */
export const ELF_SYMBOL_BYTES = 24;
const SYMBOL_WORDS = ELF_SYMBOL_BYTES / 4;

const STT_SECTION = 3;
const STT_FILE = 4;
const STB_LOCAL = 0;
const STB_WEAK = 2;
const SHN_UNDEF = 0;
const SHN_LORESERVE = 0xff00;
const SHT_NOBITS = 8;
const SHF_WRITE = 1;
const SHF_ALLOC = 2;
const SHF_EXECINSTR = 4;

/**
 * The named symbols of a vmlinux's .symtab, as nm and kallsyms have them: no files, sections or undefined ones.
 * @param slide what KASLR added to addresses in the kernel's half
 * @returns with them how many entries no linker writes so
 */
export function elfSymbols(
  symtab: Uint8Array,
  strtab: Uint8Array,
  sections: readonly SectionHeader[],
  slide: bigint,
  kept: KeptColumns,
): CompactSymbols & { readonly damaged: number } {
  const words = wordsOf(symtab);
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  const { addresses, entries, nameOffsets, damaged } = kept.of('symbols', () =>
    namedSymbols(words, strtab, sections.length),
  );
  // Most symbols are asked for nothing more.
  const first = (n: number): number => entries[n]! * SYMBOL_WORDS;
  const binding = (n: number): number => bytes[entries[n]! * ELF_SYMBOL_BYTES + 4]! >> 4;
  return {
    damaged: damaged[0]!,
    addresses,
    slide,
    kept,
    type(n) {
      const described = words[first(n) + 1]!;
      const section = described >>> 16;
      return letter(binding(n), described & 0xf, section < SHN_LORESERVE ? sections[section] : undefined);
    },
    size: (n) => words[first(n) + 4]! + words[first(n) + 5]! * 2 ** 32,
    names: namesInSection(strtab, nameOffsets, kept),
    rank: (n) => rank(strtab, nameOffsets[n]!, binding(n)),
  };
}

/** Of each named symbol its address, its number in .symtab, and where its name starts in .strtab. */
interface NamedSymbols {
  addresses: BigUint64Array;
  entries: Uint32Array;
  nameOffsets: Uint32Array;
  /** One number: how many entries can't be so. */
  damaged: Uint32Array;
}

function namedSymbols(words: Uint32Array, strtab: Uint8Array, sections: number): NamedSymbols {
  const most = Math.floor(words.length / SYMBOL_WORDS);
  const addresses = new BigUint64Array(most);
  const entries = new Uint32Array(most);
  const nameOffsets = new Uint32Array(most);
  // Halves of the words: a bigint for each of 150,000 symbols would take longer than all the rest.
  const halves = new Uint32Array(addresses.buffer);
  let count = 0;
  let damaged = 0;
  for (let entry = 0, at = 0; entry < most; entry++, at += SYMBOL_WORDS) {
    // st_info, st_other and st_shndx share a word.
    const described = words[at + 1]!;
    const kind = described & 0xf;
    const section = described >>> 16;
    const name = words[at]!;
    // But for the first entry, which is of nothing, and those of sections each has a name.
    const isNameless = name === 0 && kind !== STT_SECTION && entry > 0;
    if (isNameless || (section >= sections && section < SHN_LORESERVE) || (name > 0 && (strtab[name] ?? 0) === 0))
      damaged++;
    if (kind === STT_FILE || kind === STT_SECTION || section === SHN_UNDEF || (strtab[name] ?? 0) === 0) continue;
    halves[count * 2] = words[at + 2]!;
    halves[count * 2 + 1] = words[at + 3]!;
    entries[count] = entry;
    nameOffsets[count] = name;
    count++;
  }
  return {
    addresses: addresses.slice(0, count),
    entries: entries.slice(0, count),
    nameOffsets: nameOffsets.slice(0, count),
    damaged: Uint32Array.of(damaged),
  };
}

/** nm's letter: by the section the symbol lies in, lower case for local ones. */
function letter(binding: number, kind: number, section: SectionHeader | undefined): number {
  if (binding === STB_WEAK) return (kind === 1 ? 'V' : 'W').charCodeAt(0);
  // Per-CPU symbols that are offsets are absolute to the kernel.
  const isOffset = section !== undefined && section.addr === 0n && (section.flags & SHF_ALLOC) !== 0;
  const upper = section === undefined || isOffset ? 'A' : letterOf(section);
  return upper.charCodeAt(0) | (binding === STB_LOCAL ? 0x20 : 0);
}

function letterOf({ flags, type }: SectionHeader): string {
  if ((flags & SHF_EXECINSTR) !== 0) return 'T';
  if (type === SHT_NOBITS && (flags & SHF_WRITE) !== 0) return 'B';
  if ((flags & SHF_WRITE) !== 0) return 'D';
  return (flags & SHF_ALLOC) !== 0 ? 'R' : 'N';
}

const WEAK = 0x80;
const BY_LINKER_SCRIPT = 0x40;
const MOST_UNDERSCORES = 0x3f;

/**
 * kallsyms' order of aliases, compare_symbols() in scripts/kallsyms.c: strong before weak, real before the linker
 * script's, few underscores first.
 */
function rank(strtab: Uint8Array, name: number, binding: number): number {
  let underscores = 0;
  while (underscores < MOST_UNDERSCORES && strtab[name + underscores] === 0x5f) underscores++;
  const linker = underscores >= 2 && isLinkerProvided(strtab, name) ? BY_LINKER_SCRIPT : 0;
  return (binding === STB_WEAK ? WEAK : 0) | linker | underscores;
}

const LINKER_STARTS = ['__start_', '__stop_', '__end_'].map((text) => Buffer.from(text));
const LINKER_ENDS = ['_start', '_end'].map((text) => Buffer.from(text));
const SHORTEST_LINKER_NAME = 8;

function isLinkerProvided(strtab: Uint8Array, start: number): boolean {
  const end = endOfName(strtab, start);
  if (end - start < SHORTEST_LINKER_NAME) return false;
  const stands = (part: Uint8Array, at: number): boolean =>
    at >= start && part.every((byte, i) => strtab[at + i] === byte);
  return (
    LINKER_STARTS.some((part) => stands(part, start)) || LINKER_ENDS.some((part) => stands(part, end - part.length))
  );
}
