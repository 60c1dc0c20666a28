import { describe, expect, test } from 'vitest';
import { perCpu, to, toyKernel, withMembers } from 'oompm/testing';

import { readBtf } from '../../src/debuginfo/btf/read-btf.js';
import { buildBtf } from '../../src/testing/build-btf.js';
import { parseCTypes } from '../../src/testing/parse-c-types.js';

describe('C types as the compiler lays them out', () => {
  const types = readBtf(
    buildBtf(
      parseCTypes(`
    enum colour { RED, GREEN = 5, BLUE };
    typedef unsigned long pages_t;
    struct inner { char c; u64 wide; };
    struct outer {
      u8 first; short second; /* padding */ pages_t pages;
      struct inner inner[2], *link; // both from one base type
      union { int number; char text[6]; };
      unsigned int low:3, high:29; unsigned next:1;
      int (*call)(struct outer *self, int);
      enum colour colour;
      struct missing *elsewhere;
    };
  `),
    ),
    'test',
  );
  const outer = types.struct('outer')!;
  const offset = (name: string) => outer.members.find((member) => member.name === name)!.bitOffset;

  test('offsets, sizes and padding', () => {
    // As gcc has them on x86_64.
    expect([types.struct('inner')!.size, outer.size]).toEqual([16, 96]);
    expect(
      Object.fromEntries(
        ['first', 'second', 'pages', 'inner', 'link', 'call', 'colour'].map((name) => [name, offset(name) / 8]),
      ),
    ).toEqual({
      first: 0,
      second: 2,
      pages: 8,
      inner: 16,
      link: 48,
      call: 72,
      colour: 80,
    });
  });

  test('bit fields, enumerators, what is only pointed to', () => {
    expect(
      outer.members
        .filter(({ bitSize }) => bitSize > 0)
        .map(({ name, bitOffset, bitSize }) => [name, bitOffset % 32, bitSize]),
    ).toEqual([
      ['low', 0, 3],
      ['high', 3, 29],
      ['next', 0, 1],
    ]);
    expect([types.enumerator('GREEN'), types.enumerator('BLUE')]).toEqual([5n, 6n]);
    expect(types.struct('missing')).toBeUndefined();
  });

  test('what it does not understand it shows', () => {
    expect(() => parseCTypes('struct x { unheard_of y; };')).toThrow(
      'C types: unknown type "unheard_of" at "struct x { unheard_of y ; }',
    );
    expect(() => parseCTypes('struct x { int y;')).toThrow('not closed');
  });
});

describe('a toy kernel', () => {
  const kernel = toyKernel({
    cpus: 2,
    types: `
      struct mm_struct { char name[16]; };
      struct vm_event_state { unsigned long event[2]; };
      struct rq { unsigned int nr_running; void *curr; };
      struct percpu_counter { s64 count; s32 *counters; };
      struct thing { struct list_head link; char *label; atomic_t count; struct thing *friend; struct percpu_counter counter; };
    `,
    variables: {
      tainted_mask: { type: 'unsigned long', value: 1n << 63n },
      avenrun: { type: 'unsigned long[3]', value: [2048, 1024, 512] },
      vm_event_states: { type: 'struct vm_event_state', perCpu: [{ event: [1, 2] }, { event: [3, 4] }] },
      things: { type: 'struct list_head' },
    },
    objects: {
      a: {
        type: 'struct thing',
        value: { label: 'first', count: 7, friend: to('b'), counter: { count: 100, counters: perCpu(-3, 5) } },
      },
      b: { type: 'struct thing', value: { label: 'second' } },
      c: { type: 'struct thing' },
    },
    lists: [['things', 'a.link', 'b.link', 'c.link']],
    lost: ['c'],
  });
  const thing = {
    struct: 'thing',
    members: {
      label: 'char *',
      count: 'atomic_t',
      friend: 'struct thing *',
      counter: 'struct percpu_counter',
      link: 'struct list_head',
    },
  } as const;

  test('is read by the same code as a real one', () => {
    expect(kernel.global('tainted_mask')).toBe(1n << 63n);
    expect(kernel.global('avenrun')).toEqual([2048, 1024, 512]);
    expect(kernel.possibleCpus()).toEqual([0, 1]);
    const a = kernel.ref(thing, kernel.addressOf('a'));
    expect([a.label, a.count, a.friend?.$address]).toEqual(['first', 7, kernel.addressOf('b')]);
    expect(kernel.possibleCpus().map((cpu) => kernel.perCpu(a.counter.counters!, cpu))).toEqual([-3, 5]);
  });

  test('a list ends at the object that is lost, with its address', () => {
    const walked = [...kernel.list(kernel.addressOf('things'), thing, 'link')].map(({ $address }) => $address);
    expect(walked).toEqual(['a', 'b', 'c'].map((name) => kernel.addressOf(name)));
    expect(kernel.gaps.list).toMatchObject([
      {
        what: 'list of thing.link',
        address: kernel.addressOf('c.link'),
        reason: expect.stringContaining('excluded') as string,
      },
    ]);
  });

  test('mistakes in a test are named', () => {
    expect(() => toyKernel({ types: '', objects: { a: { type: 'struct list_head', value: { nxt: 0 } } } })).toThrow(
      'struct list_head has no member nxt',
    );
    expect(() => toyKernel({ types: '', lists: [['nowhere.link']] })).toThrow(
      'there is no "nowhere" for "nowhere.link"',
    );
  });
});

test('members that a test adds stand at the end of their struct, behind what is nested in it', () => {
  const types = withMembers('struct a { struct { int x; } y; int z; }; struct b { int c; };', 'a', 'int more;');
  expect(toyKernel({ types }).offsetNamed('a', 'more')).toBe(8);
  expect(() => withMembers(types, 'c', 'int d;')).toThrow('the types have no struct c');
});
