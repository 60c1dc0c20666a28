import { deflateSync } from 'node:zlib';

import { lzo1xLiterals, repeated, snappyLiterals } from './block-encoders.js';
import { buildNotes } from './build-notes.js';
import type { TestRegisters } from './build-notes.js';
import { defined } from '../words/defined.js';

/** How a page of a test dump stands in the file; bytes alone are a page that is there. */
export type TestPage =
  | Uint8Array
  /** RAM that the filter left out. */
  | 'excluded'
  /** makedumpfile had no room left: its descriptor has offset 0. */
  | 'lost'
  /** Bytes as they are behind the descriptor, with its flags: for damage. */
  | { stored: Uint8Array; flags: number };

/** How pages are compressed. */
export type TestCodec = 'none' | 'zlib' | 'lzo' | 'snappy' | 'zstd';

/** What the dump file has. */
export interface KdumpOptions {
  /** By page number; a number that is not given is a hole: no RAM. */
  pages: ReadonlyMap<number, TestPage>;
  /** Header version 1 to 6; 6 if not given. What a version has no field for is left out. */
  version?: number;
  codec?: TestCodec;
  /** For codec 'zstd': a compressor, such as zstd-codec's. */
  zstdCompress?: (bytes: Uint8Array) => Uint8Array;
  /** Pages that the machine may have; one more than the last page if not given. */
  maxMapnr?: number;
  cpus?: readonly TestRegisters[];
  vmcoreinfo?: string;
  uname?: { nodename?: string; release?: string; version?: string; machine?: string };
  dumpLevel?: number;
  /** Bits beside the codec's own, such as 8: incomplete. */
  status?: number;
  /** A part of a split dump: descriptors of these pages only, end exclusive. */
  split?: { startPfn: number; endPfn: number };
  /** One bitmap for both, as files from before makedumpfile have. */
  singleBitmap?: boolean;
}

const BLOCK = 4096;
const codecBits: Record<TestCodec, number> = { none: 0, zlib: 1, lzo: 2, snappy: 4, zstd: 0x20 };

/**
 * A kdump-compressed file of a 64-bit little-endian machine, as makedumpfile writes it: header, sub header with
 * VMCOREINFO and notes, both bitmaps, page descriptors, pages.
 */
export function buildKdump(options: KdumpOptions): Uint8Array {
  const { pages, version = 6, codec = 'none', split, singleBitmap = false } = options;
  const maxMapnr = options.maxMapnr ?? Math.max(-1, ...pages.keys()) + 1;
  const vmcoreinfo = Buffer.from(options.vmcoreinfo ?? '', 'latin1');
  const notes = buildNotes({
    ...defined({ cpus: options.cpus, vmcoreinfo: options.vmcoreinfo }),
  });

  const subHeader = blocks(104 + vmcoreinfo.length + notes.length);
  const vmcoreinfoAt = BLOCK + 104;
  const notesAt = vmcoreinfoAt + vmcoreinfo.length;
  if (version >= 3) subHeader.set(vmcoreinfo, 104);
  if (version >= 4) subHeader.set(notes, 104 + vmcoreinfo.length);

  const ram = blocks(Math.max(1, Math.ceil(maxMapnr / 8)));
  const dumped = blocks(Math.max(1, Math.ceil(maxMapnr / 8)));
  const ascending = [...pages].toSorted(([a], [b]) => a - b);
  for (const [pfn, page] of ascending) {
    setBit(ram, pfn);
    if (page !== 'excluded') setBit(dumped, pfn);
  }
  const bitmaps = singleBitmap ? [dumped] : [ram, dumped];

  const header = kdumpHeader(
    options,
    version,
    maxMapnr,
    subHeader.length / BLOCK,
    (bitmaps.length * dumped.length) / BLOCK,
  );
  writeSubHeader(
    subHeader,
    { dumpLevel: options.dumpLevel ?? 0, split, maxMapnr, vmcoreinfoAt, vmcoreinfo, notesAt, notes },
    version,
  );

  const inFile = ascending.filter(
    ([pfn, page]) => page !== 'excluded' && (split === undefined || (pfn >= split.startPfn && pfn < split.endPfn)),
  );
  const descriptors = Buffer.alloc(inFile.length * 24);
  let at = BLOCK + subHeader.length + bitmaps.length * dumped.length + descriptors.length;
  const data: Uint8Array[] = [];
  for (const [i, [, page]] of inFile.entries()) {
    if (page === 'lost' || page === 'excluded') continue;
    const { stored, flags } = page instanceof Uint8Array ? encodePage(page, codec, options.zstdCompress) : page;
    descriptors.writeBigUInt64LE(BigInt(at), i * 24);
    descriptors.writeUInt32LE(stored.length, i * 24 + 8);
    descriptors.writeUInt32LE(flags, i * 24 + 12);
    data.push(stored);
    at += stored.length;
  }
  return Buffer.concat([header, subHeader, ...bitmaps, descriptors, ...data]);
}

