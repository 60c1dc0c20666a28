import { describe, expect, test } from 'vitest';

import { addressOf, keyOf } from '../../../src/debuginfo/dwarf/address-key.js';
import { AT, FORM, TAG } from '../../../src/debuginfo/dwarf/constants.js';
import { openDebugInfo } from '../../../src/debuginfo/dwarf/debug-info.js';
import { DwarfError } from '../../../src/debuginfo/dwarf/dwarf-error.js';
import { openDwarfFile } from '../../../src/debuginfo/dwarf/dwarf-file.js';
import { lineTables } from '../../../src/debuginfo/dwarf/lines.js';
import { fixed, sleb, text, toyDwarf, uleb, type ToyEntry } from './toy-dwarf.js';

const LOW = 0xffffffff81000000n;
const setAddress = (address: bigint): number[] => [0, ...uleb(9), 2, ...fixed(address, 8)];
const endSequence = [0, 1, 1];
/** Rows: LOW line 10 column 5; LOW+4 line 11, then line 12 for the same address; ends at LOW+16. */
const PROGRAM = [...setAddress(LOW), 3, ...sleb(9), 5, 5, 1, 2, 4, 3, 1, 1, 3, 1, 1, 2, 12, ...endSequence];

describe('line tables', () => {
  test.each([2, 3, 4, 5] as const)(
    'version %s: the last of the rows with one address holds, to the end of the sequence',
    (version) => {
      const lines = tableOf(version, PROGRAM);
      const at = (offset: bigint) => lines(LOW + offset);
      expect(at(0n)).toEqual({ file: 'mm/oom_kill.c', line: 10, column: 5 });
      expect(at(3n)!.line).toBe(10);
      expect(at(4n)!.line).toBe(12);
      expect(at(15n)!.line).toBe(12);
      expect([at(16n), at(-1n)]).toEqual([undefined, undefined]);
    },
  );

  test('paths are relative to the unit’s directory below it, and as they are elsewhere', () => {
    const at = (file: number) => tableOf(5, [...setAddress(LOW), 4, file, 1, 2, 4, ...endSequence])(LOW)!.file;
    expect([at(1), at(2), at(3), at(9)]).toEqual(['mm/oom_kill.c', '/usr/src/linux/mm.h', 'generated.h', '?']);
  });

  test('line 0 is no line; special opcodes and const_add_pc advance', () => {
    // Special opcode: address += (200-13)/14 = 13, line += -5 + (200-13)%14 = 0.
    const at = tableOf(4, [...setAddress(LOW), 3, ...sleb(-1), 1, 200, 8, 3, ...sleb(7), 1, 2, 1, ...endSequence]);
    expect(at(LOW + 5n)).toBeUndefined();
    expect(at(LOW + 13n)).toBeUndefined();
    expect(at(LOW + 13n + 17n)!.line).toBe(7);
  });

  test('sequences in any order are found', () => {
    const sequence = (address: bigint, line: number): number[] => [
      ...setAddress(address),
      3,
      ...sleb(line - 1),
      1,
      2,
      4,
      ...endSequence,
    ];
    const at = tableOf(5, [...sequence(LOW + 100n, 2), ...sequence(LOW, 1), ...sequence(LOW + 50n, 3)]);
    expect([0n, 50n, 100n, 60n].map((offset) => at(LOW + offset)?.line)).toEqual([1, 3, 2, undefined]);
  });

  test('a header that divides by zero, claims endless files, or a program cut short is refused', () => {
    expect(() => tableOf(5, PROGRAM, { lineRange: 0 })(LOW)).toThrow(DwarfError);
    expect(() => tableOf(5, [0, 200, 2])(LOW)).toThrow(DwarfError);
    expect(() => tableOf(5, PROGRAM, { files: 2 ** 40 })(LOW)).toThrow(DwarfError);
    expect(() => tableOf(5, [...setAddress(LOW), 2])(LOW)).toThrow(DwarfError);
  });
});

