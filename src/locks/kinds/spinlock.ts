import type { Kernel } from '../../kernel/kernel.js';
import type { CodeSearch, ContendedLock, Holding, Lock, LockKind, QueuedWait, Wait } from '../lock-kind.js';
import { contextOfTask } from '../contexts.js';
import { inlinedUnlock } from '../owners/inlined-unlock.js';
import { couldBeSpinlock, hashedNode, spinQueue, spinWord, type SpinQueue } from '../state/spin-queue.js';
import { spinWordInWords, type SpinWord } from '../state/words/queued-spinlock.js';

/** spinlock_t and raw_spinlock_t, a queued spinlock, kernel/locking/qspinlock.c. */
export const spinlock: LockKind = {
  name: 'spinlock',
  noun: 'spinlock',
  struct: 'struct raw_spinlock',
  tags: ['spinlock', 'raw_spinlock', 'qspinlock'],
  guardsOthers: true,
  functions: {
    acquire: [
      '_raw_spin_lock',
      '_raw_spin_lock_irq',
      '_raw_spin_lock_irqsave',
      '_raw_spin_lock_bh',
      '_raw_spin_lock_nested',
      '_raw_spin_lock_irqsave_nested',
      '_raw_spin_lock_nest_lock',
      'do_raw_spin_lock',
      'raw_spin_rq_lock_nested',
    ],
    trylock: ['_raw_spin_trylock', '_raw_spin_trylock_bh'],
    release: [
      '_raw_spin_unlock',
      '_raw_spin_unlock_irq',
      '_raw_spin_unlock_irqrestore',
      '_raw_spin_unlock_bh',
      'do_raw_spin_unlock',
      'raw_spin_rq_unlock',
    ],
    inside: [
      'queued_spin_lock_slowpath',
      'native_queued_spin_lock_slowpath',
      '__pv_queued_spin_lock_slowpath',
      'pv_queued_spin_lock_slowpath',
    ],
  },
  inlined: () => inlinedUnlock,
  spins: true,
  couldBe: couldBeSpinlock,
  lastCpu: (kernel, address) => spinWord(kernel, address)?.tail?.cpu,
  contended,
  holders: byDebugOwner,
};

function contended(
  kernel: Kernel,
  lock: Lock,
  own: readonly Wait[],
): Pick<ContendedLock, 'state' | 'spin' | 'waits' | 'remarks'> {
  const word = spinWord(kernel, lock.address);
  if (word === undefined)
    return {
      state: "in an unknown state: its word can't be read, or is not a queued spinlock's",
      waits: own,
      remarks: [],
    };
  const queue = spinQueue(kernel, word);
  const hashed = word.slow ? hashedNode(kernel, lock.address) : undefined;
  const placed = inOrder(own, word, queue, hashed?.cpu);
  return {
    state: spinWordInWords(word),
    spin: { word, queue, ...(hashed ? { asleep: hashed.cpu } : {}) },
    waits: placed,
    remarks: [
      ...testAndSet(kernel, word, own),
      ...(queue.broken === undefined ? [] : [`The queue can't be followed to its head: ${queue.broken}.`]),
      ...(hashed
        ? [
            `CPU ${hashed.cpu} is asleep in the hypervisor at the head of the queue: pv_lock_hash has its node for this lock.`,
          ]
        : []),
      ...silent(own, queue),
    ],
  };
}

/**
 * The pending one has no node; those with a node come in the order of the queue; others have only come to the slow
 * path.
 */
function inOrder(own: readonly Wait[], word: SpinWord, queue: SpinQueue, asleep: number | undefined): QueuedWait[] {
  const place = ({ waiter: { cpu } }: Wait): number => queue.nodes.findIndex((node) => node.cpu === cpu);
  const unqueued = own.filter((wait) => place(wait) < 0);
  const queued = own.filter((wait) => place(wait) >= 0).toSorted((a, b) => place(a) - place(b));
  const alone = word.pending && unqueued.length === 1;
  return [
    ...unqueued.map((wait): QueuedWait => ({ ...wait, ...(alone ? { place: 'pending' } : {}) })),
    ...queued.map((wait): QueuedWait => ({
      ...wait,
      place: `queued ${place(wait) + 1}${wait.waiter.cpu === asleep ? ', asleep in the hypervisor' : ''}`,
    })),
  ];
}

/** virt_spin_lock(): under a hypervisor without paravirtual locks CPUs try again and again, and nobody queues. */
function testAndSet(kernel: Kernel, word: SpinWord, own: readonly Wait[]): string[] {
  if (word.pending || word.tail || !word.locked || word.slow) return [];
  const enabled = keyEnabled(kernel);
  const who = own.length === 1 ? 'one CPU spins' : `${own.length} CPUs spin`;
  const spinning = 'test-and-set spinning, as under a hypervisor (virt_spin_lock), where nobody queues';
  const key = enabled ? '; virt_spin_lock_key is on' : '';
  return [`${who} on it and the word has neither a pending bit nor a queue: ${spinning}${key}.`];
}

/** A static key begins with the count of those that enabled it. */
function keyEnabled(kernel: Kernel): boolean {
  const key = kernel.findSymbol('virt_spin_lock_key');
  return key !== undefined && kernel.attempt('virt_spin_lock_key', () => kernel.memory.i32(key) > 0) === true;
}

function silent(own: readonly Wait[], queue: SpinQueue): string[] {
  const missing = queue.nodes.filter((node) => !own.some(({ waiter: { cpu } }) => cpu === node.cpu));
  return missing.length === 0
    ? []
    : [`In the queue, though its stack does not show it: CPU ${missing.map(({ cpu }) => cpu).join(', ')}.`];
}

/** With CONFIG_DEBUG_SPINLOCK a lock knows who has it. */
function byDebugOwner(kernel: Kernel, lock: Lock, waits: readonly Wait[], code: CodeSearch): readonly Holding[] {
  if (!kernel.has('raw_spinlock', 'owner_cpu')) return [];
  const found = kernel.peek('debugging fields of a spinlock', (): Holding[] => {
    const { owner, owner_cpu: cpu } = kernel.ref('raw_spinlock', lock.address);
    const holder = owner === undefined ? undefined : contextOfTask(kernel, BigInt.asUintN(64, owner));
    if (holder === undefined) return [];
    const inCode = code.holdingFrame(
      lock,
      holder,
      waits.filter((wait) => wait.lock.address === lock.address),
    );
    return [
      {
        lock,
        holder,
        certainty: 'certain',
        ...(inCode ? { taker: inCode.activation, segment: inCode.segment } : {}),
        evidence: [
          `the lock's debugging fields name ${holder.label} as its owner, on CPU ${cpu ?? '?'}`,
          ...(inCode ? [inCode.evidence] : []),
        ],
      },
    ];
  });
  return found === undefined ? [] : found;
}
