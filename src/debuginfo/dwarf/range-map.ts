import { ascendingOrder } from '../../bytes/ascending-order.js';
import type { AddressKey } from './address-key.js';

/** Address ranges [low, high), each with a number; ascending by the first. */
export interface RangeColumns {
  lows: Float64Array;
  highs: Float64Array;
  values: Float64Array;
}

/** Ranges looked up by an address. */
export interface RangeMap {
  /**
   * The number of the range that holds the address: of the one that starts last, where they overlap, or was added last;
   * undefined in none.
   */
  at(address: AddressKey): number | undefined;
  readonly count: number;
}

/** Collects ranges [low, high) in any order. */
export interface RangeCollector {
  add(low: AddressKey, high: AddressKey, value: number): void;
  finish(): RangeColumns;
}

/** How many ranges before the one found are tried, where that one ends too early: ranges nest little. */
const MAX_LOOK_BACK = 16;

export function rangeCollector(): RangeCollector {
  const lows: number[] = [];
  const highs: number[] = [];
  const values: number[] = [];
  return {
    add(low, high, value) {
      // Ranges from address 0 on are what a linker leaves of a function it dropped.
      if (!(high > low) || low === 0) return;
      lows.push(low);
      highs.push(high);
      values.push(value);
    },
    finish() {
      const order = ascendingOrder(lows);
      const inOrder = (given: readonly number[]): Float64Array => {
        const sorted = new Float64Array(order.length);
        for (let i = 0; i < order.length; i++) sorted[i] = given[order[i]!]!;
        return sorted;
      };
      return { lows: inOrder(lows), highs: inOrder(highs), values: inOrder(values) };
    },
  };
}

export function rangeMap({ lows, highs, values }: RangeColumns): RangeMap {
  return {
    count: lows.length,
    at(address) {
      const last = lastNotAbove(lows, address);
      for (let i = last; i >= 0 && i > last - MAX_LOOK_BACK; i--) if (address < highs[i]!) return values[i];
      return undefined;
    },
  };
}

/** The index of the last element that is not above `value` in an ascending array; -1 where there is none. */
export function lastNotAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
