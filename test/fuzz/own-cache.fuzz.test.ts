import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openFile, type OpenFile } from '../../src/bytes/file-reader.js';
import { openDumpFiles } from '../../src/dump/open-dump.js';
import { bringUp } from '../../src/session/open-kernel.js';
import { build, oompm, type Answer } from '../built.js';
import { dumpFile } from '../dumps.js';
import { brokenFile, tablesOf } from './broken-file.js';
import { figuresOf, type Figures } from './figures.js';
import { plants } from './planted-cache.js';
import { randomNumbers } from './random-numbers.js';
import { partsReadBy, settled, writeOut } from './settled-files.js';

/** For a long run by hand: FUZZ_CASES=300, and FUZZ_SEED for another order. */
const CASES = Number(process.env['FUZZ_CASES'] ?? 4);
const SEED = Number(process.env['FUZZ_SEED'] ?? 9);
/** A hang is what this finds; the machine may be busy. */
const MOST_MS = 60_000;
const TIMEOUT_MS = Math.max(600_000, CASES * 120_000);
/** Files that are written before one wait. */
const BATCH = 8;

interface Subject {
  title: string;
  dump: string;
  vmlinux?: string;
}

const all: readonly Subject[] = [
  { title: '6.1-global-panic', dump: '6.1-global-panic/vmcore' },
  { title: '7.2-reaper', dump: '7.2-reaper/vmcore' },
  { title: '6.1-global-panic and its vmlinux', dump: '6.1-global-panic/vmcore', vmlinux: 'vmlinux-6.1' },
];
const subjects = all
  .filter(({ dump, vmlinux }) => [dump, vmlinux ?? dump].every((name) => dumpFile(name)))
  // A sample for what runs each time.
  .slice(0, process.env['FUZZ_CASES'] === undefined ? 1 : undefined);
const others = ['info', 'log', 'ps', 'oom', 'bt', 'locks', 'slab'];

