/** A ticket spinlock: the lock of x86 up to 4.1, and of asm-generic/spinlock.h (RISC-V and others). */
export interface TicketWord {
  /** The ticket that is served: its holder has the lock. */
  readonly head: number;
  /** The ticket that the next to come will draw. */
  readonly tail: number;
  readonly locked: boolean;
  /** How many wait; tickets wrap around. */
  readonly waiters: number;
}

/**
 * @param bits of a ticket: 8 or 16
 * @param step what drawing one adds: 2 with paravirtual ticket locks, whose lowest bit of `head` says "slow path"
 */
export function decodeTicketWord(head: number, tail: number, bits: 8 | 16, step: 1 | 2 = 1): TicketWord {
  const served = step === 2 ? head & ~1 : head;
  const drawn = ((tail - served) & ((1 << bits) - 1)) / step;
  return { head: served, tail, locked: drawn > 0, waiters: Math.max(0, Math.ceil(drawn) - 1) };
}
