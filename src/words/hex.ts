/** An address as C writes it, 0xffffffff82a12345; one below 0 as the 64 bits that it is. */
export function hex(address: bigint): string {
  return `0x${BigInt.asUintN(64, address).toString(16)}`;
}
