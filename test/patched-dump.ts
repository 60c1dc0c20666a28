import type { Dump } from '../src/dump/dump.js';
import { openDump } from '../src/dump/open-dump.js';
import type { Kernel } from '../src/kernel/kernel.js';
import { Page } from '../src/memory/physical-memory.js';
import { bringUp, type Session } from '../src/session/open-kernel.js';

/** What stands at an address of the kernel instead of what the dump has there. */
export type Patch = readonly [address: bigint, value: bigint | string | Uint8Array];

/**
 * A real dump whose memory lies by hand: `lies` is asked of the sound kernel, and says what to write where; a number is
 * a 64-bit word, a text is written as it is, without a NUL.
 */
export async function patchedSession(path: string, lies: (kernel: Kernel) => Iterable<Patch>): Promise<Session> {
  const dump = await openDump(path);
  const { kernel } = await bringUp(dump, undefined, {});
  return bringUp(patched(dump, kernel, lies(kernel)), undefined, {});
}

function patched(dump: Dump, kernel: Kernel, patches: Iterable<Patch>): Dump {
  const { memory } = dump;
  const pages = new Map<number, Page>();
  for (const [address, value] of patches) {
    const bytes = bytesOf(value);
    for (let i = 0; i < bytes.length; i++) {
      const at = kernel.memory.translate(address + BigInt(i));
      if (typeof at !== 'number') throw new Error(`0x${address.toString(16)} is not mapped`);
      const pfn = Math.floor(at / memory.pageSize);
      const page = pages.get(pfn) ?? copyOf(memory.page(pfn));
      page.bytes[at % memory.pageSize] = bytes[i]!;
      pages.set(pfn, page);
    }
  }
  const { kept: _, ...unkept } = dump;
  return {
    ...unkept,
    memory: {
      pageSize: memory.pageSize,
      ranges: () => memory.ranges(),
      *stored(most) {
        for (const { pfn, bytes } of memory.stored(most)) yield { pfn, bytes: pages.get(pfn)?.bytes ?? bytes };
      },
      page: (pfn) => pages.get(pfn) ?? memory.page(pfn),
    },
  };
}

function bytesOf(value: Patch[1]): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value, 'latin1');
  if (typeof value !== 'bigint') return value;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return bytes;
}

function copyOf(page: ReturnType<Dump['memory']['page']>): Page {
  if (!(page instanceof Page)) throw new Error('the page to write to is not in the dump');
  return new Page(Uint8Array.from(page.bytes));
}
