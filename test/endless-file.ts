import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from 'vitest';

import { buildFlattened } from '../src/testing/build-flattened.js';

export const FAR = 2 ** 42;
const ways = {
  plain: (bytes: Uint8Array) => bytes,
  sparse: (bytes: Uint8Array) => bytes,
  flattened: (bytes: Uint8Array) =>
    buildFlattened([
      { offset: 0, bytes },
      { offset: 2 ** 52, bytes: new Uint8Array(1) },
    ]),
} as const;
export type Way = keyof typeof ways;
export const everyWay = Object.keys(ways) as Way[];

/** A folder for the test file that asks, gone at its end, and what saves a file there. */
export interface EndlessFiles {
  folder: string;
  save: (name: string, bytes: Uint8Array, way?: Way) => string;
}

/**
 * Every count, offset and size that a file states, at its maximum, in a file that can be as long as it likes for
 * nothing: a sparse one, or a flattened one whose holes no record wrote. What is asserted is the answer; that it comes
 * is that the test ends.
 */
export function endlessFiles(): EndlessFiles {
  const folder = mkdtempSync(join(tmpdir(), 'oompm-bounds-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    save(name, bytes, way = 'plain') {
      const path = join(folder, `${name}-${way}`);
      writeFileSync(path, ways[way](bytes));
      if (way === 'sparse') truncateSync(path, FAR);
      return path;
    },
  };
}

export const MAX_U16 = 0xffff;
export const MAX_U32 = 0xffff_ffff;
export const MAX_I32 = 0x7fff_ffff;
export const MAX_U64 = 0xffff_ffff_ffff_ffffn;
