import { Parser } from 'binary-parser';

import { boundedCount } from './bounds.js';
import type { FileReader } from './file-reader.js';
import { InputError } from './input-error.js';

/** The file header, gABI "ELF Header"; counts are those that hold, PN_XNUM and SHN_XINDEX already resolved. */
export interface ElfHeader {
  bits: 32 | 64;
  littleEndian: boolean;
  /** ET_REL 1, ET_EXEC 2, ET_DYN 3, ET_CORE 4. */
  type: number;
  machine: number;
  /** The machine's name as `uname -m` has it: x86_64, aarch64, …; "ELF machine N" where it has none here. */
  architecture: string;
  flags: number;
  programHeaders: ElfTable;
  sectionHeaders: ElfTable;
  /** The index of the section that holds the sections' names. */
  sectionNames: number;
}

/** Where a table of headers stands: as the file says, not checked against its size. */
export interface ElfTable {
  offset: number;
  count: number;
  entrySize: number;
}

export interface ProgramHeader {
  type: number;
  flags: number;
  offset: number;
  vaddr: bigint;
  paddr: number;
  fileSize: number;
  memorySize: number;
}

export interface SectionHeader {
  index: number;
  name: string;
  type: number;
  flags: number;
  addr: bigint;
  offset: number;
  size: number;
  link: number;
  info: number;
  entrySize: number;
}

export interface ElfNote {
  name: string;
  type: number;
  desc: Uint8Array;
}

export const ET_REL = 1;
export const ET_EXEC = 2;
export const ET_DYN = 3;
export const ET_CORE = 4;
export const PT_LOAD = 1;
export const PT_NOTE = 4;
export const SHT_NOBITS = 8;
export const SHF_COMPRESSED = 0x800;

const PN_XNUM = 0xffff;
const SHN_XINDEX = 0xffff;

/**
 * makedumpfile -E splits segments where its filter left out a MiB or more: 2 TiB in which it does so at every second
 * one.
 */
export const MAX_PROGRAM_HEADERS = 1 << 20;
/** A kernel with a section for each function (FG-KASLR) has some 60,000. */
export const MAX_SECTIONS = 1 << 17;
const MAX_SECTION_NAMES_BYTES = 64 << 20;
/** Names are looked for, and none of those is longer; sections may share one name that is. */
const MAX_SECTION_NAME = 256;
/** Headers are read in pieces, so that a count from a broken file costs nothing. */
const HEADERS_PER_READ = 4096;
const MAX_NOTE_NAME = 4096;

export function isElf(start: Uint8Array): boolean {
  return start.length >= 4 && start[0] === 0x7f && start[1] === 0x45 && start[2] === 0x4c && start[3] === 0x46;
}

/** The file header; undefined where the file is no ELF file, or ends within the header. */
export function readElfHeader(file: FileReader): ElfHeader | undefined {
  const start = file.read(0, 64);
  const bits = start[4] === 1 ? 32 : start[4] === 2 ? 64 : undefined;
  if (!isElf(start) || bits === undefined || (start[5] !== 1 && start[5] !== 2)) return undefined;
  if (start.length < (bits === 32 ? 52 : 64)) return undefined;

  const littleEndian = start[5] === 1;
  const raw = rawHeader(start, bits, littleEndian);
  const header: ElfHeader = {
    bits,
    littleEndian,
    type: raw.type,
    machine: raw.machine,
    architecture: architectureName(raw.machine, bits, littleEndian),
    flags: raw.flags,
    programHeaders: { offset: Number(raw.phoff), count: raw.phnum, entrySize: raw.phentsize },
    sectionHeaders: { offset: Number(raw.shoff), count: raw.shnum, entrySize: raw.shentsize },
    sectionNames: raw.shstrndx,
  };
  resolveLongCounts(file, header, raw);
  return header;
}

/** Whether the file reaches as far as its headers say: a copy that was interrupted does not. */
export function isWholeElf(file: FileReader): boolean {
  const header = readElfHeader(file);
  if (header === undefined) return false;
  const { offset, count, entrySize } = header.sectionHeaders;
  return (
    offset + count * entrySize <= file.size &&
    [...programHeaders(file, header)].every((segment) => segment.offset + segment.fileSize <= file.size)
  );
}

/**
 * The program headers in the order of the file, as far as the file reaches, and at most `MAX_PROGRAM_HEADERS`; a
 * caller that must know whether all came compares with `header.programHeaders.count`.
 */
export function* programHeaders(file: FileReader, header: ElfHeader): Generator<ProgramHeader> {
  const table = { ...header.programHeaders, count: Math.min(header.programHeaders.count, MAX_PROGRAM_HEADERS) };
  for (const view of tableEntries(file, table, programHeaderBytes(header))) yield programHeader(view, header);
}

/**
 * To be asked before the program headers of a file are read.
 * @throws InputError where its table of them can't be one
 */
