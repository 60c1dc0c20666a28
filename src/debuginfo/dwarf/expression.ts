import type { Cursor } from './cursor.js';
import { addressOf } from './address-key.js';
import { arithmetic, isBinary } from './expression-arithmetic.js';
import {
  bitsOf,
  fit,
  fromLittleEndian,
  generic,
  NoValue,
  patternOf,
  signedOf,
  type ScalarType,
  type StackValue,
} from './expression-value.js';
import { OP } from './operations.js';

/** What an expression can ask of the frame it is evaluated in. */
export interface ExpressionContext {
  addressSize: number;
  offsetSize: 4 | 8;
  version: number;
  /** A register by its DWARF number; undefined where its value in this frame is lost. */
  register(number: number): bigint | undefined;
  /** undefined where the bytes can't be had. */
  read(address: bigint, length: number): Uint8Array | undefined;
  /** What KASLR added to addresses of the file. */
  kaslrOffset: bigint;
  cfa?(): bigint | undefined;
  frameBase?(): bigint | undefined;
  /** The value that an expression had when the function was entered. */
  entryValue?(expression: Uint8Array): bigint | undefined;
  /** An address, as the file has it, by its index in .debug_addr. */
  indexedAddress?(index: number): bigint;
  /** A base type by its place in the unit; undefined for one that is no integer. */
  scalarType?(at: number): ScalarType | undefined;
}

/** Where an object, or a piece of one, is. */
export type Place =
  | { kind: 'memory'; address: bigint }
  | { kind: 'register'; register: number }
  | { kind: 'value'; value: StackValue }
  | { kind: 'bytes'; bytes: Uint8Array }
  /** A pointer that was optimized away; what it pointed to is described by another entry of the section. */
  | { kind: 'implicit pointer'; target: number; offset: bigint }
  | { kind: 'nowhere' };

export interface PlacedPiece {
  place: Place;
  /** Width of this piece; 0 for an object that lies in one place. */
  bitSize: number;
  /** Where in the place the piece starts. */
  bitOffset: number;
}

/** Real expressions have under a hundred operations; a loop in one is an attack or an error. */
const MAX_OPERATIONS = 2000;
const MAX_STACK = 256;
const MAX_PIECES = 1024;
/** The widest integer that is calculated with: __int128. */
const MAX_SCALAR_BYTES = 16;

/**
 * Evaluates a location expression, DWARF 5 section 2.5 and 2.6.
 * @throws NoValue where this frame can't say; DwarfError where the expression breaks the format
 */
export function evaluateLocation(
  cursor: Cursor,
  context: ExpressionContext,
  initial: readonly bigint[] = [],
): PlacedPiece[] {
  if (cursor.done) return [{ place: { kind: 'nowhere' }, bitSize: 0, bitOffset: 0 }];
  const stack = initial.map(generic);
  const pieces: PlacedPiece[] = [];
  const state: State = { cursor, stack, context, place: undefined };
  for (let i = 0; !cursor.done; i++) {
    if (i === MAX_OPERATIONS) throw new NoValue('its location is calculated by an expression without an end');
    const opcode = cursor.u8();
    if (opcode === OP.piece || opcode === OP.bit_piece) {
      if (pieces.length === MAX_PIECES) throw new NoValue('its location has too many pieces');
      const bitSize = opcode === OP.piece ? cursor.uleb() * 8 : cursor.uleb();
      pieces.push({
        place: state.place ?? topPlace(stack),
        bitSize,
        bitOffset: opcode === OP.bit_piece ? cursor.uleb() : 0,
      });
      state.place = undefined;
      stack.length = 0;
      continue;
    }
    operate(state, opcode);
  }
  return pieces.length > 0 ? pieces : [{ place: state.place ?? topPlace(stack), bitSize: 0, bitOffset: 0 }];
}

/** The number that an expression leaves: of CFA rules, frame bases and call sites. A register stands for its value. */
export function evaluateNumber(cursor: Cursor, context: ExpressionContext, initial: readonly bigint[] = []): bigint {
  const { place } = evaluateLocation(cursor, context, initial)[0]!;
  switch (place.kind) {
    case 'memory':
      return place.address;
    case 'value':
      return BigInt.asUintN(64, place.value.value);
    case 'register':
      return registerValue(context, place.register);
    case 'bytes':
      return BigInt.asUintN(64, fromLittleEndian(place.bytes));
    case 'implicit pointer':
    case 'nowhere':
      throw new NoValue('it was optimized away');
    default:
      return place satisfies never;
  }
}

