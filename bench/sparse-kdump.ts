/**
 * A sparse kdump of a 1 TB machine: bitmaps (2 × 32 MiB) and descriptors (6 GB) of real size, a page of data in each
 * 4,096th descriptor's place. States time and peak memory to open it and to read 10,000 pages at random.
 *
 *   npx tsc -p tsconfig.json --outDir .tmp/bench && node .tmp/bench/bench/sparse-kdump.js [TERABYTES]
 */
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openDump } from '../src/dump/open-dump.js';
import { Page } from '../src/memory/physical-memory.js';

const PAGE = 4096;
const DESCRIPTOR = 24;
const READS = 10_000;
const RUN_PAGES = 512;

const terabytes = Number(process.argv[2] ?? 1);
const maxMapnr = (terabytes * 2 ** 40) / PAGE;
const folder = mkdtempSync(join(tmpdir(), 'oompm-sparse-'));
try {
  await measure(join(folder, 'vmcore'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(path: string): Promise<void> {
  const known = writeSparseDump(path);
  const { size, blocks } = statSync(path);
  const before = peakMegabytes();
  const start = performance.now();
  const dump = await openDump(path);
  const opened = performance.now();
  dump.memory.page(known[known.length - 1]!); // builds the whole index
  const indexed = performance.now();
  let there = 0;
  let random = 1;
  for (let i = 0; i < READS; i++) {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    if (dump.memory.page(known[random % known.length]!) instanceof Page) there++;
  }
  const read = performance.now();
  let hits = 0;
  const pfn = known[0]!;
  const other = known[1]!;
  dump.memory.page(pfn);
  dump.memory.page(other);
  const hitStart = performance.now();
  for (let i = 0; i < 5_000_000; i++) if (dump.memory.page((i & 1) === 0 ? pfn : other) instanceof Page) hits++;
  const hitEnd = performance.now();
  let runs = 0;
  for (const _ of dump.memory.ranges()) runs++;
  const ranged = performance.now();
  dump.close();
  if (there !== READS || hits !== 5_000_000) throw new Error(`${READS - there} of ${READS} pages could not be read`);

  console.log(
    `| sparse kdump of ${terabytes} TB (${(size / 1e9).toFixed(1)} GB, ${((blocks * 512) / 1e6).toFixed(0)} MB on disk) | |`,
  );
  console.log('|---|---|');
  row('open', `${(opened - start).toFixed(1)} ms`);
  row('first page at the end: index of the whole bitmap', `${(indexed - opened).toFixed(0)} ms`);
  row(
    `${READS} pages at random`,
    `${(read - indexed).toFixed(0)} ms (${(((read - indexed) * 1000) / READS).toFixed(1)} µs each)`,
  );
  row('a page in the cache, two in turn', `${(((hitEnd - hitStart) * 1e6) / 5_000_000).toFixed(0)} ns`);
  row(`ranges(): ${runs} runs of RAM`, `${(ranged - hitEnd).toFixed(0)} ms`);
  row('peak memory of the process', `${peakMegabytes().toFixed(0)} MB (before opening: ${before.toFixed(0)} MB)`);
}

function row(what: string, value: string): void {
  console.log(`| ${what} | ${value} |`);
}

/** Every 512th run of pages is a hole; the descriptors of one page in 4,096 lead to data, the others to nothing. */
function writeSparseDump(path: string): number[] {
  const fd = openSync(path, 'w');
  const bitmapBytes = Math.ceil(maxMapnr / 8 / PAGE) * PAGE;
  const bitmapAt = 2 * PAGE;
  const descriptorsAt = bitmapAt + 2 * bitmapBytes;

  const header = Buffer.alloc(2 * PAGE);
  header.write('KDUMP   ', 0, 'latin1');
  header.writeInt32LE(6, 8);
  for (const [i, field] of ['Linux', 'large', '6.1.0-toy', '#1', 'x86_64'].entries())
    header.write(field, 12 + i * 65, 'latin1');
  header.writeUInt32LE(1, 424);
  header.writeInt32LE(PAGE, 428);
  header.writeInt32LE(1, 432);
  header.writeInt32LE((2 * bitmapBytes) / PAGE, 436);
  header.writeUInt32LE(Math.min(maxMapnr, 0xffffffff), 440);
  header.writeBigUInt64LE(BigInt(maxMapnr), PAGE + 96);
  writeSync(fd, header, 0, header.length, 0);

  const block = Buffer.alloc(PAGE, 0xff);
  block.fill(0, 0, RUN_PAGES / 8); // a hole at the start of each 32,768 pages
  for (let at = 0; at < 2 * bitmapBytes; at += PAGE) writeSync(fd, block, 0, PAGE, bitmapAt + at);

  const perBlock = PAGE * 8 - RUN_PAGES;
  const dataAt = descriptorsAt + (bitmapBytes / PAGE) * perBlock * DESCRIPTOR;
  const page = Buffer.alloc(PAGE, 0x5a);
  const descriptor = Buffer.alloc(DESCRIPTOR);
  const known: number[] = [];
  for (let bitmapBlock = 0, data = 0; bitmapBlock < bitmapBytes / PAGE; bitmapBlock++) {
    for (let inBlock = RUN_PAGES; inBlock < PAGE * 8; inBlock += 4096, data++) {
      const at = dataAt + (data % 20_000) * PAGE;
      descriptor.writeBigUInt64LE(BigInt(at), 0);
      descriptor.writeUInt32LE(PAGE, 8);
      writeSync(
        fd,
        descriptor,
        0,
        DESCRIPTOR,
        descriptorsAt + (bitmapBlock * perBlock + inBlock - RUN_PAGES) * DESCRIPTOR,
      );
      if (data < 20_000) writeSync(fd, page, 0, PAGE, at);
      known.push(bitmapBlock * PAGE * 8 + inBlock);
    }
  }
  ftruncateSync(fd, dataAt + 20_000 * PAGE);
  closeSync(fd);
  return known;
}

/** VmHWM, of Linux's /proc; the resource usage where there is none. */
function peakMegabytes(): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'latin1'))![1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
