import type { FileReader } from '../../bytes/file-reader.js';
import type { KeptColumns } from '../../bytes/kept-columns.js';
import { damaged } from './dwarf-error.js';

/** Access to an ELF file's sections by name, uncompressed; undefined for a section that is not there. */
export interface DebugSections {
  section(name: string): FileReader | undefined;
  /** Where the section is loaded, as the file has it; .eh_frame counts from there. 0n for one that is not loaded. */
  addressOf?(name: string): bigint | undefined;
  /** What is kept of what was made from the file. */
  readonly kept?: KeptColumns;
}

const WINDOW = 64 * 1024;
const MAX_WINDOWS = 128;
/** The longest string that is believed: names of C++ templates and producers reach some kilobytes. */
const MAX_STRING = 64 * 1024;
const MAX_REMEMBERED_CHARACTERS = 8 * 2 ** 20;

/** Bytes of a section by position, through a few windows that are kept; nothing is ever read whole. */
export interface Windowed {
  readonly name: string;
  readonly size: number;
  /** Exactly `length` bytes. @throws DwarfError where the section ends before */
  bytes(offset: number, length: number): Uint8Array;
  /** As much as there is, up to `length`. */
  upTo(offset: number, length: number): Uint8Array;
}

export function windowed(name: string, reader: FileReader): Windowed {
  const windows = new Map<number, Uint8Array>();
  const windowAt = (index: number): Uint8Array => {
    const known = windows.get(index);
    if (known !== undefined) return known;
    // The oldest goes: what is read again and again (names) is remembered elsewhere.
    if (windows.size >= MAX_WINDOWS) windows.delete(windows.keys().next().value!);
    const fresh = reader.read(index * WINDOW, WINDOW);
    windows.set(index, fresh);
    return fresh;
  };
  const upTo = (offset: number, length: number): Uint8Array => {
    const index = Math.floor(offset / WINDOW);
    const within = offset - index * WINDOW;
    return within + length <= WINDOW ? windowAt(index).subarray(within, within + length) : reader.read(offset, length);
  };
  return {
    name,
    size: reader.size,
    upTo,
    bytes(offset, length) {
      if (!(offset >= 0) || offset + length > reader.size) throw damaged(name, offset, 'lies outside of the section');
      const bytes = upTo(offset, length);
      if (bytes.length !== length) throw damaged(name, offset, 'lies beyond the end of the file');
      return bytes;
    },
  };
}

/** A section of strings: each offset is decoded once, as names are shared by all units. */
export interface Strings {
  at(offset: number): string;
}

export function stringsIn(section: Windowed): Strings {
  const known = new Map<number, string>();
  let remembered = 0;
  return {
    at(offset) {
      const old = known.get(offset);
      if (old !== undefined) return old;
      const text = readString(section, offset);
      // An entry costs as much as some 32 characters, however short its text is.
      remembered += text.length + 32;
      if (remembered > MAX_REMEMBERED_CHARACTERS) {
        known.clear();
        remembered = text.length + 32;
      }
      known.set(offset, text);
      return text;
    },
  };
}

function readString(section: Windowed, offset: number): string {
  if (!(offset >= 0 && offset < section.size)) throw damaged(section.name, offset, 'lies outside of the section');
  const toWindowEnd = WINDOW - (offset % WINDOW);
  let bytes = section.upTo(offset, toWindowEnd);
  let end = bytes.indexOf(0);
  if (end < 0) {
    bytes = section.upTo(offset, MAX_STRING);
    end = bytes.indexOf(0);
  }
  if (end < 0) throw damaged(section.name, offset, 'starts a string without an end');
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('utf8');
}
