import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { InputError } from '../../src/bytes/input-error.js';
import { Kind } from '../../src/debuginfo/btf/format.js';
import { readBtf, type BtfTypes } from '../../src/debuginfo/btf/read-btf.js';
import { findMember, resolveType, sizeOf, typeName } from '../../src/debuginfo/type-walk.js';
import { buildBtf, type RawType } from './build-btf.js';

const int: RawType = { name: 'int', kind: Kind.INT, last: 4, rest: [(1 << 24) | 32] };

test('a struct with a bit field, an anonymous union and a pointer', () => {
  const types = readBtf(
    buildBtf([
      int,
      {
        name: 'page',
        kind: Kind.STRUCT,
        vlen: 3,
        kflag: true,
        last: 16,
        rest: ['flags', 1, (3 << 24) | 5, '', 3, 32, 'next', 4, 64],
      },
      { kind: Kind.UNION, vlen: 2, last: 4, rest: ['a', 1, 0, 'b', 1, 0] },
      { kind: Kind.PTR, last: 2 },
    ]),
    'test',
  );
  const page = types.struct('page')!;
  expect(page.size).toBe(16);
  expect(findMember(page, 'flags')).toMatchObject({ bitOffset: 5, member: { bitSize: 3 } });
  expect(findMember(page, 'b')).toMatchObject({ bitOffset: 32, member: { bitSize: 0 } });
  expect(typeName(findMember(page, 'next')!.type)).toBe('struct page *');
  expect(findMember(page, 'nowhere')).toBeUndefined();
});

test('a bit field of the days before kflag has its width in an INT of its own', () => {
  const types = readBtf(
    buildBtf([
      { name: 'unsigned int', kind: Kind.INT, last: 4, rest: [3] },
      { name: 's', kind: Kind.STRUCT, vlen: 1, last: 4, rest: ['f', 1, 7] },
    ]),
    'test',
  );
  expect(findMember(types.struct('s')!, 'f')).toMatchObject({ bitOffset: 7, member: { bitSize: 3 } });
});

test('of two structs with one name the one with members is meant', () => {
  const types = readBtf(
    buildBtf([
      int,
      { name: 's', kind: Kind.FWD, last: 0 },
      { name: 's', kind: Kind.STRUCT, last: 0 },
      { name: 's', kind: Kind.STRUCT, vlen: 1, last: 4, rest: ['x', 1, 0] },
    ]),
    'test',
  );
  expect(types.struct('s')?.members).toHaveLength(1);
  expect(types.structs('s')).toHaveLength(2);
  expect([...types.structNames()]).toEqual(['s']);
  expect([...types.typeNames()]).toContain('s');
});

describe('enumerators', () => {
  test('64-bit ones, signed and unsigned', () => {
    const types = readBtf(
      buildBtf([
        { name: 'e', kind: Kind.ENUM64, vlen: 2, last: 8, rest: ['EMPTY', 0, 0, 'BIG', 0xffffffff, 0xffffffff] },
        { kind: Kind.ENUM64, vlen: 1, kflag: true, last: 8, rest: ['MINUS', 0xffffffff, 0xffffffff] },
      ]),
      'test',
    );
    expect(types.enumerator('BIG')).toBe(0xffff_ffff_ffff_ffffn);
    expect(types.enumerator('MINUS')).toBe(-1n);
    expect(types.enum('e')?.values.get('EMPTY')).toBe(0n);
    expect(types.enumerator('NONE')).toBeUndefined();
  });
  test('before 6.0 nothing marked signed ones, and all were', () => {
    const types = readBtf(
      buildBtf([{ name: 'e', kind: Kind.ENUM, vlen: 1, last: 4, rest: ['MINUS', 0xffffffff] }]),
      'test',
    );
    expect(types.enumerator('MINUS')).toBe(-1n);
  });
  test('since 6.0 what is not marked is unsigned', () => {
    const types = readBtf(
      buildBtf([
        { name: 'e', kind: Kind.ENUM, vlen: 1, last: 4, rest: ['TOP', 0xffffffff] },
        { name: 's', kind: Kind.ENUM, vlen: 1, kflag: true, last: 4, rest: ['MINUS', 0xffffffff] },
      ]),
      'test',
    );
    expect(types.enumerator('TOP')).toBe(0xffff_ffffn);
    expect(types.enumerator('MINUS')).toBe(-1n);
  });
});

