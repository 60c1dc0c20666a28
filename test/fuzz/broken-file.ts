import type { OpenFile } from '../../src/bytes/file-reader.js';

/** Where flips matter most, as parts of the file: else nearly all would land in pages. */
export function tablesOf(file: OpenFile): [start: number, length: number][] {
  const tables = Math.min(file.size, 64 << 10);
  return [
    [0, 512],
    [4096, 8192],
    [0, tables],
    [tables, Math.min(file.size - tables, 1 << 20)],
    [0, file.size],
  ];
}

/** The file with some bytes changed and, in a third of the cases, its end cut off. */
export function brokenFile(file: OpenFile, regions: [number, number][], random: () => number): OpenFile {
  const changed = new Map<number, number>();
  for (let flips = 1 + Math.floor(random() ** 2 * 40); flips > 0; flips--) {
    const [start, length] = regions[Math.floor(random() * regions.length)]!;
    changed.set(start + Math.floor(random() * length), random() < 0.3 ? 0xff : Math.floor(random() * 256));
  }
  const size = random() < 0.33 ? Math.floor(random() ** 3 * file.size) : file.size;
  return {
    path: file.path,
    size,
    held: Math.min(size, file.held),
    close: () => {},
    read(offset, length) {
      const bytes = file.read(offset, Math.max(0, Math.min(length, size - offset)));
      for (const [at, value] of changed) if (at >= offset && at < offset + bytes.length) bytes[at - offset] = value;
      return bytes;
    },
  };
}
