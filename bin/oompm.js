#!/usr/bin/env node
// CommonJS, as all of dist/ (scripts/build.js says why).
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const main = join(__dirname, '../dist/oompm.cjs');
if (existsSync(main)) {
  void loaded()?.(process.argv.slice(2));
} else {
  process.stderr.write('oompm: it is not built yet: run npm ci, or npm run build, in its folder\n');
  process.exitCode = 2;
}

/**
 * Not with so few file handles that its own files can't be opened. @returns {((words: string[]) => Promise<void>) |
 * undefined}
 */
function loaded() {
  try {
    const { runMain } = /** @type {{ runMain: (words: string[]) => Promise<void> }} */ (require(main));
    return runMain;
  } catch (error) {
    if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
    process.stderr.write("oompm: it can't be started: too many files are open; raise the limit (ulimit -n)\n");
    process.exitCode = 3;
    return undefined;
  }
}
