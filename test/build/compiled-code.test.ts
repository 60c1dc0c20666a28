import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { globalReport } from '../oom/text.js';
import { build, oompm, type Answer } from '../built.js';

const log = join(mkdtempSync(join(tmpdir(), 'oompm-log-')), 'log.txt');
writeFileSync(log, globalReport);

const explain = (env: Record<string, string>): Promise<Answer> => oompm(['explain', log], { env });
const cache = (): string => mkdtempSync(join(tmpdir(), 'oompm-cache-'));
let without: Answer;
beforeAll(async () => {
  build();
  without = await explain({ NODE_DISABLE_COMPILE_CACHE: '1', XDG_CACHE_HOME: cache() });
});

function kept(folder: string): string[] {
  const compiled = join(folder, 'oompm', 'compiled');
  return existsSync(compiled)
    ? readdirSync(compiled, { recursive: true, encoding: 'utf8' })
        .map((name) => join(compiled, name))
        .filter((path) => statSync(path).isFile())
    : [];
}

test('without it: an answer, and nothing kept', async () => {
  const folder = cache();
  expect(await explain({ NODE_DISABLE_COMPILE_CACHE: '1', XDG_CACHE_HOME: folder })).toEqual(without);
  expect(without.code).toBe(0);
  expect(kept(folder)).toEqual([]);
});

test('what is compiled is kept for this user alone, and the next run says the same', async () => {
  const folder = cache();
  expect(await explain({ XDG_CACHE_HOME: folder })).toEqual(without);
  const files = kept(folder);
  expect(files.length).toBeGreaterThan(5);
  expect(statSync(join(folder, 'oompm', 'compiled')).mode & 0o077).toBe(0);
  const written = files.map((path) => statSync(path).mtimeMs);
  expect(await explain({ XDG_CACHE_HOME: folder })).toEqual(without);
  expect(files.map((path) => statSync(path).mtimeMs)).toEqual(written);
});

describe('what is kept is not believed when it is', () => {
  test.each<[string, (bytes: Buffer) => Uint8Array]>([
    ['changed', (bytes) => bytes.fill(0x41, bytes.length >> 1, (bytes.length >> 1) + 64)],
    ['cut off', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['zeros', (bytes) => bytes.fill(0)],
    ['empty', () => new Uint8Array(0)],
  ])('%s', async (_, damage) => {
    const folder = cache();
    await explain({ XDG_CACHE_HOME: folder });
    for (const path of kept(folder)) writeFileSync(path, damage(readFileSync(path)));
    expect(await explain({ XDG_CACHE_HOME: folder })).toEqual(without);
  });
});

test("where it can't be kept, nobody is told", async () => {
  const file = join(cache(), 'file');
  writeFileSync(file, '');
  expect(await explain({ XDG_CACHE_HOME: file })).toEqual(without);
  // Node's own mkdir never comes back from there.
  expect(await explain({ XDG_CACHE_HOME: '/proc/cache' })).toEqual(without);
});

test('files of an older build go away', async () => {
  if (Number(process.versions.node.split('.')[0]) >= 22) return;
  const folder = cache();
  await explain({ XDG_CACHE_HOME: folder });
  const [first = ''] = kept(folder);
  const old = first.replace(/[\w-]{8}\.cjs$/, '00000000.cjs');
  writeFileSync(old, 'old');
  const missing = kept(folder).find((path) => path !== old)!;
  writeFileSync(missing, '');
  await explain({ XDG_CACHE_HOME: folder });
  expect(existsSync(old)).toBe(false);
});
