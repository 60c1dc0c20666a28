import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { dumpFile } from '../dumps.js';
import { withDamagedPage } from '../fuzz/zeroed-page.js';
import { build, oompm, projectRoot, type Answer } from '../built.js';

/** Symbols and types come from the dump itself, or from a vmlinux. */
const vmlinux = dumpFile('vmlinux-6.1');
const dump = join(projectRoot, 'fixtures/6.1-global-panic/vmcore');
const cases = [
  { title: 'of a dump', words: ['analyze', dump, '--no-search'], files: 1, missing: false },
  {
    title: `of a vmlinux${vmlinux === undefined ? ' (skipped: there is none)' : ''}`,
    words: ['analyze', dump, vmlinux ?? ''],
    files: 1,
    missing: vmlinux === undefined,
  },
];
const kept = (cache: string): string[] => {
  const folder = join(cache, 'oompm', 'indexes');
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
};

beforeAll(build);

describe.each(cases)('symbols and types $title', ({ words, files, missing }) => {
  test.skipIf(missing)(
    'are kept for the next run, which says the same; so does one for which they are damaged',
    { timeout: 60_000 },
    async () => {
      // A file that was written a moment ago may change yet, and nothing of it is kept.
      const settled = Math.max(...words.filter((word) => existsSync(word)).map((path) => statSync(path).ctimeMs));
      await vi.waitUntil(() => Date.now() - settled > 3500, { timeout: 10_000 });
      const without = await oompm(words, { env: { XDG_CACHE_HOME: '/dev/null' } });
      expect(without).toMatchObject<Partial<Answer>>({ code: 0, stderr: '' });
      const cache = mkdtempSync(join(tmpdir(), 'oompm-indexes-'));
      const run = (): Promise<Answer> => oompm(words, { env: { XDG_CACHE_HOME: cache } });
      expect(await run()).toEqual(without);
      const [file, ...others] = kept(cache);
      expect(others.length).toBe(files - 1);
      expect(statSync(file!).mode & 0o077).toBe(0);
      const { ino } = statSync(file!);
      expect(await run()).toEqual(without);
      expect(statSync(file!).ino).toBe(ino);
      const bytes = readFileSync(file!);
      writeFileSync(file!, bytes.fill(0x41, bytes.length >> 1, (bytes.length >> 1) + 64));
      expect(await run()).toEqual(without);
      expect(statSync(file!).ino).not.toBe(ino);
      expect(await run()).toEqual(without);
    },
  );
});

test(
  'of a dump in which a damaged page was met nothing is kept: each run tells of it',
  { timeout: 60_000 },
  async () => {
    const cache = mkdtempSync(join(tmpdir(), 'oompm-indexes-'));
    const damaged = join(cache, 'vmcore');
    // Read with the table of tokens, which has ended before.
    await withDamagedPage(
      dump,
      damaged,
      (kernel) => BigInt(`0x${kernel.vmcoreinfo('SYMBOL(kallsyms_token_table)')!}`) + 0x8000n,
    );
    await vi.waitUntil(() => Date.now() - statSync(damaged).ctimeMs > 3500, { timeout: 10_000 });
    const run = (): Promise<Answer> => oompm(['info', damaged, '--no-search'], { env: { XDG_CACHE_HOME: cache } });
    const first = await run();
    expect(first.stdout).toContain('damaged in the file');
    expect(await run()).toEqual(first);
    expect(kept(cache)).toEqual([]);
  },
);
