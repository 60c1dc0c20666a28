import { describe, expect, test } from 'vitest';

import { inspectObject, type InspectedMember } from '../../src/inspect/inspect-object.js';
import { listEntries } from '../../src/inspect/list-entries.js';
import { to, toyKernel, type ToyKernel } from '../../src/testing/index.js';

const types = `
  enum colour { RED, GREEN = 5, BLUE };
  struct owner { char name[16]; int id; };
  struct inner { unsigned short low, high; };
  typedef struct { int uid; } kuid_t;
  struct thing {
    char comm[16];
    enum colour colour;
    union { unsigned int word; struct { unsigned int ready : 1, kind : 3; } bits; } packed;
    int temperature;
    kuid_t uid;
    atomic_t count;
    struct inner inner;
    unsigned long words[3];
    struct owner *owner;
    const char *label;
    void *nothing;
    bool hot;
    unsigned int flags;
    gfp_t allocation;
    int flagship;
    struct list_head children;
    struct list_head sibling;
  };
`;

function thingKernel(more: Partial<Parameters<typeof toyKernel>[0]> = {}): ToyKernel {
  return toyKernel({
    types,
    variables: {
      thing: {
        type: 'struct thing',
        value: {
          comm: 'we)ird "x"',
          colour: 5,
          packed: { word: 0b1101 },
          temperature: -40,
          uid: 1000,
          count: 3,
          inner: { low: 7, high: 9 },
          words: [1, 2, 0x1234567890],
          owner: to('owner'),
          label: 'a label',
          hot: true,
          flags: 0x40080000,
          allocation: 8,
          flagship: 4194304,
        },
      },
    },
    objects: {
      owner: { type: 'struct owner', value: { name: 'boss', id: 4 } },
      a: { type: 'struct thing' },
      b: { type: 'struct thing' },
    },
    lists: [['thing.children', 'a.sibling', 'b.sibling']],
    ...more,
  });
}

function inspect(kernel: ToyKernel): Map<string, InspectedMember> {
  const members = inspectObject(kernel, kernel.types.struct('thing')!, kernel.addressOf('thing'));
  return new Map(members.map((member) => [member.declaration, member]));
}

describe('an object by its types', () => {
  const kernel = thingKernel();
  const members = inspect(kernel);
  const value = (declaration: string) => members.get(declaration)?.value;

  test('texts, numbers, enumerators, bit fields and booleans read as a person would write them', () => {
    expect(value('char comm[16]')).toBe(String.raw`"we)ird \"x\""`);
    expect(value('enum colour colour')).toBe('GREEN (5)');
    const packed = [...members.values()].find(({ declaration }) => declaration.endsWith('packed'))!;
    expect(packed.members[1]!.members.map((member) => [member.declaration, member.value])).toEqual([
      ['unsigned int ready:1', '1'],
      ['unsigned int kind:3', '6'],
    ]);
    expect(value('int temperature')).toBe('-40');
    expect(value('bool hot')).toBe(true);
  });

  test('flags are told in hexadecimal too, where that says more; a number of another name is not', () => {
    expect([value('unsigned int flags'), value('gfp_t allocation'), value('int flagship')]).toEqual([
      '1074266112 (0x40080000)',
      '8',
      '4194304',
    ]);
  });

  test('a struct around one scalar shows the scalar', () => {
    expect([value('kuid_t uid'), value('atomic_t count')]).toEqual(['1000', '3']);
  });

  test('structs and arrays have their members below them', () => {
    expect(
      members
        .get('struct inner inner')
        ?.members.map(
          ({ declaration, value }) => `${declaration.split(' ').at(-1)} = ${typeof value === 'string' ? value : '?'}`,
        ),
    ).toEqual(['low = 7', 'high = 9']);
    const words = [...members.values()].find(({ declaration }) => declaration.includes('words[3]'))!;
    expect(words.members.map((member) => member.value)).toEqual(['1', '2', '78187493520 (0x1234567890)']);
  });

  test('a pointer is a place with the type that stands there, and shows the name of what it leads to', () => {
    const owner = members.get('struct owner *owner')!;
    expect(owner.value).toMatch(new RegExp(`^0x${kernel.addressOf('owner').toString(16)} (<.*> )?"boss"$`));
    expect(owner.place).toEqual({ type: 'struct owner', address: kernel.addressOf('owner') });
    expect([...members.values()].find(({ declaration }) => declaration.endsWith('char *label'))?.value).toMatch(
      /^0x[\da-f]+ (<.*> )?"a label"$/,
    );
    expect(members.get('void *nothing')).toMatchObject({ value: 'NULL' });
    expect(members.get('void *nothing')).not.toHaveProperty('place');
  });

  test('what can not be read is a gap in its place, and the rest stands', () => {
    const broken = inspect(thingKernel({ lost: ['owner'] }));
    expect(broken.get('struct owner *owner')?.value).not.toContain('boss');
    const gone = thingKernel({ lost: ['thing'] });
    expect(
      [...inspect(gone).values()].every(
        ({ value, members: below }) => below.length > 0 || (typeof value === 'object' && value?.gap),
      ),
    ).toBe(true);
  });
});

describe('what hangs on a list', () => {
  test('elements are found by the member that links them', () => {
    const kernel = thingKernel();
    const entries = [...listEntries(kernel, kernel.addressOf('thing.children'), 'thing.sibling')];
    expect(entries.map(({ object }) => object)).toEqual([kernel.addressOf('a'), kernel.addressOf('b')]);
  });

  test('without it the links alone', () => {
    const kernel = thingKernel();
    expect([...listEntries(kernel, kernel.addressOf('thing.children'), undefined)]).toEqual([
      { node: kernel.addressOf('a.sibling') },
      { node: kernel.addressOf('b.sibling') },
    ]);
  });

  test('a list that goes in a circle ends, with a gap', () => {
    const kernel = thingKernel({ overwrite: { 'b.sibling.next': to('b.sibling') } });
    expect([...listEntries(kernel, kernel.addressOf('thing.children'), 'thing.sibling')].length).toBeLessThan(10);
    expect(kernel.gaps.list).toHaveLength(1);
  });

  test('a member that this kernel lacks is said', () => {
    const kernel = thingKernel();
    expect(() => [...listEntries(kernel, kernel.addressOf('thing.children'), 'thing.nosuch')]).toThrow(
      'no member `nosuch`',
    );
  });
});
