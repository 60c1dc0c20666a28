import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { exportPage } from '../../src/tui/export.js';
import { firstState } from '../../src/tui/state/update.js';
import type { State } from '../../src/tui/state/state.js';
import { smallDisk } from '../small-disk.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const state: State = {
  ...firstState(['vmcore'], { columns: 80, rows: 24 }),
  dump: { files: ['vmcore'], format: 'ELF', architecture: 'x86_64', release: '6.1.0', pageSize: 4096, defects: [] },
};
const page = (text: string): State['history'][number] => ({
  ...state.history[0]!,
  source: { kind: 'text', title: 'A text', text },
});
const write = (file: string, text = 'short'): Promise<string> => exportPage(state, page(text), file, '0.1.0');

test('a new file, whole, with the mode of a plain write', async () => {
  expect(await write(join(folder, 'page.md'))).toBe(`written to ${join(folder, 'page.md')}`);
  expect(readFileSync(join(folder, 'page.md'), 'utf8')).toContain('short');
  expect(statSync(join(folder, 'page.md')).mode & 0o777).toBe(0o666 & ~process.umask());
  expect(readdirSync(folder)).toEqual(['page.md']);
});

test('a file that exists is left unchanged', async () => {
  writeFileSync(join(folder, 'old.md'), 'old');
  await expect(write(join(folder, 'old.md'))).rejects.toThrow(
    `${join(folder, 'old.md')} already exists; it was left unchanged`,
  );
  expect(readFileSync(join(folder, 'old.md'), 'utf8')).toBe('old');
});

test.each([
  ['/nope/x.html', 'there is no such folder'],
  [join(folder, 'old.md/x.html'), 'a part of the path is not a folder'],
  [`/tmp/${'x'.repeat(300)}.md`, 'the name is too long'],
])('%s: a sentence', async (file, reason) => {
  await expect(write(file)).rejects.toThrow(`${file} can't be written: ${reason}`);
});

const disk = smallDisk(16);
afterAll(() => disk?.unmount());
test.skipIf(disk === undefined)(
  `a full disk: a sentence, and nothing is left${disk === undefined ? ' (skipped: nothing can be mounted here)' : ''}`,
  async () => {
    await expect(write(join(disk!.folder, 'x.md'), 'long\n'.repeat(100_000))).rejects.toThrow(
      `${disk!.folder}/x.md can't be written: no space is left on the device`,
    );
    expect(readdirSync(disk!.folder)).toEqual([]);
  },
);
