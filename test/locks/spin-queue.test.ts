import { describe, expect, test } from 'vitest';
import { spinQueue, spinWord, spinWordInWords } from 'oompm/locks';
import { to, toyKernel, type ToyValue } from 'oompm/testing';

import { hashedNode } from '../../src/locks/state/spin-queue.js';

const types = `
  struct mcs_spinlock { struct mcs_spinlock *next; int locked, count; };
  struct qnode { struct mcs_spinlock mcs; long reserved[2]; };
  struct pv_node { struct mcs_spinlock mcs; int cpu; u8 state; };
  struct pv_hash_entry { void *lock; struct pv_node *node; };
`;
const node = (next: ToyValue, count = 0): ToyValue => ({ mcs: { next, count } });
const none = node(null);
/** A word whose tail is a CPU's first node. */
const queuedUpTo = (cpu: number, rest = 1) => rest | ((cpu + 1) << 18);

/** Four CPUs' nodes; the per-CPU areas are one size apart, and nodes of CPU 0 are named by the toy. */
function machine(word: number, nodes: (address: (cpu: number, index?: number) => bigint) => readonly ToyValue[]) {
  const build = (perCpu: readonly ToyValue[]) =>
    toyKernel({
      cpus: 4,
      types,
      variables: {
        logbuf_lock: { type: 'unsigned int', value: word },
        qnodes: { type: 'struct qnode[4]', perCpu },
      },
    });
  const empty = build(Array.from({ length: 4 }, () => [none, none, none, none]));
  const kernel = build(
    nodes(
      (cpu, index = 0) =>
        empty.addressOf('qnodes') + empty.perCpuOffset(cpu) - empty.perCpuOffset(0) + BigInt(index * 32),
    ),
  );
  return { kernel, word: spinWord(kernel, kernel.addressOf('logbuf_lock'))! };
}

describe('the queue of a spinlock, from its tail back to its head', () => {
  test('three CPUs, first to come first', () => {
    const { kernel, word } = machine(queuedUpTo(1), (at) => [
      [none, none, none, none],
      [node(null, 1), none, none, none],
      [node(at(3), 1), none, none, none],
      [node(at(1), 1), none, none, none],
    ]);
    expect(spinQueue(kernel, word).nodes.map(({ cpu }) => cpu)).toEqual([2, 3, 1]);
  });

  test('a node that is not in use does not count, though its `next` still stands there', () => {
    const { kernel, word } = machine(queuedUpTo(1), (at) => [
      [none, none, none, none],
      [node(null, 1), none, none, none],
      [node(at(1), 0), none, none, none],
      [none, none, none, none],
    ]);
    expect(spinQueue(kernel, word)).toMatchObject({ nodes: [{ cpu: 1, index: 0 }] });
  });

  test('a tail whose node is not in use is said', () => {
    const { kernel, word } = machine(queuedUpTo(3), () => Array.from({ length: 4 }, () => [none, none, none, none]));
    expect(spinQueue(kernel, word)).toEqual({
      nodes: [],
      broken: "the word's tail names node 0 of CPU 3, which is not in use",
    });
  });

  test('nodes that lead in a circle end with the reason', () => {
    const { kernel, word } = machine(queuedUpTo(1), (at) => [
      [none, none, none, none],
      [node(at(2), 1), none, none, none],
      [node(at(1), 1), none, none, none],
      [none, none, none, none],
    ]);
    expect(spinQueue(kernel, word)).toMatchObject({ broken: 'it has a cycle' });
  });

  test('two nodes before the same one: nobody can tell', () => {
    const { kernel, word } = machine(queuedUpTo(1), (at) => [
      [none, none, none, none],
      [node(null, 1), none, none, none],
      [node(at(1), 1), none, none, none],
      [node(at(1), 1), none, none, none],
    ]);
    expect(spinQueue(kernel, word).broken).toMatch(/^two nodes say that 0x[0-9a-f]+ comes after them$/);
  });

  test('a count that is nonsense is bounded by the four nodes there are', () => {
    const { kernel, word } = machine(queuedUpTo(1), () => [
      [none, none, none, none],
      [node(null, 0x7fff_ffff), none, none, none],
      [none, none, none, none],
      [none, none, none, none],
    ]);
    expect(spinQueue(kernel, word).nodes).toHaveLength(1);
  });
});

describe("the owner's case: a paravirtual lock, whose word says _Q_SLOW_VAL", () => {
  const pv = (hashed: boolean, bits = 2) =>
    toyKernel({
      cpus: 4,
      types,
      variables: {
        logbuf_lock: { type: 'unsigned int', value: queuedUpTo(1, 3) },
        qnodes: {
          type: 'struct qnode[4]',
          perCpu: Array.from({ length: 4 }, (_, cpu) => [node(null, cpu === 1 ? 1 : 0), none, none, none]),
        },
        pv_lock_hash: { type: 'struct pv_hash_entry *', value: to('table') },
        pv_lock_hash_bits: { type: 'unsigned int', value: bits },
      },
      objects: {
        table: {
          type: 'struct pv_hash_entry[4]',
          value: [{}, {}, hashed ? { lock: to('logbuf_lock'), node: to('head') } : {}, {}],
        },
        // The toy's own place stands for CPU 1's node, which the hash names.
        head: { type: 'struct pv_node', value: { cpu: 1, state: 2 } },
      },
    });

  test('locked, and its first waiter sleeps in the hypervisor: CPU 1, by pv_lock_hash', () => {
    const kernel = pv(true);
    const lock = kernel.addressOf('logbuf_lock');
    const word = spinWord(kernel, lock)!;
    expect(spinWordInWords(word)).toBe(
      'locked, its first waiter asleep in the hypervisor (_Q_SLOW_VAL) and a queue that ends with CPU 1',
    );
    expect(hashedNode(kernel, lock)).toMatchObject({ cpu: 1, state: 2 });
    expect(spinQueue(kernel, word).nodes.map(({ cpu }) => cpu)).toEqual([1]);
  });

  test('a lock that is not in the table, or a table of nonsense size: nobody is named', () => {
    for (const kernel of [pv(false), pv(true, 60)])
      expect(hashedNode(kernel, kernel.addressOf('logbuf_lock'))).toBeUndefined();
  });
});
