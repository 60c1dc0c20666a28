import { memoryReader, type FileReader } from '../../bytes/file-reader.js';
import { packingOf } from '../../bytes/packing.js';
import { roleOfContent, type FileRole } from '../identify.js';
import { unpacked } from './decoders.js';

/** As much as ELF's header and a boot image's take. */
const firstBytes = 64 << 10;

/**
 * What a packed file holds, by its first bytes.
 * @returns undefined where they can't be unpacked
 */
export async function roleInside(file: FileReader): Promise<FileRole | undefined> {
  const packing = packingOf(file.read(0, 16));
  if (packing === undefined) return undefined;
  let start = Buffer.alloc(0);
  try {
    for await (const part of unpacked(packing, file)) {
      start = Buffer.concat([start, part.subarray(0, firstBytes)]);
      if (start.length >= firstBytes) break;
    }
  } catch {
    return undefined;
  }
  return roleOfContent(memoryReader(start));
}
