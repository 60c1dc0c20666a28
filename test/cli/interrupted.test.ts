import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, projectRoot, startOompm } from '../built.js';
import { toyVmlinux } from '../debuginfo/build-elf.js';
import { figuresOf } from '../fuzz/figures.js';

/** Of each command, how often it is interrupted; for a long run by hand: INTERRUPTIONS=100, and FUZZ_SEED for other moments. */
const rounds = Number(process.env['INTERRUPTIONS']) || 3;
const folder = mkdtempSync(join(tmpdir(), 'oompm-interrupted-'));
const dump = join(projectRoot, 'fixtures/6.1-global-panic/vmcore');
const log = join(projectRoot, 'fixtures/6.1-global-panic/kernel.log');
const old = 'what was there\n'.repeat(100);

beforeAll(build);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Ended { code: number | null; signal: NodeJS.Signals | null; ms: number }

/** `moment`: milliseconds after the start, or when the first temporary file shows in `watched`. */
async function interrupted(words: readonly string[], env: Record<string, string>, signal: NodeJS.Signals | undefined, moment: number | 'writing', watched: string): Promise<Ended> {
  const began = performance.now();
  const child = startOompm(words, { env });
  child.stdout?.resume();
  child.stderr?.resume();
  const ended = new Promise<Ended>((done) => child.on('close', (code, by) => done({ code, signal: by, ms: performance.now() - began })));
  const send = (): void => { if (signal !== undefined) child.kill(signal); };
  if (moment === 'writing') {
    const timer = setInterval(() => { if (temporaries(watched).length > 0) { clearInterval(timer); send(); } }, 1);
    return ended.finally(() => clearInterval(timer));
  }
  const timer = setTimeout(send, moment);
  return ended.finally(() => clearTimeout(timer));
}

function temporaries(where: string): string[] {
  return !existsSync(where) ? [] : readdirSync(where, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.oompm-'));
}

const large = join(folder, 'vmlinux.gz');
const kernel = toyVmlinux({ filler: 120_000_000 });

/** What is written, and what may stand there afterwards: what stood there before, or all of it. */
const commands: { title: string; file: string; words: readonly string[]; isWhole: (bytes: Buffer) => boolean }[] = [
  { title: 'analyze -o report.html', file: 'report.html', words: ['analyze', dump, '-o', join(folder, 'report.html')], isWhole: (bytes) => bytes.includes('</html>') },
  { title: 'analyze -o report.json', file: 'report.json', words: ['analyze', dump, '-o', join(folder, 'report.json')], isWhole: (bytes) => isJson(bytes) },
  { title: 'explain -o report.json', file: 'explained.json', words: ['explain', log, '-o', join(folder, 'explained.json')], isWhole: (bytes) => isJson(bytes) },
  { title: 'a kernel that is unpacked', file: 'cache/oompm/vmlinux', words: ['info', dump, '--vmlinux', large], isWhole: (bytes) => bytes.equals(kernel) },
];

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
}

describe.each(commands)('$title: interrupted, it is whole or what was there', ({ title, file, words, isWhole }) => {
  const path = join(folder, file);
  const isCache = file.startsWith('cache');
  const watched = isCache ? path : folder;
  const env = { XDG_CACHE_HOME: join(folder, 'cache'), NODE_DISABLE_COMPILE_CACHE: '1' };
  const before = (): void => {
    if (isCache) rmSync(join(folder, 'cache'), { recursive: true, force: true });
    else writeFileSync(path, old);
  };
  const check = (): void => {
    expect(temporaries(watched)).toEqual([]);
    for (const name of isCache ? (existsSync(path) ? readdirSync(path).map((one) => join(path, one)) : []) : [path]) {
      const bytes = readFileSync(name);
      expect(!isCache && bytes.toString() === old || isWhole(bytes)).toBe(true);
    }
  };

  test.skipIf(isCache)('while the report is made: it ends before it writes anything', { timeout: 60_000 }, async () => {
    before();
    const { ms } = await interrupted(words, env, undefined, 0, watched);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      before();
      const ended = await interrupted(words, env, signal, 0.5 * ms, watched);
      expect({ by: ended.signal, left: readFileSync(path, 'utf8') === old, temporaries: temporaries(watched) }).toEqual({ by: signal, left: true, temporaries: [] });
    }
  });

  test('at random moments, and while it writes', { timeout: 60_000 + rounds * 20_000 }, async () => {
    if (isCache && !existsSync(large)) writeFileSync(large, execFileSync('gzip', ['-1', '-c'], { input: kernel, maxBuffer: 2 ** 28 }));
    before();
    const { ms } = await interrupted(words, env, undefined, 0, watched);
    const figures = figuresOf(title, 'INTERRUPTIONS');
    const moments = fc.sample(fc.tuple(fc.constantFrom(...signals), fc.double({ min: 0, max: 1.1, noNaN: true })), rounds);
    for (const [round, [signal, share]] of moments.entries()) {
      before();
      const ended = await interrupted(words, env, signal, round % 3 === 0 ? 'writing' : share * ms, watched);
      // Ended by the signal, or done before it came.
      expect(ended.signal ?? ended.code).toBeOneOf([signal, 0, 2]);
      check();
      figures.count(ended.signal === null ? 'done before' : `ended by ${ended.signal}`);
    }
    figures.tell();
  });
});
