/**
 * An address as tables hold it inside: a double, signed, so that the canonical addresses of 64-bit machines (user's
 * below 2^52, the kernel's above -2^52) are exact and compare without a bigint.
 */
export type AddressKey = number;

export function keyOf(address: bigint): AddressKey {
  return Number(BigInt.asIntN(64, address));
}

export function addressOf(key: AddressKey): bigint {
  return BigInt.asUintN(64, BigInt(key));
}
