import { buildNotes } from './build-notes.js';
import type { TestRegisters } from './build-notes.js';
import { defined } from '../words/defined.js';

export interface TestSegment {
  paddr: number;
  /** What the file has of it; the rest up to memorySize was left out by the filter. */
  bytes: Uint8Array;
  memorySize?: number;
  vaddr?: bigint;
}

export interface ElfOptions {
  segments: readonly TestSegment[];
  cpus?: readonly TestRegisters[];
  vmcoreinfo?: string;
  /** 1: makedumpfile's mark of an incomplete file. */
  flags?: number;
  /** ELF machine number; 62, x86_64, if not given. */
  machine?: number;
  /** Where the program headers stand; behind the file header if not given. */
  programHeadersAt?: number;
  /** The count in section 0's sh_info (PN_XNUM), as files with more than 65534 segments have it. */
  longCount?: boolean;
}

/** An ELF vmcore of 64 bits, little-endian: file header, program headers, notes, segments. */
export function buildElf(options: ElfOptions): Uint8Array {
  const { segments, programHeadersAt = 64 } = options;
  const longCount = options.longCount ?? segments.length + 1 >= 0xffff;
  const notes = buildNotes({
    ...defined({ cpus: options.cpus, vmcoreinfo: options.vmcoreinfo }),
  });
  const count = segments.length + 1;

  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(4, 16);
  header.writeUInt16LE(options.machine ?? 62, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(programHeadersAt), 32);
  header.writeUInt32LE(options.flags ?? 0, 48);
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(longCount ? 0xffff : count, 56);

  const table = Buffer.alloc(count * 56);
  const sectionAt = programHeadersAt + table.length;
  const section = Buffer.alloc(longCount ? 64 : 0);
  if (longCount) {
    section.writeUInt32LE(count, 44);
    header.writeBigUInt64LE(BigInt(sectionAt), 40);
    header.writeUInt16LE(64, 58);
    header.writeUInt16LE(1, 60);
  }
  let at = sectionAt + section.length;
  writeProgramHeader(table, 0, {
    type: 4,
    offset: at,
    vaddr: 0n,
    paddr: 0,
    fileSize: notes.length,
    memorySize: notes.length,
  });
  at += notes.length;
  for (const [i, { paddr, bytes, memorySize, vaddr = 0n }] of segments.entries()) {
    writeProgramHeader(table, i + 1, {
      type: 1,
      offset: at,
      vaddr,
      paddr,
      fileSize: bytes.length,
      memorySize: memorySize ?? bytes.length,
    });
    at += bytes.length;
  }
  const gap = Buffer.alloc(Math.max(0, programHeadersAt - 64));
  return Buffer.concat([header, gap, table, section, notes, ...segments.map(({ bytes }) => bytes)]);
}

interface ProgramHeaderFields {
  type: number;
  offset: number;
  vaddr: bigint;
  paddr: number;
  fileSize: number;
  memorySize: number;
}

function writeProgramHeader(
  table: Buffer,
  index: number,
  { type, offset, vaddr, paddr, fileSize, memorySize }: ProgramHeaderFields,
): void {
  const at = index * 56;
  table.writeUInt32LE(type, at);
  table.writeBigUInt64LE(BigInt(offset), at + 8);
  table.writeBigUInt64LE(BigInt.asUintN(64, vaddr), at + 16);
  table.writeBigUInt64LE(BigInt(paddr), at + 24);
  table.writeBigUInt64LE(BigInt(fileSize), at + 32);
  table.writeBigUInt64LE(BigInt(memorySize), at + 40);
}
