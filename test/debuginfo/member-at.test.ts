import { describe, expect, test } from 'vitest';
import { parseCTypes } from 'oompm/testing';

import { readBtf } from '../../src/debuginfo/btf/read-btf.js';
import { memberAt, memberFrom } from '../../src/debuginfo/member-at.js';
import { sizeOf } from '../../src/debuginfo/type-walk.js';
import { buildBtf } from './build-btf.js';

const types = readBtf(
  buildBtf(
    parseCTypes(`
      struct list_head { struct list_head *next, *prev; };
      struct item {
        int flags, bits : 3;
        struct list_head links[2];
        union { void *page; struct { short low, high; }; };
        union { long a; long b; };
        struct { struct list_head lru; } inner;
      };
      struct item *finds(struct item *first, int n);
      int twice(int a);
      int twice(long a);`),
  ),
  'a test',
);
const item = types.struct('item')!;
const at = (offset: number, bytes?: number) =>
  memberAt(item, offset, (type) => bytes === undefined || sizeOf(type) === bytes)?.path;

describe('what stands at an offset', () => {
  test.each([
    [0, 4, 'flags'],
    [8, 8, 'links[0].next'],
    [32, 8, 'links[1].prev'],
    [40, 8, 'page'],
    [40, 2, 'low'],
    [42, 2, 'high'],
    [56, 8, 'inner.lru.next'],
  ])('%i, of %i bytes', (offset, bytes, path) => {
    expect(at(offset, bytes)).toBe(path);
  });

  test('not in a bit field, between members, of a union that nothing tells apart, or beyond the end', () => {
    expect([at(4), at(9), at(41), at(48, 8), at(72), at(-8)]).toEqual(Array.from({ length: 6 }));
  });

  test('the outermost member that begins there', () => {
    expect([memberFrom(item, 8), memberFrom(item, 56), memberFrom(item, 64), memberFrom(item, 40)]).toEqual([
      'links',
      'inner',
      'inner.lru.prev',
      undefined,
    ]);
  });
});

describe('what a function takes and returns', () => {
  test('by its name, where that is one', () => {
    const found = types.functionType({ name: 'finds', address: 0n });
    expect(found?.parameters.map(({ name }) => name)).toEqual(['first', 'n']);
    expect(types.functionType({ name: 'item', address: 0n })).toBeUndefined();
    expect(types.functionType({ name: 'twice', address: 0n })).toBeUndefined();
  });

  test('a module’s are its own', () => {
    expect(types.functionType({ name: 'finds', address: 0n, module: 'acme' })).toBeUndefined();
    const acme = readBtf(buildBtf(parseCTypes('int finds(char *name);')), 'acme', { module: 'acme' });
    expect(acme.functionType({ name: 'finds', address: 0n, module: 'acme' })?.parameters).toHaveLength(1);
    expect(acme.functionType({ name: 'finds', address: 0n })).toBeUndefined();
  });
});
