import { bitsOf, fit, generic, NoValue, patternOf, signedOf, type StackValue } from './expression-value.js';
import { OP } from './operations.js';

const BINARY: ReadonlySet<number> = new Set([
  OP.and,
  OP.div,
  OP.minus,
  OP.mod,
  OP.mul,
  OP.or,
  OP.plus,
  OP.shl,
  OP.shr,
  OP.shra,
  OP.xor,
  OP.eq,
  OP.ge,
  OP.gt,
  OP.le,
  OP.lt,
  OP.ne,
]);

export function isBinary(opcode: number): boolean {
  return BINARY.has(opcode);
}

/** An operation on two numbers of one type, which the result has too; comparisons give the generic type. */
export function arithmetic(opcode: number, left: StackValue, right: StackValue): StackValue {
  const a = left.value;
  const b = right.value;
  const same = (value: bigint): StackValue => fit(value, left.type);
  const truth = (value: boolean): StackValue => generic(value ? 1n : 0n);
  switch (opcode) {
    case OP.and:
      return same(a & b);
    case OP.or:
      return same(a | b);
    case OP.xor:
      return same(a ^ b);
    case OP.plus:
      return same(a + b);
    case OP.minus:
      return same(a - b);
    case OP.mul:
      return same(a * b);
    case OP.div:
      return same(signedOf(left) / divisor(signedOf(right)));
    case OP.mod:
      return same(a % divisor(b));
    case OP.shl:
      return same(a << shift(left, right));
    case OP.shr:
      return same(patternOf(left) >> shift(left, right));
    case OP.shra:
      return same(BigInt.asIntN(bitsOf(left), a) >> shift(left, right));
    case OP.eq:
      return truth(signedOf(left) === signedOf(right));
    case OP.ne:
      return truth(signedOf(left) !== signedOf(right));
    case OP.ge:
      return truth(signedOf(left) >= signedOf(right));
    case OP.gt:
      return truth(signedOf(left) > signedOf(right));
    case OP.le:
      return truth(signedOf(left) <= signedOf(right));
    case OP.lt:
      return truth(signedOf(left) < signedOf(right));
    default:
      throw new NoValue(`its location uses the operation 0x${opcode.toString(16)}, which is not known here`);
  }
}

function divisor(value: bigint): bigint {
  if (value === 0n) throw new NoValue('its location divides by zero');
  return value;
}

/** Shifts beyond the width give what a shift by the width does; a bigint would grow without bound. */
function shift(left: StackValue, by: StackValue): bigint {
  const bits = BigInt(bitsOf(left));
  const count = patternOf(by);
  return count > bits ? bits : count;
}
