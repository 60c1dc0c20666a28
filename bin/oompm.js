#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/oompm.js', import.meta.url);
if (existsSync(main)) {
  const runMain = await loaded();
  await runMain?.(process.argv.slice(2));
} else {
  process.stderr.write('oompm: it is not built yet: run npm ci, or npm run build, in its folder\n');
  process.exitCode = 2;
}

/** Not with so few file handles that its own files can't be opened. */
async function loaded() {
  try {
    /** @type {{ runMain: (words: string[]) => Promise<void> }} */
    const { runMain } = await import(main.href);
    return runMain;
  } catch (error) {
    if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
    process.stderr.write("oompm: it can't be started: too many files are open; raise the limit (ulimit -n)\n");
    process.exitCode = 3;
    return undefined;
  }
}
