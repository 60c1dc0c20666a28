import { openFile } from '../../src/bytes/file-reader.js';
import { programHeaders, PT_LOAD, readElfHeader } from '../../src/bytes/elf.js';
import type { PagedMemory } from '../../src/debuginfo/kallsyms/memory-reader.js';
import { MissingPage, Page } from '../../src/memory/physical-memory.js';
import { Unmapped } from '../../src/memory/address-space.js';

/**
 * A vmlinux's segments as if they were the kernel's memory: what .rodata has is what a dump would have (without KASLR).
 */
export function elfMemory(path: string): PagedMemory {
  const file = openFile(path);
  const header = readElfHeader(file)!;
  const loads = [...programHeaders(file, header)].filter((segment) => segment.type === PT_LOAD);
  return {
    pageSize: 4096,
    page(pageNumber) {
      const address = BigInt(pageNumber) * 4096n;
      const segment = loads.find((load) => address >= load.vaddr && address < load.vaddr + BigInt(load.memorySize));
      if (!segment) return new Unmapped('no segment');
      const within = Number(address - segment.vaddr);
      if (within >= segment.fileSize) return new MissingPage('absent');
      const bytes = new Uint8Array(4096);
      bytes.set(file.read(segment.offset + within, Math.min(4096, segment.fileSize - within)));
      return new Page(bytes);
    },
  };
}
