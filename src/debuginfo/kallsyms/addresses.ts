/**
 * How kallsyms writes addresses; scripts/kallsyms.c:
 * - absolute: 64-bit addresses (kallsyms_addresses, up to 6.10);
 * - base-relative: unsigned 32-bit offsets from kallsyms_relative_base (4.6 to 6.19);
 * - absolute per-CPU: signed; values from 0 up are per-CPU offsets, those below 0 count down from relative_base - 1
 *   (4.6 to 6.14, SMP x86);
 * - place-relative: signed, from the entry's own place (since 7.0, a081b5789255).
 */
export type AddressCoding = (typeof ADDRESS_CODINGS)[number];

export const ADDRESS_CODINGS = ['absolute', 'base-relative', 'absolute per-CPU', 'place-relative'] as const;

/** The raw table, where it stands, and what it may be read with. */
export interface AddressTable {
  bytes: Uint8Array;
  at: bigint;
  coding: AddressCoding;
  /** kallsyms_relative_base, where the coding needs it. */
  base?: bigint;
}

/** How wide an entry is, in bytes. */
export function entryBytes(coding: AddressCoding): number {
  return coding === 'absolute' ? 8 : 4;
}

/** All addresses in the table. */
export function decodeAddresses(table: AddressTable, count: number): BigUint64Array {
  const addresses = new BigUint64Array(count);
  const view = new DataView(table.bytes.buffer, table.bytes.byteOffset, table.bytes.byteLength);
  if (table.coding === 'absolute') {
    for (let n = 0; n < count; n++) addresses[n] = view.getBigUint64(n * 8, true);
    return addresses;
  }
  const { at, base = 0n } = table;
  const put = intoHalves(addresses);
  const from = halvesOf(
    table.coding === 'place-relative' ? at : table.coding === 'absolute per-CPU' ? base - 1n : base,
  );
  for (let n = 0; n < count; n++) {
    const signed = view.getInt32(n * 4, true);
    switch (table.coding) {
      case 'base-relative':
        put(n, from, signed >>> 0);
        break;
      case 'absolute per-CPU':
        put(n, signed >= 0 ? ZERO : from, Math.abs(signed));
        break;
      case 'place-relative':
        put(n, from, n * 4 + signed);
        break;
      default:
        table.coding satisfies never;
    }
  }
  return addresses;
}

interface Halves {
  low: number;
  high: number;
}
const ZERO: Halves = { low: 0, high: 0 };
const WORD = 2 ** 32;

function halvesOf(address: bigint): Halves {
  return { low: Number(BigInt.asUintN(32, address)), high: Number(BigInt.asUintN(32, address >> 32n)) };
}

/** Writes base + delta as two words: a bigint for each of 150,000 addresses would take ten times as long. */
function intoHalves(addresses: BigUint64Array): (n: number, base: Halves, delta: number) => void {
  const words = new Uint32Array(addresses.buffer, addresses.byteOffset, addresses.length * 2);
  return (n, base, delta) => {
    const low = base.low + delta;
    // An array of words keeps what is left of each modulo 2^32, a negative one too.
    words[n * 2] = low;
    words[n * 2 + 1] = base.high + Math.floor(low / WORD);
  };
}