const folder = mkdtempSync(join(tmpdir(), 'oompm-own-cache-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(build);

describe(`what is kept between runs, of files broken in ${CASES} ways, seed ${SEED}`, () => {
  test.each(subjects)(
    '$title: a later run says what the first one said',
    async ({ title, dump, vmlinux }) => {
      const cache = mkdtempSync(join(folder, 'cache-'));
      const { file, places } = await placesOf(dump, vmlinux);
      const figures = figuresOf(`${title}, broken`, 'FUZZ_CASES');
      const cases = Math.ceil(CASES / subjects.length / 2);
      for (let first = 0; first < cases; first += BATCH) {
        const batch = Array.from({ length: Math.min(BATCH, cases - first) }, (_, i) => first + i);
        const pathOf = (i: number): string => join(folder, `broken-${i}`);
        for (const i of batch) writeOut(brokenFile(file, places(i), randomNumbers(SEED * 4_000_037 + i)), pathOf(i));
        await settled(batch.map(pathOf));
        for (const i of batch) {
          const words = vmlinux === undefined ? [pathOf(i)] : [dumpFile(dump)!, pathOf(i)];
          await sameEachTime(figures, cache, words, i);
          rmSync(pathOf(i));
        }
      }
      figures.tell();
      file.close();
    },
    TIMEOUT_MS,
  );
});

/** What is broken, and where: in the tables of the file, or in what names and types are made of. */
async function placesOf(
  dump: string,
  vmlinux: string | undefined,
): Promise<{ file: OpenFile; places: (i: number) => [number, number][] }> {
  const file = openFile(dumpFile(vmlinux ?? dump)!);
  if (vmlinux !== undefined) {
    const { size } = file;
    // Its headers stand at the start, those of its sections, the symbols and their names at the end.
    return {
      file,
      places: (i) =>
        i % 2 === 0
          ? [
              [0, 4096],
              [size - 8192, 8192],
            ]
          : [[size >> 1, size - (size >> 1)]],
    };
  }
  const read = await partsReadBy(file, async (watched) => {
    const { kernel } = await bringUp(await openDumpFiles([watched]), undefined, {});
    kernel.symbolNamed('init_task');
    kernel.sizeOf('task_struct');
  });
  return { file, places: (i) => (i % 3 === 0 ? tablesOf(file) : read) };
}

async function sameEachTime(figures: Figures, cache: string, words: readonly string[], i: number): Promise<void> {
  const began = performance.now();
  const run = (...asked: string[]): Promise<Answer> => ended(asked, cache, `case ${i}`);
  const analyze = ['analyze', ...words, '--no-search', '--format', 'json'];
  const other = [others[i % others.length]!, ...words, '--no-search'];
  const before = i % 3 === 1 ? await run(...other) : undefined;
  const first = await run(...analyze);
  if (i % 3 === 1) expect(await run(...other), `case ${i}: ${other[0]} after analyze`).toEqual(before);
  if (i % 3 === 2) {
    const after = await run(...other);
    expect(await run(...other), `case ${i}: ${other[0]}`).toEqual(after);
  }
  expect(await run(...analyze), `case ${i}: analyze`).toEqual(first);
  if (before !== undefined)
    expect(await ended(analyze, '/dev/null', `case ${i}`), `case ${i}: without a cache`).toEqual(first);
  figures.count(`ended with ${first.code}`, performance.now() - began);
}

/** An answer, or one sentence; whatever was in the cache. */
async function ended(words: readonly string[], cache: string, said: string): Promise<Answer> {
  const began = performance.now();
  const answer = await oompm(words, { env: { XDG_CACHE_HOME: cache } });
  expect(performance.now() - began, said).toBeLessThan(MOST_MS);
  expect(answer.code, `${said}: ${answer.stderr}`).not.toBeNull();
  expect(answer.stderr, said).not.toMatch(/bug in oompm|^ {4}at /m);
  return answer;
}

describe(`a cache that somebody else filled in ${CASES} ways, seed ${SEED}`, () => {
  test.each(subjects)(
    '$title: the report is what it is without one',
    async ({ title, dump, vmlinux }) => {
      const cache = mkdtempSync(join(folder, 'planted-'));
      const indexes = join(cache, 'oompm/indexes');
      const names = [vmlinux, dump].filter((name) => name !== undefined);
      // The other files are of the same kernel, so that what is kept of them would fit.
      const copies = ['one', 'another'].map((copy) =>
        names.map((name) => {
          const path = join(folder, `${copy}-${name.replaceAll('/', '-')}`);
          copyFileSync(dumpFile(name)!, path);
          return path;
        }),
      );
      const [own = [], ...more] = copies;
      const foreign = all.find((subject) => subject.dump !== dump && dumpFile(subject.dump))!;
      await settled(copies.flat());
      const analyze = (paths: readonly string[]): string[] => [
        'analyze',
        ...paths.toReversed(),
        '--no-search',
        '--format',
        'json',
      ];
      const expected = await ended(analyze(own), cache, 'to fill the cache');
      const kept = readdirSync(indexes).map((name) => join(indexes, name));
      expect(kept.length).toBeGreaterThan(0);
      for (const paths of [...more, [dumpFile(foreign.dump)!]]) await ended(analyze(paths), cache, 'others');
      const others = readdirSync(indexes)
        .map((name) => join(indexes, name))
        .filter((path) => !kept.includes(path));
      const [wholes, otherWholes] = [kept, others].map((paths) => paths.map((path) => readFileSync(path)));
      const figures = figuresOf(`${title}, planted`, 'FUZZ_CASES');
      const cases = Math.max(
        process.env['FUZZ_CASES'] === undefined ? 4 : plants.length,
        Math.ceil(CASES / subjects.length / 2),
      );
      for (let i = 0; i < cases; i++) {
        const plant = plants[i % plants.length]!;
        const random = randomNumbers(SEED * 5_000_077 + i);
        kept.forEach((path, at) => {
          writeFileSync(path, plant.make(wholes![at]!, otherWholes!, random));
          utimesSync(path, 1, 1);
        });
        chmodSync(join(cache, 'oompm'), plant.forged ? 0o777 : 0o700);
        const began = performance.now();
        const answer = await ended(analyze(own), cache, `case ${i}: ${plant.name}`);
        expect(answer, `case ${i}: ${plant.name}`).toEqual(expected);
        figures.count('the same', performance.now() - began);
      }
      figures.tell();
    },
    TIMEOUT_MS,
  );
});
