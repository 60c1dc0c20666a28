import { InputError } from '../../bytes/input-error.js';
import { unreadableInWords, type AddressSpace } from '../../memory/address-space.js';
import { Page } from '../../memory/physical-memory.js';

/** What kallsyms needs of the kernel's memory. */
export type PagedMemory = Pick<AddressSpace, 'page' | 'pageSize'>;

/**
 * `length` bytes at `address`.
 * @throws InputError, naming the table, where a page of it can't be read
 */
export function readTable(memory: PagedMemory, address: bigint, length: number, table: string): Uint8Array {
  const { bytes, stopped } = readUpTo(memory, address, length);
  if (stopped !== undefined) {
    throw new InputError(
      `The kernel's symbol table can't be read from the dump: ${table} at 0x${address.toString(16)}: ${stopped}.`,
    );
  }
  return bytes;
}

/**
 * As many bytes from `address` on as can be read without a hole, up to `length`; `stopped` says why there are fewer.
 */
export function readUpTo(
  memory: PagedMemory,
  address: bigint,
  length: number,
): { bytes: Uint8Array; stopped?: string } {
  const size = memory.pageSize;
  const bytes = new Uint8Array(length);
  let pageNumber = Number(address / BigInt(size));
  let within = Number(address % BigInt(size));
  for (let done = 0; done < length; pageNumber++, within = 0) {
    const page = memory.page(pageNumber);
    if (!(page instanceof Page)) return { bytes: bytes.subarray(0, done), stopped: unreadableInWords(page) };
    const part = page.bytes.subarray(within, Math.min(size, within + length - done));
    bytes.set(part, done);
    done += part.length;
  }
  return { bytes };
}
