import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { makeFolder } from '../../src/bytes/make-folder.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-folders-'));

test('with those above it, again, and where it is there', () => {
  const deep = join(folder, 'a', 'b', 'c');
  makeFolder(deep);
  makeFolder(deep);
  expect(statSync(deep).isDirectory()).toBe(true);
  makeFolder('/');
});

test('what is in the way is told', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolder(join(folder, 'file'))).toThrow('EEXIST');
  expect(() => makeFolder(join(folder, 'file', 'a'))).toThrow('ENOTDIR');
  // Where Node's own, asked for all folders at once, never ends.
  expect(() => makeFolder('/proc/nowhere/a/b')).toThrow('ENOENT');
});
