import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';

import { cacheFolder, configFile, userCache } from '../../src/bytes/user-folders.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

const folders = (environment: Readonly<Record<string, string | undefined>>): string[] => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return [userCache(), cacheFolder('compiled'), configFile()];
};

test('those that XDG names', () => {
  expect(folders({ XDG_CACHE_HOME: '/c', XDG_CONFIG_HOME: '/s' })).toEqual([
    '/c',
    '/c/oompm/compiled',
    '/s/oompm/config.json',
  ]);
});

test.each([
  ['unset', { XDG_CACHE_HOME: undefined, XDG_CONFIG_HOME: undefined }],
  ['empty', { XDG_CACHE_HOME: '', XDG_CONFIG_HOME: '' }],
  ['relative', { XDG_CACHE_HOME: 'cache', XDG_CONFIG_HOME: './config' }],
])('%s: in the home folder', (_, environment) => {
  const home = homedir();
  expect(folders(environment)).toEqual([
    `${home}/.cache`,
    `${home}/.cache/oompm/compiled`,
    `${home}/.config/oompm/config.json`,
  ]);
});

test.each(['', 'home'])('HOME is "%s": nowhere, and never the folder that it is run in', (home) => {
  expect(folders({ HOME: home, XDG_CACHE_HOME: undefined, XDG_CONFIG_HOME: undefined })).toEqual([
    '/dev/null',
    '/dev/null/oompm/compiled',
    '/dev/null/oompm/config.json',
  ]);
});

test('a cache that another user may write to, or owns, is not the user’s own: nowhere', () => {
  const home = mkdtempSync(join(tmpdir(), 'oompm-folders-'));
  const own = join(home, 'oompm');
  mkdirSync(own);
  vi.stubEnv('XDG_CACHE_HOME', home);
  for (const mode of [0o700, 0o755]) {
    chmodSync(own, mode);
    expect(cacheFolder('indexes')).toBe(join(own, 'indexes'));
  }
  for (const mode of [0o777, 0o775, 0o1777]) {
    chmodSync(own, mode);
    expect(cacheFolder('indexes')).toBe('/dev/null/indexes');
  }
  chmodSync(own, 0o700);
  if (process.getuid?.() === 0) {
    chownSync(own, 12_345, 12_345);
    expect(cacheFolder('indexes')).toBe('/dev/null/indexes');
  }
  rmSync(home, { recursive: true });
});
