import { lineText, type Block, type Line } from './line.js';

/** Blocks one after another: a page of any length, of which only the lines in sight are made. */
export interface PageLines {
  blocks: readonly Block[];
  /** The first line of each block. */
  starts: readonly number[];
  length: number;
}

export function pageLines(blocks: readonly Block[]): PageLines {
  const starts: number[] = [];
  let length = 0;
  for (const block of blocks) {
    starts.push(length);
    length += block.length;
  }
  return { blocks, starts, length };
}

/** The block that a line lies in, and the line's place in it. */
export function placeOf({ blocks, starts }: PageLines, at: number): { block: Block; index: number } | undefined {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  // Blocks without lines start where the one before them does not end yet: the last that starts here is not empty.
  const block = blocks[low - 1];
  const index = at - (starts[low - 1] ?? 0);
  return block === undefined || index >= block.length ? undefined : { block, index };
}

export function lineAt(lines: PageLines, at: number): Line | undefined {
  const place = placeOf(lines, at);
  return place?.block.line(place.index);
}

export function searchText(lines: PageLines, at: number): string {
  const place = placeOf(lines, at);
  if (place === undefined) return '';
  return place.block.text === undefined
    ? lineText(place.block.line(place.index)).toLowerCase()
    : place.block.text(place.index);
}

/** The next line that has `text`, from `from` on, round the end; undefined where none has. */
export function findLine(lines: PageLines, text: string, from: number, direction: 1 | -1): number | undefined {
  const wanted = text.toLowerCase();
  if (wanted === '' || lines.length === 0) return undefined;
  for (let step = 0; step < lines.length; step++) {
    const at = (((from + step * direction) % lines.length) + lines.length) % lines.length;
    if (searchText(lines, at).includes(wanted)) return at;
  }
  return undefined;
}

/** The same entry after the page has changed, or as near as can be: of the same block, and as far down in it. */
export function sameLine(before: PageLines, at: number, after: PageLines): number {
  const place = placeOf(before, at);
  if (place === undefined) return Math.min(at, Math.max(0, after.length - 1));
  const found = after.blocks.findIndex(({ id }) => id === place.block.id);
  if (found < 0) return Math.min(at, Math.max(0, after.length - 1));
  const block = after.blocks[found]!;
  const index =
    block.length === place.block.length
      ? place.index
      : (entryAt(block, entriesBefore(place.block, place.index)) ?? place.index);
  return after.starts[found]! + Math.min(index, Math.max(0, block.length - 1));
}

/** Where text is wrapped anew an entry is found by its number; only such blocks, which are short, have parts. */
function entriesBefore(block: Block, index: number): number | undefined {
  if (!block.wraps) return undefined;
  let entries = 0;
  for (let at = 1; at <= index; at++) if (block.line(at).part !== 'goesOn') entries++;
  return entries;
}

function entryAt(block: Block, entry: number | undefined): number | undefined {
  if (entry === undefined || !block.wraps) return undefined;
  let entries = -1;
  for (let at = 0; at < block.length; at++) {
    if (block.line(at).part !== 'goesOn') entries++;
    if (entries === entry) return at;
  }
  return undefined;
}
