import { expect, test } from 'vitest';

import { AT, FORM, TAG } from '../../../src/debuginfo/dwarf/constants.js';
import { openDebugInfo } from '../../../src/debuginfo/dwarf/debug-info.js';
import { littleEndian } from '../../../src/debuginfo/dwarf/expression-value.js';
import type { FrameState } from '../../../src/debuginfo/dwarf/frame-state.js';
import { OP } from '../../../src/debuginfo/dwarf/operations.js';
import type { Where } from '../../../src/debuginfo/dwarf/variables.js';
import { fixed, sleb, toyDwarf, uleb, type ToyEntry, type ToyUnit, type ToyValue } from './toy-dwarf.js';

const LOW = 0xffffffff81000000n;
const KASLR = 0x2000_0000n;
type Attribute = NonNullable<ToyEntry['attributes']>[number];

const frame: FrameState = {
  pc: LOW + KASLR + 4n,
  interrupted: true,
  cfa: 0x9000n,
  register: (number) => (number === 9 ? undefined : 0x1111_0000_0000_0000n + BigInt(number)),
};

test.each<[string, ToyValue, Where]>([
  ['memory, by the frame base', [OP.fbreg, ...sleb(-24)], { kind: 'memory', address: 0x9000n - 24n }],
  ['a static variable gets KASLR’s offset', [OP.addr, ...fixed(LOW, 8)], { kind: 'memory', address: LOW + KASLR }],
  ['a register, as wide as the type', [OP.reg0 + 5], { kind: 'bytes', bytes: Uint8Array.of(5, 0, 0, 0) }],
  [
    'a calculated value',
    [OP.lit0 + 3, OP.neg, OP.stack_value],
    { kind: 'bytes', bytes: Uint8Array.of(0xfd, 0xff, 0xff, 0xff) },
  ],
  [
    'pieces, one of them optimized out',
    [OP.reg0 + 5, OP.piece, 2, OP.piece, 2],
    { kind: 'partial', bytes: Uint8Array.of(5, 0, 0, 0), missing: [{ bitOffset: 16, bitSize: 16 }] },
  ],
  [
    'pieces that are all there',
    [OP.reg0 + 5, OP.piece, 2, OP.lit0 + 7, OP.stack_value, OP.piece, 2],
    { kind: 'bytes', bytes: Uint8Array.of(5, 0, 7, 0) },
  ],
  ['a piece in memory', [OP.fbreg, 0, OP.piece, 4], { kind: 'bytes', bytes: Uint8Array.of(0, 0x90, 0, 0) }],
  ['nothing', [], { kind: 'optimized out' }],
  ['a lost register', [OP.reg0 + 9], { kind: 'unknown', reason: 'the value of register 9 in this frame is not known' }],
  [
    'a loop',
    [OP.skip, ...fixed(-3, 2)],
    { kind: 'unknown', reason: 'its location is calculated by an expression without an end' },
  ],
])('%s', (_, location, where) => {
  expect(whereOf([AT.location, FORM.exprloc, location])).toEqual(where);
});

test('a constant, and a variable without any location', () => {
  expect(whereOf([AT.const_value, FORM.sdata, -2])).toEqual({
    kind: 'bytes',
    bytes: Uint8Array.of(0xfe, 0xff, 0xff, 0xff),
  });
  expect(whereOf()).toEqual({ kind: 'optimized out' });
});

test('location lists of DWARF 4 and 5: the entry that holds the address; for a return address that of the call before it', () => {
  const v5 = [9, 0, 0, 4, 0, 4, 1, OP.reg0 + 1, 6, ...fixed(LOW, 8), 4, 4, 8, 1, OP.reg0 + 2, 0];
  const v4 = [
    ...fixed(0, 8),
    ...fixed(4, 8),
    1,
    0,
    OP.reg0 + 1,
    ...fixed(4, 8),
    ...fixed(8, 8),
    1,
    0,
    OP.reg0 + 2,
    ...fixed(0, 16),
  ];
  for (const [version, section, list] of [
    [5, '.debug_loclists', v5],
    [4, '.debug_loc', v4],
  ] as const) {
    const at = (offset: bigint, interrupted: boolean) =>
      whereOf([AT.location, FORM.sec_offset, 0], {
        version,
        further: { [section]: list },
        frame: { ...frame, pc: LOW + KASLR + offset, interrupted },
      });
    expect(at(3n, true)).toMatchObject({ bytes: Uint8Array.of(1, 0, 0, 0) });
    expect(at(4n, true)).toMatchObject({ bytes: Uint8Array.of(2, 0, 0, 0) });
    expect(at(4n, false)).toMatchObject({ bytes: Uint8Array.of(1, 0, 0, 0) });
    expect(at(9n, true)).toEqual({ kind: 'optimized out' });
  }
});

test('a pointer that no longer exists leads to the object that still does, and a circle of them ends', () => {
  const pointing = (name: string, target: string): ToyEntry => ({
    tag: TAG.variable,
    label: name,
    attributes: [
      [AT.name, FORM.string, name],
      [AT.type, FORM.ref4, { ref: 'int' }],
      [AT.location, FORM.exprloc, [OP.implicit_pointer, ...fixed(offsets.get(target) ?? 0, 4), 4]],
    ],
  });
  // The offsets are known once it has been written: written twice.
  const offsets = new Map<string, number>();
  const build = () =>
    unit(
      [],
      [
        {
          tag: TAG.variable,
          label: 'object',
          attributes: [
            [AT.name, FORM.string, 'object'],
            [AT.type, FORM.ref4, { ref: 'int' }],
            [AT.location, FORM.exprloc, [OP.fbreg, 0]],
          ],
        },
        pointing('pointer', 'object'),
        pointing('a', 'b'),
        pointing('b', 'a'),
      ],
    );
  for (const [label, { offset }] of toyDwarf([build()]).labels) offsets.set(label, offset);
  const variables = openDebugInfo(toyDwarf([build()]), KASLR)!.variablesAt(frame, 0, () => undefined);
  const found = (name: string) => variables.find((variable) => variable.name === name)!.where;
  expect(found('pointer')).toEqual({
    kind: 'points into',
    variable: 'object',
    offset: 4n,
    object: { kind: 'memory', address: 0x9000n },
  });
  expect(found('a')).toMatchObject({ kind: 'points into', object: { kind: 'points into' } });
});

