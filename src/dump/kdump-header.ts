import { architectureNamed, architectures, architecturesInWords } from '../arch/architectures.js';
import { Parser } from 'binary-parser';

import { refuseTableOfHoles } from '../bytes/bounds.js';
import type { FileReader } from '../bytes/file-reader.js';
import { InputError } from '../bytes/input-error.js';
import { latin1 } from './note-reader.js';

/** Header and sub header of a kdump-compressed file: makedumpfile's diskdump_mod.h, 64-bit little-endian layout. */
export interface KdumpHeader {
  version: number;
  uname: { sysname: string; nodename: string; release: string; version: string; machine: string };
  /** Bits: which codecs the pages use, and DUMP_DH_COMPRESSED_INCOMPLETE. */
  status: number;
  blockSize: number;
  /** Both bitmaps together. */
  bitmapOffset: number;
  bitmapBytes: number;
  descriptorsOffset: number;
  maxMapnr: number;
  dumpLevel?: number;
  split: boolean;
  /** The pages whose descriptors this file has, of a split dump; end exclusive. */
  startPfn: number;
  endPfn: number;
  vmcoreinfo: FileRange;
  notes: FileRange;
  eraseinfo: FileRange;
}

export interface FileRange {
  offset: number;
  size: number;
}

export const KDUMP_MAGIC = 'KDUMP   ';
export const DH_COMPRESSED_ZLIB = 0x1;
export const DH_COMPRESSED_LZO = 0x2;
export const DH_COMPRESSED_SNAPPY = 0x4;
export const DH_COMPRESSED_INCOMPLETE = 0x8;
export const DH_COMPRESSED_ZSTD = 0x20;

const HEADER_BYTES = 464;
const UTSNAME = 12;
const UTSNAME_FIELD = 65;
/** Where block_size stands, by layout: 64-bit; 32-bit with a timeval of 8 bytes. */
const BLOCK_SIZE_64 = 428;
const BLOCK_SIZE_32 = 416;
const SUB_HEADER_BYTES = 104;
const NEWEST_VERSION = 6;
/** 256 TiB, and a bitmap of 8 GiB: twice what four levels of page tables reach, and read in seconds. */
const MAX_PFN = 2 ** 36;

const headerTail = new Parser()
  .endianness('little')
  .seek(424)
  .uint32('status')
  .int32('blockSize')
  .int32('subHeaderBlocks')
  .int32('bitmapBlocks')
  .uint32('maxMapnr');

const subHeader = new Parser()
  .endianness('little')
  .uint64('physBase')
  .int32('dumpLevel')
  .int32('split')
  .uint64('startPfn')
  .uint64('endPfn')
  .uint64('vmcoreinfoOffset')
  .uint64('vmcoreinfoSize')
  .uint64('noteOffset')
  .uint64('noteSize')
  .uint64('eraseinfoOffset')
  .uint64('eraseinfoSize')
  .uint64('startPfn64')
  .uint64('endPfn64')
  .uint64('maxMapnr64');

/** @throws InputError where the header is cut, nonsense, or of another architecture */
export function readKdumpHeader(file: FileReader, path: string): KdumpHeader {
  const bytes = file.read(0, HEADER_BYTES);
  if (bytes.length < HEADER_BYTES)
    throw new InputError(`${path} is cut off within its kdump header: it has ${file.size} bytes; copy the dump again.`);
  refuseOtherLayouts(bytes, path);

  const version = new DataView(bytes.buffer, bytes.byteOffset).getInt32(8, true);
  const raw = headerTail.parse(bytes);
  const { blockSize } = raw;
  const nonsense = version < 1 || version > 64 || raw.subHeaderBlocks < 1 || raw.bitmapBlocks < 1;
  if (nonsense || !(architectureNamed(machineIn(bytes)) ?? architectures[0]).pageSizes.includes(blockSize)) {
    throw new InputError(
      `${path} has a kdump header that makes no sense (version ${version}, block size ${blockSize}, ` +
        `${raw.subHeaderBlocks} sub header blocks, ${raw.bitmapBlocks} bitmap blocks): the file is damaged.`,
    );
  }
  const bitmapOffset = (1 + raw.subHeaderBlocks) * blockSize;
  const bitmapBytes = raw.bitmapBlocks * blockSize;
  refuseTableOfHoles(path, file, 'a bitmap', bitmapOffset, bitmapBytes);
  const field = (i: number) => latin1(bytes.subarray(UTSNAME + i * UTSNAME_FIELD, UTSNAME + (i + 1) * UTSNAME_FIELD));
  const header: KdumpHeader = {
    version,
    uname: { sysname: field(0), nodename: field(1), release: field(2), version: field(3), machine: field(4) },
    status: raw.status,
    blockSize,
    bitmapOffset,
    bitmapBytes,
    descriptorsOffset: bitmapOffset + bitmapBytes,
    maxMapnr: raw.maxMapnr,
    split: false,
    startPfn: 0,
    endPfn: MAX_PFN,
    vmcoreinfo: { offset: 0, size: 0 },
    notes: { offset: 0, size: 0 },
    eraseinfo: { offset: 0, size: 0 },
  };
  addSubHeader(file, path, header);
  header.maxMapnr = Math.min(header.maxMapnr, MAX_PFN);
  return header;
}

