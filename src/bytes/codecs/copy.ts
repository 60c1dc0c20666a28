/** Where a loop over bytes ends to be faster than the engine's own copy, whose call costs some 20 ns. */
const SHORT = 24;

/** Copies literals; the caller has checked both bounds. */
export function copyLiterals(source: Uint8Array, from: number, target: Uint8Array, to: number, length: number): void {
  if (length > SHORT) {
    target.set(source.subarray(from, from + length), to);
    return;
  }
  for (let i = 0; i < length; i++) target[to + i] = source[from + i]!;
}

/** Copies a match from `distance` bytes back, which may overlap itself and then repeats; the caller has checked both bounds. */
export function copyMatch(target: Uint8Array, to: number, distance: number, length: number): void {
  if (length > SHORT) {
    if (distance >= length) {
      target.copyWithin(to, to - distance, to - distance + length);
      return;
    }
    if (distance === 1) {
      target.fill(target[to - 1]!, to, to + length);
      return;
    }
  }
  for (let at = to, end = to + length; at < end; at++) target[at] = target[at - distance]!;
}
