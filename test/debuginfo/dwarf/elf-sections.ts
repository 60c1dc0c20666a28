import { readElfHeader, sectionHeaders } from '../../../src/bytes/elf.js';
import { openFile, type FileReader } from '../../../src/bytes/file-reader.js';
import type { DebugSections } from '../../../src/debuginfo/dwarf/sections.js';

/** An ELF file's sections as they lie in it, and its symbols by name: what a vmlinux is to the DWARF reader. */
export interface ElfSections extends DebugSections {
  symbols(): Map<string, bigint>;
  functions(): { name: string; address: bigint; size: number }[];
}

export function elfSections(path: string): ElfSections {
  const file = openFile(path);
  const sections = new Map(sectionHeaders(file, readElfHeader(file)!).map((section) => [section.name, section]));
  const section = (name: string): FileReader | undefined => {
    const found = sections.get(name);
    if (found === undefined) return undefined;
    const { offset, size } = found;
    return { size, read: (at, length) => file.read(offset + at, Math.max(0, Math.min(length, size - at))) };
  };
  const allSymbols = function* (): Generator<{ name: string; address: bigint; size: number; type: number }> {
    const table = section('.symtab')!;
    const strings = section('.strtab')!;
    const bytes = Buffer.from(table.read(0, table.size));
    const names = Buffer.from(strings.read(0, strings.size));
    for (let at = 0; at + 24 <= bytes.length; at += 24) {
      const from = bytes.readUInt32LE(at);
      yield {
        name: names.toString('latin1', from, names.indexOf(0, from)),
        address: bytes.readBigUInt64LE(at + 8), size: Number(bytes.readBigUInt64LE(at + 16)), type: bytes[at + 4]! & 15,
      };
    }
  };
  return {
    section,
    symbols: () => new Map([...allSymbols()].map(({ name, address }) => [name, address])),
    functions: () => [...allSymbols()].filter(({ type, size }) => type === 2 && size > 0),
  };
}
