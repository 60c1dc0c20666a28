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
  const halves = new Uint32Array(values.length * 2);
  for (let i = 0; i < values.length; i++) {
    const upper = Math.floor(values[i]! / 2 ** 32);
    halves[i * 2] = values[i]! - upper * 2 ** 32;
    halves[i * 2 + 1] = upper + 2 ** 31;
  }
  return orderOf(halves);
}

/** The same of words of 64 bits. */
export function ascendingOrderOfWords(values: BigUint64Array): Uint32Array {
  // Halves of the words: comparing bigints would make two for each comparison.
  return orderOf(new Uint32Array(values.buffer, values.byteOffset, values.length * 2));
}

function orderOf(halves: Uint32Array): Uint32Array {
  if (isAscending(halves)) return placesTo(halves.length / 2);
  return halves.length / 2 < FEW ? orderByComparison(halves) : orderByKeys(halves) ?? orderByDigits(halves);
}

/**
 * By one number for each word that has its place in it, for the engine's own sort: where the upper halves are few enough, as
 * a kernel's addresses have two, half the time that digits take.
 */
function orderByKeys(halves: Uint32Array): Uint32Array | undefined {
  const count = halves.length / 2;
  const most = Math.floor(2 ** 53 / 2 ** 32 / count);
  const uppers = new Set<number>();
  for (let i = 1; i < halves.length && uppers.size <= most; i += 2) if (halves[i] !== halves[i - 2]) uppers.add(halves[i]!);
  if (uppers.size > most) return undefined;
  const ranks = new Map([...uppers].toSorted((a, b) => a - b).map((upper, rank) => [upper, rank * 2 ** 32]));
  const keys = new Float64Array(count);
  let upper = -1;
  let rank = 0;
  for (let i = 0; i < count; i++) {
    if (halves[i * 2 + 1] !== upper) rank = ranks.get(upper = halves[i * 2 + 1]!)!;
    keys[i] = (rank + halves[i * 2]!) * count + i;
  }
  keys.sort();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = keys[i]! % count;
  return order;
}

function isAscending(halves: Uint32Array): boolean {
  for (let n = 2; n < halves.length; n += 2) {
    if (halves[n - 1]! > halves[n + 1]! || (halves[n - 1] === halves[n + 1] && halves[n - 2]! > halves[n]!)) return false;
  }
  return true;
}

function orderByComparison(halves: Uint32Array): Uint32Array {
  return placesTo(halves.length / 2).toSorted((a, b) => halves[a * 2 + 1]! - halves[b * 2 + 1]! || halves[a * 2]! - halves[b * 2]! || a - b);
}

/** A radix sort, from the lowest digit up, each pass stable: a sort that compares takes ten times as long for many values. */
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
