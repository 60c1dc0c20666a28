import { closeSync, copyFileSync, openSync, readSync, writeSync } from 'node:fs';
import { openDump } from '../../src/dump/open-dump.js';
import { openSession } from '../../src/session/open-kernel.js';
import type { Kernel } from '../../src/kernel/kernel.js';

const DESCRIPTOR = 24;

/**
 * A copy of a kdump file in which the page of an address reads as zeros: damage that its own tables do not show. Its
 * descriptor is made that of a page that was zero.
 */
export async function withZeroedPage(from: string, to: string, addressIn: (kernel: Kernel) => bigint): Promise<void> {
  const { lost, zero, tables } = await placesIn(from, addressIn);
  copyFileSync(from, to);
  const fd = openSync(to, 'r+');
  const descriptor = Buffer.alloc(DESCRIPTOR);
  readSync(fd, descriptor, 0, DESCRIPTOR, tables + zero * DESCRIPTOR);
  writeSync(fd, descriptor, 0, DESCRIPTOR, tables + lost * DESCRIPTOR);
  closeSync(fd);
}

/** A copy of a kdump file in which the page of an address is there, and does not decode. */
export async function withDamagedPage(from: string, to: string, addressIn: (kernel: Kernel) => bigint): Promise<void> {
  const { lost, tables } = await placesIn(from, addressIn);
  copyFileSync(from, to);
  const fd = openSync(to, 'r+');
  const descriptor = Buffer.alloc(DESCRIPTOR);
  readSync(fd, descriptor, 0, DESCRIPTOR, tables + lost * DESCRIPTOR);
  const [at, size] = [Number(descriptor.readBigInt64LE(0)), descriptor.readUInt32LE(8)];
  writeSync(fd, Buffer.alloc(size, 0xff), 0, size, at);
  closeSync(fd);
}

/** Where the descriptors stand; which one is the address's page's, and which one a page's that is zero. */
async function placesIn(
  from: string,
  addressIn: (kernel: Kernel) => bigint,
): Promise<{ lost: number; zero: number; tables: number }> {
  const { kernel } = await openSession({ dump: [from] });
  const physical = kernel.memory.translate(addressIn(kernel));
  kernel.close();
  if (typeof physical !== 'number') throw new Error('the address is not mapped as it is');
  const dump = await openDump([from]);
  const stored = [...dump.memory.stored(Infinity)].map(({ pfn, bytes }) => ({
    pfn,
    isZero: bytes.every((byte) => byte === 0),
  }));
  const lost = stored.findIndex(({ pfn }) => pfn === Math.floor(physical / dump.memory.pageSize));
  const zero = stored.findIndex(({ isZero }) => isZero);
  dump.close();
  if (lost < 0 || zero < 0) throw new Error('there is no such page');

  const fd = openSync(from, 'r');
  const header = Buffer.alloc(4096);
  readSync(fd, header, 0, header.length, 0);
  closeSync(fd);
  const tables = (1 + header.readInt32LE(432) + header.readInt32LE(436)) * header.readInt32LE(428);
  return { lost, zero, tables };
}
