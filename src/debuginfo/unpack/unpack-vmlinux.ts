import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';

import { isElf, isWholeElf } from '../../bytes/elf.js';
import { memoryReader, openFile, type FileReader, type OpenFile } from '../../bytes/file-reader.js';
import { InputError } from '../../bytes/input-error.js';
import { makeFolder } from '../../bytes/make-folder.js';
import { SurroundingsError, surroundingsInWords } from '../../bytes/surroundings-error.js';
import { listenedNoMore, signalPauses, temporaryFile, type TemporaryFile } from '../../bytes/temporary-file.js';
import { writeFailureInWords } from '../../bytes/write-failure.js';
import { defaultCacheFolder } from '../cache-folders.js';
import { rangeReader } from '../elf-sections.js';
import { bootImageIn } from '../../arch/architectures.js';
import { chunksOf } from './chunks.js';
import { unpacked } from './decoders.js';
import { defined } from '../../words/defined.js';
import { packingOf, type Packing } from '../../bytes/packing.js';

// A distribution's vmlinux with DWARF is 400 to 900 MB.
const LARGEST = 2 ** 31;
// Where no file can be written, a kernel without DWARF still fits into memory.
const LARGEST_IN_MEMORY = 256 << 20;
/** A packed kernel unpacks to some 3 to 12 times its size; zeros to 1,000 times theirs. */
const LARGEST_RATIO = 64;
/** What is unpacked of a file however small, in bytes. */
const SMALL = 64 << 20;

export interface UnpackedKernel {
  reader: FileReader;
  /** See `KernelFile`. */
  packing: string;
  identity?: string;
  close(): void;
}

/**
 * What a packed kernel or a bzImage holds. It is kept under `cacheFolder` by the SHA-256 of the packed bytes.
 * @param file stays the caller's, who may close it then
 * @throws InputError where it is neither, does not unpack, or unpacks to more than 2 GiB
 */
export async function unpackKernel(
  path: string,
  file: OpenFile,
  cacheFolder = defaultCacheFolder(),
): Promise<UnpackedKernel> {
  const packed = packedKernel(path, file, packingOf(file.read(0, 16)));
  const content = await unpackedFile(path, packed, cacheFolder);
  if (!isElf(content.read(0, 4))) {
    content.close();
    throw new InputError(`${path} holds no vmlinux: unpacked (${packed.name}), it is not an ELF file.`);
  }
  return {
    reader: content,
    packing: packed.name,
    close: () => content.close(),
    ...defined({ identity: content.identity }),
  };
}

interface Packed {
  name: string;
  packing: Packing;
  file: OpenFile;
  bytes: FileReader;
}

function packedKernel(path: string, file: OpenFile, packing: Packing | undefined): Packed {
  if (packing !== undefined) return { name: packing, packing, file, bytes: file };
  const payload = bootImageIn(file);
  if (payload === undefined)
    throw new InputError(`${path} is no vmlinux: neither an ELF file, nor one packed, nor a bzImage.`);
  const bytes = rangeReader(file, payload.offset, payload.length);
  const inside = packingOf(bytes.read(0, 16));
  if (inside === undefined)
    throw new InputError(`The kernel in the ${payload.name} ${path} is packed in a way that is not known.`);
  const length = inside === 'gzip' ? bytes.size : bytes.size - payload.appended;
  return { name: `${payload.name}, ${inside}`, packing: inside, file, bytes: rangeReader(bytes, 0, length) };
}

async function unpackedFile(path: string, packed: Packed, cacheFolder: string): Promise<OpenedContent> {
  const kept = join(cacheFolder, `${sha256(packed.bytes)}.elf`);
  const known = openIfWhole(kept);
  if (known) return known;
  try {
    return await onDisk(path, packed, kept);
  } catch (error) {
    if (error instanceof InputError) throw error;
    return inMemory(path, packed, cacheFolder, error);
  }
}

type OpenedContent = FileReader & { readonly identity?: string; close(): void };

/** @throws InputError where it does not unpack; the system's error where no file can be written */
async function onDisk(path: string, packed: Packed, kept: string): Promise<OpenedContent> {
  makeFolder(dirname(kept));
  const file = temporaryFile(dirname(kept));
  try {
    const pause = signalPauses();
    let size = 0;
    for await (const part of bounded(path, packed, LARGEST)) {
      file.write(part);
      size += part.length;
      await pause();
    }
    if (size === 0) throw new InputError(`${path} can't be unpacked (${packed.name}): there is nothing in it.`);
    const content = openFile(file.path);
    // What was unpacked is not what was hashed where somebody wrote to it in between.
    if (isElf(content.read(0, 4)) && packed.file.change?.() === undefined) keepIfPossible(file, kept);
    return content;
  } finally {
    file.discard();
    await listenedNoMore();
  }
}

/** What is open stays readable also where it has no name any more. */
function keepIfPossible(file: TemporaryFile, kept: string): void {
  try {
    file.moveTo(kept);
  } catch {
    // A folder of that name, say: the next run unpacks again.
  }
}

/** A read-only home or a full disk is no reason to fail, as long as memory will do. */
async function inMemory(path: string, packed: Packed, cacheFolder: string, obstacle: unknown): Promise<OpenedContent> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bounded(path, packed, LARGEST)) {
    size += part.length;
    if (size > LARGEST_IN_MEMORY) {
      const reason = writeFailureInWords(obstacle) ?? (obstacle instanceof Error ? obstacle.message : String(obstacle));
      throw new SurroundingsError(
        `${path} unpacks to more than ${LARGEST_IN_MEMORY / 2 ** 20} MiB and needs a file in ${cacheFolder}, ` +
          `which can't be written: ${reason}; XDG_CACHE_HOME names another folder.`,
        { cause: obstacle },
      );
    }
    parts.push(part);
  }
  return { ...memoryReader(Buffer.concat(parts)), close: () => {} };
}

async function* bounded(path: string, packed: Packed, limit: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  const largest = Math.max(SMALL, LARGEST_RATIO * packed.bytes.size);
  try {
    for await (const part of unpacked(packed.packing, packed.bytes)) {
      size += part.length;
      if (size > largest)
        throw new Error(
          `${packed.bytes.size} bytes that unpack to more than ${Math.floor(largest / 2 ** 20)} MiB are no kernel`,
        );
      if (size > limit) throw new Error(`it grows beyond ${limit / 2 ** 20} MiB`);
      yield part;
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    const machine = surroundingsInWords(error);
    if (machine !== undefined)
      throw new SurroundingsError(`${path} can't be unpacked (${packed.name}): ${machine}.`, { cause: error });
    throw new InputError(
      `${path} can't be unpacked (${packed.name}): ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    );
  }
}

function sha256(file: FileReader): string {
  const hash = createHash('sha256');
  for (const chunk of chunksOf(file)) hash.update(chunk);
  return hash.digest('hex');
}

/** A file in the cache may be what a crash of the machine left of it. */
function openIfWhole(path: string): OpenFile | undefined {
  try {
    const file = openFile(path);
    if (isWholeElf(file)) return file;
    file.close();
  } catch {
    // Not there, or not to be read: it is made anew.
  }
  return undefined;
}
