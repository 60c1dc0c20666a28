import { setBits } from '../../kernel/containers/bitmap.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';

/** A `struct pglist_data`, include/linux/mmzone.h: a NUMA node. */
export type NodeRef = Ref<'pglist_data'>;

/** The nodes that are online, ascending, as for_each_online_pgdat() visits them. */
export function onlineNodes(kernel: Kernel): readonly NodeRef[] {
  return kernel.once('online nodes', () => nodesIn(kernel, 'N_ONLINE'));
}

/** The nodes that have memory: N_MEMORY. */
export function memoryNodes(kernel: Kernel): readonly NodeRef[] {
  return kernel.once('memory nodes', () => nodesIn(kernel, 'N_MEMORY'));
}

/** The numbers of the nodes in a state of enum node_states; undefined where the kernel keeps no such masks. */
export function nodesInState(kernel: Kernel, state: string): readonly number[] | undefined {
  const index = kernel.enumerator(state);
  if (index === undefined || !kernel.hasGlobal('node_states')) return undefined;
  const mask = kernel.attempt(`node_states[${state}]`, () => kernel.global('node_states')[index]);
  return mask && kernel.attempt(`node_states[${state}]`, () => [...setBits(mask.bits)]);
}

function nodesIn(kernel: Kernel, state: string): readonly NodeRef[] {
  // A kernel without NUMA has one node, and it is a variable of its own.
  if (!kernel.hasGlobal('node_data')) {
    const only = kernel.attempt('contig_page_data', () => kernel.global('contig_page_data'));
    return only ? [only] : [];
  }
  const pointers = kernel.attempt('node_data', () => kernel.global('node_data'));
  if (pointers === undefined) return [];
  const wanted = nodesInState(kernel, state);
  const found: NodeRef[] = [];
  for (const [id, node] of pointers.entries()) {
    if (wanted && !wanted.includes(id)) continue;
    if (node) found.push(node);
    else if (wanted) kernel.gap(`node_data[${id}]`, 'a node that is online has no struct pglist_data');
  }
  return found;
}
