#!/usr/bin/env node
/**
 * What `npm ci` and `npm install` run here at their end: dist/ where it is older than its sources, and oompm's own name
 * among the commands of node_modules, without which `npx oompm` would install and build the folder a second time, in
 * its cache. `npm link oompm` runs it in the installed package too, which has neither sources nor anything to be done.
 */
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const build = join(root, 'scripts/build.js');
if (existsSync(build)) prepare();

function prepare() {
  const { status } = spawnSync(process.execPath, [build, '--if-stale'], { stdio: 'inherit' });
  process.exitCode = status ?? 1;

  const commands = join(root, 'node_modules/.bin');
  if (existsSync(commands)) {
    rmSync(join(commands, 'oompm'), { force: true });
    symlinkSync('../../bin/oompm.js', join(commands, 'oompm'));
  }
}
