import { wordsOf } from '../../bytes/words.js';
import type { AddressKey } from './address-key.js';
import { Cursor } from './cursor.js';
import type { DwarfFile } from './die.js';
import { UNIT } from './constants.js';
import { rangeCollector, rangeMap, type RangeCollector, type RangeColumns, type RangeMap } from './range-map.js';
import { rangesOf } from './ranges.js';
import { type Windowed } from './sections.js';

/** More than any real kernel has: theirs take 200 kB. */
const MAX_ARANGES_BYTES = 64 * 2 ** 20;
const MAX_RANGES = 1_500_000;

/** The offset of the unit that has the code at an address of the file. */
export type UnitLookup = (address: AddressKey) => number | undefined;

/**
 * Which unit has the code at an address: by .debug_aranges, which covers functions only; without it by the ranges
 * that the units' own entries give (clang writes no .debug_aranges), which reads the start of each unit.
 */
export function unitLookup(file: DwarfFile): UnitLookup {
  let map: RangeMap | undefined;
  return (address) => {
    map ??= rangeMap(file.kept.of('units by address', () => read(file)));
    return map.at(address);
  };
}

function read(file: DwarfFile): RangeColumns {
  const aranges = file.section('.debug_aranges');
  return aranges.size > 0 && aranges.size <= MAX_ARANGES_BYTES ? fromAranges(aranges) : fromUnits(file);
}

function fromAranges(section: Windowed): RangeColumns {
  const ranges = rangeCollector();
  const bytes = section.bytes(0, section.size);
  const words = wordsOf(bytes);
  const cursor = new Cursor(bytes, 0, section.name, 0);
  while (!cursor.done) readSet(cursor, words, ranges);
  return ranges.finish();
}

function readSet(cursor: Cursor, words: Uint32Array, ranges: RangeCollector): void {
  const start = cursor.at;
  const { length, offsetSize } = cursor.initialLength();
  const end = cursor.at + length;
  if (end > cursor.end) throw cursor.damaged('starts a set of ranges that is longer than the section');
  const version = cursor.u16();
  const unit = cursor.offset(offsetSize);
  const addressSize = cursor.u8();
  const segmentSize = cursor.u8();
  if (version === 2 && (addressSize === 8 || addressSize === 4) && segmentSize === 0) {
    // Pairs are aligned to twice the size of an address, from the set's start.
    const pair = 2 * addressSize;
    cursor.at = start + Math.ceil((cursor.at - start) / pair) * pair;
    if (addressSize === 8 && cursor.at % 4 === 0) addPairs(words, cursor.at / 4, end / 4, unit, ranges);
    else
      while (cursor.at + pair <= end) {
        const low = cursor.address(addressSize);
        const size = cursor.unsigned(addressSize);
        if (low === 0 && size === 0) break;
        ranges.add(low, low + size, unit);
      }
  }
  cursor.at = end;
}

/** Pairs of 64 bits, of which a kernel has ten thousand. */
function addPairs(words: Uint32Array, from: number, end: number, unit: number, ranges: RangeCollector): void {
  for (let at = from; at + 4 <= end; at += 4) {
    const low = words[at]! + (words[at + 1]! | 0) * 2 ** 32;
    const size = words[at + 2]! + words[at + 3]! * 2 ** 32;
    if (low === 0 && size === 0) return;
    ranges.add(low, low + size, unit);
  }
}

function fromUnits(file: DwarfFile): RangeColumns {
  const ranges = rangeCollector();
  let count = 0;
  for (const header of file.units.headers()) {
    if (header.kind !== UNIT.compile && header.kind !== UNIT.skeleton) continue;
    for (const [low, high] of rangesOf(file.root(file.units.at(header.offset)))) {
      if (++count > MAX_RANGES) return ranges.finish();
      ranges.add(low, high, header.offset);
    }
  }
  return ranges.finish();
}
