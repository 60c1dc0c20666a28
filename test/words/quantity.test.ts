import { expect, test } from 'vitest';
import { counted, list, size, sizeOfKB } from '../../src/words/quantity.js';

test.each([
  [0, '0 KiB'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [11_172_224 * 1024, '10.65 GiB'],
  [15_999_999 * 1024, '15.26 GiB'],
  [68.4 * 2 ** 20, '68.4 MiB'],
  [104 * 2 ** 20, '104 MiB'],
  [1023 * 2 ** 20, '1023 MiB'],
  [-3 * 2 ** 20, '-3 MiB'],
  [2n ** 63n, '8 EiB'],
] as const)('%s bytes are told as %s', (bytes, words) => {
  expect(size(bytes)).toBe(words);
});

test.each([
  [2 ** 30 - 1, '1 GiB'],
  [2 ** 30 - 2 ** 19, '1 GiB'],
  [2 ** 20 - 1, '1 MiB'],
  [2 ** 50 - 1, '1 PiB'],
])('what rounds up to the next unit is told in it: %s', (bytes, words) => {
  expect(size(bytes)).toBe(words);
});

test("of the kernel's kB the words are those of as many bytes", () => {
  for (const kB of [1, 20, 1023, 1024, 70_042, 11_172_224, 15_999_999]) expect(sizeOfKB(kB)).toBe(size(kB * 1024));
  expect(sizeOfKB(0)).toBe('0 KiB');
});

test('a count agrees with its noun', () => {
  expect([0, 1, 2].map((n) => counted(n, 'process'))).toEqual(['0 processes', '1 process', '2 processes']);
  expect([counted(1n, 'entry'), counted(2n, 'entry'), counted(2, 'key'), counted(2, 'CPU runs', 'CPUs run')]).toEqual([
    '1 entry',
    '2 entries',
    '2 keys',
    '2 CPUs run',
  ]);
});

test('a list reads as a sentence does', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((parts) => list(parts))).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
  ]);
});
