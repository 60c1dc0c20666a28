import type { SymbolName } from '../../symbols/symbol-names.js';
import { boundedCount, readableBytes } from '../bytes/bounds.js';
import {
  checkSectionHeaders,
  elfNotes,
  readElfHeader,
  sectionHeaders,
  SHF_COMPRESSED,
  SHT_NOBITS,
  type ElfHeader,
  type SectionHeader,
} from '../bytes/elf.js';
import type { FileReader } from '../bytes/file-reader.js';
import { InputError } from '../bytes/input-error.js';
import type { KeptColumns } from '../bytes/kept-columns.js';
import { keptOf } from '../bytes/kept-of-files.js';
import { symbolTable } from './compact-symbols.js';
import { checkKernelHeader } from './kernel-header.js';
import { needsZstd, sectionContents } from './elf-sections.js';
import { ELF_SYMBOL_BYTES, elfSymbols } from './elf-symbols.js';
import type { SymbolTable } from './symbol-table.js';
import { openKernelFile } from './unpack/kernel-file.js';
import type { OpenKernelOptions } from './unpack/open-kernel-options.js';
import { readyUnzstd } from './unpack/zstd.js';
import { defined } from '../words/defined.js';
import { counted } from '../words/quantity.js';

/**
 * An opened vmlinux, or a separate file with its debug information. Nothing is read before it is asked for, and never
 * the whole file.
 */
export interface Vmlinux {
  readonly path: string;
  /** How the file was packed: "xz", "bzImage, zstd"; undefined for a plain ELF file. */
  readonly packing?: string;
  /** As `uname -m` has it. */
  readonly architecture: string;
  /** Hexadecimal, as `file` and debuginfod write it; undefined where the file has none. */
  readonly buildId?: string;
  /** linux_banner, "Linux version 6.1.0 …" without its newline; undefined where the file does not hold it. */
  banner(): string | undefined;
  /**
   * A section's content, unpacked where it is compressed; undefined where there is none. @throws InputError where it
   * does not unpack
   */
  section(name: string): FileReader | undefined;
  /** .symtab with KASLR's offset added; undefined for a stripped file. */
  symbols(kaslrOffset: bigint): SymbolTable | undefined;
  /** A sentence where `symbols` is not all that there was: entries of .symtab that no linker writes so. */
  symbolDamage(): string | undefined;
  /** The .BTF section; undefined where there is none. */
  btf(): Uint8Array | undefined;
  /** What is kept of what was made from it. */
  readonly kept: KeptColumns;
  /** See `OpenFile`. */
  change?(): string | undefined;
  close(): void;
}

/** Kernels have 150,000 to 300,000. */
export const MAX_SYMBOLS = 1 << 21;
const MAX_SYMBOL_NAMES_BYTES = 128 << 20;
/** Kernels have some 6 MB. */
const MAX_BTF_BYTES = 64 << 20;
const NT_GNU_BUILD_ID = 3;
/** All of a kernel's notes are some kB; they are in a few sections, or in one. */
const LARGEST_NOTES = 64 << 10;
const MAX_NOTE_SECTIONS = 64;
const LONGEST_BANNER = 1024;

/**
 * Opens a vmlinux: raw, packed (.gz, .xz, .zst, .bz2, .lz4), a bzImage, or a separate debug file; told by content.
 * @throws InputError where it is none of these, or not a 64-bit little-endian one
 */
export async function openVmlinux(path: string, options: OpenKernelOptions = {}): Promise<Vmlinux> {
  const kernel = await openKernelFile(path, options);
  const { reader, packing } = kernel;
  try {
    const header = readElfHeader(reader);
    if (header === undefined) throw new InputError(`${path} is no vmlinux: its ELF header is broken.`);
    checkKernelHeader(header, path);
    checkSectionHeaders(header, path);
    refuseCutOff(header, reader, path);
    const sections = sectionHeaders(reader, header);
    const kept = keptOf([kernel.identity]);
    const unzstd = sections.some((section) => needsZstd(reader, section)) ? await readyUnzstd() : undefined;
    const content = sectionContents(reader, unzstd);
    return vmlinux({
      path,
      header,
      sections,
      content,
      kept,
      change: () => kernel.change?.(),
      close() {
        kept.close();
        kernel.close();
      },
      ...defined({ packing }),
    });
  } catch (error) {
    kernel.close();
    throw error;
  }
}

/** The table of sections stands at the end; without it there are neither symbols nor types nor a build-id. */
function refuseCutOff(
  { sectionHeaders: { offset, count, entrySize } }: ElfHeader,
  file: FileReader,
  path: string,
): void {
  const end = offset + Math.max(count, 1) * entrySize;
  if (offset > 0 && end > file.size)
    throw new InputError(
      `${path} is no whole vmlinux: its table of sections ends at ${end}, and it has ${file.size} bytes; it was cut off or is damaged: copy it again.`,
    );
}

