#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/oompm.js', import.meta.url);
if (existsSync(main)) {
  const { runMain } = await import(main.href);
  await runMain(process.argv.slice(2));
} else {
  process.stderr.write('oompm: it is not built yet: run npm ci, or npm run build, in its folder\n');
  process.exitCode = 2;
}
