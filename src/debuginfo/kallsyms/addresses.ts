/**
 * How kallsyms writes addresses; scripts/kallsyms.c:
 * - absolute: 64-bit addresses (kallsyms_addresses, up to 6.10);
 * - base-relative: unsigned 32-bit offsets from kallsyms_relative_base (4.6 to 6.19);
 * - absolute per-CPU: signed; values from 0 up are per-CPU offsets, those below 0 count down from relative_base - 1
 *   (4.6 to 6.14, SMP x86);
 * - place-relative: signed, from the entry's own place (since 7.0, a081b5789255).
 */
export type AddressCoding = 'absolute' | 'base-relative' | 'absolute per-CPU' | 'place-relative';

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
  for (let n = 0; n < count; n++) {
    const signed = view.getInt32(n * 4, true);
    switch (table.coding) {
      case 'base-relative': addresses[n] = base + BigInt(signed >>> 0); break;
      case 'absolute per-CPU': addresses[n] = signed >= 0 ? BigInt(signed) : base - 1n - BigInt(signed); break;
      case 'place-relative': addresses[n] = at + BigInt(n * 4 + signed); break;
      default: table.coding satisfies never;
    }
  }
  return addresses;
}
