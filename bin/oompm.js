#!/usr/bin/env node
// CommonJS, as all of dist/ (scripts/build.js says why).
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const main = join(__dirname, '../dist/oompm.cjs');
const goneFiles = 'its own files are being removed or replaced; run it again';
if (existsSync(main)) {
  void loaded()?.(process.argv.slice(2));
} else {
  process.stderr.write('oompm: it is not built yet: run npm ci, or npm run build, in its folder\n');
  process.exitCode = 2;
}

/**
 * Not where its own files can't be opened: with so few file handles, or while a new build takes them away.
 * @returns {((words: string[]) => Promise<void>) | undefined}
 */
function loaded() {
  try {
    const { runMain } = /** @type {{ runMain: (words: string[]) => Promise<void> }} */ (require(main));
    return runMain;
  } catch (error) {
    const reason = /** @type {Record<string, string>} */ ({
      EMFILE: 'too many files are open; raise the limit (ulimit -n)',
      ENFILE: 'too many files are open; raise the limit (ulimit -n)',
      ENOENT: goneFiles,
      MODULE_NOT_FOUND: goneFiles,
    })[error.code];
    if (reason === undefined) throw error;
    process.stderr.write(`oompm: it can't be started: ${reason}\n`);
    process.exitCode = 3;
    return undefined;
  }
}
