/** The numbers of the bits set in a kernel bitmap (`unsigned long[]` as bigints), ascending, below `limit`. */
export function* setBits(words: readonly bigint[], limit = Infinity): Generator<number> {
  for (const [index, word] of words.entries()) {
    for (let rest = word, bit = index * 64; rest !== 0n && bit < limit; rest >>= 1n, bit++) {
      if (rest & 1n) yield bit;
    }
  }
}
