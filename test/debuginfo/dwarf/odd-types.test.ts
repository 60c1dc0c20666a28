import { describe, expect, test } from 'vitest';

import { AT, FORM, TAG, UNIT } from '../../../src/debuginfo/dwarf/constants.js';
import { DwarfError } from '../../../src/debuginfo/dwarf/dwarf-error.js';
import { openDwarfFile } from '../../../src/debuginfo/dwarf/dwarf-file.js';
import { dwarfTypes } from '../../../src/debuginfo/dwarf/dwarf-types.js';
import type { StructType, TypeSource } from '../../../src/debuginfo/type-source.js';
import { resolveType, sizeOf, typeName } from '../../../src/debuginfo/type-walk.js';
import { fixed, toyDwarf, toySections, uleb, type ToyEntry, type ToyUnit } from './toy-dwarf.js';

const ANCHOR = 0xffffffff81000000n;

describe('members', () => {
  test('bit fields by DW_AT_data_bit_offset, and by DW_AT_bit_offset of older compilers, lie in the same bits', () => {
    const types = typesOf([
      unit([
        int('unsigned int', 4),
        struct('fresh', 4, [
          member('a', 'unsigned int', [
            [AT.bit_size, FORM.data1, 3],
            [AT.data_bit_offset, FORM.data1, 5],
          ]),
        ]),
        // Counted from the top of a unit of 4 bytes: 32 - 24 - 3 = bit 5.
        struct('old', 4, [
          member('a', 'unsigned int', [
            [AT.bit_size, FORM.data1, 3],
            [AT.bit_offset, FORM.data1, 24],
            [AT.byte_size, FORM.data1, 4],
            [AT.data_member_location, FORM.data1, 0],
          ]),
        ]),
      ]),
    ]);
    const place = (name: string) =>
      types.struct(name, 'anchor')!.members.map(({ bitOffset, bitSize }) => ({ bitOffset, bitSize }));
    expect(place('fresh')).toEqual([{ bitOffset: 5, bitSize: 3 }]);
    expect(place('old')).toEqual(place('fresh'));
  });

  test('a place may be an expression that adds a constant; one that does anything else is refused', () => {
    const withPlace = (expression: number[]) =>
      typesOf([
        unit([
          int('int', 4),
          struct('s', 16, [member('m', 'int', [[AT.data_member_location, FORM.exprloc, expression]])]),
        ]),
      ]);
    expect(withPlace([0x23, ...uleb(12)]).struct('s', 'anchor')!.members[0]!.bitOffset).toBe(96);
    expect(() => withPlace([0x12]).struct('s', 'anchor')).toThrow(DwarfError);
  });

  test('an anonymous union, an array of two dimensions, a flexible array, and one of no length', () => {
    const types = typesOf([
      unit([
        int('char', 1, 6),
        array('two', 'char', [
          [AT.count, FORM.data1, 2],
          [AT.upper_bound, FORM.data1, 4],
        ]),
        array('flexible', 'char', [undefined]),
        array('none', 'char', [[AT.upper_bound, FORM.sdata, -1]]),
        array('absurd', 'char', [[AT.count, FORM.data8, 0xffff_ffff_ffff_ffffn]]),
        {
          tag: TAG.union_type,
          label: 'anonymous',
          attributes: [[AT.byte_size, FORM.data1, 10]],
          children: [member('inner', 'two', [])],
        },
        struct('s', 16, [
          member(undefined, 'anonymous', at(4)),
          member('rest', 'flexible', at(16)),
          member('zero', 'none', at(16)),
          member('huge', 'absurd', at(16)),
        ]),
      ]),
    ]);
    const s = types.struct('s', 'anchor')!;
    const inner = s.members[0]!.type() as StructType;
    expect(inner.kind).toBe('union');
    expect(typeName(inner.members[0]!.type())).toBe('char [2][5]');
    expect(sizeOf(inner.members[0]!.type())).toBe(10);
    expect(s.members.slice(1).map(({ type }) => sizeOf(type()))).toEqual([0, 0, 0]);
  });

  test('function types, enums of both signs and a variable', () => {
    const types = typesOf([
      unit([
        int('int', 4, 5),
        int('unsigned int', 4, 7),
        { tag: TAG.pointer_type, label: 'callback', attributes: [ref(AT.type, 'function')] },
        {
          tag: TAG.subroutine_type,
          label: 'function',
          attributes: [ref(AT.type, 'int')],
          children: [
            { tag: TAG.formal_parameter, attributes: [ref(AT.type, 'int')] },
            { tag: TAG.unspecified_parameters },
          ],
        },
        enumeration('plus', 'unsigned int', [['BIG', FORM.data1, 200]]),
        enumeration('minus', 'int', [
          ['LOW', FORM.sdata, -1],
          ['BYTE', FORM.data1, 0xff],
        ]),
        { tag: TAG.variable, attributes: [[AT.name, FORM.string, 'handler'], ref(AT.type, 'callback')] },
      ]),
    ]);
    expect(typeName(types.variable('handler', 'anchor')!)).toBe('int (*)(int, ...)');
    expect(types.enumerator('BIG', 'anchor')).toBe(200n);
    expect(types.enumerator('LOW', 'anchor')).toBe(-1n);
    expect(types.enumerator('BYTE', 'anchor')).toBe(-1n);
    expect(types.enum('minus', 'anchor')!.values).toEqual(
      new Map([
        ['LOW', -1n],
        ['BYTE', -1n],
      ]),
    );
  });
});

