import { deflateSync } from 'node:zlib';

/** A section of a small ELF file made for a test. */
export interface RawSection {
  name: string;
  type?: number;
  flags?: number;
  addr?: bigint;
  link?: number;
  content: Uint8Array;
  /** SHF_COMPRESSED with zlib. */
  compress?: boolean;
}

/** A 64-bit little-endian ELF file with these sections; section 1 is the first of them. */
export function buildElf(sections: readonly RawSection[], options: { type?: number } = {}): Buffer {
  const names = Buffer.from(
    ['', ...sections.map((section) => section.name), '.shstrtab'].map((name) => `${name}\0`).join(''),
    'latin1',
  );
  const all: RawSection[] = [...sections, { name: '.shstrtab', type: 3, content: names }];
  const contents = all.map((section) =>
    section.compress ? compressed(section.content) : Buffer.from(section.content),
  );
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(options.type ?? 2, 16);
  header.writeUInt16LE(62, 18);
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(all.length + 1, 60);
  header.writeUInt16LE(all.length, 62);
  let offset = 64;
  const headers = [Buffer.alloc(64)];
  all.forEach((section, i) => {
    const sectionHeader = Buffer.alloc(64);
    sectionHeader.writeUInt32LE(names.indexOf(`\0${section.name}\0`) + 1, 0);
    sectionHeader.writeUInt32LE(section.type ?? 1, 4);
    sectionHeader.writeBigUInt64LE(BigInt((section.flags ?? 0) | (section.compress ? 0x800 : 0)), 8);
    sectionHeader.writeBigUInt64LE(section.addr ?? 0n, 16);
    sectionHeader.writeBigUInt64LE(BigInt(offset), 24);
    sectionHeader.writeBigUInt64LE(BigInt(contents[i]!.length), 32);
    sectionHeader.writeUInt32LE(section.link ?? 0, 40);
    offset += contents[i]!.length;
    headers.push(sectionHeader);
  });
  header.writeBigUInt64LE(BigInt(offset), 40);
  return Buffer.concat([header, ...contents, ...headers]);
}

function compressed(content: Uint8Array): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(1, 0);
  header.writeBigUInt64LE(BigInt(content.length), 8);
  header.writeBigUInt64LE(1n, 16);
  return Buffer.concat([header, deflateSync(content)]);
}

export function buildIdNote(id: string): Buffer {
  const desc = Buffer.from(id, 'hex');
  const header = Buffer.alloc(12);
  header.writeUInt32LE(4, 0);
  header.writeUInt32LE(desc.length, 4);
  header.writeUInt32LE(3, 8);
  return Buffer.concat([header, Buffer.from('GNU\0'), desc]);
}

/** struct Elf64_Sym */
export function elfSymbol(symbol: {
  name: number;
  info?: number;
  section?: number;
  value: bigint;
  size?: number;
}): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt32LE(symbol.name, 0);
  bytes.writeUInt8(symbol.info ?? 0x12, 4);
  bytes.writeUInt16LE(symbol.section ?? 1, 6);
  bytes.writeBigUInt64LE(symbol.value, 8);
  bytes.writeBigUInt64LE(BigInt(symbol.size ?? 0), 16);
  return bytes;
}

export const TEXT = 0xffff_ffff_8100_0000n;

/** A kernel of two functions, a banner, a build-id and some filler that packs well. */
export function toyVmlinux(options: { buildId?: string; banner?: string; filler?: number } = {}): Buffer {
  const strings = Buffer.from('\0_stext\0schedule\0linux_banner\0');
  const text = Buffer.alloc(64);
  return buildElf([
    { name: '.text', flags: 6, addr: TEXT, content: text },
    {
      name: '.rodata',
      flags: 2,
      addr: TEXT + 0x1000n,
      content: Buffer.from(`${options.banner ?? 'Linux version 6.1.0-toy (me@here) #1'}\n\0`),
    },
    { name: '.notes', type: 7, flags: 2, content: buildIdNote(options.buildId ?? 'ab'.repeat(20)) },
    {
      name: '.symtab',
      type: 2,
      link: 5,
      content: Buffer.concat([
        elfSymbol({ name: 0, value: 0n, section: 0 }),
        elfSymbol({ name: 1, value: TEXT }),
        elfSymbol({ name: 8, value: TEXT + 0x10n, size: 0x20 }),
        elfSymbol({ name: 17, value: TEXT + 0x1000n, section: 2, info: 0x11 }),
      ]),
    },
    { name: '.strtab', type: 3, content: strings },
    { name: '.debug_str', compress: true, content: Buffer.from('hello from zlib'.repeat(50)) },
    { name: '.filler', content: Buffer.alloc(options.filler ?? 0, 'filler that repeats ') },
  ]);
}