describe('inlined calls', () => {
  const inlined = (origin: string, low: bigint, line: number, children: ToyEntry[] = []): ToyEntry => ({
    tag: TAG.inlined_subroutine,
    attributes: [
      [AT.abstract_origin, FORM.ref4, { ref: origin }],
      [AT.low_pc, FORM.addr, low],
      [AT.high_pc, FORM.data1, 4],
      [AT.call_file, FORM.data1, 1],
      [AT.call_line, FORM.data1, line],
      [AT.call_column, FORM.data1, 3],
    ],
    children,
  });
  const abstract = (name: string): ToyEntry => ({
    tag: TAG.subprogram,
    label: name,
    attributes: [[AT.name, FORM.string, name]],
  });

  test('each level has the place of its call; blocks without code of their own are looked through', () => {
    const info = infoOf([
      abstract('inner'),
      abstract('middle'),
      {
        tag: TAG.subprogram,
        attributes: [
          [AT.name, FORM.string, 'outer'],
          [AT.low_pc, FORM.addr, LOW],
          [AT.high_pc, FORM.data1, 16],
        ],
        children: [{ tag: TAG.lexical_block, children: [inlined('middle', LOW, 40, [inlined('inner', LOW, 30)])] }],
      },
    ]);
    const shown = (address: bigint) =>
      info
        .inlineChainAt(address)!
        .map((frame) => `${frame.function} ${frame.source?.line}:${frame.source?.column} ${frame.inlined}`);
    expect(shown(LOW + 0x1000n)).toEqual(['inner 10:5 true', 'middle 30:3 true', 'outer 40:3 false']);
    expect(shown(LOW + 0x1008n)).toEqual(['outer 12:5 false']);
    expect(info.inlineChainAt(LOW + 0x1200n)).toBeUndefined();
  });

  test('a function that is its own origin, and scopes deeper than any compiler makes, end', () => {
    let deep: ToyEntry[] = [];
    for (let i = 0; i < 400; i++) deep = [inlined('self', LOW, 1, deep)];
    const info = infoOf([
      {
        tag: TAG.subprogram,
        label: 'self',
        attributes: [
          [AT.abstract_origin, FORM.ref4, { ref: 'self' }],
          [AT.low_pc, FORM.addr, LOW],
          [AT.high_pc, FORM.data1, 16],
        ],
        children: deep,
      },
    ]);
    const chain = info.inlineChainAt(LOW + 0x1000n)!;
    expect(chain.length).toBeLessThan(200);
    expect(chain.at(-1)!.function).toBeUndefined();
  });
});

test('addresses of both halves are exact as keys', () => {
  for (const address of [0n, 0x7fff_ffff_f000n, 0xffff_8000_0000_0001n, 0xffff_ffff_ffff_ffffn])
    expect(addressOf(keyOf(address))).toBe(address);
});

function infoOf(children: ToyEntry[]) {
  const entry: ToyEntry = {
    tag: TAG.compile_unit,
    attributes: [
      [AT.stmt_list, FORM.sec_offset, 0],
      [AT.low_pc, FORM.addr, LOW],
      [AT.high_pc, FORM.data2, 0x100],
      [AT.comp_dir, FORM.string, '/build'],
    ],
    children,
  };
  return openDebugInfo(toyDwarf([{ entry }], { '.debug_line': lineSection(5, PROGRAM, {}) }), 0x1000n)!;
}

function tableOf(version: 2 | 3 | 4 | 5, program: number[], oddities: Oddities = {}) {
  const entry: ToyEntry = {
    tag: TAG.compile_unit,
    attributes: [
      [AT.stmt_list, FORM.sec_offset, 0],
      [AT.comp_dir, FORM.string, '/build'],
      [AT.name, FORM.string, 'mm/oom_kill.c'],
    ],
  };
  const file = openDwarfFile(toyDwarf([{ entry }], { '.debug_line': lineSection(version, program, oddities) }))!;
  return (address: bigint) => lineTables(file)(file.units.at(0)).at(keyOf(address));
}

interface Oddities {
  lineRange?: number;
  files?: number;
}

function lineSection(version: 2 | 3 | 4 | 5, program: number[], { lineRange = 14, files = 4 }: Oddities): number[] {
  const operands = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
  const common = [1, ...(version >= 4 ? [1] : []), 1, ...fixed(-5, 1), lineRange, 13, ...operands];
  const tables =
    version >= 5
      ? [
          1,
          1,
          FORM.string,
          3,
          ...text('/build'),
          ...text('/build/mm'),
          ...text('/usr/src/linux'),
          2,
          1,
          FORM.string,
          2,
          FORM.udata,
          ...uleb(files),
          ...text('mm/oom_kill.c'),
          0,
          ...text('oom_kill.c'),
          1,
          ...text('mm.h'),
          2,
          ...text('./generated.h'),
          0,
        ]
      : [...text('mm'), 0, ...text('oom_kill.c'), 1, 0, 0, 0];
  const header = [...common, ...tables];
  const body = [
    ...fixed(version, 2),
    ...(version >= 5 ? [8, 0] : []),
    ...fixed(header.length, 4),
    ...header,
    ...program,
  ];
  return [...fixed(body.length, 4), ...body];
}
