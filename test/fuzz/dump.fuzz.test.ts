import { afterAll, describe, expect } from 'vitest';

import { openFile } from '../../src/bytes/file-reader.js';
import type { OpenFile } from '../../src/bytes/file-reader.js';
import { InputError } from '../../src/bytes/input-error.js';
import type { Dump } from '../../src/dump/dump.js';
import { openDumpFiles } from '../../src/dump/open-dump.js';
import { MissingPage, Page } from '../../src/memory/physical-memory.js';
import { findVmcoreinfo, parseVmcoreinfo } from '../../src/dump/vmcoreinfo.js';
import { dumpsDir, testWith } from '../dumps.js';
import { brokenFile, tablesOf } from './broken-file.js';
import { figuresOf, peakMib } from './figures.js';
import { randomNumbers } from './random-numbers.js';

/** For a long run by hand: FUZZ_CASES=20000, and FUZZ_SEED for another order. */
const CASES = Number(process.env['FUZZ_CASES'] ?? 1000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 9);
/** A hang is what this finds; the machine may be busy. */
const MAX_MS_PER_CASE = 5000;
const MAX_MIB = 1024;
const CACHE_BYTES = 4 << 20;

const dir = dumpsDir();
const names = [
  '6.1-global-panic/vmcore',
  '6.1-global-panic/vmcore.elf',
  '6.1-global-panic/vmcore.flat',
  '6.1-global-panic/vmcore.zlib',
  '6.1-global-panic/vmcore.lzo',
  '6.1-global-panic/vmcore.snappy',
  '6.1-global-panic/vmcore.zstd',
  '6.1-kdump-offline/vmcore.elf',
];

describe(`${CASES} broken dumps, seed ${SEED}`, () => {
  const opened: OpenFile[] = [];
  afterAll(() => opened.forEach((file) => file.close()));

  for (const name of names)
    testWith(
      name,
      `${name}: an answer, a missing page with its reason, or one sentence`,
      async () => {
        const file = openFile(`${dir}/${name}`);
        opened.push(file);
        const regions = tablesOf(file);
        const figures = figuresOf(name, 'FUZZ_CASES');
        let refused = 0;
        let missing = 0;
        for (let i = 0; i < CASES / names.length; i++) {
          const random = randomNumbers(SEED * 1_000_003 + i);
          const began = performance.now();
          const dump = await openDumpFiles([brokenFile(file, regions, random)], { cacheBytes: CACHE_BYTES }).catch(
            (error: unknown) => error,
          );
          if (dump instanceof InputError) {
            expect(dump.message).toMatch(/^[\x20-\x7e]+\.$/);
            refused++;
            figures.count('refused', performance.now() - began);
          } else if (dump instanceof Error) {
            throw new Error(`case ${i} of ${name} ended with ${dump.stack}`);
          } else {
            const broken = readSome(dump as Dump, random);
            missing += broken;
            figures.count(broken === 0 ? 'read' : 'read, with pages cut off or damaged', performance.now() - began);
          }
          expect(performance.now() - began, `case ${i} of ${name}`).toBeLessThan(MAX_MS_PER_CASE);
        }
        figures.tell();
        expect(peakMib()).toBeLessThan(MAX_MIB);
        // The breaking does reach the reader: some dumps are refused, some pages are missed.
        expect(refused).toBeGreaterThan(0);
        expect(missing).toBeGreaterThan(0);
      },
      3_600_000,
    );
});

/** Reads pages all over the dump; returns how many were cut off or damaged. */
function readSome(dump: Dump, random: () => number): number {
  parseVmcoreinfo(dump.vmcoreinfo ?? '').symbol('_stext');
  findVmcoreinfo(dump.memory, 200);
  let broken = 0;
  const read = (pfn: number) => {
    const page = dump.memory.page(pfn);
    if (page instanceof Page) expect(page.bytes.length).toBe(4096);
    else expect(['absent', 'excluded', 'cut off', 'damaged']).toContain(page.kind);
    if (page instanceof MissingPage && (page.kind === 'damaged' || page.kind === 'cut off')) broken++;
  };
  let ranges = 0;
  for (const { start, end } of dump.memory.ranges()) {
    expect(end).toBeGreaterThan(start);
    if (++ranges > 200) break;
    const pages = (end - start) / 4096;
    for (let i = 0; i < 20; i++) read(start / 4096 + Math.floor(random() * pages));
  }
  for (const pfn of [0, 1, 2 ** 31, 2 ** 40, 2 ** 52, -1, Number.NaN]) read(pfn);
  for (const line of dump.defects) expect(line).toMatch(/\.$/);
  return broken;
}
