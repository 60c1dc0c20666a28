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
  return place.block.text === undefined ? lineText(place.block.line(place.index)).toLowerCase() : place.block.text(place.index);
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

/** The same line after the page has changed: of the same block, or as near as can be. */
export function sameLine(before: PageLines, at: number, after: PageLines): number {
  const place = placeOf(before, at);
  if (place === undefined) return Math.min(at, Math.max(0, after.length - 1));
  const block = after.blocks.findIndex(({ id }) => id === place.block.id);
  if (block < 0) return Math.min(at, Math.max(0, after.length - 1));
  return after.starts[block]! + Math.min(place.index, Math.max(0, after.blocks[block]!.length - 1));
}
