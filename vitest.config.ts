import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // A package's own name resolves to its sources in tests, to dist/ for users.
  resolve: { conditions: ['oompm-source'] },
  // Without what React has for developers a test of the screens can be held against the product, and is faster.
  oxc: { jsx: { runtime: 'automatic', development: false } },
  ssr: { resolve: { conditions: ['oompm-source', 'node', 'import', 'default'] } },
  test: {
    setupFiles: ['test/property-seed.ts'],
    include: ['test/**/*.test.{ts,tsx}'],
    // Vitest leaves one CPU to itself; of two that is half.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
