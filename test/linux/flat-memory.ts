import { MissingPage } from '../../src/memory/physical-memory.js';
import { ReadError, type AddressSpace } from '../../src/memory/address-space.js';

/** Memory that is one piece of bytes from `base` on; what `lose` names can't be read, nor what lies outside. */
export function flatMemory(
  base: bigint,
  bytes: Uint8Array,
): AddressSpace & { lose(address: bigint, length: number): void } {
  const lost: { from: number; to: number }[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  function at(address: bigint, length: number): number {
    const offset = Number(address - base);
    const bad =
      offset < 0 ||
      offset + length > bytes.length ||
      lost.some(({ from, to }) => offset < to && offset + length > from);
    if (bad) throw new ReadError(address, new MissingPage('excluded'));
    return offset;
  }
  return {
    pageSize: 4096,
    page: () => new MissingPage('absent'),
    translate: () => new MissingPage('absent'),
    read: (address, length) => bytes.slice(at(address, length), at(address, length) + length),
    u8: (address) => view.getUint8(at(address, 1)),
    u16: (address) => view.getUint16(at(address, 2), true),
    u32: (address) => view.getUint32(at(address, 4), true),
    i32: (address) => view.getInt32(at(address, 4), true),
    u64: (address) => view.getBigUint64(at(address, 8), true),
    cString: (address, limit = 256) =>
      Buffer.from(bytes.slice(at(address, 1), at(address, 1) + limit))
        .toString('latin1')
        .split('\0')[0]!,
    lose: (address, length) => void lost.push({ from: Number(address - base), to: Number(address - base) + length }),
  };
}
