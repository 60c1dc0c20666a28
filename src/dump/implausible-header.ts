import { framesInBitmaps, oneBitmapBytes, type KdumpHeader } from './kdump-header.js';
import type { KdumpPart } from './kdump-memory.js';

/** Bits 1, 2, 4, 8 and 16: makedumpfile -d 31 leaves out all that it can. */
const HIGHEST_DUMP_LEVEL = 31;

/** Whether makedumpfile has such a filter. */
export function isDumpLevel(level: number | undefined): boolean {
  return level === undefined || (level >= 0 && level <= HIGHEST_DUMP_LEVEL);
}

/** A sentence for each number in the headers that no program writes so. */
export function implausibleHeaders(parts: readonly KdumpPart[]): string[] {
  return parts.flatMap(({ path, header }) => {
    const whose = parts.length === 1 ? 'Its header' : `The header of ${path}`;
    return [
      ...(isDumpLevel(header.dumpLevel)
        ? []
        : [
            `${whose} is damaged: it states a filter level of ${header.dumpLevel}, where makedumpfile has 0 to ${HIGHEST_DUMP_LEVEL}.`,
          ]),
      ...bitmapsOfOthers(whose, header),
    ];
  });
}

/** The bitmaps have a bit for each page, and are filled up to whole blocks. */
function bitmapsOfOthers(whose: string, header: KdumpHeader): string[] {
  const { statedMaxMapnr: stated, bitmapBytes } = header;
  const needed = oneBitmapBytes({ ...header, maxMapnr: stated });
  // Dumps from before makedumpfile have one bitmap, all others two.
  if (bitmapBytes === needed * 2 || bitmapBytes === needed) return [];
  const room = framesInBitmaps(header);
  const read = room > stated ? ', which are read' : '';
  return [`${whose} is damaged: it states ${stated} page frames (max_mapnr), and has bitmaps for ${room}${read}.`];
}
