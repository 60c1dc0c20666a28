import { Page, type PhysicalMemory } from './physical-memory.js';
import { ReadError, Unmapped, type AddressSpace, type Unreadable } from './address-space.js';

/** Frame of each virtual page, or why there is none: page tables, a linear rule, or one after the other. */
export type FrameOf = (pageNumber: number) => number | Unmapped;

/** Pages whose content is at hand without asking the page cache; they stay out of its budget: 1 MiB. */
const RECENT_PAGES = 256;

/** No object in a kernel is larger; a longer read comes from a corrupt length. */
const MAX_READ_BYTES = 256 * 2 ** 20;

/** Where a string is not ended, it is cut here. */
const STRING_LIMIT = 4096;

/** An address space over physical memory, by `frameOf`. */
export function mappedSpace(physical: PhysicalMemory, frameOf: FrameOf): AddressSpace {
  const { pageSize } = physical;
  const pageShift = Math.log2(pageSize);
  const offsetMask = pageSize - 1;
  const highFactor = 2 ** (32 - pageShift);

  const recentKeys = new Float64Array(RECENT_PAGES).fill(-1);
  const recentPages: Page[] = [];

  // A bigint goes through memory into two u32: cheaper than shifts, which make bigints.
  const words = new BigUint64Array(1);
  const halves = new Uint32Array(words.buffer);

  function page(pageNumber: number): Page | Unreadable {
    const slot = (pageNumber ^ (pageNumber / RECENT_PAGES)) & (RECENT_PAGES - 1);
    if (recentKeys[slot] === pageNumber) return recentPages[slot]!;
    const pfn = frameOf(pageNumber);
    if (typeof pfn !== 'number') return pfn;
    const found = physical.page(pfn);
    if (found instanceof Page) {
      recentKeys[slot] = pageNumber;
      recentPages[slot] = found;
    }
    return found;
  }

  /** Page number of `address`; its offset within the page is left in `halves[0] & offsetMask`. */
  function split(address: bigint): number {
    words[0] = address;
    return halves[1]! * highFactor + (halves[0]! >>> pageShift);
  }

  function pageOrThrow(pageNumber: number, address: bigint): Page {
    const found = page(pageNumber);
    if (found instanceof Page) return found;
    throw new ReadError(address, found);
  }

  function translate(address: bigint): number | Unreadable {
    const pageNumber = split(address);
    const offset = halves[0]! & offsetMask;
    const pfn = frameOf(pageNumber);
    return typeof pfn === 'number' ? pfn * pageSize + offset : pfn;
  }

  function read(address: bigint, length: number): Uint8Array {
    if (!Number.isSafeInteger(length) || length < 0 || length > MAX_READ_BYTES) {
      throw new ReadError(address, new Unmapped(`${length} bytes are no length of one object`));
    }
    let pageNumber = split(address);
    let offset = halves[0]! & offsetMask;
    if (length === 0) return new Uint8Array(0);
    const first = pageOrThrow(pageNumber, address);
    if (offset + length <= pageSize) return new Uint8Array(first.bytes.subarray(offset, offset + length));

    const result = new Uint8Array(length);
    let done = 0;
    let source = first;
    for (;;) {
      const part = Math.min(length - done, pageSize - offset);
      result.set(source.bytes.subarray(offset, offset + part), done);
      done += part;
      if (done === length) return result;
      offset = 0;
      source = pageOrThrow(++pageNumber, address + BigInt(done));
    }
  }

  /** The bytes of a number that may lie across two pages. */
  function straddling(address: bigint, length: number): DataView {
    const bytes = read(address, length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  function u8(address: bigint): number {
    const found = pageOrThrow(split(address), address);
    return found.bytes[halves[0]! & offsetMask]!;
  }

  function u16(address: bigint): number {
    const pageNumber = split(address);
    const offset = halves[0]! & offsetMask;
    if (offset > pageSize - 2) return straddling(address, 2).getUint16(0, true);
    return pageOrThrow(pageNumber, address).view.getUint16(offset, true);
  }

  function u32(address: bigint): number {
    const pageNumber = split(address);
    const offset = halves[0]! & offsetMask;
    if (offset > pageSize - 4) return straddling(address, 4).getUint32(0, true);
    return pageOrThrow(pageNumber, address).view.getUint32(offset, true);
  }

  function u64(address: bigint): bigint {
    const pageNumber = split(address);
    const offset = halves[0]! & offsetMask;
    if (offset > pageSize - 8) return straddling(address, 8).getBigUint64(0, true);
    return pageOrThrow(pageNumber, address).view.getBigUint64(offset, true);
  }

  function cString(address: bigint, limit = STRING_LIMIT): string {
    const parts: Uint8Array[] = [];
    let pageNumber = split(address);
    let offset = halves[0]! & offsetMask;
    for (let seen = 0; seen < limit;) {
      const { bytes } = pageOrThrow(pageNumber++, address + BigInt(seen));
      const part = bytes.subarray(offset, Math.min(pageSize, offset + limit - seen));
      const end = part.indexOf(0);
      parts.push(end === -1 ? part : part.subarray(0, end));
      if (end !== -1) break;
      seen += part.length;
      offset = 0;
    }
    return text(parts);
  }

  return { pageSize, page, translate, read, u8, u16, u32, i32: (address) => u32(address) | 0, u64, cString };
}

function text(parts: readonly Uint8Array[]): string {
  const [first] = parts;
  if (first === undefined) return '';
  if (parts.length > 1) return Buffer.concat(parts).toString('utf8');
  return Buffer.from(first.buffer, first.byteOffset, first.length).toString('utf8');
}
