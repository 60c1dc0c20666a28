import type { InlinedLock } from '../lock-kind.js';

/** The store of a zero byte by which a queued spinlock is released. */
export const inlinedUnlock: InlinedLock = (action) =>
  action.does === 'store zero' ? { does: 'release', lock: action.address } : undefined;
