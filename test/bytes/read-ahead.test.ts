import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { FileReader } from '../../src/bytes/file-reader.js';
import { memoryReader } from '../../src/bytes/file-reader.js';
import { readAhead } from '../../src/bytes/read-ahead.js';

const content = Uint8Array.from({ length: 300_000 }, (_, n) => (n * 31 + (n >> 8)) & 0xff);

function counted(file: FileReader): { file: FileReader; reads: number[] } {
  const reads: number[] = [];
  return {
    reads,
    file: {
      ...file,
      read: (offset, length) => {
        reads.push(length);
        return file.read(offset, length);
      },
    },
  };
}

test('whatever is read in whatever order is what stands there', () => {
  const place = fc.tuple(
    fc.integer({ min: 0, max: content.length + 10 }),
    fc.integer({ min: 0, max: 5000 }),
    fc.integer({ min: 1, max: 30 }),
  );
  fc.assert(
    fc.property(fc.array(place, { maxLength: 12 }), (places) => {
      const read = readAhead(memoryReader(content));
      for (const [from, length, times] of places) {
        for (let n = 0, at = from; n < times; n++, at += length)
          expect(Buffer.compare(read(at, length), content.subarray(at, at + length))).toBe(0);
      }
    }),
  );
});

test('a row of pages costs few reads, pages here and there no more bytes than they have', () => {
  const row = counted(memoryReader(content));
  const inRow = readAhead(row.file);
  for (let at = 0; at + 1500 <= 150_000; at += 1500) inRow(at, 1500);
  expect(row.reads.length).toBeLessThan(6);
  const scattered = counted(memoryReader(content));
  const apart = readAhead(scattered.file);
  for (let at = 0; at < 280_000; at += 9000) apart(at, 1500);
  expect(new Set(scattered.reads)).toEqual(new Set([1500]));
});
