import { ReadError, Unmapped } from '../memory/address-space.js';
import { defined } from '../words/defined.js';
import type { Gap } from '../words/gap.js';

/**
 * A value that was read but can't be so: a length of 2^60, a pointer to nowhere. Throw it where memory was overwritten;
 * it becomes a gap.
 */
export class Implausible extends Error {
  override name = 'Implausible';
  /** What was being read, where that has a name: '`proto.name`'. */
  reading?: string;
  constructor(
    message: string,
    readonly address?: bigint,
  ) {
    super(message);
  }
}

/** This kernel lacks what a reader needs: a struct, a member, a symbol. It is a gap where nothing else serves. */
export class ShapeError extends Error {
  override name = 'ShapeError';
  constructor(
    message: string,
    /** The name that this kernel does not have, where it may have one that was meant. */
    readonly sought?: Sought,
  ) {
    super(message);
  }
}

/** A name that was looked up. */
export interface Sought {
  readonly kind: 'symbol' | 'struct';
  readonly name: string;
}

/** The user, or a deadline, ended the work: never a gap, so let it pass. */
export class Cancelled extends Error {
  override name = 'Cancelled';
}

export type GapError = ReadError | Implausible | ShapeError;

/**
 * True for what a guarded walk may turn into a gap (ReadError, Implausible, ShapeError); all else is a bug and goes on
 * up.
 */
export function isGapError(error: unknown): error is GapError {
  return error instanceof ReadError || error instanceof Implausible || error instanceof ShapeError;
}

/** What `read` gives; an error says then what was being read: the innermost that has a name says it. */
export function whileReading<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw saysReading(error, what);
  }
}

/** The same of an error that was caught. */
export function saysReading(error: unknown, what: string): unknown {
  if (error instanceof ReadError || error instanceof Implausible) error.reading ??= what;
  return error;
}

/** True where the dump has lost a page, or the page table that leads to it: what stood there is not known. */
export function isLoss(error: unknown): boolean {
  if (!(error instanceof ReadError)) return false;
  const { cause } = error;
  const page = cause instanceof Unmapped ? cause.missingTable : cause;
  return page !== undefined && (page.kind === 'damaged' || page.kind === 'cut off');
}

export function gapOf(what: string, error: GapError): Gap {
  const address = error instanceof ShapeError ? undefined : error.address;
  const gap: Gap = { gap: true, what, reason: error.message, ...defined({ address }) };
  if (error instanceof ShapeError) lacks.add(gap);
  causes.set(gap, error);
  return gap;
}

const causes = new WeakMap<Gap, GapError>();

/** The error that became this gap. */
export function causeOf(gap: Gap): GapError | undefined {
  return causes.get(gap);
}

const lacks = new WeakSet<Gap>();

/** The copy of a gap, which from now on knows what it came of. */
export function sameCause(copy: Gap, gap: Gap): Gap {
  const cause = causes.get(gap);
  if (cause !== undefined) causes.set(copy, cause);
  if (lacks.has(gap)) lacks.add(copy);
  return copy;
}

/** For what was lost and could hold no answer to most of the questions that led to it. */
export function countAsLack(gap: Gap): void {
  lacks.add(gap);
}

/** True where it is the kernel that lacks something: nothing was lost that would have said otherwise. */
export function isLack(gap: Gap): boolean {
  return lacks.has(gap);
}

/** A dump with a million damaged pages must not yield a million lines: past this, gaps are counted only. */
const MOST_GAPS = 500;

/** Collects the gaps of one piece of work: a section of the report, or a test. */
export class GapLog {
  readonly #gaps = new Map<string, Gap>();
  readonly #taken = new Set<GapLog>();
  /** Those that are counted but not kept. */
  dropped = 0;

  record(gap: Gap): void {
    const key = `${gap.what}\0${gap.reason}`;
    if (this.#gaps.has(key)) return;
    if (this.#gaps.size >= MOST_GAPS) this.dropped++;
    else this.#gaps.set(key, gap);
  }

  /** All that another log has; the same log once more changes nothing. */
  recordAll(other: GapLog): void {
    if (other.isEmpty || this.#taken.has(other)) return;
    this.#taken.add(other);
    for (const gap of other.#gaps.values()) this.record(gap);
    this.dropped += other.dropped;
  }

  get isEmpty(): boolean {
    return this.#gaps.size === 0;
  }

  get list(): readonly Gap[] {
    return [...this.#gaps.values()];
  }
}
