import type { KernelImage } from '../../arch/architecture.js';
import { InputError } from '../../bytes/input-error.js';
import { findKallsyms } from './find-kallsyms.js';
import { readTable, type PagedMemory } from './memory-reader.js';
import { MOST_SYMBOLS, offsetReadings, type KallsymsPlaces } from './places.js';

/**
 * The tables' places from VMCOREINFO (since 6.0), else by a search of the kernel's image.
 * @param symbol a SYMBOL() of VMCOREINFO, KASLR included as it stands there
 * @throws InputError where they are not to be found
 */
export function locateKallsyms(
  memory: PagedMemory,
  symbol: (name: string) => bigint | undefined,
  image: KernelImage,
): KallsymsPlaces {
  return fromVmcoreinfo(memory, symbol) ?? findKallsyms(memory, symbol('_stext'), image);
}

function fromVmcoreinfo(memory: PagedMemory, symbol: (name: string) => bigint | undefined): KallsymsPlaces | undefined {
  const names = symbol('kallsyms_names');
  const countAt = symbol('kallsyms_num_syms');
  const tokenTable = symbol('kallsyms_token_table');
  const tokenIndex = symbol('kallsyms_token_index');
  const offsets = symbol('kallsyms_offsets');
  const absolute = symbol('kallsyms_addresses');
  if (!names || !countAt || !tokenTable || !tokenIndex || !(offsets || absolute)) return undefined;
  const count = u32(readTable(memory, countAt, 4, 'kallsyms_num_syms'));
  if (count === 0 || count > MOST_SYMBOLS) {
    throw new InputError(`The kernel's symbol table can't be read from the dump: it claims ${count} symbols.`);
  }
  const baseAt = symbol('kallsyms_relative_base');
  const base = baseAt && u64(readTable(memory, baseAt, 8, 'kallsyms_relative_base'));
  return {
    count,
    names,
    tokenTable,
    tokenIndex,
    foundBy: 'VMCOREINFO',
    addresses: absolute ? [{ at: absolute, coding: 'absolute' }] : offsetReadings(offsets!, base),
  };
}

function u32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
}

function u64(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
}
