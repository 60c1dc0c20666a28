import type { CType } from '../type-source.js';
import { sizeOf } from '../type-walk.js';
import { AT, TAG } from './constants.js';
import type { Die } from './die.js';
import { evaluateLocation, type ExpressionContext, type Place, type PlacedPiece } from './expression.js';
import { fromLittleEndian, littleEndian, NoValue, patternOf } from './expression-value.js';
import { entriesWithin } from './functions.js';
import type { CodeAt } from './inline-chain.js';
import { Cursor } from './cursor.js';
import { expressionAt } from './location-lists.js';
import type { Materialiser } from './materialise.js';

/** Where a variable's value is. */
export type Where =
  | { kind: 'memory'; address: bigint }
  /** In registers, or calculated: the bytes as memory would hold them. */
  | { kind: 'bytes'; bytes: Uint8Array }
  /** A part is optimized out or not known: bytes are 0 there, `missing` says which bits. */
  | { kind: 'partial'; bytes: Uint8Array; missing: { bitOffset: number; bitSize: number }[] }
  /** A pointer that no longer exists, into an object that still does. */
  | { kind: 'points into'; variable: string; offset: bigint; object: Where }
  | { kind: 'optimized out' }
  | { kind: 'unknown'; reason: string };

/** An argument or a local variable. */
export interface Variable {
  name: string;
  parameter: boolean;
  type: CType;
  where: Where;
}

/** Functions of the kernel have at most some hundred. */
const MAX_VARIABLES = 4096;
/** Of a value that lies in no memory: structs in registers have some dozens. */
const MAX_VALUE_BYTES = 4096;
const MAX_INDIRECTIONS = 4;

/**
 * Arguments and locals of one function at an address.
 * @param level its place in the inline chain, 0 for the innermost
 */
export function variablesOf(code: CodeAt, level: number, types: Materialiser, context: ExpressionContext): Variable[] {
  const variables: Variable[] = [];
  for (const scope of scopesOfLevel(code.scopes, level)) {
    for (const die of entriesWithin(scope)) {
      if (die.tag !== TAG.formal_parameter && die.tag !== TAG.variable) continue;
      if (die.flag(AT.declaration)) continue;
      const name = die.name();
      if (name === undefined) continue;
      if (variables.length === MAX_VARIABLES) return variables;
      const type = types.typeIn(die)();
      variables.push({
        name,
        parameter: die.tag === TAG.formal_parameter,
        type,
        where: whereIs(die, type, code, context, 0),
      });
    }
  }
  return variables;
}

/**
 * The scopes that belong to one function of an inline chain: its own entry and the blocks in it, up to the next inlined
 * one.
 */
function scopesOfLevel(scopes: readonly Die[], level: number): readonly Die[] {
  const functions = scopes.flatMap((die, i) => (die.tag === TAG.lexical_block ? [] : [i]));
  const first = functions.at(-1 - level);
  return first === undefined ? [] : scopes.slice(first, functions[functions.length - level]);
}

function whereIs(die: Die, type: CType, code: CodeAt, context: ExpressionContext, indirections: number): Where {
  const size = Math.min(sizeOf(type) ?? 8, MAX_VALUE_BYTES);
  const constant = constantOf(die, size);
  if (constant !== undefined) return { kind: 'bytes', bytes: constant };
  const expression = expressionAt(die, AT.location, code.address) ?? staticLocation(die);
  if (expression === undefined) return { kind: 'optimized out' };
  try {
    const pieces = evaluateLocation(new Cursor(expression, 0, 'a location expression', 0), context);
    return placed(pieces, size, die, code, context, indirections);
  } catch (error) {
    if (error instanceof NoValue) return { kind: 'unknown', reason: error.message };
    throw error;
  }
}

/** A static variable of an inlined function has its place in the abstract instance only. */
function staticLocation(die: Die): Uint8Array | undefined {
  for (const origin of die.origins()) {
    const expression = origin.block(AT.location);
    if (expression !== undefined) return expression;
  }
  return undefined;
}

function constantOf(die: Die, size: number): Uint8Array | undefined {
  for (const origin of die.origins()) {
    const block = origin.block(AT.const_value);
    if (block !== undefined) return block;
    const value = origin.constant(AT.const_value, true);
    if (value !== undefined) return littleEndian(BigInt.asUintN(size * 8, value), size);
  }
  return undefined;
}

