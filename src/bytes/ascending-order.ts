/** Of 16 bits, four in a word, the lowest first. */
const DIGITS = 4;
const DIGIT_VALUES = 2 ** 16;
/** Passes over all digits take longer than the comparisons of fewer than these. */
const FEW = 4096;

/**
 * The places of the values in ascending order, equal ones as they stand.
 * @param values whole numbers from -2^63 to 2^63
 */
export function ascendingOrder(values: ArrayLike<number>): Uint32Array {
  return orderByKeys(values) ?? ascendingOrderOfWords(wordsOfNumbers(values));
}

/** The same of words of 64 bits. */
export function ascendingOrderOfWords(values: BigUint64Array): Uint32Array {
  const halves = halvesOf(values);
  if (isAscending(halves)) return placesTo(values.length);
  return values.length < FEW ? orderByComparison(halves) : orderByDigits(halves);
}

/**
 * By one number for each value that has its place in it, for the engine's own sort, which is the fastest of all;
 * undefined where the values lie too far apart for that. A kernel's addresses don't.
 */
function orderByKeys(values: ArrayLike<number>): Uint32Array | undefined {
  const count = values.length;
  let lowest = Infinity;
  let highest = -Infinity;
  let ascending = true;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    if (value < highest) ascending = false;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  if (ascending) return placesTo(count);
  if ((highest - lowest + 1) * count > 2 ** 53) return undefined;
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) keys[i] = (values[i]! - lowest) * count + i;
  keys.sort();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = keys[i]! % count;
  return order;
}

function wordsOfNumbers(values: ArrayLike<number>): BigUint64Array {
  const words = new BigUint64Array(values.length);
  const halves = new Uint32Array(words.buffer);
  for (let i = 0; i < values.length; i++) {
    const upper = Math.floor(values[i]! / 2 ** 32);
    halves[i * 2] = values[i]! - upper * 2 ** 32;
    halves[i * 2 + 1] = upper + 2 ** 31;
  }
  return words;
}

/** Whether no word is below the one before it. */
export function areWordsAscending(values: BigUint64Array): boolean {
  return isAscending(halvesOf(values));
}

/** Comparing the words themselves would make two bigints for each comparison. */
function halvesOf(values: BigUint64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}

function isAscending(halves: Uint32Array): boolean {
  for (let n = 2; n < halves.length; n += 2) {
    if (halves[n - 1]! > halves[n + 1]! || (halves[n - 1] === halves[n + 1] && halves[n - 2]! > halves[n]!))
      return false;
  }
  return true;
}

function orderByComparison(halves: Uint32Array): Uint32Array {
  return placesTo(halves.length / 2).toSorted(
    (a, b) => halves[a * 2 + 1]! - halves[b * 2 + 1]! || halves[a * 2]! - halves[b * 2]! || a - b,
  );
}

/**
 * A radix sort, from the lowest digit up, each pass stable: a sort that compares takes ten times as long for many
 * values.
 */
function orderByDigits(halves: Uint32Array): Uint32Array {
  const digits = new Uint16Array(halves.buffer, halves.byteOffset, halves.length * 2);
  let order = placesTo(halves.length / 2);
  let next = new Uint32Array(order.length);
  const starts = new Uint32Array(DIGIT_VALUES + 1);
  for (let digit = 0; digit < DIGITS; digit++) {
    starts.fill(0);
    for (let at = digit; at < digits.length; at += DIGITS) starts[digits[at]! + 1]!++;
    // Addresses of one region, and small numbers, have the upper digits in common.
    if (starts[digits[digit]! + 1] === order.length) continue;
    for (let value = 0; value < DIGIT_VALUES; value++) starts[value + 1]! += starts[value]!;
    for (const place of order) next[starts[digits[place * DIGITS + digit]!]!++] = place;
    [order, next] = [next, order];
  }
  return order;
}

function placesTo(count: number): Uint32Array<ArrayBuffer> {
  const places = new Uint32Array(count);
  for (let n = 0; n < count; n++) places[n] = n;
  return places;
}
