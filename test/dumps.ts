import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';

const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const sharedDumps = resolve(projectRoot, '../shared/dumps');
const fixtures = join(projectRoot, 'fixtures');

/**
 * The folder with the real dumps, unpacked: what OOMPM_DUMPS names, else `.dumps/all` filled from ../shared/dumps by
 * its own script (some 1.5 GB, once) and with those that only this repository has, else `.dumps/fixtures` with the few
 * of it.
 */
export function dumpsDir(): string {
  const named = process.env['OOMPM_DUMPS'];
  if (named) return named;
  return existsSync(join(sharedDumps, 'unpack')) ? filled('all', fillFromShared) : filled('fixtures', fillFromFixtures);
}

/**
 * The path of a real dump's file; undefined where it is not to be had. dumpsDir() itself is always there: of the larger
 * dumps it says nothing.
 */
export function dumpFile(name: string): string | undefined {
  const path = join(dumpsDir(), name);
  return existsSync(path) ? path : undefined;
}

/** Every dump file there is, as paths below `dumpsDir()`: '6.1-global-panic/vmcore.zstd'. */
export function allDumps(): string[] {
  return readdirSync(dumpsDir(), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(join(dumpsDir(), name))
        .filter((file) => file.startsWith('vmcore'))
        .map((file) => `${name}/${file}`),
    )
    .toSorted();
}

/** Whether one of these is not to be had: what needs it is then skipped, under `titleFor`. */
export function lacks(...names: readonly string[]): boolean {
  return names.some((name) => dumpFile(name) === undefined);
}

/** A title that says for want of which files it was skipped. */
export function titleFor(title: string, ...names: readonly string[]): string {
  const missing = names.filter((name) => lacks(name));
  return missing.length === 0
    ? title
    : `${title} (skipped: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not at hand; set OOMPM_DUMPS)`;
}

/** A test that needs these files, or is skipped under a title that says so. */
export function testWith(
  needed: string | readonly string[],
  title: string,
  body: () => void | Promise<void>,
  timeoutMs?: number,
): void {
  const names = typeof needed === 'string' ? [needed] : needed;
  test.skipIf(lacks(...names))(titleFor(title, ...names), body, timeoutMs);
}

/** The dump's name as a title of that kind. */
export function unlessMissing(name: string): string {
  return titleFor(name, name);
}

/** Fills beside the place and moves it there when it is whole: test files run at the same time. */
function filled(name: string, fill: (folder: string) => void): string {
  const folder = join(projectRoot, '.dumps', name);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  fill(unfinished);
  if (existsSync(folder)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, folder);
  return folder;
}

function fillFromShared(folder: string): void {
  execFileSync(join(sharedDumps, 'unpack'), [folder], { stdio: 'inherit' });
  fillFromFixtures(folder);
}

function fillFromFixtures(folder: string): void {
  for (const entry of readdirSync(fixtures, { withFileTypes: true })) {
    if (entry.isDirectory())
      cpSync(join(fixtures, entry.name), join(folder, entry.name), { recursive: true, force: false });
    else if (entry.name.endsWith('.tar.xz'))
      execFileSync('tar', ['-xJf', join(fixtures, entry.name), '-C', folder, '--skip-old-files'], { stdio: 'inherit' });
  }
}
