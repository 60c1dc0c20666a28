#!/usr/bin/env node
/**
 * What `npm ci` and `npm install` run here at their end: dist/ where it is older than its sources, and oompm's own name
 * among the commands of node_modules, without which `npx oompm` would install and build the folder a second time, in
 * its cache. As `postprepare`, which npm runs in a clone only: `prepare` it warns of wherever a packed tgz is installed.
 */
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';

const root = resolve(import.meta.dirname, '..');
const { status } = spawnSync(process.execPath, [join(root, 'scripts/build.js'), '--if-stale'], { stdio: 'inherit' });
process.exitCode = status ?? 1;

const commands = join(root, 'node_modules/.bin');
if (existsSync(commands)) {
  rmSync(join(commands, 'oompm'), { force: true });
  symlinkSync('../../bin/oompm.js', join(commands, 'oompm'));
}
