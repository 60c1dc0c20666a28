import { listNodes } from '../../kernel/containers/list.js';
import { Implausible, ShapeError } from '../../kernel/gaps.js';
import { lossesInWords, withGaps } from '../../kernel/gathered-gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import { lackOfType } from '../../kernel/unreadable-names.js';

/** A slab cache as /proc/slabinfo tells it (get_slabinfo() of SLUB). */
export interface SlabCache {
  readonly address: bigint;
  readonly name: string;
  /** Of an object with what SLUB puts around it, in bytes. */
  readonly objectSize: number;
  readonly size: number;
  /** undefined: not all of its partial slabs can be read. */
  readonly activeObjects: number | undefined;
  readonly totalObjects: number;
  readonly slabs: number;
  /** At most: a slab can be smaller where memory was short. */
  readonly pages: number;
  /** SLAB_RECLAIM_ACCOUNT: counted as reclaimable. */
  readonly reclaimable: boolean;
}

/** SLAB_RECLAIM_ACCOUNT before it became an enumerator (6.9). */
const RECLAIM_ACCOUNT_BIT = 17;

/** OO_SHIFT: objects of a slab in the lower half, its order above. */
const ORDER_SHIFT = 16;
const HIGHEST_ORDER = 32;

/**
 * Every slab cache, in the order of the kernel's list, newest first. A cache that can't be read is a gap. @throws
 * ShapeError where this kernel keeps no count of slabs
 */
export function slabCaches(kernel: Kernel): readonly SlabCache[] {
  return kernel.once('slab caches', () => {
    const caches: SlabCache[] = [];
    if (!kernel.has('kmem_cache_node', 'total_objects'))
      throw new ShapeError(
        lackOfType(
          kernel.types,
          'whether slabs and their objects are counted',
          'this kernel does not count its slabs and their objects (CONFIG_SLUB_DEBUG)',
        ),
      );
    const reclaimBit = kernel.enumerator('_SLAB_RECLAIM_ACCOUNT') ?? RECLAIM_ACCOUNT_BIT;
    let listed = 0;
    for (const cache of kernel.list(kernel.global('slab_caches'), 'kmem_cache', 'list')) {
      listed++;
      const read = kernel.attempt(`kmem_cache 0x${cache.$address.toString(16)}`, () =>
        readCache(kernel, cache, reclaimBit),
      );
      if (read) caches.push(read);
    }
    if (listed === 0) kernel.gap('slab_caches', 'no cache is on the list, and no kernel is without any');
    return caches;
  });
}

function readCache(kernel: Kernel, cache: Ref<'kmem_cache'>, reclaimBit: number): SlabCache {
  const name = cache.name ?? '(no name)';
  const order = cache.oo >>> ORDER_SHIFT;
  if (order >= HIGHEST_ORDER) throw new Implausible(`slabs of order ${order}`, cache.$address);
  let slabs = 0;
  let totalObjects = 0;
  let freeObjects: number | undefined = 0;
  for (const node of nodesOf(kernel, cache)) {
    slabs += node.nr_slabs!;
    totalObjects += node.total_objects!;
    const free = withGaps(kernel, () => freeOnPartialSlabs(kernel, node, name));
    freeObjects =
      freeObjects === undefined || lossesInWords(free.gaps) !== undefined ? undefined : freeObjects + free.result;
  }
  return {
    address: cache.$address,
    name,
    size: cache.size,
    objectSize: cache.object_size,
    // Other CPUs move slabs while the kernel counts, and so can the dump have caught them.
    activeObjects: freeObjects === undefined ? undefined : Math.max(totalObjects - freeObjects, 0),
    totalObjects,
    slabs,
    pages: slabs * 2 ** order,
    reclaimable: (cache.flags & (1 << reclaimBit)) !== 0,
  };
}

/**
 * A cache is allocated with room for nr_node_ids nodes: behind them the array that its type has is someone else's
 * memory.
 */
function* nodesOf(kernel: Kernel, cache: Ref<'kmem_cache'>): Generator<Ref<'kmem_cache_node'>> {
  const count = kernel.hasGlobal('nr_node_ids') ? kernel.global('nr_node_ids') : 1;
  const perNode = kernel.has('kmem_cache', 'per_node'); // since 7.x, with a barn beside it
  const first = cache.$address + BigInt(kernel.offsetOf('kmem_cache', perNode ? 'per_node' : 'node'));
  const size = perNode ? kernel.sizeOf('kmem_cache_per_node_ptrs') : 8;
  const offset = perNode ? kernel.offsetOf('kmem_cache_per_node_ptrs', 'node') : 0;
  for (let node = 0; node < Math.min(count, MOST_NODES); node++) {
    const address = kernel.memory.u64(first + BigInt(node * size + offset));
    if (address !== 0n) yield kernel.ref('kmem_cache_node', address);
  }
}

/** MAX_NUMNODES is at most 1 << NODES_SHIFT, which is 10. */
const MOST_NODES = 1024;

/**
 * From this many on the kernel looks at the list's ends only and takes the rest to be like them: MAX_PARTIAL_TO_SCAN,
 * 6.10.
 */
const PARTIAL_TO_SCAN = 10_000;

/**
 * count_partial(): objects free on slabs that are partly used. Those on CPUs' own slabs count as used, as in slabinfo.
 */
function freeOnPartialSlabs(kernel: Kernel, node: Ref<'kmem_cache_node'>, name: string): number {
  if (node.nr_partial === 0) return 0;
  const approximates =
    node.nr_partial > PARTIAL_TO_SCAN && kernel.findSymbol('count_partial_free_approx') !== undefined;
  return approximates
    ? approximateFree(kernel, node, name)
    : sumFree(kernel, listNodes(kernel, node.partial, `partial slabs of ${name}`), Infinity).free;
}

/** count_partial_free_approx(): half of the scan from each end. */
function approximateFree(kernel: Kernel, node: Ref<'kmem_cache_node'>, name: string): number {
  const half = PARTIAL_TO_SCAN / 2;
  const what = `partial slabs of ${name}`;
  const front = sumFree(kernel, listNodes(kernel, node.partial, what), half);
  const back = sumFree(kernel, listNodes(kernel, node.partial, what, 'prev'), half);
  const scanned = front.slabs + back.slabs;
  return scanned === 0
    ? 0
    : Math.min(Math.floor(((front.free + back.free) * node.nr_partial) / scanned), node.total_objects!);
}

function sumFree(kernel: Kernel, nodes: Iterable<bigint>, most: number): { free: number; slabs: number } {
  let free = 0;
  let slabs = 0;
  for (const node of nodes) {
    if (slabs >= most) break;
    kernel.attempt('partial slab', () => {
      free += freeOnSlab(kernel, node);
    });
    slabs++;
  }
  return { free, slabs };
}

function freeOnSlab(kernel: Kernel, listNode: bigint): number {
  if (kernel.has('slab', 'slab_list')) {
    const slab = kernel.containerOf('slab', listNode, 'slab_list');
    return slab.objects - slab.inuse;
  }
  // Up to 5.16 in struct page: inuse:16, objects:15, frozen:1.
  const page = listNode - BigInt(kernel.offsetOf('page', 'slab_list'));
  const counters = kernel.memory.u32(page + BigInt(kernel.offsetOf('page', 'counters')));
  return ((counters >>> 16) & 0x7fff) - (counters & 0xffff);
}