interface State {
  cursor: Cursor;
  stack: StackValue[];
  context: ExpressionContext;
  /** Set by operations that name a place other than memory. */
  place: Place | undefined;
}

function topPlace(stack: readonly StackValue[]): Place {
  const top = stack.at(-1);
  return top === undefined ? { kind: 'nowhere' } : { kind: 'memory', address: BigInt.asUintN(64, top.value) };
}

function operate(state: State, opcode: number): void {
  const { cursor, stack, context } = state;
  const push = (value: StackValue): void => {
    if (stack.length === MAX_STACK) throw new NoValue('its location is calculated with too many numbers');
    stack.push(value);
  };
  const pop = (): StackValue => {
    const value = stack.pop();
    if (value === undefined) throw cursor.damaged('is an expression that takes more numbers than it has');
    return value;
  };
  const nth = (depth: number): StackValue => {
    const value = stack.at(-1 - depth);
    if (value === undefined) throw cursor.damaged('is an expression that takes more numbers than it has');
    return value;
  };

  if (opcode >= OP.lit0 && opcode <= OP.lit31) return push(generic(BigInt(opcode - OP.lit0)));
  if (opcode >= OP.reg0 && opcode <= OP.reg31)
    return void (state.place = { kind: 'register', register: opcode - OP.reg0 });
  if (opcode >= OP.breg0 && opcode <= OP.breg31)
    return push(generic(registerValue(context, opcode - OP.breg0) + cursor.slebExact()));
  if (isBinary(opcode)) {
    const right = pop();
    return push(arithmetic(opcode, pop(), right));
  }
  switch (opcode) {
    case OP.nop:
      return;
    case OP.addr:
      return push(generic(addressOf(cursor.address(context.addressSize)) + context.kaslrOffset));
    case OP.addrx:
    case OP.GNU_addr_index:
      return push(generic(indexed(state) + context.kaslrOffset));
    case OP.constx:
    case OP.GNU_const_index:
      return push(generic(indexed(state)));
    case OP.const1u:
      return push(generic(BigInt(cursor.u8())));
    case OP.const1s:
      return push(generic(BigInt(cursor.i8())));
    case OP.const2u:
      return push(generic(BigInt(cursor.u16())));
    case OP.const2s:
      return push(generic(BigInt.asIntN(16, BigInt(cursor.u16()))));
    case OP.const4u:
      return push(generic(BigInt(cursor.u32())));
    case OP.const4s:
      return push(generic(BigInt.asIntN(32, BigInt(cursor.u32()))));
    case OP.const8u:
    case OP.const8s:
      return push(generic(cursor.u64Exact()));
    case OP.constu:
      return push(generic(cursor.ulebExact()));
    case OP.consts:
      return push(generic(cursor.slebExact()));
    case OP.dup:
      return push(nth(0));
    case OP.drop:
      return void pop();
    case OP.over:
      return push(nth(1));
    case OP.pick:
      return push(nth(cursor.u8()));
    case OP.swap: {
      const top = pop();
      const second = pop();
      push(top);
      return push(second);
    }
    case OP.rot: {
      const [top, second, third] = [pop(), pop(), pop()];
      push(top);
      push(third);
      return push(second);
    }
    case OP.abs: {
      const value = pop();
      const number = signedOf(value);
      return push(fit(number < 0n ? -number : number, value.type));
    }
    case OP.neg: {
      const value = pop();
      return push(fit(-value.value, value.type));
    }
    case OP.not: {
      const value = pop();
      return push(fit(~value.value, value.type));
    }
    case OP.plus_uconst: {
      const value = pop();
      return push(fit(value.value + cursor.ulebExact(), value.type));
    }
    case OP.skip:
      return jump(cursor, cursor.u16());
    case OP.bra: {
      const by = cursor.u16();
      return pop().value === 0n ? undefined : jump(cursor, by);
    }
    case OP.regx:
      return void (state.place = { kind: 'register', register: cursor.uleb() });
    case OP.bregx:
      return push(generic(registerValue(context, cursor.uleb()) + cursor.slebExact()));
    case OP.fbreg: {
      const base = context.frameBase?.();
      if (base === undefined) throw new NoValue('the frame base of its function is not known');
      return push(generic(base + cursor.slebExact()));
    }
    case OP.call_frame_cfa: {
      const cfa = context.cfa?.();
      if (cfa === undefined) throw new NoValue('the frame address of its function is not known');
      return push(generic(cfa));
    }
    case OP.deref:
      return push(generic(load(context, pop().value, context.addressSize)));
    case OP.deref_size:
      return push(generic(load(context, pop().value, cursor.u8())));
    case OP.implicit_value:
      return void (state.place = { kind: 'bytes', bytes: cursor.take(cursor.uleb()) });
    case OP.stack_value:
      return void (state.place = { kind: 'value', value: pop() });
    case OP.implicit_pointer:
    case OP.GNU_implicit_pointer: {
      const target = context.version <= 2 ? cursor.unsigned(context.addressSize) : cursor.offset(context.offsetSize);
      return void (state.place = { kind: 'implicit pointer', target, offset: cursor.slebExact() });
    }
    case OP.entry_value:
    case OP.GNU_entry_value: {
      const value = context.entryValue?.(cursor.take(cursor.uleb()));
      if (value === undefined) throw new NoValue('its value at the entry of the function is not known');
      return push(generic(value));
    }
    default:
      return typed(state, opcode, push, pop);
  }
}