/**
 * A version that is newer than any known only adds fields: it is read as the newest known, and said in the dump's
 * defects.
 */
export function isNewerVersion(header: KdumpHeader): boolean {
  return header.version > NEWEST_VERSION;
}

function addSubHeader(file: FileReader, path: string, header: KdumpHeader): void {
  const bytes = file.read(header.blockSize, SUB_HEADER_BYTES);
  if (bytes.length < SUB_HEADER_BYTES)
    throw new InputError(
      `${path} is cut off within its kdump sub header: it has ${file.size} bytes; copy the dump again.`,
    );
  const sub = subHeader.parse(bytes);
  const { version } = header;
  header.dumpLevel = sub.dumpLevel;
  if (version >= 2 && sub.split !== 0) {
    header.split = true;
    header.startPfn = Number(version >= 6 ? sub.startPfn64 : sub.startPfn);
    header.endPfn = Number(version >= 6 ? sub.endPfn64 : sub.endPfn);
  }
  if (version >= 3) header.vmcoreinfo = { offset: Number(sub.vmcoreinfoOffset), size: Number(sub.vmcoreinfoSize) };
  if (version >= 4) header.notes = { offset: Number(sub.noteOffset), size: Number(sub.noteSize) };
  if (version >= 5) header.eraseinfo = { offset: Number(sub.eraseinfoOffset), size: Number(sub.eraseinfoSize) };
  if (version >= 6) header.maxMapnr = Number(sub.maxMapnr64);
}

/** Sizes of a page, on any machine. */
const SMALLEST_BLOCK = 4096;
const LARGEST_BLOCK = 1 << 20;

/** The header's own layout tells 32 from 64 bits and the byte order; the architecture is the one in utsname. */
function refuseOtherLayouts(bytes: Uint8Array, path: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const machine = machineIn(bytes);
  const plausible = (at: number, littleEndian: boolean) => {
    const size = view.getInt32(at, littleEndian);
    return size >= SMALLEST_BLOCK && size <= LARGEST_BLOCK && (size & (size - 1)) === 0;
  };
  const isRead = machine === '' || architectureNamed(machine) !== undefined;
  if (isRead && plausible(BLOCK_SIZE_64, true)) return;
  const layouts = [
    { at: BLOCK_SIZE_64, littleEndian: true, name: '' },
    { at: BLOCK_SIZE_64, littleEndian: false, name: '64-bit big-endian' },
    { at: BLOCK_SIZE_32, littleEndian: true, name: '32-bit' },
    { at: BLOCK_SIZE_32, littleEndian: false, name: '32-bit big-endian' },
  ];
  const layout = layouts.find(({ at, littleEndian }) => plausible(at, littleEndian));
  if (layout === undefined) return; // nonsense, which the caller says
  const whose = machine || layout.name;
  throw new InputError(`${path} is a dump for ${whose}; oompm reads dumps of ${architecturesInWords()}.`);
}

/** utsname's, what is no word of a machine's name replaced. */
function machineIn(bytes: Uint8Array): string {
  const field = latin1(bytes.subarray(UTSNAME + 4 * UTSNAME_FIELD, UTSNAME + 5 * UTSNAME_FIELD));
  return field.replaceAll(/[^\w.-]/g, '?');
}
