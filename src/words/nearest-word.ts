/** Words longer than this are no slip of the fingers away from anything that has a name. */
const longestWord = 100;

/**
 * The word among `known` that was most likely meant by `word`: the one with the fewest letters left out, put in,
 * changed or swapped with their neighbour, where these are few for a word of that length; else the only one that begins
 * with it. Case counts for nothing.
 */
export function nearestWord(word: string, known: Iterable<string>): string | undefined {
  const typed = word.toLowerCase();
  if (typed.length < 2 || typed.length > longestWord) return undefined;
  let nearest: string | undefined;
  let fewest = mostSlips(typed.length) + 1;
  const longer = new Set<string>();
  for (const candidate of known) {
    if (longer.size < 2 && candidate.toLowerCase().startsWith(typed)) longer.add(candidate);
    if (candidate.length < 2 || Math.abs(candidate.length - typed.length) >= fewest) continue;
    const slips = slipsBetween(typed, candidate.toLowerCase(), fewest - 1);
    if (slips === undefined) continue;
    fewest = slips;
    nearest = candidate;
    if (slips === 0) break;
  }
  return nearest ?? (longer.size === 1 && typed.length >= leastBeginning ? [...longer][0] : undefined);
}

/** With fewer letters it is no beginning of a word, but a word. */
const leastBeginning = 3;

/** `; did you mean zones?`, or nothing where no word is near. `inWords` says how it is to be typed. */
export function didYouMean(
  word: string,
  known: Iterable<string>,
  inWords: (nearest: string) => string = (nearest) => nearest,
): string {
  const nearest = nearestWord(word, known);
  return nearest === undefined ? '' : `; did you mean ${inWords(nearest)}?`;
}

/**
 * One slip in a short word, two from five letters, three from ten: with more, words are suggested that nobody meant.
 */
function mostSlips(length: number): number {
  return length < 5 ? 1 : length < 10 ? 2 : 3;
}

/** The optimal string alignment distance, where it is at most `limit`. */
function slipsBetween(a: string, b: string, limit: number): number | undefined {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let slips = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        slips = Math.min(slips, beforeLast[column - 2]! + 1);
      current.push(slips);
      least = Math.min(least, slips);
    }
    // A swap reaches back two rows, and then adds one: it can't come below the least of this row.
    if (least > limit) return undefined;
    beforeLast = last;
    last = current;
  }
  return last[b.length]! <= limit ? last[b.length] : undefined;
}
