const DIGIT = 2 ** 16;
const DIGITS = 4;
/** Passes over all digits take longer than the comparisons of fewer than these. */
const FEW = 4096;

/**
 * The places of the values in ascending order, equal ones as they stand.
 * @param values whole numbers from 0 to 2^53
 */
export function ascendingOrder(values: Float64Array): Uint32Array {
  for (let i = 1; i < values.length; i++) {
    if (values[i]! < values[i - 1]!) return orderByDigits(values.length, (place, digit) => Math.floor(values[place]! / DIGIT ** digit) % DIGIT);
  }
  return placesTo(values.length);
}

/** The same of words of 64 bits. */
export function ascendingOrderOfWords(values: BigUint64Array): Uint32Array {
  // Halves of the words: comparing bigints would make two for each comparison.
  const halves = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const digits = new Uint16Array(values.buffer, values.byteOffset, values.length * DIGITS);
  for (let n = 2; n < halves.length; n += 2) {
    const high = halves[n + 1]!;
    const highBefore = halves[n - 1]!;
    if (highBefore > high || (highBefore === high && halves[n - 2]! > halves[n]!)) return orderByDigits(values.length, (place, digit) => digits[place * DIGITS + digit]!);
  }
  return placesTo(values.length);
}

/** A radix sort, from the lowest digit up, each pass stable: a sort that compares takes ten times as long for many values. */
function orderByDigits(count: number, digitOf: (place: number, digit: number) => number): Uint32Array {
  let order = placesTo(count);
  if (count < FEW) {
    return order.toSorted((a, b) => {
      for (let digit = DIGITS - 1; digit >= 0; digit--) {
        const difference = digitOf(a, digit) - digitOf(b, digit);
        if (difference !== 0) return difference;
      }
      return a - b;
    });
  }
  let next = new Uint32Array(count);
  const starts = new Uint32Array(DIGIT + 1);
  for (let digit = 0; digit < DIGITS; digit++) {
    starts.fill(0);
    for (let place = 0; place < count; place++) starts[digitOf(place, digit) + 1]!++;
    // Addresses of one region, and small numbers, have the upper digits in common.
    if (starts[digitOf(0, digit) + 1] === count) continue;
    for (let value = 0; value < DIGIT; value++) starts[value + 1]! += starts[value]!;
    for (const place of order) next[starts[digitOf(place, digit)]!++] = place;
    [order, next] = [next, order];
  }
  return order;
}

function placesTo(count: number): Uint32Array<ArrayBuffer> {
  const places = new Uint32Array(count);
  for (let n = 0; n < count; n++) places[n] = n;
  return places;
}
