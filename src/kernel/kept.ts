import { GapLog, isGapError } from './gaps.js';

interface Made {
  readonly value?: unknown;
  /** What `make` threw instead: memory that can't be read stays so. */
  readonly error?: unknown;
  /** undefined where there were none: most values. */
  readonly gaps: GapLog | undefined;
}

/**
 * Values by key, each made at the first call. The gaps that were met on the way are kept with the value and recorded at
 * each use, in whichever log is the kernel's then: a section says the same alone and after all others. One that ends in
 * a gap error is kept too, and thrown again; any other error is not, so that work that was cancelled is begun anew.
 */
export class Kept<K> {
  readonly #made = new Map<K, Made>();

  constructor(readonly kernel: { gaps: GapLog }) {}

  get<T>(key: K, make: (key: K) => T): T {
    let made = this.#made.get(key);
    if (made === undefined) {
      made = this.#make(key, make);
      this.#made.set(key, made);
    }
    if (made.gaps) this.kernel.gaps.recordAll(made.gaps);
    if ('error' in made) throw made.error;
    return made.value as T;
  }

  /** What was made for one key holds for these too. */
  share(key: K, others: Iterable<K>): void {
    const made = this.#made.get(key);
    if (made) for (const other of others) this.#made.set(other, made);
  }

  #make(key: K, make: (key: K) => unknown): Made {
    const { kernel } = this;
    const before = kernel.gaps;
    const own = new GapLog();
    const met = (): GapLog | undefined => (own.isEmpty ? undefined : own);
    kernel.gaps = own;
    try {
      return { value: make(key), gaps: met() };
    } catch (error) {
      if (isGapError(error)) return { error, gaps: met() };
      before.recordAll(own);
      throw error;
    } finally {
      kernel.gaps = before;
    }
  }
}
