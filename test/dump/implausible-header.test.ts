import { expect, test } from 'vitest';

import { memoryReader } from '../../src/bytes/file-reader.js';
import type { Dump } from '../../src/dump/dump.js';
import { openDump, openDumpFiles } from '../../src/dump/open-dump.js';
import { MissingPage } from '../../src/memory/physical-memory.js';
import { buildKdump } from '../../src/testing/build-kdump.js';
import { allDumps, dumpFile } from '../dumps.js';

const BLOCK = 4096;
const MAX_MAPNR = BLOCK + 96;
const page = new Uint8Array(4096).fill(7, 0, 100);
const LAST = 70_000;
const built = (dumpLevel = 31): Buffer =>
  Buffer.from(buildKdump({ pages: new Map([1, LAST].map((pfn) => [pfn, page])), dumpLevel }));
const open = (bytes: Buffer): Promise<Dump> =>
  openDumpFiles([{ path: 'a dump', ...memoryReader(bytes), close: () => undefined }]);

test.each([0, 1, 31])('filter level %i is one', async (level) => {
  expect(await open(built(level))).toMatchObject({ dumpLevel: level, defects: [] });
});

test.each([-1, 32, 99])('filter level %i is none: told, and not shown as one', async (level) => {
  const { dumpLevel, defects } = await open(built(level));
  expect(dumpLevel).toBeUndefined();
  expect(defects).toEqual([
    `Its header is damaged: it states a filter level of ${level}, where makedumpfile has 0 to 31.`,
  ]);
});

test.each([
  ['below what its bitmaps have', 1000n, ', which are read'],
  ['above', 200_000n, ''],
  ['a little above', 100_000n, ''],
])('max_mapnr %s is told, and the pages are where the bitmaps say', async (_, stated, read) => {
  const bytes = built();
  bytes.writeBigUInt64LE(stated, MAX_MAPNR);
  const dump = await open(bytes);
  expect(dump.defects).toEqual([
    `Its header is damaged: it states ${stated} page frames (max_mapnr), and has bitmaps for 98304${read}.`,
  ]);
  for (const pfn of [1, LAST]) expect(dump.memory.page(pfn)).not.toBeInstanceOf(MissingPage);
});

test('nothing of that is told of real dumps', async () => {
  for (const name of allDumps()) {
    const dump = await openDump(dumpFile(name)!);
    expect(
      dump.defects.filter((defect) => defect.includes('header')),
      name,
    ).toEqual([]);
    dump.close();
  }
});