function typed(
  { cursor, context }: State,
  opcode: number,
  push: (value: StackValue) => void,
  pop: () => StackValue,
): void {
  const typeAt = (at: number): ScalarType | undefined => {
    // Type 0 stands for the generic one.
    if (at === 0) return undefined;
    const type = context.scalarType?.(at);
    if (type === undefined) throw new NoValue('it is calculated with numbers that are no integers');
    return type;
  };
  switch (opcode) {
    case OP.const_type:
    case OP.GNU_const_type: {
      const type = typeAt(cursor.uleb());
      return push(fit(fromLittleEndian(cursor.take(cursor.u8())), type));
    }
    case OP.regval_type:
    case OP.GNU_regval_type: {
      const register = cursor.uleb();
      return push(fit(registerValue(context, register), typeAt(cursor.uleb())));
    }
    case OP.deref_type:
    case OP.GNU_deref_type: {
      const size = cursor.u8();
      return push(fit(load(context, pop().value, size), typeAt(cursor.uleb())));
    }
    case OP.convert:
    case OP.GNU_convert: {
      const value = pop();
      return push(fit(value.value, typeAt(cursor.uleb())));
    }
    case OP.reinterpret:
    case OP.GNU_reinterpret: {
      const value = pop();
      const type = typeAt(cursor.uleb());
      if ((type?.bits ?? 64) !== bitsOf(value))
        throw cursor.damaged('is an expression that takes a number for one of another size');
      return push(fit(patternOf(value), type));
    }
    default:
      throw new NoValue(`its location uses the operation 0x${opcode.toString(16)}, which is not known here`);
  }
}

function indexed({ cursor, context }: State): bigint {
  const index = cursor.uleb();
  if (context.indexedAddress === undefined) throw cursor.damaged('is an expression that has no table of addresses');
  return context.indexedAddress(index);
}

function jump(cursor: Cursor, by: number): void {
  const to = cursor.at + ((by << 16) >> 16);
  if (to < 0 || to > cursor.end) throw cursor.damaged('is an expression that jumps out of itself');
  cursor.at = to;
}

function registerValue(context: ExpressionContext, register: number): bigint {
  const value = context.register(register);
  if (value === undefined) throw new NoValue(`the value of register ${register} in this frame is not known`);
  return value;
}

function load(context: ExpressionContext, address: bigint, length: number): bigint {
  if (length === 0 || length > MAX_SCALAR_BYTES) throw new NoValue(`its location needs a number of ${length} bytes`);
  const at = BigInt.asUintN(64, address);
  const bytes = context.read(at, length);
  if (bytes === undefined || bytes.length !== length)
    throw new NoValue(`the memory at 0x${at.toString(16)} can't be read`);
  return fromLittleEndian(bytes);
}
