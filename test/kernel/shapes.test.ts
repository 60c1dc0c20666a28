import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Shape } from 'oompm';
import { perCpu, to, toyKernel } from 'oompm/testing';

import { Implausible, ShapeError } from '../../src/kernel/gaps.js';
import { ReadError } from '../../src/memory/address-space.js';
import { arena, kernelOver } from './arena.js';

const types = `
  typedef struct { unsigned int val; } kuid_t;
  struct memdesc { struct { unsigned long f; } word; };
  enum state { IDLE, BUSY = 7 };
  struct inner { int a, b; };
  struct thing {
    u8 small; s8 negative; short half; int number; unsigned int big; u64 wide; long counted; unsigned long mask;
    bool yes; enum state state; kuid_t uid; struct memdesc flags; atomic_long_t pages;
    char comm[8]; char *label; char *none;
    struct inner inner, pair[2], *link, *nothing; void *raw; unsigned long table[2][3];
    union { int seen; struct { unsigned short low, high; }; };
    unsigned int three:3, rest:29; int signed_bits:5; u64 far:60; bool flag:1;
    int *counters;
  };
`;
const kernel = toyKernel({
  types,
  cpus: 2,
  objects: {
    a: {
      type: 'struct thing',
      value: {
        small: 255,
        negative: -1,
        half: -2,
        number: -3,
        big: 0xffff_ffff,
        wide: 2n ** 64n - 1n,
        counted: -(2n ** 53n) + 1n,
        mask: 2n ** 60n,
        yes: true,
        state: 7,
        uid: 1000,
        flags: { word: 5 },
        pages: -9,
        comm: 'init',
        label: 'a label',
        none: null,
        inner: { a: 1, b: 2 },
        pair: [{ a: 3 }, { a: 4 }],
        link: to('other'),
        raw: to('other.b'),
        table: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        low: 0x1234,
        high: 0x5678,
        counters: perCpu(10, 20),
      },
    },
    other: { type: 'struct inner', value: { a: 40, b: 41 } },
    lost: { type: 'struct thing' },
  },
  lost: ['lost'],
});
const innerShape = { struct: 'inner', members: { a: 'int', b: 'int' } } as const;

/** A member of `struct thing` at `a`, read as it is declared. */
function read<const M extends Shape['members']>(members: M) {
  return kernel.ref({ struct: 'thing', members } as const, kernel.addressOf('a'));
}

