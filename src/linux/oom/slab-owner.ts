import type { Kernel } from '../../kernel/kernel.js';
import { pageNumberOf } from '../../memory/address-space.js';
import { moduleMemory, modules } from '../module/modules.js';

/** A module's data is some kB; one of more than this is not searched. */
const MOST_DATA = 16 << 20;

/**
 * The module whose own data points to a slab cache: the one that made it. undefined where none does: the kernel itself,
 * or a module that keeps the pointer elsewhere.
 */
export function moduleOfCache(kernel: Kernel, cache: bigint): string | undefined {
  const wanted = Buffer.alloc(8);
  wanted.writeBigUInt64LE(cache);
  for (const module of modules(kernel)) {
    const owner = kernel.attempt('data of a module', () => {
      for (const { base, bytes } of moduleMemory(kernel, module)) {
        if (bytes <= MOST_DATA && holds(kernel, base, bytes, wanted)) return module.name;
      }
      return undefined;
    });
    if (owner !== undefined) return owner;
  }
  return undefined;
}

/** Page by page: parts of a module that were given back are holes. */
function holds(kernel: Kernel, base: bigint, bytes: number, wanted: Buffer): boolean {
  const { pageSize } = kernel.memory;
  for (let at = 0; at < bytes; at += pageSize) {
    kernel.guard.step();
    const page = kernel.memory.page(pageNumberOf(base + BigInt(at), kernel.memory));
    if (
      'bytes' in page &&
      Buffer.from(page.bytes.buffer, page.bytes.byteOffset, page.bytes.byteLength).includes(wanted)
    )
      return true;
  }
  return false;
}
