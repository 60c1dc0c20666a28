import type { AddressKey } from './address-key.js';
import { Cursor } from './cursor.js';
import { DwarfError } from './dwarf-error.js';
import { rangeCollector, type RangeColumns } from './range-map.js';
import type { Windowed } from './sections.js';

/** A section of call frame information: .debug_frame, or .eh_frame, which differs in small things. */
export interface CfiSection {
  section: Windowed;
  exceptionFrames: boolean;
  /** Where .eh_frame is loaded: its pointers count from themselves. */
  address: AddressKey;
}

/** A common information entry: what functions share. */
export interface Cie {
  addressSize: number;
  codeAlignment: number;
  dataAlignment: number;
  returnRegister: number;
  /** DW_EH_PE_*: how .eh_frame writes addresses. */
  pointerEncoding: number;
  hasAugmentationData: boolean;
  /** A frame that a signal or interrupt interrupted: its address is not a return address. */
  signalFrame: boolean;
  instructions: Cursor;
}

/** The description of one function. */
export interface Fde {
  cie: Cie;
  low: AddressKey;
  high: AddressKey;
  instructions: Cursor;
}

/** Debian's kernel has 2.5 MB with some 70,000 functions. */
const MAX_SECTION = 256 * 2 ** 20;
/** The largest functions of the kernel have some kilobytes. */
const MAX_ENTRY = 64 * 1024;

/**
 * Where the description of each function stands: one pass over the section, that reads of each entry its start only.
 */
export function indexEntries(cfi: CfiSection): RangeColumns {
  const { section } = cfi;
  if (section.size > MAX_SECTION)
    throw new DwarfError(`The section ${section.name} has ${section.size} bytes, more than is read here.`);
  const functions = rangeCollector();
  const cies = new Map<number, Cie>();
  const cursor = new Cursor(section.bytes(0, section.size), 0, section.name, 0);
  while (cursor.end - cursor.at >= 4) {
    const at = cursor.at;
    const { length, offsetSize } = cursor.initialLength();
    // A length of 0 ends .eh_frame, and is padding in .debug_frame.
    if (length === 0) continue;
    const end = cursor.at + length;
    if (end > cursor.end) throw cursor.damaged('starts an entry that is longer than the section');
    const cieAt = cieOf(cfi, cursor, offsetSize);
    if (cieAt !== undefined) {
      const cie = cies.get(cieAt) ?? readCie(cfi, cieAt);
      cies.set(cieAt, cie);
      const { low, high } = readRange(cfi, cursor, cie);
      functions.add(low, high, at);
    }
    cursor.at = end;
  }
  return functions.finish();
}

export function readFde(cfi: CfiSection, at: number, cieAtOffset: (at: number) => Cie): Fde {
  const { cursor, offsetSize } = entry(cfi, at);
  const cieAt = cieOf(cfi, cursor, offsetSize);
  if (cieAt === undefined) throw cursor.damaged('should describe a function');
  const cie = cieAtOffset(cieAt);
  const { low, high } = readRange(cfi, cursor, cie);
  if (cie.hasAugmentationData) cursor.skip(cursor.uleb());
  return { cie, low, high, instructions: cursor };
}

export function readCie(cfi: CfiSection, at: number): Cie {
  const { cursor, offsetSize } = entry(cfi, at);
  if (cieOf(cfi, cursor, offsetSize) !== undefined)
    throw cursor.damaged('should be what functions share, but describes one');
  const version = cursor.u8();
  if (version !== 1 && version !== 3 && version !== 4)
    throw cursor.damaged(`has call frames of version ${version}, which is not known here`);
  const augmentation = cursor.cString();
  let addressSize = 8;
  if (version === 4) {
    addressSize = cursor.u8();
    if (cursor.u8() !== 0 || (addressSize !== 8 && addressSize !== 4))
      throw cursor.damaged('has call frames for addresses that are not known here');
  }
  const cie: Cie = {
    addressSize,
    codeAlignment: cursor.uleb(),
    dataAlignment: cursor.sleb(),
    returnRegister: version === 1 ? cursor.u8() : cursor.uleb(),
    pointerEncoding: 0,
    hasAugmentationData: augmentation.startsWith('z'),
    signalFrame: augmentation.includes('S'),
    instructions: cursor,
  };
  if (cie.hasAugmentationData) readAugmentation(cursor, augmentation, cie);
  else if (augmentation !== '') throw cursor.damaged(`has call frames with the unknown augmentation "${augmentation}"`);
  return cie;
}

