import type { Kernel } from '../../kernel/kernel.js';
import { hex } from '../../words/hex.js';
import { decodeSpinWord, spinLayout, type SpinWord } from './words/queued-spinlock.js';

/** A node of a queued spinlock's queue: one of the four that each CPU has. */
export interface QueueNode {
  readonly cpu: number;
  readonly index: number;
  readonly address: bigint;
}

/** The queue of a spinlock, first to come first. */
export interface SpinQueue {
  readonly nodes: readonly QueueNode[];
  /** Why the queue may be longer than `nodes`: it could not be followed to its head. */
  readonly broken?: string;
}

/** Nested contexts of a CPU: task, softirq, interrupt, NMI. */
const NODES_PER_CPU = 4;

/** A spinlock's word; undefined where it can't be read or is none. */
export function spinWord(kernel: Kernel, address: bigint): SpinWord | undefined {
  return kernel.peek('word of a spinlock', () => decodeSpinWord(kernel.memory.u32(address), spinLayout(kernel)));
}

/** A node with what it says. */
interface ReadNode extends QueueNode {
  readonly next: bigint;
}

/**
 * The nodes that are in use, over all CPUs: as many as `count` of a CPU's first node says. Others keep what they held
 * when they were last used, `next` among it.
 */
function nodesInUse(kernel: Kernel): ReadonlyMap<bigint, ReadNode> {
  return kernel.once('qspinlock nodes', () => {
    const found = new Map<bigint, ReadNode>();
    const symbol = kernel.findSymbol('qnodes') ?? kernel.findSymbol('mcs_nodes');
    if (symbol === undefined || kernel.missing('mcs_spinlock') !== undefined) return found;
    // A node is a struct qnode since 4.20 (0fa809ca7f81), with room for paravirtual locks; a mcs_spinlock before.
    const bytes = BigInt(kernel.sizeOf(kernel.has('qnode') ? 'qnode' : 'mcs_spinlock'));
    for (const cpu of kernel.possibleCpus()) {
      const base = BigInt.asUintN(64, symbol + kernel.perCpuOffset(cpu));
      kernel.attempt(`qspinlock nodes of CPU ${cpu}`, () => {
        const { count } = kernel.ref('mcs_spinlock', base);
        for (let index = 0; index < Math.min(count, NODES_PER_CPU); index++) {
          const address = base + BigInt(index) * bytes;
          found.set(address, { cpu, index, address, next: kernel.ref('mcs_spinlock', address).next });
        }
      });
    }
    return found;
  });
}

/** The node that a lock word's tail names; undefined where it is not in use. */
export function tailNode(kernel: Kernel, { tail }: SpinWord): QueueNode | undefined {
  return tail && [...nodesInUse(kernel).values()].find(({ cpu, index }) => cpu === tail.cpu && index === tail.index);
}

/** Whether a word can be that of a spinlock that somebody waits for. */
export function couldBeSpinlock(kernel: Kernel, address: bigint): boolean {
  const word = spinWord(kernel, address);
  if (word === undefined || !(word.locked || word.pending || word.tail)) return false;
  return word.tail === undefined || tailNode(kernel, word) !== undefined;
}

/** Follows the queue from its tail back to its head, by the `next` of the others. */
export function spinQueue(kernel: Kernel, word: SpinWord): SpinQueue {
  if (word.tail === undefined) return { nodes: [] };
  const last = tailNode(kernel, word);
  if (last === undefined)
    return {
      nodes: [],
      broken: `the word's tail names node ${word.tail.index} of CPU ${word.tail.cpu}, which is not in use`,
    };
  const before = new Map<bigint, ReadNode>();
  for (const node of nodesInUse(kernel).values()) {
    if (node.next === 0n) continue;
    if (before.has(node.next))
      return { nodes: [last], broken: `two nodes say that ${hex(node.next)} comes after them` };
    before.set(node.next, node);
  }
  const nodes: QueueNode[] = [last];
  const seen = new Set([last.address]);
  for (let node = before.get(last.address); node !== undefined; node = before.get(node.address)) {
    if (seen.has(node.address)) return { nodes, broken: 'it has a cycle' };
    seen.add(node.address);
    nodes.unshift(node);
  }
  return { nodes };
}

/** The node that sleeps for a paravirtual lock whose word says _Q_SLOW_VAL: `pv_lock_hash` tells. */
export function hashedNode(kernel: Kernel, lock: bigint): { readonly cpu: number; readonly state: number } | undefined {
  if (!kernel.hasGlobal('pv_lock_hash') || kernel.missing('pv_hash_entry') !== undefined) return undefined;
  return kernel.attempt('pv_lock_hash', () => {
    const table = kernel.global('pv_lock_hash');
    const bits = kernel.global('pv_lock_hash_bits');
    if (table === null || bits > MOST_HASH_BITS) return undefined;
    for (const entry of kernel.array(table, 'pv_hash_entry', 2 ** bits)) {
      if (entry.lock !== lock) continue;
      const { cpu, state } = kernel.ref('pv_node', entry.node);
      return { cpu, state };
    }
    return undefined;
  });
}

/** Four entries for each possible CPU, and no more than a machine of 16 Ki CPUs has. */
const MOST_HASH_BITS = 18;
