import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, projectRoot } from '../built.js';

beforeAll(build);

const dist = join(projectRoot, 'dist');

/** The files that are loaded with one of the bundle's, by what it requires at its top. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(join(dist, file), 'utf8');
  for (const [, required] of text.matchAll(/^(?:const \w+ = )?require\("\.\/([^"]+)"\);/gm))
    loadedWith(required!, seen);
  return seen;
}

const kB = (files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + statSync(join(dist, file)).size, 0) / 1000;

/** The file that a dynamic import of that module became. */
function chunk(name: string): string {
  return readdirSync(dist).find((file) => new RegExp(`^${name}-[\\w-]+\\.cjs$`).test(file))!;
}

describe('what a first word waits for', () => {
  test('--version: some kB of our own, nothing of oclif', () => {
    expect(kB(loadedWith('oompm.cjs'))).toBeLessThan(24);
  });

  test('--help: the list that the build made, no command', () => {
    expect(kB(loadedWith(chunk('root-help')))).toBeLessThan(48);
  });

  test('a command on a dump: no DWARF, no screens', () => {
    const files = [...loadedWith(chunk('analyze'))].join(' ');
    expect(files).not.toMatch(/dwarf|debug-info|open-tui-|zstd/);
  });
});

test('nothing is imported at run time: on Node 20 code that was kept compiled can only require', () => {
  const importing = readdirSync(dist).filter(
    (file) => file.endsWith('.cjs') && /(?<![.\w])import\(/.test(readFileSync(join(dist, file), 'utf8')),
  );
  expect(importing).toEqual([]);
});

test('the package has no source maps, and a fifth of the files that it had', () => {
  const { files } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { files: string[] };
  expect(files).toContain('dist');
  const built = readdirSync(dist, { recursive: true, encoding: 'utf8' });
  expect(built.filter((file) => file.endsWith('.map'))).toEqual([]);
  expect(built.length).toBeLessThan(250);
});

test('nothing is run where the package is installed, so that npm has nothing to warn of', () => {
  const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { scripts: object };
  expect(Object.keys(scripts)).toContain('postprepare');
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare'])
    expect(Object.keys(scripts)).not.toContain(script);
});

test('what is bundled has its licence beside it', () => {
  const licences = readFileSync(join(dist, 'LICENSES.txt'), 'utf8');
  for (const name of ['@oclif/core', 'ink', 'react', 'binary-parser', 'quick-lru'])
    expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'));
});
