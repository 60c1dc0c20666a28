/** Words of 64 bits by their order, without sorting all of them. */
export interface NearestWords {
  /**
   * The places of the largest word that is not above `word`, ascending: several where it stands there several times,
   * none where all are above.
   */
  upTo(word: bigint): readonly number[];
  /** The smallest word above `word`. */
  above(word: bigint): bigint | undefined;
}

/** Words that differ in these bits only are a part: of addresses within 64 KiB a kernel has some hundred symbols. */
const PART_BITS = 16;
const PARTS_OF_UPPER = 2 ** (32 - PART_BITS);

/** Words by parts, each a list of their places. */
export interface WordParts {
  /** The upper bits of each part's words, ascending. */
  parts: Float64Array;
  /** A place of each part, from which `next` leads to its others, down to -1. */
  firsts: Int32Array;
  next: Int32Array;
}

/** One pass over the words; see `nearestWords`. */
export function wordParts(words: BigUint64Array): WordParts {
  const halves = halvesOf(words);
  const next = new Int32Array(words.length);
  // Most words have one upper half, the image's: their parts are found without a map.
  const common = halves[(words.length >>> 1) * 2 + 1] ?? 0;
  const heads = new Int32Array(PARTS_OF_UPPER).fill(-1);
  const lists = new Map<number, number>();
  for (let place = words.length - 1; place >= 0; place--) {
    const upper = halves[place * 2 + 1]!;
    const part = halves[place * 2]! >>> PART_BITS;
    if (upper === common) {
      next[place] = heads[part]!;
      heads[part] = place;
    } else {
      const own = upper * PARTS_OF_UPPER + part;
      next[place] = lists.get(own) ?? -1;
      lists.set(own, place);
    }
  }
  for (let part = 0; part < PARTS_OF_UPPER; part++)
    if (heads[part]! >= 0) lists.set(common * PARTS_OF_UPPER + part, heads[part]!);
  const parts = Float64Array.from(lists.keys()).toSorted();
  return { parts, firsts: Int32Array.from(parts, (part) => lists.get(part)!), next };
}

/** Halves of the words: a bigint for each would take longer than all the rest. */
function halvesOf(words: BigUint64Array): Uint32Array {
  return new Uint32Array(words.buffer, words.byteOffset, words.length * 2);
}

/**
 * A part is sorted when a word in it is asked for. Of a kernel's symbols few are, and sorting all takes ten times as
 * long.
 */
export function nearestWords(words: BigUint64Array, { parts, firsts, next } = wordParts(words)): NearestWords {
  const halves = halvesOf(words);
  const sorted = new Map<number, Uint32Array>();
  /** The places of the n-th part's words, ascending. */
  const placesOf = (n: number): Uint32Array => {
    let places = sorted.get(n);
    if (places === undefined) sorted.set(n, (places = sortedPlaces(halves, next, firsts[n]!)));
    return places;
  };
  /** The part of the largest word that is not above `word`, and how many of its words are not. */
  const lastUpTo = (word: bigint): { part: number; count: number } => {
    const wanted = Number(word >> BigInt(PART_BITS));
    const part = firstThat(parts.length, (n) => parts[n]! > wanted) - 1;
    if (part < 0) return { part, count: 0 };
    const places = placesOf(part);
    const count = parts[part]! < wanted ? places.length : firstThat(places.length, (n) => words[places[n]!]! > word);
    return count > 0 || part === 0 ? { part, count } : { part: part - 1, count: placesOf(part - 1).length };
  };

  return {
    upTo(word) {
      const { part, count } = lastUpTo(word);
      if (count === 0) return [];
      const places = placesOf(part);
      const largest = words[places[count - 1]!]!;
      const first = firstThat(count, (n) => words[places[n]!] === largest);
      return [...places.subarray(first, count)];
    },
    above(word) {
      const { part, count } = lastUpTo(word);
      const here = part < 0 ? undefined : placesOf(part)[count];
      if (here !== undefined) return words[here];
      return part + 1 < parts.length ? words[placesOf(part + 1)[0]!] : undefined;
    },
  };
}

/** Of one part's list. */
function sortedPlaces(halves: Uint32Array, next: Int32Array, head: number): Uint32Array {
  const keys: number[] = [];
  // One number for each word that has its place in it, for the engine's own sort.
  for (let place = head; place >= 0; place = next[place]!)
    keys.push((halves[place * 2]! % 2 ** PART_BITS) * next.length + place);
  return Uint32Array.from(Float64Array.from(keys).toSorted(), (key) => key % next.length);
}

/** The first number below `count` for which `holds`, which then holds for all behind it; else `count`. */
function firstThat(count: number, holds: (n: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
