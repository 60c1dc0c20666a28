import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';

import { keptColumns, type Column } from '../../src/bytes/kept-columns.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-kept-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Together more than what is too little to keep. */
const large = {
  words: Uint32Array.from({ length: 70_001 }, (_, n) => n * 7),
  letters: Uint8Array.of(1, 2, 3),
  places: Int32Array.of(-1, 5),
  addresses: BigUint64Array.of(0xffff_ffff_8100_0000n),
  keys: Float64Array.of(-0.5, 2 ** 52),
};
const neverMade = (): never => {
  throw new Error('made anew');
};
/** What one run asks for. */
function run<C extends Record<keyof C, Column>>(path: string, make: () => C, { name = 'some', stamp = 'a' } = {}): C {
  const kept = keptColumns(path, stamp);
  const columns = kept.of(name, make);
  kept.write();
  kept.close();
  return columns;
}
/** Compared as numbers, hundreds of times, they take a minute. */
const bytesOf = (columns: Record<string, Column>): string[] =>
  Object.entries(columns).map(
    ([name, { buffer, byteOffset, byteLength }]) =>
      `${name} ${crc32(new Uint8Array(buffer, byteOffset, byteLength))} ${byteLength}`,
  );
let count = 0;
const fresh = (): string => join(folder, `${count++}`, 'kept');

test('columns of every kind are what they were, and not made again', () => {
  const path = fresh();
  expect(run(path, () => large)).toBe(large);
  expect(run(path, neverMade as () => typeof large)).toEqual(large);
});

test('a run adds to what others have kept', () => {
  const path = fresh();
  run(path, () => large);
  const more = { some: Float64Array.of(1, 2, 3) };
  run(path, () => more, { name: 'more' });
  expect(run(path, neverMade as () => typeof large)).toEqual(large);
  expect(run(path, neverMade as () => typeof more, { name: 'more' })).toEqual(more);
});

test('what other code has kept counts for nothing, and gives way', () => {
  const path = fresh();
  run(path, () => large, { stamp: 'other' });
  const own = { words: new Uint32Array(100_000).fill(3) };
  expect(run(path, () => own)).toBe(own);
  expect(run(path, neverMade as () => typeof own)).toEqual(own);
});

test('what is kept of other files counts for nothing, under whatever name it lies', () => {
  const path = fresh();
  run(path, () => large, { stamp: 'a of-others' });
  const own = { words: new Uint32Array(100_000).fill(5) };
  expect(run(path, () => own, { stamp: 'a of-own' })).toBe(own);
});

test('what is made as fast as it is read is not kept', () => {
  const path = fresh();
  run(path, () => ({ words: new Uint32Array(1000) }));
  expect(existsSync(path)).toBe(false);
});

test('what is damaged is made anew, and kept again', () => {
  const path = fresh();
  run(path, () => large);
  const whole = readFileSync(path);
  const wanted = bytesOf(large);
  const at = fc.oneof(
    fc.nat(600),
    fc.nat(whole.length - 1),
    fc.nat(100).map((n) => whole.length - 1 - n),
  );
  fc.assert(
    fc.property(at, fc.integer({ min: 1, max: 255 }), fc.boolean(), (place, flip, cut) => {
      const damaged = cut ? whole.subarray(0, place) : Buffer.from(whole);
      if (!cut) damaged[place]! ^= flip;
      writeFileSync(path, damaged);
      expect(bytesOf(run(path, () => large))).toEqual(wanted);
      expect(bytesOf(run(path, neverMade as () => typeof large))).toEqual(wanted);
    }),
  );
});

test('where it can not be written, the columns are there all the same', () => {
  const path = join('/dev/null', 'below', 'kept');
  expect(run(path, () => large)).toBe(large);
  mkdirSync(join(folder, 'a-folder'));
  expect(run(join(folder, 'a-folder'), () => large)).toBe(large);
});

test('of many files those written last stay', () => {
  const dir = join(folder, 'many');
  for (let n = 0; n < 20; n++) {
    const path = join(dir, `kept-${n}`);
    run(path, () => large);
    utimesSync(path, 1_000_000 + n, 1_000_000 + n);
  }
  run(join(dir, 'last'), () => large);
  expect(readdirSync(dir).toSorted()).toEqual(
    ['last', ...Array.from({ length: 15 }, (_, n) => `kept-${n + 5}`)].toSorted(),
  );
});