interface Parts {
  path: string;
  packing?: string;
  header: ElfHeader;
  sections: readonly SectionHeader[];
  content(section: SectionHeader | undefined): FileReader | undefined;
  kept: KeptColumns;
  change(): string | undefined;
  close(): void;
}

function vmlinux(parts: Parts): Vmlinux {
  const { path, header, sections } = parts;
  const named = (name: string) => sections.find((section) => section.name === name);
  const unpacked = new Map<string, FileReader | undefined>();
  const buildId = readBuildId(parts);
  let damaged = 0;
  let tables: { symtab: Uint8Array; strtab: Uint8Array } | undefined;
  const found: Vmlinux = {
    path,
    ...defined({ packing: parts.packing }),
    architecture: header.architecture,
    ...defined({ buildId }),
    kept: parts.kept,
    banner: () => readBanner(found, sections),
    section(name) {
      if (!unpacked.has(name)) unpacked.set(name, parts.content(named(name)));
      return unpacked.get(name);
    },
    symbols(kaslrOffset) {
      tables ??= readSymbolTables(parts, named('.symtab'));
      if (tables === undefined) return undefined;
      const symbols = elfSymbols(tables.symtab, tables.strtab, sections, kaslrOffset, parts.kept);
      damaged = symbols.damaged;
      return symbolTable(symbols, 'vmlinux .symtab');
    },
    symbolDamage: () =>
      damaged === 0
        ? undefined
        : `${path} is damaged: ${counted(damaged, 'entry', 'entries')} of its symbol table (.symtab) can't be what ` +
          'a linker wrote; copy it again, or take it from where it was made',
    btf() {
      const section = found.section('.BTF');
      return section && section.read(0, Math.min(section.size, MAX_BTF_BYTES));
    },
    change: () => parts.change(),
    close: () => parts.close(),
  };
  return found;
}

function readSymbolTables(
  parts: Parts,
  section: SectionHeader | undefined,
): { symtab: Uint8Array; strtab: Uint8Array } | undefined {
  const symtab = parts.content(section);
  const strtab = section && parts.content(parts.sections[section.link]);
  if (!symtab || !strtab || symtab.size < ELF_SYMBOL_BYTES) return undefined;
  return {
    symtab: symtab.read(
      0,
      boundedCount(parts.path, Math.floor(symtab.size / ELF_SYMBOL_BYTES), 'symbols', MAX_SYMBOLS) * ELF_SYMBOL_BYTES,
    ),
    strtab: strtab.read(0, Math.min(strtab.size, MAX_SYMBOL_NAMES_BYTES)),
  };
}

/** From whichever section has the note: .note.gnu.build-id, or .notes, which kernels merge all notes into. */
function readBuildId(parts: Parts): string | undefined {
  const SHT_NOTE = 7;
  for (const section of parts.sections.filter((section) => section.type === SHT_NOTE).slice(0, MAX_NOTE_SECTIONS)) {
    // Nobody packs notes, and what unpacks is kept.
    if ((section.flags & SHF_COMPRESSED) !== 0) continue;
    const notes = parts.content(section)?.read(0, LARGEST_NOTES);
    for (const note of notes ? elfNotes(notes, true) : []) {
      if (note.name === 'GNU' && note.type === NT_GNU_BUILD_ID) return Buffer.from(note.desc).toString('hex');
    }
  }
  return undefined;
}

function readBanner(file: Vmlinux, sections: readonly SectionHeader[]): string | undefined {
  const address = file.symbols(0n)?.addressOf('linux_banner' satisfies SymbolName);
  if (address === undefined) {
    const rodata = file.section('.rodata');
    return rodata && bannerBySearch(rodata);
  }
  const section = sections.find(
    ({ addr, size, type }) => type !== SHT_NOBITS && address >= addr && address < addr + BigInt(size),
  );
  const content = section && file.section(section.name);
  return content && bannerIn(content.read(Number(address - section.addr), LONGEST_BANNER));
}

const BANNER_START = Buffer.from('Linux version ');

function bannerIn(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!text.subarray(0, BANNER_START.length).equals(BANNER_START)) return undefined;
  return /^[^\0\n]*/.exec(text.toString('latin1'))![0];
}

/**
 * A stripped kernel: the text in .rodata that starts as the banner does. Since 6.2 there are two: a weak one, which was
 * overridden, has no build number after its "#".
 */
function bannerBySearch(rodata: FileReader): string | undefined {
  const WINDOW = 1 << 20;
  let weak: string | undefined;
  for (let at = 0; at < readableBytes(rodata); at += WINDOW) {
    const bytes = rodata.read(at, WINDOW + LONGEST_BANNER);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let found = text.indexOf(BANNER_START); found >= 0; found = text.indexOf(BANNER_START, found + 1)) {
      const banner = bannerIn(text.subarray(found, found + LONGEST_BANNER));
      // linux_proc_banner is the same text with %s in it.
      if (banner === undefined || !banner.includes(' (') || banner.includes('%s')) continue;
      if (/#\d/.test(banner)) return banner;
      weak ??= banner;
    }
  }
  return weak;
}
