import type { Packing } from '../../bytes/packing.js';

/**
 * What a core unpacks in a second, in bytes: of what is hard to pack by the packed bytes, of what repeats itself by the
 * unpacked ones. Measured on vmlinux files with DWARF and on padded ones, the writing to the cache included.
 */
const perSecond: Readonly<Record<Packing, readonly [packed: number, unpacked: number]>> = {
  lz4: [200e6, 450e6],
  zstd: [100e6, 400e6],
  gzip: [60e6, 350e6],
  lzo: [40e6, 250e6],
  xz: [12e6, 110e6],
  lzma: [12e6, 110e6],
  bzip2: [6e6, 100e6],
};

/** How long nobody waits for a file to open. */
const LONGEST_SECONDS = 10;

/** Whether so many bytes that unpack to so many are more than is unpacked on the way to an answer. */
export function takesTooLong(packing: Packing, packed: number, unpacked: number): boolean {
  const [packedPerSecond, unpackedPerSecond] = perSecond[packing];
  return packed / packedPerSecond + unpacked / unpackedPerSecond > LONGEST_SECONDS;
}