function readAugmentation(cursor: Cursor, augmentation: string, cie: Cie): void {
  const length = cursor.uleb();
  const end = cursor.at + length;
  if (end > cursor.end) throw cursor.damaged('runs past the end of its entry');
  for (const letter of augmentation.slice(1)) {
    if (letter === 'R') cie.pointerEncoding = cursor.u8();
    else if (letter === 'P') encodedPointer(cursor, cursor.u8(), cie.addressSize, 0);
    else if (letter === 'L') cursor.skip(1);
    else if (letter !== 'S' && letter !== 'B') break;
  }
  cursor.at = end;
}

function entry({ section }: CfiSection, at: number): { cursor: Cursor; offsetSize: 4 | 8 } {
  const start = new Cursor(section.upTo(at, 12), 0, section.name, at);
  const { length, offsetSize } = start.initialLength();
  if (length > MAX_ENTRY) throw start.damaged('starts an entry that is longer than is believed');
  const total = start.at + length;
  return { cursor: new Cursor(section.bytes(at, total), start.at, section.name, at), offsetSize };
}

/** The offset of the CIE that an entry points to; undefined where it is one itself. */
function cieOf({ exceptionFrames }: CfiSection, cursor: Cursor, offsetSize: 4 | 8): number | undefined {
  const fieldAt = cursor.position;
  const pointer = exceptionFrames ? cursor.u32() : cursor.offset(offsetSize);
  if (exceptionFrames) return pointer === 0 ? undefined : fieldAt - pointer;
  return pointer >= (offsetSize === 4 ? 0xffffffff : 2 ** 64) ? undefined : pointer;
}

function readRange(
  { exceptionFrames, address }: CfiSection,
  cursor: Cursor,
  cie: Cie,
): { low: AddressKey; high: AddressKey } {
  if (!exceptionFrames) {
    const low = cursor.address(cie.addressSize);
    return { low, high: low + cursor.unsigned(cie.addressSize) };
  }
  const low = encodedPointer(cursor, cie.pointerEncoding, cie.addressSize, address);
  // The length has the same format, but counts from nothing.
  return { low, high: low + encodedPointer(cursor, cie.pointerEncoding & 0x0f, cie.addressSize, 0) };
}

/** DW_EH_PE_*: the low four bits are the format, the next three what the value counts from. */
export function encodedPointer(
  cursor: Cursor,
  encoding: number,
  addressSize: number,
  sectionAddress: AddressKey,
): AddressKey {
  const from = sectionAddress + cursor.position;
  const value = pointerValue(cursor, encoding & 0x0f, addressSize);
  switch (encoding & 0x70) {
    case 0x00:
      return value;
    case 0x10:
      return from + value;
    default:
      throw cursor.damaged(`has a pointer of the kind 0x${encoding.toString(16)}, which is not known here`);
  }
}

function pointerValue(cursor: Cursor, format: number, addressSize: number): number {
  switch (format) {
    case 0x00:
      return cursor.address(addressSize);
    case 0x01:
      return cursor.uleb();
    case 0x02:
      return cursor.u16();
    case 0x03:
      return cursor.u32();
    case 0x04:
    case 0x0c:
      return cursor.address(8);
    case 0x09:
      return cursor.sleb();
    case 0x0a:
      return (cursor.u16() << 16) >> 16;
    case 0x0b:
      return cursor.u32() | 0;
    default:
      throw cursor.damaged(`has a pointer of the format 0x${format.toString(16)}, which is not known here`);
  }
}