describe('units', () => {
  test('DWARF 2, 3 and 4 say the same as 5', () => {
    for (const version of [2, 3, 4, 5] as const) {
      expect(
        typesOf([{ ...unit([int('int', 4), struct('s', 8, [member('m', 'int', at(4))])]), version }]).struct(
          's',
          'anchor',
        )!.members[0]!.bitOffset,
      ).toBe(32);
    }
  });

  test('imported units are followed, also where they import each other in a circle', () => {
    const types = typesOf([
      unit([imported('one')]),
      partial('one', [imported('two'), int('int', 4)]),
      partial('two', [
        imported('one'),
        imported('two'),
        struct('deep', 4, [
          {
            tag: TAG.member,
            attributes: [
              [AT.name, FORM.string, 'm'],
              [AT.type, FORM.ref_addr, { ref: 'int' }],
            ],
          },
        ]),
      ]),
    ]);
    expect(typeName(types.struct('deep', 'anchor')!.members[0]!.type())).toBe('int');
    expect(types.struct('shallow', 'anchor')).toBeUndefined();
  });

  test('a struct that is only declared is looked for by name; without a definition it stays a forward', () => {
    const declared = (name: string, label: string): ToyEntry => ({
      tag: TAG.structure_type,
      label,
      attributes: [
        [AT.name, FORM.string, name],
        [AT.declaration, FORM.flag_present, 1],
      ],
    });
    const types = typesOf([
      unit([
        declared('here', 'declared here'),
        declared('nowhere', 'declared nowhere'),
        struct('here', 4, []),
        struct('s', 16, [member('a', 'declared here', at(0)), member('b', 'declared nowhere', at(8))]),
      ]),
    ]);
    expect(types.struct('s', 'anchor')!.members.map(({ type }) => type().kind)).toEqual(['struct', 'forward']);
    expect(types.struct('nowhere', 'anchor')).toBeUndefined();
  });

  test('a forward becomes the struct once a unit that defines it has been read', () => {
    const first = unit([
      {
        tag: TAG.structure_type,
        label: 'declared',
        attributes: [
          [AT.name, FORM.string, 'later'],
          [AT.declaration, FORM.flag_present, 1],
        ],
      },
      struct('s', 8, [member('m', 'declared', at(0))]),
    ]);
    const sections = toyDwarf([first, unit([struct('later', 4, [])])]);
    const second = Buffer.from(sections.contents['.debug_info']!).readUInt32LE(0) + 4;
    const file = openDwarfFile(
      toySections({ ...sections.contents, '.debug_aranges': aranges([0, ANCHOR], [second, ANCHOR + 0x1000n]) }),
    )!;
    const types = dwarfTypes(file).sourceFor((name) => (name === 'late' ? ANCHOR + 0x1000n : ANCHOR), 0n);
    const { type } = types.struct('s', 'anchor')!.members[0]!;
    expect(type().kind).toBe('forward');
    expect(types.struct('later', 'late')!.size).toBe(4);
    expect(type()).toMatchObject({ kind: 'struct', size: 4 });
  });

  test('a type unit is found by its signature', () => {
    const types = typesOf([
      unit([
        struct('s', 8, [
          {
            tag: TAG.member,
            attributes: [
              [AT.name, FORM.string, 'm'],
              [AT.type, FORM.ref_sig8, 0x1234n],
            ],
          },
        ]),
      ]),
      { kind: UNIT.type, signature: 0x1234n, entry: { tag: TAG.type_unit, children: [struct('t', 8, [])] } },
    ]);
    expect(types.struct('s', 'anchor')!.members[0]!.type()).toMatchObject({ kind: 'struct', name: 't', size: 8 });
  });

  test('an address is found without .debug_aranges by the ranges of the units', () => {
    const entry = unit([struct('s', 8, [])]);
    entry.entry.attributes = [
      [AT.low_pc, FORM.addr, ANCHOR],
      [AT.high_pc, FORM.data4, 0x100],
    ];
    const types = dwarfTypes(openDwarfFile(toyDwarf([entry]))!).sourceFor(
      () => ANCHOR + 0x1f_0000n + 0xffn,
      0x1f_0000n,
    );
    expect(types.struct('s', 'anchor')!.size).toBe(8);
    const beyond = dwarfTypes(openDwarfFile(toyDwarf([entry]))!).sourceFor(() => ANCHOR + 0x100n, 0n);
    expect(beyond.struct('s', 'anchor')).toBeUndefined();
  });
});

