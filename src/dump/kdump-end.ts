import type { FileReader } from '../bytes/file-reader.js';
import { wordsOf } from '../bytes/words.js';
import type { StatedEnd } from './completeness.js';
import type { KdumpHeader } from './kdump-header.js';
import { DESCRIPTOR_BYTES } from './page-descriptor.js';

/** Where a kdump-compressed file's tables say that it ends, and what of them makes no sense. */
export interface KdumpEnd extends StatedEnd {
  /** Descriptors of pages that makedumpfile never wrote. */
  unwritten: number;
  /** Descriptors that lead to where no copy of the file can have bytes. */
  damaged: number;
  /** Not all descriptors were looked at: both counts are the least that there are. */
  sampled: boolean;
}

const DESCRIPTOR_WORDS = DESCRIPTOR_BYTES / 4;
const DESCRIPTORS_PER_READ = 4096;
/**
 * The most that is looked at: 2.8 million pages, 64 MiB of descriptors, some 0.1 s. Pages are written in the order of
 * their descriptors, so of a longer table the last ones tell where the file ends.
 */
const MAX_DESCRIPTORS = (64 << 20) / DESCRIPTOR_BYTES;

/** A list of the symbols whose data was erased. */
const MAX_ERASEINFO_BYTES = 1 << 20;

/**
 * @param count how many descriptors the bitmap says there are; undefined where it is cut off
 * @param onRead called for each piece that is read; may throw to stop
 */
export function kdumpEnd(
  file: FileReader,
  header: KdumpHeader,
  count: number | undefined,
  onRead: () => void = () => {},
): KdumpEnd {
  const { descriptorsOffset, blockSize, eraseinfo } = header;
  if (count === undefined) return { bytes: descriptorsOffset, exact: false, unwritten: 0, damaged: 0, sampled: false };

  const tableEnd = descriptorsOffset + count * DESCRIPTOR_BYTES;
  const there = Math.max(0, Math.min(count, Math.floor((file.size - descriptorsOffset) / DESCRIPTOR_BYTES)));
  const first = Math.max(0, there - MAX_DESCRIPTORS);
  const all = scan(Infinity);
  // makedumpfile leaves no gaps: what lies past the end of a file that was cut is no more than the pages that lead
  // there.
  const furthest = file.size + all.bytesPastEnd + (count - there + first) * blockSize;
  const sane = all.end > furthest ? scan(furthest) : all;
  const erased = eraseinfo.offset === 0 ? 0 : eraseinfo.offset + eraseinfo.size;
  return {
    bytes: Math.max(
      tableEnd,
      sane.end,
      erased <= furthest + Math.min(eraseinfo.size, MAX_ERASEINFO_BYTES) ? erased : 0,
    ),
    exact: there === count,
    unwritten: all.unwritten,
    damaged: sane.beyond,
    sampled: first > 0,
  };

  function scan(limit: number) {
    const { size: fileSize } = file;
    let furthestEnd = 0;
    let bytesPastEnd = 0;
    let unwritten = 0;
    let beyond = 0;
    for (let at = first; at < there; at += DESCRIPTORS_PER_READ) {
      onRead();
      const bytes = file.read(
        descriptorsOffset + at * DESCRIPTOR_BYTES,
        Math.min(DESCRIPTORS_PER_READ, there - at) * DESCRIPTOR_BYTES,
      );
      const words = wordsOf(bytes);
      for (let entry = 0; entry + DESCRIPTOR_WORDS <= words.length; entry += DESCRIPTOR_WORDS) {
        const offset = words[entry + 1]! * 2 ** 32 + words[entry]!;
        const size = words[entry + 2]!;
        const end = offset + size;
        if (offset === 0) unwritten++;
        else if (size === 0 || size > blockSize) continue; // the page is told as damaged where it is read
        else if (end > limit) beyond++;
        else {
          if (end > fileSize) bytesPastEnd += size;
          if (end > furthestEnd) furthestEnd = end;
        }
      }
    }
    return { end: furthestEnd, bytesPastEnd, unwritten, beyond };
  }
}
