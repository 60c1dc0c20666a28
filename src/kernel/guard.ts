import { Cancelled } from './gaps.js';

/** Clock and flag are looked at once in so many steps. */
const STEPS_PER_LOOK = 1024;

/**
 * Ends work that takes too long or that the user has given up: every guarded walk calls `step` for each element.
 * The flag lies in shared memory, since synchronous code sees no message.
 */
export class Guard {
  #steps = 0;
  #deadline = Infinity;

  constructor(readonly cancelFlag?: Int32Array) {}

  /** Work from now on may take so long; undefined lifts the limit. */
  limit(milliseconds: number | undefined): void {
    this.#deadline = milliseconds === undefined ? Infinity : performance.now() + milliseconds;
  }

  /** @throws Cancelled */
  step(): void {
    if (++this.#steps % STEPS_PER_LOOK === 0) this.look();
  }

  /** @throws Cancelled */
  look(): void {
    if (this.cancelFlag && Atomics.load(this.cancelFlag, 0) !== 0) throw new Cancelled('cancelled');
    if (performance.now() > this.#deadline) throw new Cancelled('took longer than its time limit');
  }
}
