import { assert, bigInt, property, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Cursor } from '../../../src/debuginfo/dwarf/cursor.js';
import { DwarfError } from '../../../src/debuginfo/dwarf/dwarf-error.js';
import { evaluateLocation, evaluateNumber, type ExpressionContext } from '../../../src/debuginfo/dwarf/expression.js';
import { fromLittleEndian, littleEndian, NoValue } from '../../../src/debuginfo/dwarf/expression-value.js';
import { OP } from '../../../src/debuginfo/dwarf/operations.js';
import { fixed, sleb, uleb } from './toy-dwarf.js';

const lit = (value: number): number => OP.lit0 + value;
const consts = (value: number | bigint): number[] => [OP.consts, ...sleb(value)];

/** Register n holds 0x1000 * n; the word at an address is the address plus one; register 9 is lost. */
const context: ExpressionContext = {
  addressSize: 8,
  offsetSize: 4,
  version: 5,
  kaslrOffset: 0x1000_0000n,
  register: (number) => (number === 9 ? undefined : BigInt(number) * 0x1000n),
  read: (address, length) => (address < 0x100n ? undefined : littleEndian(address + 1n, length)),
  cfa: () => 0x8000n,
  frameBase: () => 0x7000n,
  entryValue: (expression) => (expression[0] === OP.reg0 + 5 ? 55n : undefined),
  scalarType: (at) => ({ 1: { bits: 32, signed: true }, 2: { bits: 8, signed: false } })[at],
};

const number = (...bytes: (number | number[])[]): bigint => evaluateNumber(cursor(bytes.flat()), context);
const places = (...bytes: (number | number[])[]) => evaluateLocation(cursor(bytes.flat()), context);

describe('numbers', () => {
  test.each<[string, (number | number[])[], bigint]>([
    ['an address of the file gets KASLR’s offset', [OP.addr, fixed(0xffffffff81000000n, 8)], 0xffffffff91000000n],
    ['base registers', [OP.breg0 + 7, sleb(-8)], 0x6ff8n],
    ['the frame base', [OP.fbreg, sleb(-16)], 0x6ff0n],
    ['the frame address', [OP.call_frame_cfa, consts(-8), OP.plus], 0x7ff8n],
    ['a load', [OP.breg0 + 1, sleb(0), OP.deref], 0x1001n],
    ['a load of one byte', [OP.const2u, fixed(0x1fe, 2), OP.deref_size, 1], 0xffn],
    ['division is signed', [consts(-7), lit(2), OP.div], BigInt.asUintN(64, -3n)],
    ['shr is logical, shra is not', [consts(-1), lit(31), OP.shr, lit(31), OP.shr, lit(1), OP.shr], 1n],
    ['shra', [consts(-8), lit(2), OP.shra], BigInt.asUintN(64, -2n)],
    ['sums wrap at 64 bits', [consts(-1), lit(2), OP.plus], 1n],
    ['rot', [lit(1), lit(2), lit(3), OP.rot, OP.drop, lit(10), OP.mul, OP.plus], 13n],
    ['pick and over', [lit(4), lit(5), OP.over, OP.pick, 2, OP.plus], 8n],
    ['a branch', [lit(3), lit(1), OP.bra, fixed(1, 2), lit(9), lit(5), OP.plus], 8n],
    ['comparison is signed', [consts(-1), lit(1), OP.lt], 1n],
    ['an entry value', [OP.entry_value, uleb(1), OP.reg0 + 5, lit(1), OP.plus], 56n],
    ['a conversion wraps at its type', [OP.const2u, fixed(0x1ff, 2), OP.convert, uleb(2), OP.convert, 0], 0xffn],
    [
      'a signed type keeps its sign',
      [OP.const4u, fixed(0xffffffff, 4), OP.convert, uleb(1), OP.convert, 0],
      0xffffffffffffffffn,
    ],
    ['a register of a type', [OP.regval_type, uleb(7), uleb(2), OP.convert, 0], 0n],
    ['a register stands for its value', [OP.reg0 + 3], 0x3000n],
  ])('%s', (_, bytes, expected) => {
    expect(number(...bytes)).toBe(expected);
  });

  test('the initial stack is what call frame information asks for', () => {
    expect(evaluateNumber(cursor([...consts(8), OP.plus]), context, [0x100n])).toBe(0x108n);
  });
});

