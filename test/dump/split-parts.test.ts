import { expect, test } from 'vitest';

import { memoryReader } from '../../src/bytes/file-reader.js';
import { InputError } from '../../src/bytes/input-error.js';
import type { Dump } from '../../src/dump/dump.js';
import { openDumpFiles } from '../../src/dump/open-dump.js';
import { bringUp } from '../../src/session/open-kernel.js';
import { buildKdump } from '../../src/testing/build-kdump.js';

const page = new Uint8Array(4096).fill(7, 0, 100);
const part = (startPfn: number, endPfn: number, name = `${startPfn}-${endPfn}`) => ({
  path: name,
  ...memoryReader(buildKdump({ pages: new Map([1, 5, 8, 99].map((pfn) => [pfn, page])), split: { startPfn, endPfn } })),
  close: () => undefined,
});
const open = (...parts: ReturnType<typeof part>[]): Promise<Dump> => openDumpFiles(parts);
const refusal = (dump: Dump): Promise<string> =>
  bringUp(dump, undefined, {}).then(
    () => 'opened',
    (error: unknown) => (error instanceof InputError ? error.message : String(error)),
  );

test('some parts alone: which they are, and that the others are needed', async () => {
  expect(await refusal(await open(part(5, 9, 'vmcore.2')))).toBe(
    "vmcore.2 is one part of a split dump, with pages 5 to 8 of 100: give all its parts, in any order. Without the rest it can't be opened.",
  );
  expect(await refusal(await open(part(5, 9, 'b'), part(0, 5, 'a')))).toBe(
    "a, b are some parts of a split dump, with pages 0 to 4, 5 to 8 of 100: give all its parts, in any order. Without the rest it can't be opened.",
  );
});

test('all parts: what else keeps it from being opened is said', async () => {
  const dump = await open(part(5, 100), part(0, 5));
  expect(dump.defects).toEqual([]);
  expect(await refusal(dump)).toMatch(/page tables can’t be found/);
});

test.each([
  ['backwards', 9, 5],
  ['empty', 5, 5],
  ['past the end', 5, 4000],
])('a part whose range is %s is damaged, and not taken for one that was not given', async (_, start, end) => {
  const dump = await open(part(0, 5), part(start, end, 'bad'));
  const damaged = `bad is damaged: it states that it is the part with pages ${start} up to ${end} of a split dump of 100.`;
  expect(dump.defects).toEqual(
    end > 100 ? [damaged] : [damaged, 'Pages 5 to 99 are in none of the parts that can be told.'],
  );
  expect(await refusal(dump)).toMatch(end > 100 ? /page tables/ : /^bad is damaged: .* Without the rest/);
});
