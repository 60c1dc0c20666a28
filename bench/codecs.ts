/**
 * How fast our decoders are on the 4 KiB pages of a real dump, beside the C libraries that are installed, in one run
 * and one thread. The pages are compressed by the C libraries (codecs.c, built with cc when this runs).
 *
 * Compiled first, as users have it: a loader's rewritten imports keep the engine from inlining.
 *
 *   npx tsc -p tsconfig.json --outDir .tmp/bench && OOMPM_DUMPS=… node .tmp/bench/bench/codecs.js [DUMP]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { BlockDecoder } from '../src/bytes/codecs/codec-error.js';
import { decodeLz4, lz4Decoder } from '../src/bytes/codecs/lz4.js';
import { decodeLzo1x } from '../src/bytes/codecs/lzo1x.js';
import { decodeSnappy } from '../src/bytes/codecs/snappy.js';
import { decodeZlib } from '../src/bytes/codecs/zlib.js';
import { readyZstd } from '../src/bytes/codecs/zstd.js';
import { openDump } from '../src/dump/open-dump.js';
import { Page } from '../src/memory/physical-memory.js';
import { dumpFile } from '../test/dumps.js';
import { printTable } from './measure.js';

const PAGE = 4096;
const PAGES = 6000;
const PASSES = 5;

const dumpPath = process.argv[2] ?? dumpFile('6.1-global-panic/vmcore');
if (dumpPath === undefined) throw new Error('No dump: give one, or set OOMPM_DUMPS.');
const folder = mkdtempSync(join(tmpdir(), 'oompm-codecs-'));
try {
  await compare(await pagesOf(dumpPath), folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compare(pages: Uint8Array, folder: string): Promise<void> {
  const reference = referenceSpeeds(pages, folder);
  const lz4 = lz4Decoder();
  const rows: [string, string, BlockDecoder, number][] = [
    ['zlib', 'zlib (node:zlib)', decodeZlib, 1.0],
    ['lz4', lz4 === decodeLz4 ? 'lz4 (native not installed)' : 'lz4 (native)', lz4, 0.9],
    ['lz4', 'lz4 (own)', decodeLz4, NaN],
    ['snappy', 'snappy (own)', decodeSnappy, 0.5],
    ['zstd', 'zstd (wasm)', await readyZstd(), 0.4],
    ['lzo', 'lzo1x (own)', decodeLzo1x, 0.4],
  ];
  printTable(
    rows.map(([name, label, decode, aim]) => {
      const c = reference.get(name);
      if (c === undefined)
        return { codec: label, 'MB/s': 'not measured', 'C, MB/s': 'not installed', ratio: '', aim: '' };
      const ours = megabytesPerSecond(decode, unpack(readFileSync(join(folder, name))), pages);
      return {
        codec: label,
        'MB/s': ours.toFixed(0),
        'C, MB/s': c.toFixed(0),
        ratio: (ours / c).toFixed(2),
        aim: Number.isNaN(aim) ? '' : aim.toFixed(1),
      };
    }),
  );
}

/** Pages that are not all zero, from all over the dump. */
async function pagesOf(path: string): Promise<Uint8Array> {
  const dump = await openDump(path);
  const pages: Uint8Array[] = [];
  for (const { start, end } of dump.memory.ranges()) {
    for (let pfn = start / PAGE; pfn < end / PAGE && pages.length < PAGES; pfn++) {
      const page = dump.memory.page(pfn);
      if (page instanceof Page && page.bytes.some((byte) => byte !== 0)) pages.push(page.bytes);
    }
  }
  dump.close();
  return Buffer.concat(pages);
}

/** MB/s of each installed C library, by name; empty where there is no C compiler. */
function referenceSpeeds(pages: Uint8Array, folder: string): Map<string, number> {
  const program = join(folder, 'reference');
  writeFileSync(join(folder, 'pages'), pages);
  const built = spawnSync('cc', ['-O2', '-o', program, 'bench/codecs.c', '-ldl'], { stdio: 'inherit' });
  if (built.status !== 0) return new Map();
  const { stdout } = spawnSync(program, [join(folder, 'pages'), folder], { encoding: 'utf8' });
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([name, speed]) => [name ?? '', Number(speed)]),
  );
}

function unpack(packed: Buffer): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < packed.length;) {
    const length = packed.readUInt32LE(at);
    blocks.push(packed.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return blocks;
}

/** By CPU time, best of some passes; each page is checked once. */
function megabytesPerSecond(decode: BlockDecoder, blocks: readonly Uint8Array[], pages: Uint8Array): number {
  const target = new Uint8Array(PAGE);
  for (const [i, block] of blocks.entries()) {
    if (decode(block, target) !== PAGE || Buffer.compare(target, pages.subarray(i * PAGE, (i + 1) * PAGE)) !== 0)
      throw new Error(`page ${i} decodes wrongly`);
  }
  let best = Infinity;
  for (let pass = 0; pass < PASSES; pass++) {
    const start = process.cpuUsage();
    for (const block of blocks) decode(block, target);
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, user + system);
  }
  return (blocks.length * PAGE) / best;
}
