import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import type { OpenFile } from '../../src/bytes/file-reader.js';

/** A file that was written a moment ago may change yet, and nothing of it is kept: longer than oompm waits for that. */
const SETTLED_AFTER_MS = 3200;
const PIECE = 4 << 20;

/** The file as it is read through `broken`, as a file of its own. */
export function writeOut(broken: OpenFile, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  writeFileSync(path, '');
  for (let at = 0; at < broken.size; at += PIECE)
    writeFileSync(path, broken.read(at, Math.min(PIECE, broken.size - at)), { flag: 'a' });
}

/** Waits until something may be kept of all of these files. */
export async function settled(paths: readonly string[]): Promise<void> {
  const last = Math.max(...paths.map((path) => statSync(path).ctimeMs));
  await passed(Math.max(0, last + SETTLED_AFTER_MS - Date.now()));
}

/** The parts of the file that are read by `use`, a few KiB at most each. */
export async function partsReadBy(
  file: OpenFile,
  use: (watched: OpenFile) => Promise<void>,
): Promise<[start: number, length: number][]> {
  const parts: [number, number][] = [];
  await use({
    ...file,
    close: () => undefined,
    read(offset, length) {
      if (length > 0 && offset < file.size) parts.push([offset, Math.min(length, file.size - offset)]);
      return file.read(offset, length);
    },
  });
  return parts;
}
