import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';

import { memoryReader, openFile } from '../../src/bytes/file-reader.js';
import { openDump } from '../../src/dump/open-dump.js';
import { Page } from '../../src/memory/physical-memory.js';
import { buildKdump } from '../../src/testing/build-kdump.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-reader-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const save = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

test.each([
  ['a file', () => openFile(save('file', Buffer.from('what was read')))],
  ['memory', () => memoryReader(Buffer.from('what was read'))],
])('%s: a slice of what was read is a copy', (_, open) => {
  const bytes = open().read(5, 8);
  bytes.slice().fill(0);
  expect(Buffer.from(bytes).toString()).toBe('was read');
});

test('a page that is stored as it is keeps no more than itself, however much was read with it', async () => {
  const pages = new Map(Array.from({ length: 60 }, (_, pfn) => [pfn, new Uint8Array(4096).fill(pfn + 1)] as const));
  const dump = await openDump(save('vmcore', buildKdump({ pages, codec: 'none' })));
  for (const [pfn, bytes] of pages) {
    const page = dump.memory.page(pfn);
    expect(page instanceof Page && [page.bytes.buffer.byteLength, Buffer.compare(page.bytes, bytes)]).toEqual([
      4096, 0,
    ]);
  }
  dump.close();
});

test('a file that is the same has one identity, and another as soon as anything of it is', () => {
  const path = save('identified', Buffer.from('as it was'));
  const identity = (): string | undefined => {
    const file = openFile(path);
    file.close();
    return file.identity;
  };
  // What was written a moment ago may be written to again at the same time, as clocks tell it.
  expect(identity()).toBeUndefined();
  vi.useFakeTimers({ now: Date.now() + 60_000 });
  try {
    const first = identity();
    expect(first).toBeDefined();
    expect(identity()).toBe(first);
    const { atime, mtime } = statSync(path);
    writeFileSync(path, 'as it is!');
    utimesSync(path, atime, mtime);
    expect(identity()).not.toBe(first);
  } finally {
    vi.useRealTimers();
  }
});
