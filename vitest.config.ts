import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const include = ['test/**/*.test.{ts,tsx}'];

/** They start processes, look at what their own one holds, or have dumps of a gigabyte open. */
const foldersOnTheirOwn = /^test\/(?:browser|build|cli|examples|fuzz|memory|plugin)\//;
/** What replaces modules must be the first to load them. */
const replacesModules = /\bvi\./;

/** Test files with a process of their own; all others share one for each worker, which loads the sources once. */
const onTheirOwn = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => `test/${name}`)
  .filter((file) => /\.test\.tsx?$/.test(file))
  .filter((file) => foldersOnTheirOwn.test(file) || replacesModules.test(readFileSync(file, 'utf8')));

/** The long ones, so that none is left at the end that keeps one CPU alone; then the others, without a break. */
class OnTheirOwnFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- not an array's
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(b.project.config.isolate) - Number(a.project.config.isolate));
  }
}

export default defineConfig({
  // A package's own name resolves to its sources in tests, to dist/ for users.
  resolve: { conditions: ['oompm-source'] },
  // Without what React has for developers a test of the screens can be held against the product, and is faster.
  oxc: { jsx: { runtime: 'automatic', development: false } },
  ssr: { resolve: { conditions: ['oompm-source', 'node', 'import', 'default'] } },
  test: {
    setupFiles: ['test/property-seed.ts'],
    // One more than there are CPUs: some wait, for a terminal's answer or a limit of time.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 300_000,
    sequence: { sequencer: OnTheirOwnFirst },
    projects: [
      { extends: true, test: { name: 'own process', include: onTheirOwn } },
      { extends: true, test: { name: 'shared process', include, exclude: onTheirOwn, isolate: false } },
    ],
  },
});
