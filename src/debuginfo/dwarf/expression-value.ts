/** An integer type of typed operations; undefined is the generic type, 64 bits without a sign of its own. */
export interface ScalarType {
  bits: number;
  signed: boolean;
}

/** A number on an expression's stack. */
export interface StackValue {
  value: bigint;
  type: ScalarType | undefined;
}

/** Why an expression has no value in this frame; the text ends in the report. */
export class NoValue extends Error {
  override name = 'NoValue';
}

export function generic(value: bigint): StackValue {
  return { value: BigInt.asUintN(64, value), type: undefined };
}

/** The value as its type holds it. */
export function fit(value: bigint, type: ScalarType | undefined): StackValue {
  if (type === undefined) return generic(value);
  return { value: type.signed ? BigInt.asIntN(type.bits, value) : BigInt.asUintN(type.bits, value), type };
}

/** As a signed number: what division, comparison and arithmetic shift of the generic type work on. */
export function signedOf({ value, type }: StackValue): bigint {
  return type === undefined ? BigInt.asIntN(64, value) : value;
}

/** The bit pattern, as an unsigned number. */
export function patternOf({ value, type }: StackValue): bigint {
  return BigInt.asUintN(type?.bits ?? 64, value);
}

export function bitsOf({ type }: StackValue): number {
  return type?.bits ?? 64;
}

export function littleEndian(pattern: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0, rest = pattern; i < length; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

export function fromLittleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}
