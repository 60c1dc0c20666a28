import type { Kernel } from '../kernel/kernel.js';
import { slabFreeLists, type SlabFreeList } from '../linux/mm/slab-free-list.js';
import { slabObject } from '../linux/mm/slab-object.js';
import { placeTold } from '../locks/findings/waits-in-words.js';
import { address, number, word } from '../words/known-facts.js';
import { told, type Told } from '../words/told.js';
import type { Ending } from './ending.js';

/** SLUB's functions that take an object off a list, and so read its pointer to the next. */
const ALLOCATES = /alloc|slab/;

/** The list of free slab objects that an exception was at the broken end of; undefined where it was at none. */
export function overwrittenFreeList(
  kernel: Kernel,
  { exception, context: { cpu }, culprit: { activations } }: Ending,
): SlabFreeList | undefined {
  const at = exception?.faulted.access?.address;
  if (at === undefined || cpu === undefined || !ALLOCATES.test(activations[0]?.name ?? '')) return undefined;
  const list = kernel
    .peek('free lists of slabs', () => slabFreeLists(kernel, cpu))
    ?.find(({ first, offset }) => BigInt.asUintN(64, first + BigInt(offset)) === at);
  return list === undefined || slabObject(kernel, list.first)?.cache === list.cache ? undefined : list;
}

/** ": the free list of kmalloc-96 was overwritten" */
export function overwrittenTold(kernel: Kernel, ending: Ending): string | Told {
  const list = overwrittenFreeList(kernel, ending);
  return list === undefined ? '' : told`: the free list of ${word('cache', list.cache, 'slab_caches')} was overwritten`;
}

/** Where the list goes on, and that who met it need not have done it. */
export function freeListTold(kernel: Kernel, ending: Ending): Told[] {
  const list = overwrittenFreeList(kernel, ending);
  if (list === undefined) return [];
  const source = 'kmem_cache_cpu.freelist';
  const next = ending.culprit.activations.find(({ name }) => !ALLOCATES.test(name));
  const who = next === undefined ? 'who allocates next' : told`${placeTold(next, 'next')}, which allocates next,`;
  const where = told`of ${word('cache', list.cache, 'slab_caches')} on CPU ${number('cpu', ending.context.cpu!, source)}`;
  const first = address('next free', list.first, source);
  const how = told`as a rule one was written to after it was freed, and ${who} need not have done it`;
  return [told`The free list ${where} goes on at ${first}, which is no object of it: ${how}.`];
}

/** Whoever came across it first. */
export function freeListProblem(kernel: Kernel, ending: Ending): string | undefined {
  const list = overwrittenFreeList(kernel, ending);
  return list && `the free list of ${list.cache} overwritten`;
}