describe('broken and hostile', () => {
  test('typedefs in a circle, and a struct that contains itself, do not hang', () => {
    const types = typesOf([
      unit([
        { tag: TAG.typedef, label: 'a', attributes: [[AT.name, FORM.string, 'a'], ref(AT.type, 'b')] },
        { tag: TAG.typedef, label: 'b', attributes: [[AT.name, FORM.string, 'b'], ref(AT.type, 'a')] },
        { ...struct('s', 8, [member('s', 'itself', at(0))]), label: 'itself' },
      ]),
    ]);
    expect(resolveType(types.typedef('a', 'anchor')!).kind).toBe('forward');
    expect(types.struct('s', 'anchor')!.members[0]!.type()).toBe(types.struct('s', 'anchor'));
  });

  test('DW_AT_specification in a circle ends', () => {
    const types = typesOf([
      unit([
        { tag: TAG.variable, label: 'x', attributes: [[AT.name, FORM.string, 'v'], ref(AT.specification, 'y')] },
        { tag: TAG.variable, label: 'y', attributes: [ref(AT.specification, 'x')] },
      ]),
    ]);
    expect(types.variable('v', 'anchor')!.kind).toBe('void');
  });

  test('a reference out of the unit, into the header, or to something that is no type is refused', () => {
    for (const target of [0xffff_fff0, 4, 12]) {
      const types = typesOf([
        unit([
          struct('s', 8, [
            {
              tag: TAG.member,
              attributes: [
                [AT.name, FORM.string, 'm'],
                [AT.type, FORM.ref4, target],
              ],
            },
          ]),
        ]),
      ]);
      const { type } = types.struct('s', 'anchor')!.members[0]!;
      expect(() => type(), `reference to ${target}`).toThrow(DwarfError);
    }
  });

  test('what lies in a second file (dwz -m) is refused in one sentence that says so', () => {
    const named = typesOf([
      unit([
        {
          tag: TAG.structure_type,
          attributes: [
            [AT.name, FORM.GNU_strp_alt, 8],
            [AT.byte_size, FORM.data1, 8],
          ],
        },
      ]),
    ]);
    expect(() => named.struct('s', 'anchor')).toThrow(/gnu_debugaltlink/);
    const referring = typesOf([
      unit([
        struct('s', 8, [
          {
            tag: TAG.member,
            attributes: [
              [AT.name, FORM.string, 'm'],
              [AT.type, FORM.GNU_ref_alt, 8],
            ],
          },
        ]),
      ]),
    ]);
    expect(() => referring.struct('s', 'anchor')).toThrow(/gnu_debugaltlink/);
  });

  test('abbreviations of more attributes than memory should hold are refused', () => {
    const none = [...uleb(0x2000), ...uleb(FORM.flag_present)];
    const attributes = Array.from({ length: 1000 }, () => none).flat();
    const table = Array.from({ length: 2100 }, (_, i) => [
      ...uleb(i + 1),
      ...uleb(TAG.compile_unit),
      0,
      ...attributes,
      0,
      0,
    ]);
    const whole = toyDwarf([unit([int('int', 4)])], { '.debug_aranges': aranges() });
    const types = (abbrevs: number[][]) => () => {
      const sections = toySections({
        ...whole.contents,
        '.debug_abbrev': Buffer.concat(abbrevs.map((one) => Buffer.from(one))),
      });
      return dwarfTypes(openDwarfFile(sections)!)
        .sourceFor(() => ANCHOR, 0n)
        .struct('s', 'anchor');
    };
    expect(types([...table, [0]])).toThrow(/has too many attributes/);
    expect(types([...table.slice(0, 100), [0]])).not.toThrow(/too many/);
  });

  test('an indirect form that leads to another is refused', () => {
    const types = typesOf([
      unit([
        struct('s', 8, [{ tag: TAG.member, attributes: [[AT.data_member_location, FORM.indirect, FORM.indirect]] }]),
      ]),
    ]);
    expect(() => types.struct('s', 'anchor')).toThrow(/indirect form that leads nowhere/);
  });

  test('DW_AT_sibling that leads backwards is not followed', () => {
    const types = typesOf([
      unit([
        {
          tag: TAG.structure_type,
          label: 'first',
          attributes: [[AT.name, FORM.string, 'first'], [AT.byte_size, FORM.data1, 1], ref(AT.sibling, 'first')],
          children: [],
        },
        struct('second', 2, []),
      ]),
    ]);
    expect(types.struct('second', 'anchor')!.size).toBe(2);
  });

  test('a section cut short at any length gives nothing, or one sentence', () => {
    const whole = toyDwarf([unit([int('int', 4), struct('s', 8, [member('m', 'int', at(4))])])], {
      '.debug_aranges': aranges(),
    });
    const outcomes = new Set<string>();
    for (const name of ['.debug_info', '.debug_abbrev', '.debug_aranges']) {
      for (let length = 0; length < whole.contents[name]!.length; length++) {
        const cut = toySections({ ...whole.contents, [name]: whole.contents[name]!.subarray(0, length) });
        outcomes.add(
          outcome(() => {
            const file = openDwarfFile(cut);
            return file === undefined
              ? undefined
              : dwarfTypes(file)
                  .sourceFor(() => ANCHOR, 0n)
                  .struct('s', 'anchor')
                  ?.members[0]?.type();
          }),
        );
      }
    }
    expect([...outcomes].toSorted()).toEqual(['nothing', 'sentence']);
  });
});

