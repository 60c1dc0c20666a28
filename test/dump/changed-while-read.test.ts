import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openDump } from '../../src/dump/open-dump.js';
import type { Dump } from '../../src/dump/dump.js';
import { MissingPage } from '../../src/memory/physical-memory.js';
import { openSession } from '../../src/session/open-kernel.js';
import { buildElf } from '../../src/testing/build-elf.js';
import { flatten } from '../../src/testing/build-flattened.js';
import { buildKdump } from '../../src/testing/build-kdump.js';
import { build, oompm, projectRoot } from '../built.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-changed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fixture = join(projectRoot, 'fixtures/6.1-global-panic/vmcore');
const count = 64;
const pageOf = (pfn: number): Uint8Array => new Uint8Array(4096).fill(pfn + 1);
const pages = new Map(Array.from({ length: count }, (_, pfn) => [pfn, pageOf(pfn)] as const));
const forms = {
  kdump: () => buildKdump({ pages, codec: 'none' }),
  flattened: () => flatten(buildKdump({ pages, codec: 'none' })),
  ELF: () => buildElf({ segments: [{ paddr: 0, bytes: Buffer.concat([...pages.values()]) }] }),
};

const put = (bytes: Uint8Array): string => {
  const path = join(folder, 'vmcore');
  writeFileSync(path, bytes);
  return path;
};
const shorter = new MissingPage('cut off', 'the file has become shorter while it was read');
const pagesOf = (dump: Dump) => Array.from({ length: count }, (_, pfn) => dump.memory.page(pfn));
const told = (change: string): string =>
  `The file ${change}: what was read may be of two states of it; run this again when nothing writes to it.`;

describe.each(Object.entries(forms))('%s', (form, make) => {
  test('a file that becomes shorter is told as that, by its pages too', async () => {
    const bytes = make();
    const path = put(bytes);
    const dump = await openDump(path);
    expect(dump.changes!()).toEqual([]);
    truncateSync(path, bytes.length - 10 * 4096);
    const read = pagesOf(dump);
    expect(read.filter((page) => page instanceof MissingPage).every((page) => page.detail === shorter.detail)).toBe(
      true,
    );
    expect(read.at(-2)).toEqual(shorter);
    expect(read[1]).toMatchObject({ bytes: pageOf(1) });
    dump.close();
    // What comes to it after it was closed is nothing to this run.
    writeFileSync(path, bytes);
    expect(dump.changes!()).toEqual([
      told(`has become shorter while it was read, from ${bytes.length} to ${bytes.length - 10 * 4096} bytes`),
    ]);
  });

  // A flattened one can't be opened without its end, where the header is.
  test.skipIf(form === 'flattened')('one that was cut off before is not', async () => {
    const path = put(make().subarray(0, -10 * 4096));
    const dump = await openDump(path);
    expect(pagesOf(dump).at(-2)).toEqual(new MissingPage('cut off', 'the file ends before it'));
    dump.close();
    expect(dump.changes!()).toEqual([]);
  });
});

describe('a file that is written to', () => {
  const opened = async (): Promise<{ path: string; dump: Dump }> => {
    const path = put(forms.kdump());
    utimesSync(path, 1e9, 1e9);
    return { path, dump: await openDump(path) };
  };

  test('longer, or in its midst', async () => {
    const { path, dump } = await opened();
    const { size } = statSync(path);
    utimesSync(path, 1e9, 1e9 + 1);
    expect(dump.changes!()).toEqual([told('was changed while it was read (its time of modification is another)')]);
    appendFileSync(path, 'x');
    expect(dump.changes!()).toEqual([told(`has become longer while it was read, from ${size} to ${size + 1} bytes`)]);
    dump.close();
  });

  test.each(['replaced by another', 'removed'])('%s, it is still the one that was opened', async (how) => {
    const { path, dump } = await opened();
    if (how === 'removed') rmSync(path);
    else {
      writeFileSync(`${path}.new`, 'another');
      renameSync(`${path}.new`, path);
    }
    expect(pagesOf(dump).some((page) => page instanceof MissingPage)).toBe(false);
    dump.close();
    expect(dump.changes!()).toEqual([]);
  });
});

test('a kernel brought up on a file that is cut under it has gaps with that reason', async () => {
  const path = join(folder, 'real');
  copyFileSync(fixture, path);
  const session = await openSession({ dump: [path] });
  truncateSync(path, statSync(path).size >> 1);
  const kernel = session.freshKernel();
  const { surveyTasks } = await import('../../src/linux/sched/tasks.js');
  kernel.attempt('tasks', () => surveyTasks(kernel));
  expect(kernel.gaps.list.map(({ reason }) => reason).join()).toContain(
    'page cut off (the file has become shorter while it was read)',
  );
  session.close();
  expect(session.changes()).toEqual([expect.stringContaining('The file has become shorter while it was read')]);
});

test('the report says so first of all, and the answer is one in part', { timeout: 60_000 }, async () => {
  build();
  const path = join(folder, 'reported');
  copyFileSync(fixture, path);
  const plugin = (name: string, work: string): string => {
    const file = join(folder, `${name}.mjs`);
    writeFileSync(
      file,
      `import { truncateSync } from 'node:fs';\nexport default { id: '${name}', summary: 'x', *run() { ${work} } };\n`,
    );
    return file;
  };
  const { size } = statSync(path);
  expect(await oompm(['rests', path, '--plugin', plugin('rests', '')])).toMatchObject({ code: 0, stderr: '' });
  const { code, stdout, stderr } = await oompm([
    'cuts',
    path,
    '--format',
    'json',
    '--plugin',
    plugin('cuts', `truncateSync(${JSON.stringify(path)}, 4096);`),
  ]);
  const sentence = told(`has become shorter while it was read, from ${size} to 4096 bytes`);
  expect({ code, stderr }).toEqual({ code: 4, stderr: `oompm: answered in part: ${sentence}\n` });
  expect((JSON.parse(stdout) as { dump: { defects: string[] } }).dump.defects[0]).toBe(sentence);
});