describe('places', () => {
  test('memory, registers, values, bytes, pieces, pointers that no longer exist, and nothing', () => {
    expect(places(OP.fbreg, sleb(0))).toEqual([
      { place: { kind: 'memory', address: 0x7000n }, bitSize: 0, bitOffset: 0 },
    ]);
    expect(places(OP.regx, uleb(33))[0]!.place).toEqual({ kind: 'register', register: 33 });
    expect(places(lit(7), OP.stack_value)[0]!.place).toMatchObject({ kind: 'value', value: { value: 7n } });
    expect(places(OP.implicit_value, uleb(2), 1, 2)[0]!.place).toEqual({ kind: 'bytes', bytes: Uint8Array.of(1, 2) });
    expect(places(OP.reg0 + 3, OP.piece, uleb(4), OP.piece, uleb(4))).toEqual([
      { place: { kind: 'register', register: 3 }, bitSize: 32, bitOffset: 0 },
      { place: { kind: 'nowhere' }, bitSize: 32, bitOffset: 0 },
    ]);
    expect(places(OP.implicit_pointer, fixed(0x99, 4), sleb(-4))[0]!.place).toEqual({
      kind: 'implicit pointer',
      target: 0x99,
      offset: -4n,
    });
    expect(places()[0]!.place).toEqual({ kind: 'nowhere' });
  });
});

describe('no value', () => {
  test.each<[string, (number | number[])[], RegExp]>([
    ['a loop', [OP.skip, fixed(-3, 2)], /without an end/],
    ['a loop that pushes', [lit(1), OP.skip, fixed(-4, 2)], /too many numbers|without an end/],
    ['a lost register', [OP.breg0 + 9, sleb(0)], /register 9/],
    ['unreadable memory', [lit(8), OP.deref], /memory at 0x8/],
    ['division by zero', [lit(1), lit(0), OP.div], /zero/],
    ['an entry value that no caller knows', [OP.entry_value, uleb(1), OP.reg0 + 4], /entry/],
    ['an unknown operation', [0xe0], /0xe0/],
    ['floating point', [OP.const_type, uleb(7), 1, 0], /integers/],
  ])('%s', (_, bytes, message) => {
    expect(() => number(...bytes)).toThrow(NoValue);
    expect(() => number(...bytes)).toThrow(message);
  });

  test('an empty stack, a jump out of the expression and an operand cut off break the format', () => {
    for (const bytes of [[OP.plus], [OP.skip, ...fixed(100, 2)], [OP.skip, ...fixed(-4, 2)], [OP.const8u, 1, 2]]) {
      expect(() => number(bytes)).toThrow(DwarfError);
    }
  });

  test('shifts by absurd counts give what shifting by the width gives', () => {
    expect(number(lit(1), consts(-1), OP.shl)).toBe(0n);
  });
});

test('any bytes end as places, NoValue or DwarfError', () => {
  assert(
    property(uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        evaluateLocation(cursor([...bytes]), context);
      } catch (error) {
        if (!(error instanceof NoValue) && !(error instanceof DwarfError)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

test('LEB128: what was written is read, exactly where a double holds it', () => {
  assert(
    property(bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      expect(cursor(sleb(value)).slebExact()).toBe(value);
      expect(cursor(uleb(BigInt.asUintN(64, value))).ulebExact()).toBe(BigInt.asUintN(64, value));
      const near = value >> 12n;
      expect(cursor(sleb(near)).sleb()).toBe(Number(near));
      expect(fromLittleEndian(littleEndian(BigInt.asUintN(64, value), 8))).toBe(BigInt.asUintN(64, value));
    }),
  );
});

function cursor(bytes: number[]): Cursor {
  return new Cursor(Uint8Array.from(bytes), 0, 'a test', 0);
}