describe('split BTF', () => {
  const baseBytes = buildBtf([int, { name: 'module', kind: Kind.STRUCT, vlen: 1, last: 4, rest: ['state', 1, 0] }]);
  test('ids and strings go on where the base ends; names may stand in the base', () => {
    const base = readBtf(baseBytes, 'base');
    const strings = base.table.endString;
    // 'module' is taken from the base's strings: offset 5, after "\0int\0".
    const split = readBtf(
      buildBtf(
        [
          { kind: Kind.PTR, last: 2 },
          { name: 'own', kind: Kind.STRUCT, vlen: 1, last: 8, rest: ['owner', 3, 0] },
          { kind: Kind.TYPEDEF, last: 4 },
        ],
        { firstString: strings },
      ),
      'split',
      { base },
    );
    const own = split.struct('own')!;
    expect(typeName(findMember(own, 'owner')!.type)).toBe('struct module *');
    expect(split.struct('module')).toBe(base.struct('module'));
    expect(base.struct('own')).toBeUndefined();
  });
});

describe('kinds that are not known', () => {
  const unknown: RawType = { kind: 40, vlen: 2, last: 0, rest: [9, 8, 7] };
  const named: RawType = { name: 'after', kind: Kind.STRUCT, vlen: 0, last: 8 };
  test('are skipped where the blob has a layout table (7.2)', () => {
    const layout = Array.from({ length: 41 * 4 }, () => 0);
    layout[40 * 4] = 4; // one word once,
    layout[40 * 4 + 1] = 4; // and one for each element
    const types = readBtf(buildBtf([unknown, named], { headerLength: 32, layout }), 'test');
    expect(types.struct('after')?.size).toBe(8);
    expect(typeName(types.type(1))).toContain('kind 40');
  });
  test('are an error that names them where it has none', () => {
    expect(() => readBtf(buildBtf([unknown, named]), 'test')).toThrow(/type 1 is of kind 40/);
  });
});

test('references that lead nowhere, or in circles, end', () => {
  const types = readBtf(
    buildBtf([
      { name: 'loop', kind: Kind.TYPEDEF, last: 2 },
      { name: 'pool', kind: Kind.TYPEDEF, last: 1 },
      { name: 'lost', kind: Kind.TYPEDEF, last: 99 },
      { kind: Kind.ARRAY, last: 0, rest: [4, 4, 2] },
      { name: 'matryoshka', kind: Kind.STRUCT, vlen: 1, last: 4, rest: ['', 5, 0] },
    ]),
    'test',
  );
  expect(resolveType(types.typedef('loop')!).kind).toBe('forward');
  expect(typeName(resolveType(types.typedef('lost')!))).toContain('type 99');
  expect(sizeOf(types.type(4))).toBeUndefined();
  expect(typeName(types.type(4))).toContain('[2]');
  expect(findMember(types.struct('matryoshka')!, 'x')).toBeUndefined();
});

test.each([
  ['empty', new Uint8Array(0), /too few/],
  ['no magic', new Uint8Array(64), /magic/],
  ['big endian', Uint8Array.of(0xeb, 0x9f, ...new Uint8Array(30)), /big-endian/],
  ['cut off', buildBtf([int]).subarray(0, 30), /after the end/],
])('%s: one sentence', (_, bytes, words) => {
  expect(() => readBtf(bytes, 'test')).toThrow(InputError);
  expect(() => readBtf(bytes, 'test')).toThrow(words);
});

/** Reaches everything that a reader could reach from a name. */
function walkAll(types: BtfTypes): void {
  for (const name of types.structNames()) {
    const struct = types.struct(name)!;
    findMember(struct, 'no such member');
    for (const member of struct.members) {
      typeName(member.type());
      sizeOf(member.type());
    }
  }
  for (let id = 0; id < types.typeCount; id++) typeName(types.type(id));
  types.enumerator('A');
  types.variable('v');
}

test('damaged blobs are read, or refused with an InputError', () => {
  const whole = buildBtf([
    int,
    { name: 's', kind: Kind.STRUCT, vlen: 2, last: 16, rest: ['a', 1, 0, 'b', 4, 64] },
    { name: 't', kind: Kind.TYPEDEF, last: 2 },
    { kind: Kind.PTR, last: 3 },
    { name: 'e', kind: Kind.ENUM, vlen: 2, last: 4, rest: ['A', 0, 'B', 1] },
    { kind: Kind.FUNC_PROTO, vlen: 1, last: 1, rest: ['p', 4] },
    { kind: Kind.ARRAY, last: 0, rest: [2, 1, 5] },
    { name: 'v', kind: Kind.VAR, last: 7, rest: [0] },
  ]);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
      fc.nat(whole.length),
      (flips, length) => {
        const bytes = whole.slice();
        for (const [at, value] of flips) bytes[at] = value;
        for (const blob of [bytes, bytes.subarray(0, length)]) {
          try {
            walkAll(readBtf(blob, 'test'));
          } catch (error) {
            if (!(error instanceof InputError)) throw error;
          }
        }
      },
    ),
    { numRuns: Number(process.env['FUZZ_CASES'] ?? 1000) },
  );
});
