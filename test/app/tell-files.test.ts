import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';

import { tellFiles } from '../../src/app/tell-files.js';
import { buildElf } from '../debuginfo/build-elf.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-told-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

const core = file('vmcore', buildElf([], { type: 4 }));
const part = file('vmcore2', Buffer.from('KDUMP   and more'));
const kernel = file('vmlinux', buildElf([], { type: 2 }));
const other = file('vmlinux-other', Buffer.concat([buildElf([], { type: 2 }), Buffer.from('x')]));
const packed = file('vmlinux.gz', gzipSync(buildElf([], { type: 2 })));
const text = file('java', Buffer.from('no file for oompm'));

describe('words of a command line', () => {
  test.each([
    [[core, kernel], { dump: [core], vmlinux: kernel, rest: [] }],
    [[kernel, core, '57'], { dump: [core], vmlinux: kernel, rest: ['57'] }],
    [[core, 'java', kernel], { dump: [core], vmlinux: kernel, rest: ['java'] }],
    [[core, 'java', '57', packed], { dump: [core], vmlinux: packed, rest: ['java', '57'] }],
    [['java', core], { dump: [core], vmlinux: undefined, rest: ['java'] }],
    [[core, 'init_task', part], { dump: [core, part], vmlinux: undefined, rest: ['init_task'] }],
    // A file of that name that is neither is no reason to take the word for one.
    [[core, text], { dump: [core], vmlinux: undefined, rest: [text] }],
    [['nosuch', '57'], { dump: ['nosuch'], vmlinux: undefined, rest: ['57'] }],
    [['nosuch', kernel], { dump: ['nosuch'], vmlinux: kernel, rest: [] }],
    [[packed, kernel], { dump: [], vmlinux: kernel, packed, rest: [] }],
  ])('%j', (words, told) => {
    expect(tellFiles(words)).toEqual(told);
  });

  test.each([
    [[core, kernel, other], kernel, other],
    [[core, '57', kernel, 'java', other], kernel, other],
    [[core, kernel, packed], kernel, packed],
  ])('%j: a second kernel', (words, one, two) => {
    expect(() => tellFiles(words)).toThrow(`${one} and ${two} are both taken for the kernel; give one`);
  });
});