/** As makedumpfile: a page that does not shrink is stored as it is. */
function encodePage(
  page: Uint8Array,
  codec: TestCodec,
  zstdCompress?: (bytes: Uint8Array) => Uint8Array,
): { stored: Uint8Array; flags: number } {
  const stored = compress(page, codec, zstdCompress);
  return stored.length < page.length ? { stored, flags: codecBits[codec] } : { stored: page, flags: 0 };
}

/** lzo and snappy shrink a page by the zeros at its end, which is enough to tell a decoder's faults. */
function compress(page: Uint8Array, codec: TestCodec, zstdCompress?: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  if (codec === 'zlib') return deflateSync(page);
  if (codec === 'lzo') return lzo1xWithZeroTail(page);
  if (codec === 'snappy') return snappyWithZeroTail(page);
  if (codec === 'none') return page;
  if (zstdCompress === undefined) throw new TypeError("codec 'zstd' needs zstdCompress");
  return zstdCompress(page);
}

/** Literals up to one zero byte, then one M3 match of distance 1 for the zeros behind it. */
function lzo1xWithZeroTail(page: Uint8Array): Uint8Array {
  const { head, zeros } = zeroTail(page);
  const literals = lzo1xLiterals(head);
  if (zeros < 64) return lzo1xLiterals(page);
  const rest = zeros - 2 - 31;
  const more = Math.ceil(rest / 255) - 1;
  const match = [0x20, ...repeated(0, more), rest - more * 255, 0, 0];
  return Buffer.concat([literals.subarray(0, -3), Uint8Array.from(match), Uint8Array.from([0x11, 0, 0])]);
}

/** Literals up to one zero byte, then copies of distance 1, 64 bytes each. */
function snappyWithZeroTail(page: Uint8Array): Uint8Array {
  const { head, zeros } = zeroTail(page);
  const copies: number[] = [];
  for (let rest = zeros; rest > 0; rest -= 64) copies.push(((Math.min(rest, 64) - 1) << 2) | 2, 1, 0);
  const body = snappyLiterals(head);
  const announcedBytes = head.length < 128 ? 1 : 2;
  const announced = [(page.length % 128) | 0x80, Math.floor(page.length / 128)];
  return Buffer.concat([Uint8Array.from(announced), body.subarray(announcedBytes), Uint8Array.from(copies)]);
}

function zeroTail(page: Uint8Array): { head: Uint8Array; zeros: number } {
  let used = page.length;
  while (used > 0 && page[used - 1] === 0) used--;
  const kept = Math.min(page.length, Math.max(used + 1, 4));
  return { head: page.subarray(0, kept), zeros: page.length - kept };
}

function kdumpHeader(
  options: KdumpOptions,
  version: number,
  maxMapnr: number,
  subHeaderBlocks: number,
  bitmapBlocks: number,
): Buffer {
  const header = Buffer.alloc(BLOCK);
  const {
    nodename = 'toy',
    release = '6.1.0-toy',
    version: build = '#1 SMP',
    machine = 'x86_64',
  } = options.uname ?? {};
  header.write('KDUMP   ', 0, 'latin1');
  header.writeInt32LE(version, 8);
  for (const [i, field] of ['Linux', nodename, release, build, machine].entries())
    header.write(field.slice(0, 64), 12 + i * 65, 'latin1');
  header.writeUInt32LE(codecBits[options.codec ?? 'none'] | (options.status ?? 0), 424);
  header.writeInt32LE(BLOCK, 428);
  header.writeInt32LE(subHeaderBlocks, 432);
  header.writeInt32LE(bitmapBlocks, 436);
  header.writeUInt32LE(Math.min(maxMapnr, 0xffffffff), 440);
  header.writeInt32LE(options.cpus?.length ?? 1, 460);
  return header;
}

interface SubHeaderFields {
  dumpLevel: number;
  split: { startPfn: number; endPfn: number } | undefined;
  maxMapnr: number;
  vmcoreinfoAt: number;
  vmcoreinfo: Uint8Array;
  notesAt: number;
  notes: Uint8Array;
}

function writeSubHeader(bytes: Buffer, fields: SubHeaderFields, version: number): void {
  const u64 = (value: number, at: number) => bytes.writeBigUInt64LE(BigInt(value), at);
  bytes.writeInt32LE(fields.dumpLevel, 8);
  if (version >= 2 && fields.split) {
    bytes.writeInt32LE(1, 12);
    u64(fields.split.startPfn, 16);
    u64(fields.split.endPfn, 24);
  }
  if (version >= 3 && fields.vmcoreinfo.length > 0) {
    u64(fields.vmcoreinfoAt, 32);
    u64(fields.vmcoreinfo.length, 40);
  }
  if (version >= 4 && fields.notes.length > 0) {
    u64(fields.notesAt, 48);
    u64(fields.notes.length, 56);
  }
  if (version >= 6) {
    if (fields.split) {
      u64(fields.split.startPfn, 80);
      u64(fields.split.endPfn, 88);
    }
    u64(fields.maxMapnr, 96);
  }
}

function blocks(bytes: number): Buffer {
  return Buffer.alloc(Math.ceil(bytes / BLOCK) * BLOCK);
}

function setBit(bitmap: Uint8Array, bit: number): void {
  bitmap[bit >> 3] = (bitmap[bit >> 3] ?? 0) | (1 << (bit & 7));
}
