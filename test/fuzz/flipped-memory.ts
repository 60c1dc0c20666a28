import { Page, type MissingPage, type PhysicalMemory } from '../../src/memory/physical-memory.js';

/** A dump's memory with some of its pages changed or lost: what a broken machine, or a stranger, may hand us. */
export function flippedMemory(
  memory: PhysicalMemory,
  targets: readonly number[],
  random: () => number,
  flips: number,
): PhysicalMemory {
  const changed = new Map<number, [at: number, value: number][]>();
  for (let i = 0; i < flips; i++) {
    const pfn = targets[Math.floor(random() * targets.length)];
    if (pfn === undefined) break;
    const value = random() < 0.3 ? [0, 0xff, 0x7f, 0x80][Math.floor(random() * 4)]! : Math.floor(random() * 256);
    const list = changed.get(pfn) ?? [];
    list.push([Math.floor(random() * memory.pageSize), value]);
    changed.set(pfn, list);
  }
  const pages = new Map<number, Page>();
  return {
    pageSize: memory.pageSize,
    ranges: () => memory.ranges(),
    *stored(most) {
      for (const { pfn, bytes } of memory.stored(most)) {
        const page = changed.has(pfn) ? this.page(pfn) : undefined;
        yield { pfn, bytes: page instanceof Page ? page.bytes : bytes };
      }
    },
    page(pfn): Page | MissingPage {
      const known = pages.get(pfn);
      if (known) return known;
      const page = memory.page(pfn);
      const edits = changed.get(pfn);
      if (!edits || !(page instanceof Page)) return page;
      const bytes = Uint8Array.from(page.bytes);
      for (const [at, value] of edits) bytes[at] = value;
      const broken = new Page(bytes);
      pages.set(pfn, broken);
      return broken;
    },
  };
}
