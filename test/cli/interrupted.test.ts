import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import module from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, projectRoot, startOompm } from '../built.js';
import { toyVmlinux } from '../debuginfo/build-elf.js';
import { figuresOf } from '../fuzz/figures.js';

/**
 * Of each command, how often it is interrupted; for a long run by hand: INTERRUPTIONS=100, and FUZZ_SEED for other
 * moments.
 */
const rounds = Number(process.env['INTERRUPTIONS']) || 3;
const folder = mkdtempSync(join(tmpdir(), 'oompm-interrupted-'));
const dump = join(projectRoot, 'fixtures/6.1-global-panic/vmcore');
const log = join(projectRoot, 'fixtures/6.1-global-panic/kernel.log');
const old = 'what was there\n'.repeat(10);

beforeAll(async () => {
  build();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  ms: number;
  stderr: string;
}

/** `moment`: milliseconds after the start, or when the first temporary file shows in `watched`. */
async function interrupted(
  words: readonly string[],
  env: Record<string, string>,
  signal: NodeJS.Signals | undefined,
  moment: number | 'writing',
  watched: string,
): Promise<Ended> {
  const began = performance.now();
  const child = startOompm(words, { env });
  child.stdout?.resume();
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((done) =>
    child.on('close', (code, by) => done({ code, signal: by, ms: performance.now() - began, stderr })),
  );
  const send = (): void => {
    if (signal !== undefined) child.kill(signal);
  };
  if (moment === 'writing') {
    const timer = setInterval(() => {
      if (temporaries(watched).length > 0) {
        clearInterval(timer);
        send();
      }
    }, 1);
    return ended.finally(() => clearInterval(timer));
  }
  const timer = setTimeout(send, moment);
  return ended.finally(() => clearTimeout(timer));
}

function filesIn(where: string): string[] {
  return !existsSync(where)
    ? []
    : readdirSync(where, { recursive: true, withFileTypes: true })
        .filter((one) => one.isFile())
        .map((one) => join(one.parentPath, one.name));
}

function temporaries(where: string): string[] {
  return !existsSync(where)
    ? []
    : readdirSync(where, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.oompm-'));
}

const large = join(folder, 'vmlinux.gz');
/** With the build-id of the dump's. */
const kernel = toyVmlinux({ filler: 120_000_000, buildId: '1280298c94ba0418b86a87ab6ea1b1846197948f' });
const nodeKeeps = 'enableCompileCache' in module;
const server = createServer((_, answer) => answer.writeHead(200, { 'content-length': kernel.length }).end(kernel));
let url = '';

interface Written {
  title: string;
  /** Beneath the folder of all of them; of a cache, all that is in it. */
  file: string;
  words: readonly string[];
  /** What a cache keeps; of a report, what one that is not interrupted writes. */
  isWhole?: (bytes: Buffer) => boolean;
  /** Keeps compiled code. */
  compiles?: boolean;
  skip?: boolean;
}

const report = (file: string, ...words: string[]): Written => ({
  title: `${words[0]} -o ${file}`,
  file,
  words: [...words, '-o', join(folder, file)],
});
const commands: Written[] = [
  report('report.html', 'analyze', dump),
  report('report.json', 'analyze', dump),
  report('report.md', 'analyze', dump),
  report('oom.txt', 'oom', dump),
  report('kernel.log', 'log', dump),
  report('explained.json', 'explain', log),
  {
    title: 'a kernel that is unpacked',
    file: 'cache/oompm/vmlinux',
    words: ['info', dump, '--vmlinux', large],
    isWhole: (bytes) => bytes.equals(kernel),
  },
  {
    title: 'a kernel that debuginfod sends',
    file: 'cache/debuginfod_client',
    words: ['info', dump, '--no-search', '--debuginfod'],
    isWhole: (bytes) => bytes.equals(kernel),
  },
  {
    // Newer ones keep it themselves.
    title: `compiled code${nodeKeeps ? ' (skipped: this Node keeps it)' : ''}`,
    file: 'cache/oompm/compiled',
    words: ['info', dump],
    skip: nodeKeeps,
    compiles: true,
    isWhole: (bytes) => bytes.readUInt32LE() === crc32(bytes.subarray(4)),
  },
  {
    title: 'symbols and types of a dump',
    file: 'cache/oompm/indexes',
    words: ['info', dump],
    isWhole: areWholeColumns,
  },
];

/** As src/bytes/kept-columns.ts writes them. */
function areWholeColumns(bytes: Buffer): boolean {
  const list = bytes.subarray(8, 8 + bytes.readUInt32LE());
  const { segments } = JSON.parse(list.toString()) as { segments: Record<string, { bytes: number; crc: number }> };
  let at = Math.ceil((8 + list.length) / 8) * 8;
  for (const { bytes: length, crc } of Object.values(segments)) {
    if (crc32(bytes.subarray(at, at + length)) !== crc) return false;
    at += length;
  }
  return at === bytes.length;
}

describe.each(commands)(
  '$title: interrupted, it is whole or what was there',
  ({ title, file, words, isWhole, compiles = false, skip = false }) => {
    const path = join(folder, file);
    const isCache = file.startsWith('cache');
    const watched = isCache ? path : folder;
    const env = (): Record<string, string> => ({
      XDG_CACHE_HOME: join(folder, 'cache'),
      DEBUGINFOD_URLS: url,
      ...(compiles ? {} : { NODE_DISABLE_COMPILE_CACHE: '1' }),
    });
    let whole: Buffer | undefined;
    const before = (): void => {
      if (isCache) rmSync(join(folder, 'cache'), { recursive: true, force: true });
      else writeFileSync(path, old);
    };
    const check = (): void => {
      expect(temporaries(watched)).toEqual([]);
      for (const name of isCache ? filesIn(path) : [path]) {
        const bytes = readFileSync(name);
        expect({ name, holds: isWhole?.(bytes) ?? (bytes.equals(whole!) || bytes.toString() === old) }).toEqual({
          name,
          holds: true,
        });
      }
    };

    test.skipIf(isCache)(
      'while the report is made: it ends before it writes anything',
      { timeout: 60_000 },
      async () => {
        before();
        const { ms } = await interrupted(words, env(), undefined, 0, watched);
        for (const signal of ['SIGINT', 'SIGTERM'] as const) {
          let ended: Awaited<ReturnType<typeof interrupted>>;
          // The first run may have been the slower one by far: then this has written before the signal comes.
          for (let share = 0.5; ; share /= 2) {
            before();
            ended = await interrupted(words, env(), signal, share * ms, watched);
            if ((ended.signal !== null && readFileSync(path, 'utf8') === old) || share < 0.01) break;
          }
          expect({
            by: ended.signal,
            left: readFileSync(path, 'utf8') === old,
            temporaries: temporaries(watched),
          }).toEqual({ by: signal, left: true, temporaries: [] });
        }
      },
    );

    test.skipIf(skip)('at random moments, and while it writes', { timeout: 60_000 + rounds * 20_000 }, async () => {
      // Packed as little as kernels are: what unpacks to much more is none.
      if (isCache && !existsSync(large)) writeFileSync(large, gzipSync(kernel, { level: 0 }));
      before();
      const { ms } = await interrupted(words, env(), undefined, 0, watched);
      if (!isCache) whole = readFileSync(path);
      expect(isCache ? filesIn(path).length > 0 : whole!.length > old.length).toBe(true);
      check();
      const figures = figuresOf(title, 'INTERRUPTIONS');
      const moments = fc.sample(
        fc.tuple(fc.constantFrom(...signals), fc.double({ min: 0, max: 1.1, noNaN: true })),
        rounds,
      );
      for (const [round, [signal, share]] of moments.entries()) {
        before();
        const ended = await interrupted(words, env(), signal, round % 3 === 0 ? 'writing' : share * ms, watched);
        // Ended by the signal, or done before it came: answered, in part where a toy vmlinux is asked.
        expect(ended.signal ?? ended.code, `round ${round}, ${signal}: ${ended.stderr}`).toBeOneOf([signal, 0, 2, 4]);
        check();
        figures.count(ended.signal === null ? 'done before' : `ended by ${ended.signal}`);
      }
      figures.tell();
    });
  },
);