describe('members as the shape declares them', () => {
  test('numbers by size and sign, wide ones as bigint, scalars in structs of one member', () => {
    const a = read({
      small: 'u8',
      negative: 's8',
      half: 'short',
      number: 'int',
      big: 'unsigned int',
      wide: 'u64',
      counted: 'long',
      yes: 'bool',
      state: 'enum state',
      uid: 'unsigned int',
      flags: 'unsigned long',
      pages: 'atomic_long_t',
      raw: 'void *',
    });
    expect([a.small, a.negative, a.half, a.number, a.big, a.wide, a.counted]).toEqual([
      255,
      -1,
      -2,
      -3,
      0xffff_ffff,
      2n ** 64n - 1n,
      -(2 ** 53) + 1,
    ]);
    expect([a.yes, a.state, a.uid, a.flags, a.pages, a.raw]).toEqual([
      true,
      7,
      1000,
      5,
      -9,
      kernel.addressOf('other') + 4n,
    ]);
  });

  test('declared wide they are bigint, of whatever size and sign the kernel has them', () => {
    const a = read({ small: 'u64', negative: 's64', half: 'u64', number: 's64', big: 'u64', three: 'u64', uid: 'u64' });
    expect([a.small, a.negative, a.half, a.number, a.big, a.three, a.uid]).toEqual([
      255n,
      -1n,
      -2n,
      -3n,
      0xffff_ffffn,
      0n,
      1000n,
    ]);
  });

  test('a count past 2^53 is implausible, a mask is not', () => {
    expect(() => read({ mask: 'unsigned long' }).mask).toThrow(Implausible);
    expect(read({ mask: 'u64' }).mask).toBe(2n ** 60n);
  });

  test('text: in place, pointed to, NULL', () => {
    const a = read({ comm: 'char[]', label: 'char *', none: 'char *' });
    expect([a.comm, a.label, a.none]).toEqual(['init', 'a label', null]);
  });

  test('structs, pointers and arrays of them', () => {
    const a = read({
      inner: 'struct inner',
      pair: 'struct inner[]',
      link: 'struct inner *',
      nothing: 'struct inner *',
      table: 'unsigned long[][]',
    });
    const numbers = (address: bigint): number[] => [
      kernel.ref(innerShape, address).a,
      kernel.ref(innerShape, address).b,
    ];
    expect(numbers(a.inner.$address)).toEqual([1, 2]);
    expect(a.pair.map(({ $address }) => numbers($address))).toEqual([
      [3, 0],
      [4, 0],
    ]);
    expect(numbers(a.link!.$address)).toEqual([40, 41]);
    expect([a.nothing, a.link!.$struct, a.table]).toEqual([
      null,
      'inner',
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ]);
  });

  test('members of anonymous unions and structs', () => {
    const a = read({ seen: 'int', low: 'unsigned short', high: 'unsigned short' });
    expect([a.seen, a.low, a.high]).toEqual([0x5678_1234, 0x1234, 0x5678]);
  });

  test('per-CPU pointers lead to each CPU’s own', () => {
    const { counters } = read({ counters: { type: 'int *', percpu: true } });
    expect([0, 1].map((cpu) => kernel.perCpu(counters, cpu))).toEqual([10, 20]);
  });

  test('a NULL per-CPU pointer leads to nothing, not to what stands first in a CPU’s area', () => {
    const lazy = { struct: 'lazy', members: { stats: { type: 'int *', percpu: true } } } as const satisfies Shape;
    const toy = toyKernel({
      types: 'struct lazy { int *stats; };',
      cpus: 2,
      objects: { device: { type: 'struct lazy' } },
    });
    const { stats } = toy.ref(lazy, toy.addressOf('device'));
    expect(stats).toBeNull();
    expect(() => toy.perCpu(stats, 1)).toThrow(new Implausible('a NULL per-CPU pointer'));
  });

  test('an array behind a pointer: as many as are asked for, one behind the other', () => {
    const pair = { struct: 'inner', members: { a: 'int' } } as const satisfies Shape;
    const { pair: first } = read({ pair: 'struct inner[]' });
    expect(Array.from(kernel.array(first[0]!, pair, 2), ({ a }) => a)).toEqual([3, 4]);
    expect([...kernel.array(first[0]!.$address, pair, 0)]).toEqual([]);
  });

  test('optional members that are not there, or are of another era’s type; former names', () => {
    const a = read({
      absent: { type: 'int', optional: true },
      comm: { type: 'int', optional: true },
      amount: { type: 'int', formerly: 'number' },
    });
    expect([a.absent, a.comm, a.amount]).toEqual([undefined, undefined, -3]);
  });
});

