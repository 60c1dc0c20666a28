import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const sharedDumps = resolve(projectRoot, '../shared/dumps');

/**
 * The folder with the real dumps, unpacked: what OOMPM_DUMPS names, else `.dumps/` filled from ../shared/dumps by its
 * own script (some 1.5 GB, once). undefined where neither is to be had: tests then skip and say so.
 */
export function dumpsDir(): string | undefined {
  const named = process.env['OOMPM_DUMPS'];
  if (named) return named;
  const unpacked = join(projectRoot, '.dumps');
  if (existsSync(join(unpacked, '.complete'))) return unpacked;
  if (!existsSync(join(sharedDumps, 'unpack'))) return undefined;
  execFileSync('bash', ['-c', `${join(sharedDumps, 'unpack')} ${unpacked} && touch ${unpacked}/.complete`], { stdio: 'inherit' });
  return unpacked;
}

/** Path of a real dump's file, or undefined where the dumps are not to be had. */
export function dumpFile(name: string): string | undefined {
  const dir = dumpsDir();
  return dir === undefined ? undefined : join(dir, name);
}
