import type { Kernel } from '../../kernel/kernel.js';
import { directMapAddress, physicalOfDirectMap } from '../../memory/bases.js';

/** The slab object that an address lies in. */
export interface SlabObject {
  /** The cache's name. */
  readonly cache: string;
  /** Bytes that users of the cache have. */
  readonly objectBytes: number;
  readonly start: bigint;
  readonly offset: number;
}

/** Caches that are known: more than this is a broken list. */
const MOST_CACHES = 1 << 14;

/**
 * Mirrors virt_to_slab() and nearest_obj(), for SLUB. Believed only where the page names a cache that is on
 * `slab_caches`.
 * @returns undefined for an address that is in no slab, or that nothing tells of
 */
export function slabObject(kernel: Kernel, address: bigint): SlabObject | undefined {
  return kernel.peek('the slab of an object', () => find(kernel, address));
}

function find(kernel: Kernel, address: bigint): SlabObject | undefined {
  const { vmemmap } = kernel.bases;
  const { pageSize } = kernel.memory;
  const physical = physicalOfDirectMap(kernel.bases, address);
  if (physical === undefined || vmemmap === undefined || !kernel.has('kmem_cache', 'object_size')) return undefined;
  const pageBytes = BigInt(kernel.sizeOf('page'));
  const page = vmemmap.address + BigInt(Math.floor(physical / pageSize)) * pageBytes;
  const cacheOffset = BigInt(
    kernel.has('slab', 'slab_cache') ? kernel.offsetOf('slab', 'slab_cache') : kernel.offsetOf('page', 'slab_cache'),
  );
  const head = headOf(kernel, page);
  const cache = caches(kernel).get(kernel.memory.u64(head + cacheOffset));
  const base = cache && directMapAddress(kernel.bases, Number((head - vmemmap.address) / pageBytes) * pageSize);
  if (cache === undefined || base === undefined || base > address) return undefined;
  const offset = Number((address - base) % BigInt(cache.size)) - cache.pad;
  if (offset < 0 || offset >= cache.objectBytes) return undefined;
  return { cache: cache.name, objectBytes: cache.objectBytes, start: address - BigInt(offset), offset };
}

/** A page's head is nowhere near the end of the address space, but a mask for the page's own address is. */
const LOWEST_MASK = 2n ** 64n - (1n << 32n);

/**
 * The page itself, or of a tail the head: since 7.1 its word may be a mask instead of a pointer
 * (compound_info_has_mask()).
 */
function headOf(kernel: Kernel, page: bigint): bigint {
  if (!kernel.has('page', 'compound_info')) return page;
  const word = kernel.memory.u64(page + BigInt(kernel.offsetOf('page', 'compound_info')));
  if ((word & 1n) === 0n) return page;
  return word >= LOWEST_MASK ? page & (word - 1n) : word - 1n;
}

interface Cache {
  name: string;
  size: number;
  objectBytes: number;
  /** A red zone before the object, with debugging. */
  pad: number;
}

function caches(kernel: Kernel): ReadonlyMap<bigint, Cache> {
  return kernel.once('slab caches by address', () => {
    const found = new Map<bigint, Cache>();
    const head = kernel.attempt('slab_caches', () => kernel.symbol('slab_caches'));
    if (head === undefined) return found;
    for (const cache of kernel.list(head, 'kmem_cache', 'list')) {
      if (found.size >= MOST_CACHES) break;
      kernel.attempt('kmem_cache', () => {
        const { name, size, object_size: objectBytes } = cache;
        const pad = kernel.has('kmem_cache', 'red_left_pad')
          ? kernel.memory.u32(cache.$address + BigInt(kernel.offsetOf('kmem_cache', 'red_left_pad')))
          : 0;
        if (size > 0 && name !== null) found.set(cache.$address, { name, size, objectBytes, pad });
      });
    }
    return found;
  });
}
