import { gapOf, isGapError, type GapError } from './gaps.js';
import type { Gap } from '../words/gap.js';

/**
 * What `read` gives, or what `otherwise` makes of why it can't be read: for what is neither left out with a gap
 * (`kernel.attempt`) nor a guess (`kernel.peek`). All that is no gap error goes on up.
 */
export function readOr<T, E>(read: () => T, otherwise: (error: GapError) => E): T | E {
  try {
    return read();
  } catch (error) {
    if (!isGapError(error)) throw error;
    return otherwise(error);
  }
}

/**
 * What `read` gives, or the gap in its place: for a cell of a table, where the gap is shown where the value would
 * stand.
 */
export function readOrGap<T>(what: string, read: () => T): T | Gap {
  return readOr(read, (error) => gapOf(what, error));
}