export function checkProgramHeaders({ programHeaders: table, bits }: ElfHeader, path: string): void {
  boundedCount(path, table.count, 'program headers', MAX_PROGRAM_HEADERS);
  checkEntrySize(table, programHeaderBytes({ bits }), 'program header', path);
}

/**
 * To be asked before the section headers of a file are read.
 * @throws InputError where its table of them can't be one
 */
export function checkSectionHeaders({ sectionHeaders: table, bits }: ElfHeader, path: string): void {
  boundedCount(path, table.count, 'sections', MAX_SECTIONS);
  checkEntrySize(table, sectionHeaderBytes({ bits }), 'section header', path);
}

function checkEntrySize({ offset, count, entrySize }: ElfTable, bytes: number, what: string, path: string): void {
  if (offset === 0 || count === 0 || entrySize === bytes) return;
  throw new InputError(
    `${path} states that a ${what} has ${entrySize} bytes, where it has ${bytes}: it is damaged; copy it again, or take it from where it was made.`,
  );
}

/** The section headers with their names; as many as the file really has, and at most `MAX_SECTIONS`. */
export function sectionHeaders(file: FileReader, header: ElfHeader): SectionHeader[] {
  const sections: SectionHeader[] = [];
  const nameOffsets: number[] = [];
  const table = { ...header.sectionHeaders, count: Math.min(header.sectionHeaders.count, MAX_SECTIONS) };
  for (const view of tableEntries(file, table, sectionHeaderBytes(header))) {
    nameOffsets.push(view.getUint32(0, header.littleEndian));
    sections.push(sectionHeader(view, header, sections.length));
  }
  const strings = sections[header.sectionNames];
  if (strings === undefined || strings.type === SHT_NOBITS) return sections;
  const names = file.read(strings.offset, Math.min(strings.size, MAX_SECTION_NAMES_BYTES));
  for (const section of sections) {
    const start = nameOffsets[section.index]!;
    section.name = cString(names.subarray(start, start + MAX_SECTION_NAME), 0);
  }
  return sections;
}

/** 8192 CPUs, with two notes for each, are 16,384. */
const MAX_NOTES = 1 << 18;

/**
 * The notes in a PT_NOTE segment, a SHT_NOTE section or /sys/kernel/notes; ends at the first that does not fit.
 * @param alignment the segment's p_align where it is 8; name and descriptor are padded to 4 bytes otherwise
 */
export function* elfNotes(bytes: Uint8Array, littleEndian: boolean, alignment: 4 | 8 = 4): Generator<ElfNote> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const padded = (length: number) => Math.ceil(length / alignment) * alignment;
  let at = 0;
  let left = MAX_NOTES;
  while (at + 12 <= bytes.length) {
    const namesz = view.getUint32(at, littleEndian);
    const descsz = view.getUint32(at + 4, littleEndian);
    const type = view.getUint32(at + 8, littleEndian);
    const descAt = at + padded(12 + namesz);
    if (namesz > MAX_NOTE_NAME || descAt + descsz > bytes.length) return;
    // A note without name, type and content is padding: /proc/vmcore's per-CPU areas end with one.
    if (namesz > 0 || descsz > 0 || type !== 0) {
      if (left-- === 0) return;
      yield {
        name: cString(bytes.subarray(at + 12, at + 12 + namesz), 0),
        type,
        desc: bytes.subarray(descAt, descAt + descsz),
      };
    }
    at = descAt + padded(descsz);
  }
}

/** What `uname -m` prints on a machine of that ELF number. */
export function architectureName(machine: number, bits: 32 | 64, littleEndian: boolean): string {
  switch (machine) {
    case 3:
    case 6:
      return 'i386';
    case 8:
      return bits === 64 ? 'mips64' : 'mips';
    case 15:
      return bits === 64 ? 'parisc64' : 'parisc';
    case 2:
      return 'sparc';
    case 43:
      return 'sparc64';
    case 20:
      return 'ppc';
    case 21:
      return littleEndian ? 'ppc64le' : 'ppc64';
    case 22:
      return bits === 64 ? 's390x' : 's390';
    case 40:
      return 'arm';
    case 50:
      return 'ia64';
    case 62:
      return 'x86_64';
    case 183:
      return 'aarch64';
    case 243:
      return bits === 64 ? 'riscv64' : 'riscv32';
    case 258:
      return bits === 64 ? 'loongarch64' : 'loongarch32';
    case 0x9026:
      return 'alpha';
    default:
      return `ELF machine ${machine}`;
  }
}

