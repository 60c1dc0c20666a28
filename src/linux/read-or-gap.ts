import { gapOf, isGapError, type Gap } from '../kernel/gaps.js';

/**
 * What `read` gives, or the gap in its place: for a cell of a table, where the gap is shown where the value would
 * stand.
 */
export function readOrGap<T>(what: string, read: () => T): T | Gap {
  try {
    return read();
  } catch (error) {
    if (!isGapError(error)) throw error;
    return gapOf(what, error);
  }
}
