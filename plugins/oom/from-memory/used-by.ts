/** What the objects of a slab cache take; absent where it is not known how many are in use. */
export function usedBy(activeObjects: number | undefined, objectBytes: number): { usedKB?: number } {
  return activeObjects === undefined ? {} : { usedKB: Math.trunc((activeObjects * objectBytes) / 1024) };
}
