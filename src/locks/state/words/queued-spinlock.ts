import type { Kernel } from '../../../kernel/kernel.js';

/** Where the parts of the word stand: kernels for 16384 CPUs and more have one bit for "pending", all others a byte. */
export type SpinLayout = 'pending byte' | 'pending bit';

/** A queued spinlock's word, as include/asm-generic/qspinlock_types.h lays it out. Who holds the lock is not in it. */
export interface SpinWord {
  readonly locked: boolean;
  /** The byte says _Q_SLOW_VAL: the queue's head has gone to sleep until the holder wakes it (paravirtual locks). */
  readonly slow: boolean;
  /** A waiter spins on the word itself: it is next, and has no queue node. */
  readonly pending: boolean;
  /**
   * The last in the queue: its CPU and which of that CPU's four nodes it uses (one each for task, softirq, interrupt,
   * NMI).
   */
  readonly tail?: { readonly cpu: number; readonly index: number };
}

const LOCKED = 1;
/** _Q_SLOW_VAL of kernel/locking/qspinlock_paravirt.h. */
const SLOW = 3;

/** @returns undefined for what no queued spinlock can say */
export function decodeSpinWord(word: number, layout: SpinLayout): SpinWord | undefined {
  const byte = word & 0xff;
  if (byte !== 0 && byte !== LOCKED && byte !== SLOW) return undefined;
  const wide = layout === 'pending byte';
  const pending = (word >>> 8) & (wide ? 0xff : 1);
  if (pending > 1) return undefined;
  const index = (word >>> (wide ? 16 : 9)) & 3;
  const cpu = (word >>> (wide ? 18 : 11)) - 1;
  if (cpu < 0 && index !== 0) return undefined;
  return {
    locked: byte !== 0,
    slow: byte === SLOW,
    pending: pending === 1,
    ...(cpu >= 0 ? { tail: { cpu, index } } : {}),
  };
}

/** As the kernel was built: NR_CPUS is as many as a cpumask has bits. */
export function spinLayout(kernel: Kernel): SpinLayout {
  return kernel.once('layout of queued spinlocks', () =>
    kernel.has('cpumask') && kernel.sizeOf('cpumask') * 8 >= 1 << 14 ? 'pending bit' : 'pending byte',
  );
}

/** "locked, pending, and a queue that ends with CPU 3" */
export function spinWordInWords({ locked, slow, pending, tail }: SpinWord): string {
  const parts = [
    ...(locked ? [slow ? 'locked, its first waiter asleep in the hypervisor (_Q_SLOW_VAL)' : 'locked'] : []),
    ...(pending ? ['pending'] : []),
    ...(tail ? [`a queue that ends with CPU ${tail.cpu}${tail.index === 0 ? '' : ` (its node ${tail.index})`}`] : []),
  ];
  if (parts.length === 0) return 'free';
  return parts.length === 1 ? parts[0]! : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