/** 'sentence' for a DwarfError; anything else that is thrown is a bug and fails the test. */
function outcome(ask: () => unknown): 'answer' | 'nothing' | 'sentence' {
  try {
    return ask() === undefined ? 'nothing' : 'answer';
  } catch (error) {
    if (!(error instanceof DwarfError)) throw error;
    expect(error.message).toMatch(/^[^\n]+\.$/);
    return 'sentence';
  }
}

/** Types of units of which the first one has the function `anchor`. */
function typesOf(units: ToyUnit[]): TypeSource {
  return dwarfTypes(openDwarfFile(toyDwarf(units, { '.debug_aranges': aranges() }))!).sourceFor(
    (name) => (name === 'anchor' ? ANCHOR : undefined),
    0n,
  );
}

/** 0x100 bytes of code for each unit. */
function aranges(...units: [unit: number, address: bigint][]): number[] {
  return (units.length > 0 ? units : [[0, ANCHOR] as const]).flatMap(([offset, address]) => {
    const body = [
      ...fixed(2, 2),
      ...fixed(offset, 4),
      8,
      0,
      0,
      0,
      0,
      0,
      ...fixed(address, 8),
      ...fixed(0x100, 8),
      ...fixed(0, 16),
    ];
    return [...fixed(body.length, 4), ...body];
  });
}

function unit(children: ToyEntry[]): ToyUnit {
  return { entry: { tag: TAG.compile_unit, children } };
}

function partial(label: string, children: ToyEntry[]): ToyUnit {
  return { kind: UNIT.partial, entry: { tag: TAG.partial_unit, label, children } };
}

function imported(label: string): ToyEntry {
  return { tag: TAG.imported_unit, attributes: [[AT.import, FORM.ref_addr, { ref: label }]] };
}

function int(name: string, size: number, encoding = 5): ToyEntry {
  return {
    tag: TAG.base_type,
    label: name,
    attributes: [
      [AT.name, FORM.string, name],
      [AT.byte_size, FORM.data1, size],
      [AT.encoding, FORM.data1, encoding],
    ],
  };
}

function struct(name: string, size: number, children: ToyEntry[]): ToyEntry {
  return {
    tag: TAG.structure_type,
    attributes: [
      [AT.name, FORM.string, name],
      [AT.byte_size, FORM.data1, size],
    ],
    children,
  };
}

type Attributes = NonNullable<ToyEntry['attributes']>;

function member(name: string | undefined, type: string, attributes: Attributes): ToyEntry {
  return {
    tag: TAG.member,
    attributes: [
      ...(name === undefined ? [] : ([[AT.name, FORM.string, name]] as Attributes)),
      ref(AT.type, type),
      ...attributes,
    ],
  };
}

function at(byte: number): Attributes {
  return [[AT.data_member_location, FORM.data1, byte]];
}

function ref(attribute: number, label: string): Attributes[number] {
  return [attribute, FORM.ref4, { ref: label }];
}

function array(label: string, element: string, bounds: (Attributes[number] | undefined)[]): ToyEntry {
  return {
    tag: TAG.array_type,
    label,
    attributes: [ref(AT.type, element)],
    children: bounds.map((bound) => ({ tag: TAG.subrange_type, attributes: bound === undefined ? [] : [bound] })),
  };
}

function enumeration(name: string, type: string, values: [name: string, form: number, value: number][]): ToyEntry {
  return {
    tag: TAG.enumeration_type,
    attributes: [[AT.name, FORM.string, name], [AT.byte_size, FORM.data1, 4], ref(AT.type, type)],
    children: values.map(([enumerator, form, value]) => ({
      tag: TAG.enumerator,
      attributes: [
        [AT.name, FORM.string, enumerator],
        [AT.const_value, form, value],
      ],
    })),
  };
}