test('an entry value comes from the caller’s call site; a caller that called another function knows nothing', () => {
  const caller = (callee: string): ToyEntry => ({
    tag: TAG.subprogram,
    attributes: [
      [AT.name, FORM.string, 'caller'],
      [AT.low_pc, FORM.addr, LOW + 0x20n],
      [AT.high_pc, FORM.data1, 0x10],
    ],
    children: [
      {
        tag: TAG.call_site,
        attributes: [
          [AT.call_return_pc, FORM.addr, LOW + 0x28n],
          [AT.call_origin, FORM.ref4, { ref: callee }],
        ],
        children: [
          {
            tag: TAG.call_site_parameter,
            attributes: [
              [AT.location, FORM.exprloc, [OP.reg0 + 5]],
              [AT.call_value, FORM.exprloc, [OP.breg0 + 3, ...sleb(1)]],
            ],
          },
        ],
      },
    ],
  });
  const other: ToyEntry = { tag: TAG.subprogram, label: 'other', attributes: [[AT.name, FORM.string, 'other']] };
  const called: FrameState = {
    ...frame,
    caller: () => ({ pc: LOW + KASLR + 0x28n, interrupted: false, register: () => 0x40n }),
  };
  const entry: Attribute = [AT.location, FORM.exprloc, [OP.entry_value, 1, OP.reg0 + 5, OP.stack_value]];
  expect(whereOf(entry, { frame: called, functions: [other, caller('f')] })).toEqual({
    kind: 'bytes',
    bytes: Uint8Array.of(0x41, 0, 0, 0),
  });
  expect(whereOf(entry, { frame: called, functions: [other, caller('other')] })).toMatchObject({ kind: 'unknown' });
  expect(whereOf(entry, { functions: [other, caller('f')] })).toMatchObject({ kind: 'unknown' });
});

test('stacks whose frames call themselves for ever end', () => {
  const endless: FrameState = {
    pc: LOW + KASLR + 4n,
    interrupted: false,
    cfa: 0n,
    register: () => undefined,
    caller: () => endless,
  };
  const self: ToyEntry = {
    tag: TAG.call_site,
    attributes: [[AT.call_return_pc, FORM.addr, LOW + 4n]],
    children: [
      {
        tag: TAG.call_site_parameter,
        attributes: [
          [AT.location, FORM.exprloc, [OP.reg0 + 5]],
          [AT.call_value, FORM.exprloc, [...entryValue(), ...entryValue(), OP.plus]],
        ],
      },
    ],
  };
  expect(
    whereOf([AT.location, FORM.exprloc, [...entryValue(), OP.stack_value]], { frame: endless, inside: [self] }),
  ).toMatchObject({ kind: 'unknown' });
});

function entryValue(): number[] {
  return [OP.entry_value, ...uleb(1), OP.reg0 + 5];
}

interface Setting {
  version?: 4 | 5;
  further?: Record<string, number[]>;
  frame?: FrameState;
  /** Entries beside the function, and in it. */
  functions?: ToyEntry[];
  inside?: ToyEntry[];
}

/** Where the int `v` of the function `f` is. Memory holds, as a word, its own address. */
function whereOf(
  location?: Attribute,
  { version = 5, further = {}, frame: here = frame, functions = [], inside = [] }: Setting = {},
): Where {
  const variable: ToyEntry = {
    tag: TAG.variable,
    attributes: [
      [AT.name, FORM.string, 'v'],
      [AT.type, FORM.ref4, { ref: 'int' }],
      ...(location === undefined ? [] : [location]),
    ],
  };
  const info = openDebugInfo(toyDwarf([{ ...unit(functions, [variable, ...inside]), version }], further), KASLR)!;
  const variables = info.variablesAt(here, 0, (address, length) => littleEndian(address, length));
  expect(variables.map(({ name, parameter }) => ({ name, parameter }))).toEqual([{ name: 'v', parameter: false }]);
  return variables[0]!.where;
}

function unit(functions: ToyEntry[], inFunction: ToyEntry[]): ToyUnit {
  return {
    entry: {
      tag: TAG.compile_unit,
      attributes: [
        [AT.low_pc, FORM.addr, LOW],
        [AT.high_pc, FORM.data2, 0x100],
      ],
      children: [
        {
          tag: TAG.base_type,
          label: 'int',
          attributes: [
            [AT.name, FORM.string, 'int'],
            [AT.byte_size, FORM.data1, 4],
            [AT.encoding, FORM.data1, 5],
          ],
        },
        {
          tag: TAG.subprogram,
          label: 'f',
          attributes: [
            [AT.name, FORM.string, 'f'],
            [AT.low_pc, FORM.addr, LOW],
            [AT.high_pc, FORM.data1, 0x10],
            [AT.frame_base, FORM.exprloc, [OP.call_frame_cfa]],
          ],
          children: inFunction,
        },
        ...functions,
      ],
    },
  };
}
