const DIGIT = 2 ** 16;

/**
 * The places of the values in ascending order, equal ones as they stand. By digits of 16 bits: a sort that compares takes
 * ten times as long for millions of values.
 * @param values whole numbers from 0 to 2^53
 */
export function ascendingOrder(values: Float64Array): Uint32Array {
  let order = Uint32Array.from({ length: values.length }, (_, n) => n);
  if (isAscending(values)) return order;
  let next = new Uint32Array(values.length);
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  const counts = new Uint32Array(DIGIT + 1);
  for (let unit = 1; unit <= largest; unit *= DIGIT) {
    counts.fill(0);
    for (const value of values) counts[(Math.floor(value / unit) % DIGIT) + 1]!++;
    for (let digit = 0; digit < DIGIT; digit++) counts[digit + 1]! += counts[digit]!;
    for (const place of order) next[counts[Math.floor(values[place]! / unit) % DIGIT]!++] = place;
    [order, next] = [next, order];
  }
  return order;
}

function isAscending(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i]! < values[i - 1]!) return false;
  return true;
}
