import { deflateSync } from 'node:zlib';

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import zstdCodec from 'zstd-codec';

import { CodecError } from '../../src/bytes/codecs/codec-error.js';
import type { BlockDecoder } from '../../src/bytes/codecs/codec-error.js';
import { decodeLz4, lz4Decoder } from '../../src/bytes/codecs/lz4.js';
import { decodeLzo1x } from '../../src/bytes/codecs/lzo1x.js';
import { decodeSnappy } from '../../src/bytes/codecs/snappy.js';
import { decodeZlib, newInflate, reusedInflate } from '../../src/bytes/codecs/zlib.js';
import { frameContentSize, readyZstd } from '../../src/bytes/codecs/zstd.js';
import { lz4Literals, lzo1xLiterals, snappyLiterals } from '../../src/testing/block-encoders.js';

const decodeZstd = await readyZstd();
const simple = await new Promise<{ compress(bytes: Uint8Array): Uint8Array | null }>((resolve) => {
  zstdCodec.ZstdCodec.run((binding) => resolve(new binding.Simple()));
});

const codecs: { name: string; encode: (bytes: Uint8Array) => Uint8Array; decode: BlockDecoder }[] = [
  { name: 'lzo1x', encode: lzo1xLiterals, decode: decodeLzo1x },
  { name: 'snappy', encode: snappyLiterals, decode: decodeSnappy },
  { name: 'lz4', encode: lz4Literals, decode: decodeLz4 },
  { name: 'lz4, native where it loads', encode: lz4Literals, decode: lz4Decoder() },
  { name: 'zlib', encode: (bytes) => deflateSync(bytes), decode: decodeZlib },
  { name: 'zstd', encode: (bytes) => simple.compress(bytes)!, decode: decodeZstd },
];

describe.each(codecs)('$name', ({ encode, decode }) => {
  test('gives back what was encoded, and how much it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 5000 }), (bytes) => {
        const target = new Uint8Array(5000);
        expect(decode(encode(bytes), target)).toBe(bytes.length);
        expect(Buffer.compare(target.subarray(0, bytes.length), bytes)).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  test('a block of more than fits is refused', () => {
    expect(() => decode(encode(new Uint8Array(5000).map((_, i) => (i * i) >> 3)), new Uint8Array(4096))).toThrow(
      CodecError,
    );
  });

  test('any bytes give a length that fits, or a CodecError; nothing beside the target is written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(outcomeWithin(decode, bytes)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('a flipped or cut block gives a length that fits, or a CodecError', () => {
    const whole = encode(Buffer.from('zone Normal free 59900 kB, zone Normal free 59900 kB; '.repeat(40)));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, cut) => {
        const broken = whole.slice(0, cut);
        if (at < cut) broken[at] = byte;
        expect(outcomeWithin(decode, broken)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('no data is an error, not an empty page', () => {
    expect(() => decode(new Uint8Array(0), new Uint8Array(4096))).toThrow(CodecError);
  });
});

/** True where the decoder stays in the middle third of a buffer whose other bytes tell of any write. */
function outcomeWithin(decode: BlockDecoder, bytes: Uint8Array): boolean {
  const guarded = new Uint8Array(3 * 512).fill(0xa5);
  let length = 0;
  try {
    length = decode(bytes, guarded.subarray(512, 1024));
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
  }
  return (
    length >= 0 &&
    length <= 512 &&
    guarded.subarray(0, 512).every((b) => b === 0xa5) &&
    guarded.subarray(1024).every((b) => b === 0xa5)
  );
}

const FIXTURES = {
  LZO: '07667265655f61726561203227006e725f980200017061676573206e725f667265655f7061676573110000',
  SNAPPY: '3924667265655f61726561204e0a00086e725f0517487061676573206e725f667265655f7061676573',
  LZ4: 'af667265655f61726561200a0001316e725f17005570616765730e00507061676573',
};

describe('matches, as the C compressors write them', () => {
  // Made from the text by liblzo2 2.10, libsnappy 1.1.9 and liblz4 1.9.4; a page's worth of each is compared in the
  // dumps' own test.
  const text = 'free_area free_area free_area nr_free_pages nr_free_pages';

  test.each([
    ['lzo1x', 'LZO', decodeLzo1x],
    ['snappy', 'SNAPPY', decodeSnappy],
    ['lz4', 'LZ4', decodeLz4],
    ['lz4, native where it loads', 'LZ4', lz4Decoder()],
  ] as const)('%s', (_, fixture, decode) => {
    const target = new Uint8Array(4096);
    const length = decode(Buffer.from(FIXTURES[fixture], 'hex'), target);
    expect(Buffer.from(target.subarray(0, length)).toString('latin1')).toBe(text);
  });

  test('lzo1x: each kind of instruction', () => {
    // Five literals, then M3 of distance 1 whose length takes eight zero bytes and one more.
    const fill = [22, 1, 2, 3, 4, 5, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0];
    // M2 of 3 bytes, distance 2, with one literal; M1 of 2 bytes, which only stands behind literals, distance 1; the
    // end mark.
    const tail = [0x45, 0, 9, 0x00, 0, 0x11, 0, 0];
    const target = new Uint8Array(4096);
    const length = decodeLzo1x(Uint8Array.from([...fill, ...tail]), target);
    const long = 31 + 8 * 255 + 100 + 2;
    expect([...target.subarray(0, 6)]).toEqual([1, 2, 3, 4, 5, 5]);
    expect(length).toBe(5 + long + 3 + 1 + 2);
    expect([...target.subarray(length - 4, length)]).toEqual([5, 9, 9, 9]);
  });

  test('lzo1x: a match before the block, and no end mark, are named', () => {
    expect(() => decodeLzo1x(Uint8Array.from([18, 1, 0x20 | 1, 0xfc, 0xff]), new Uint8Array(100))).toThrow(
      'reaches back before the block',
    );
    expect(() => decodeLzo1x(Uint8Array.from([20, 1, 2, 3]), new Uint8Array(100))).toThrow('without its end mark');
  });
});

test('zstd: a frame that announces more than a page is refused before it is decoded', () => {
  const bomb = simple.compress(new Uint8Array(3 << 20))!;
  expect(frameContentSize(bomb)).toBe(3 << 20);
  expect(() => decodeZstd(bomb, new Uint8Array(4096))).toThrow('zstd: announces 3145728 bytes where 4096 fit');
});

test('zlib: a stream that gives more than a page ends there', () => {
  expect(() => decodeZlib(deflateSync(new Uint8Array(64 << 20)), new Uint8Array(4096))).toThrow(CodecError);
});

describe('zlib: the inflate that is used again for each page', () => {
  const reused = reusedInflate();

  test('is to be had in this Node', () => {
    expect(reused).toBeDefined();
  });

  test('does what inflateSync() does: on streams, on cut ones, with other bytes in them, and with too little room', () => {
    const outcome = (decode: typeof newInflate, source: Uint8Array, room: number): unknown => {
      const target = new Uint8Array(room);
      try {
        return [decode(source, target), target];
      } catch (error) {
        return error instanceof CodecError;
      }
    };
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 30 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        fc.integer({ min: -5, max: 5 }),
        (bytes, repeat, cut, changes, spare) => {
          const plain = Buffer.concat(Array.from({ length: repeat }, () => bytes));
          const source = new Uint8Array(deflateSync(plain));
          const given = source.subarray(0, Math.max(0, source.length - cut));
          for (const [at, value] of changes) if (given.length > 0) given[at % given.length] = value;
          const room = Math.max(1, plain.length + spare);
          expect(outcome(reused!, given, room)).toEqual(outcome(newInflate, given, room));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