describe('bit fields', () => {
  const fields = {
    struct: 'thing',
    members: { three: 'unsigned int', rest: 'unsigned int', signed_bits: 'int', far: 'u64', flag: 'bool' },
  } as const;
  const offset = kernel.offsetNamed('thing', 'three');

  test.each(['void *', 'char *', 'struct inner *', 'struct inner', 'char[]', 'unsigned long[]'])(
    'declared as %s, which no bit field can be: refused, and absent where it is optional',
    (type) => {
      expect(() => read({ three: type }).three).toThrow(
        `\`struct thing\`'s member \`three\` is a bit field of 3 bits in this kernel, where \`${type}\` is expected`,
      );
      expect(read({ three: { type, optional: true } }).three).toBeUndefined();
    },
  );

  test('any bits, signed and not, as number, bigint and bool', () => {
    fc.assert(
      fc.property(
        fc.nat(7),
        fc.nat(2 ** 29 - 1),
        fc.integer({ min: -16, max: 15 }),
        fc.bigInt({ min: 0n, max: 2n ** 60n - 1n }),
        fc.boolean(),
        (three, rest, signedBits, far, flag) => {
          const bytes = new DataView(new ArrayBuffer(24));
          const wideAt = ((8 - ((offset + 8) % 8)) % 8) + 8;
          bytes.setUint32(0, (three | (rest << 3)) >>> 0, true);
          bytes.setUint8(4, signedBits & 31);
          bytes.setBigUint64(wideAt, far | (flag ? 1n << 60n : 0n), true);
          const words = Array.from({ length: 64 }, () => 0n);
          const image = new Uint8Array(words.length * 8);
          image.set(new Uint8Array(bytes.buffer), offset);
          const toy = kernelOver([...new BigUint64Array(image.buffer)], types);
          const a = toy.ref(fields, arena);
          expect([a.three, a.rest, a.signed_bits, a.far, a.flag]).toEqual([three, rest, signedBits, far, flag]);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('a number that is past what a count can be', () => {
    const image = Array.from({ length: 64 }, () => 2n ** 64n - 1n);
    const asNumber = { struct: 'thing', members: { far: 'unsigned long' } } as const;
    expect(() => kernelOver(image, types).ref(asNumber, arena).far).toThrow(Implausible);
  });
});

describe('what a kernel lacks is named', () => {
  const missing = (members: Shape['members'], struct = 'thing') => kernel.missing({ struct, members });

  test('struct, member, type', () => {
    expect(missing({}, 'nothing')).toBe('this kernel has no `struct nothing` in its types');
    expect(missing({ absent: 'int' })).toBe('`struct thing` has no member `absent` in this kernel');
    expect(missing({ absent: { type: 'int', formerly: 'gone' } })).toBe(
      '`struct thing` has no member `absent` in this kernel',
    );
    expect(missing({ inner: 'int' })).toBe(
      "`struct thing`'s member `inner` is declared as `int`, and is `struct inner` in this kernel",
    );
    expect(missing({ number: 'struct inner' })).toBe(
      "`struct thing`'s member `number` is declared as `struct inner`, and is `int` in this kernel",
    );
    expect(missing({ number: 'char *' })).toBe(
      "`struct thing`'s member `number` is int, not a pointer in this kernel, where `char *` is expected",
    );
    expect(missing({ number: 'int[]' })).toBe(
      "`struct thing`'s member `number` is declared as `int[]`, and is `int` in this kernel",
    );
    expect(missing({ number: { type: 'int *', percpu: true } })).toBe(
      "`struct thing`'s member `number` is int, not a pointer in this kernel, where `int *` is expected",
    );
  });

  test('a member that is missing fails where it is read, and no other', () => {
    const shape = { struct: 'thing', members: { absent: 'int', inner: 'int', number: 'int' } } as const;
    const thing = kernel.ref(shape, arena);
    expect(() => thing.absent).toThrow(new ShapeError('`struct thing` has no member `absent` in this kernel'));
    expect(() => thing.inner).toThrow("`struct thing`'s member `inner` is declared as `int`, and is `struct inner`");
    expect(thing.number).toBe(read({ number: 'int' }).number);
  });

  test('a shape that does not bind throws the same words; one that does is bound once', () => {
    const none = { struct: 'nothing', members: {} };
    expect(() => kernel.ref(none, 0n)).toThrow('this kernel has no `struct nothing` in its types');
    expect(kernel.bind(innerShape)).toBe(kernel.bind(innerShape));
    expect([kernel.missing(innerShape), kernel.bind(innerShape).size, [...kernel.bind(innerShape).offsets]]).toEqual([
      undefined,
      8,
      [
        ['a', 0],
        ['b', 4],
      ],
    ]);
  });
});

describe('references', () => {
  test('show address and struct; containerOf comes back from a member', () => {
    const a = read({ pair: 'struct inner[]' });
    expect([a.$struct, a.$address]).toEqual(['thing', kernel.addressOf('a')]);
    expect(
      kernel.containerOf({ struct: 'thing', members: { pair: 'struct inner[]' } }, a.pair[0]!.$address, 'pair')
        .$address,
    ).toBe(a.$address);
    expect(kernel.containerOf({ struct: 'thing', members: { pair: 'struct inner[]' } }, 0n, 'pair').$address).toBe(
      2n ** 64n - BigInt(kernel.offsetNamed('thing', 'pair')),
    );
  });

  test('a member is read when it is asked for: a lost page hurts only then', () => {
    const lost = kernel.ref(
      { struct: 'thing', members: { number: 'int', inner: 'struct inner' } } as const,
      kernel.addressOf('lost'),
    );
    expect(lost.inner.$address).toBe(kernel.addressOf('lost.inner'));
    expect(() => lost.number).toThrow(ReadError);
  });

  test('offsets and sizes of any struct, by a path of members', () => {
    expect([
      kernel.offsetNamed('thing', 'pair'),
      kernel.offsetNamed('thing', 'flags.word.f'),
      kernel.sizeNamed('inner'),
    ]).toEqual([
      Number(kernel.addressOf('a.pair') - kernel.addressOf('a')),
      Number(kernel.addressOf('a.flags') - kernel.addressOf('a')),
      8,
    ]);
    expect(() => kernel.offsetNamed('thing', 'number.a')).toThrow('`thing.number` is no struct in this kernel');
    expect(() => kernel.offsetNamed('inner', 'c')).toThrow('`struct inner` has no member `c` in this kernel');
    expect([
      kernel.hasNamed('inner'),
      kernel.hasNamed('inner', 'a'),
      kernel.hasNamed('inner', 'c'),
      kernel.hasNamed('nothing'),
    ]).toEqual([true, true, false, false]);
  });
});
