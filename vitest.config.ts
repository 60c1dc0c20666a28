import { defineConfig } from 'vitest/config';

export default defineConfig({
  // A package's own name resolves to its sources in tests, to dist/ for users.
  resolve: { conditions: ['oompm-source'] },
  ssr: { resolve: { conditions: ['oompm-source', 'node', 'import', 'default'] } },
  test: {
    setupFiles: ['test/property-seed.ts'],
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