function rawHeader(bytes: Uint8Array, bits: 32 | 64, littleEndian: boolean) {
  const start = () =>
    new Parser()
      .endianness(littleEndian ? 'little' : 'big')
      .seek(16)
      .uint16('type')
      .uint16('machine')
      .uint32('version');
  const addresses =
    bits === 64
      ? start().uint64('entry').uint64('phoff').uint64('shoff')
      : start().uint32('entry').uint32('phoff').uint32('shoff');
  return (addresses as Parser<HeaderStart>)
    .uint32('flags')
    .uint16('ehsize')
    .uint16('phentsize')
    .uint16('phnum')
    .uint16('shentsize')
    .uint16('shnum')
    .uint16('shstrndx')
    .parse(bytes);
}

interface HeaderStart {
  type: number;
  machine: number;
  phoff: number | bigint;
  shoff: number | bigint;
}

/**
 * Counts that do not fit into 16 bits stand in section 0: sh_info for segments, sh_size for sections, sh_link for the
 * names.
 */
function resolveLongCounts(
  file: FileReader,
  header: ElfHeader,
  raw: { phnum: number; shnum: number; shstrndx: number },
): void {
  const long =
    raw.phnum === PN_XNUM || raw.shstrndx === SHN_XINDEX || (raw.shnum === 0 && header.sectionHeaders.offset !== 0);
  if (!long) return;
  const zeroth = [...tableEntries(file, { ...header.sectionHeaders, count: 1 }, sectionHeaderBytes(header))][0];
  if (zeroth === undefined) return;
  const { size, link, info } = sectionHeader(zeroth, header, 0);
  if (raw.phnum === PN_XNUM && info >= PN_XNUM) header.programHeaders.count = info;
  if (raw.shnum === 0) header.sectionHeaders.count = size;
  if (raw.shstrndx === SHN_XINDEX) header.sectionNames = link;
}

function programHeaderBytes({ bits }: Pick<ElfHeader, 'bits'>): number {
  return bits === 64 ? 56 : 32;
}

function sectionHeaderBytes({ bits }: Pick<ElfHeader, 'bits'>): number {
  return bits === 64 ? 64 : 40;
}

/**
 * Views of a table's entries, read in pieces; ends where the file does, and has none where they are not of that size.
 */
function* tableEntries(file: FileReader, table: ElfTable, size: number): Generator<DataView> {
  const { offset, count, entrySize } = table;
  if (offset === 0 || entrySize !== size) return;
  for (let first = 0; first < count; first += HEADERS_PER_READ) {
    const wanted = Math.min(HEADERS_PER_READ, count - first);
    const bytes = file.read(offset + first * entrySize, wanted * entrySize);
    const whole = Math.floor(bytes.length / entrySize);
    for (let i = 0; i < whole; i++) yield new DataView(bytes.buffer, bytes.byteOffset + i * entrySize, entrySize);
    if (whole < wanted) return;
  }
}

function programHeader(view: DataView, { bits, littleEndian: le }: ElfHeader): ProgramHeader {
  if (bits === 64) {
    return {
      type: view.getUint32(0, le),
      flags: view.getUint32(4, le),
      offset: u64(view, 8, le),
      vaddr: view.getBigUint64(16, le),
      paddr: u64(view, 24, le),
      fileSize: u64(view, 32, le),
      memorySize: u64(view, 40, le),
    };
  }
  return {
    type: view.getUint32(0, le),
    offset: view.getUint32(4, le),
    vaddr: BigInt(view.getUint32(8, le)),
    paddr: view.getUint32(12, le),
    fileSize: view.getUint32(16, le),
    memorySize: view.getUint32(20, le),
    flags: view.getUint32(24, le),
  };
}

function sectionHeader(view: DataView, { bits, littleEndian: le }: ElfHeader, index: number): SectionHeader {
  const common = { index, name: '', type: view.getUint32(4, le) };
  if (bits === 64) {
    return {
      ...common,
      flags: u64(view, 8, le),
      addr: view.getBigUint64(16, le),
      offset: u64(view, 24, le),
      size: u64(view, 32, le),
      link: view.getUint32(40, le),
      info: view.getUint32(44, le),
      entrySize: u64(view, 56, le),
    };
  }
  return {
    ...common,
    flags: view.getUint32(8, le),
    addr: BigInt(view.getUint32(12, le)),
    offset: view.getUint32(16, le),
    size: view.getUint32(20, le),
    link: view.getUint32(24, le),
    info: view.getUint32(28, le),
    entrySize: view.getUint32(36, le),
  };
}

/**
 * Sizes and offsets in files that exist fit a double; what does not fit is nonsense, and lies beyond every file all the
 * same.
 */
function u64(view: DataView, at: number, littleEndian: boolean): number {
  const first = view.getUint32(at, littleEndian);
  const second = view.getUint32(at + 4, littleEndian);
  return littleEndian ? second * 2 ** 32 + first : first * 2 ** 32 + second;
}

function cString(bytes: Uint8Array, at: number): string {
  if (at >= bytes.length) return '';
  const end = bytes.indexOf(0, at);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'latin1',
    at,
    end < 0 ? bytes.length : end,
  );
}
