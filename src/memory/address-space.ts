import { hex } from '../words/hex.js';
import type { MissingPage, Page } from './physical-memory.js';

/** An address that no page table maps, or a page table that can't be read. */
export class Unmapped {
  constructor(
    readonly detail: string,
    /** Why the page table is not to be had, where that was the reason: what it maps is then unknown, not unmapped. */
    readonly missingTable?: MissingPage,
  ) {}
}

/** Why an address can't be read: what `ReadError.cause` is. */
export type Unreadable = MissingPage | Unmapped;

/**
 * Reading failed at `address`, and `cause` says why. `kernel.attempt` and guarded walks turn it into a gap; catch it
 * where the gap is to stand in a cell.
 */
export class ReadError extends Error {
  override name = 'ReadError';
  /** What was being read, where that has a name: '`proto.name`'. */
  reading?: string;
  constructor(
    readonly address: bigint,
    override readonly cause: Unreadable,
  ) {
    super(`${hex(address)}: ${unreadableInWords(cause)}`);
  }
}

/** Virtual memory: the kernel's, or one process's. All 64-bit addresses are bigint; little endian. */
export interface AddressSpace {
  /** In bytes: a power of two. */
  readonly pageSize: number;
  /** The page with a number (`pageNumberOf`), as a double: at most 52 bits. The hot path: no bigint. */
  page(pageNumber: number): Page | Unreadable;
  /** The physical address, or why there is none. */
  translate(address: bigint): number | Unreadable;
  /** A copy of `length` bytes. @throws ReadError */
  read(address: bigint, length: number): Uint8Array;
  u8(address: bigint): number;
  u16(address: bigint): number;
  u32(address: bigint): number;
  i32(address: bigint): number;
  u64(address: bigint): bigint;
  /** Text up to NUL or `limit` bytes, as UTF-8 with invalid bytes replaced. @throws ReadError */
  cString(address: bigint, limit?: number): string;
}

/** The number of the page that an address lies in, for `AddressSpace.page`. */
export function pageNumberOf(address: bigint, { pageSize }: Pick<AddressSpace, 'pageSize'>): number {
  return Number(BigInt.asUintN(64, address) / BigInt(pageSize));
}

/** The address at which a page starts. */
export function addressOfPage(pageNumber: number, { pageSize }: Pick<AddressSpace, 'pageSize'>): bigint {
  return BigInt(pageNumber) * BigInt(pageSize);
}

/** Whether page tables say that nothing is there; not where one of them can't be read. */
export function isUnmapped(space: Pick<AddressSpace, 'translate'>, address: bigint): boolean {
  const found = space.translate(address);
  return found instanceof Unmapped && found.missingTable === undefined;
}

/** The words of a report for a page that can't be had. */
export function unreadableInWords(why: Unreadable): string {
  if (why instanceof Unmapped)
    return why.missingTable ? `mapping unknown (${why.detail})` : `not mapped (${why.detail})`;
  const words = {
    absent: 'no memory at this address in the dump',
    excluded: 'page excluded from the dump',
    'cut off': 'page cut off',
    damaged: 'page damaged',
  }[why.kind];
  return why.detail === undefined ? words : `${words} (${why.detail})`;
}