function placed(
  pieces: readonly PlacedPiece[],
  size: number,
  die: Die,
  code: CodeAt,
  context: ExpressionContext,
  indirections: number,
): Where {
  const { place, bitSize } = pieces[0]!;
  if (pieces.length > 1 || bitSize > 0) return assembled(pieces, size, context);
  switch (place.kind) {
    case 'memory':
      return place;
    case 'nowhere':
      return { kind: 'optimized out' };
    case 'implicit pointer':
      return pointedInto(place, die, code, context, indirections);
    case 'register':
    case 'value':
    case 'bytes':
      return { kind: 'bytes', bytes: bytesOf(place, size, context) };
    default:
      return place satisfies never;
  }
}

function pointedInto(
  place: Extract<Place, { kind: 'implicit pointer' }>,
  die: Die,
  code: CodeAt,
  context: ExpressionContext,
  indirections: number,
): Where {
  if (indirections === MAX_INDIRECTIONS) return { kind: 'optimized out' };
  const object = die.file.follow({ offset: place.target });
  const target = object.target(AT.type);
  const size = target === undefined ? 8 : (die.file.follow(target).number(AT.byte_size) ?? 8);
  // Only the object's size matters for where it is.
  const type: CType = { kind: 'struct', name: '', size, members: [] };
  return {
    kind: 'points into',
    variable: object.name() ?? '',
    offset: place.offset,
    object: whereIs(object, type, code, context, indirections + 1),
  };
}

/** The bytes of a value in a register or on the expression's stack, padded or cut to a size. */
function bytesOf(
  place: Extract<Place, { kind: 'register' | 'value' | 'bytes' }>,
  size: number,
  context: ExpressionContext,
): Uint8Array {
  if (place.kind === 'bytes') return padded(place.bytes, size);
  if (place.kind === 'value') return littleEndian(BigInt.asUintN(size * 8, patternOf(place.value)), size);
  const value = context.register(place.register);
  if (value === undefined) throw new NoValue(`the value of register ${place.register} in this frame is not known`);
  return littleEndian(BigInt.asUintN(size * 8, value), size);
}

function padded(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length >= size) return bytes.subarray(0, size);
  const all = new Uint8Array(size);
  all.set(bytes);
  return all;
}

/** Pieces side by side, from the lowest bit up; what can't be had is named. */
function assembled(pieces: readonly PlacedPiece[], size: number, context: ExpressionContext): Where {
  const missing: { bitOffset: number; bitSize: number }[] = [];
  let value = 0n;
  let bitOffset = 0;
  for (const piece of pieces) {
    const bitSize = Math.min(piece.bitSize, size * 8 - bitOffset);
    if (bitSize <= 0) break;
    const bits = bitsOfPiece(piece, bitSize, context);
    if (bits === undefined) missing.push({ bitOffset, bitSize });
    else value |= BigInt.asUintN(bitSize, bits) << BigInt(bitOffset);
    bitOffset += bitSize;
  }
  if (bitOffset < size * 8) missing.push({ bitOffset, bitSize: size * 8 - bitOffset });
  const known = missing.reduce((sum, { bitSize }) => sum - bitSize, size * 8);
  if (known <= 0 && size > 0) return { kind: 'optimized out' };
  const bytes = littleEndian(value, size);
  return missing.length > 0 ? { kind: 'partial', bytes, missing } : { kind: 'bytes', bytes };
}

function bitsOfPiece(
  { place, bitOffset }: PlacedPiece,
  bitSize: number,
  context: ExpressionContext,
): bigint | undefined {
  const length = Math.ceil((bitOffset + bitSize) / 8);
  if (length > MAX_VALUE_BYTES) return undefined;
  switch (place.kind) {
    case 'nowhere':
    case 'implicit pointer':
      return undefined;
    case 'memory': {
      const bytes = context.read(place.address, length);
      return bytes?.length === length ? fromLittleEndian(bytes) >> BigInt(bitOffset) : undefined;
    }
    case 'register': {
      const value = context.register(place.register);
      return value === undefined ? undefined : value >> BigInt(bitOffset);
    }
    case 'value':
      return patternOf(place.value) >> BigInt(bitOffset);
    case 'bytes':
      return fromLittleEndian(padded(place.bytes, length)) >> BigInt(bitOffset);
    default:
      return place satisfies never;
  }
}
