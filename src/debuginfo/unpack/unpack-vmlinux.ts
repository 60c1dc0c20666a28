import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';

import { isWholeElf } from '../../bytes/elf.js';
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
import { kernelLength } from './kernel-length.js';
import type { OpenKernelOptions } from './open-kernel-options.js';
import { takesTooLong } from './unpack-cost.js';
import { defined } from '../../words/defined.js';
import { packedInWords, packingOf, type Packing } from '../../bytes/packing.js';
import { size } from '../../words/quantity.js';

/** A distribution's vmlinux with DWARF is 400 to 900 MB. */
const LARGEST = 2 ** 31;
// Where no file can be written, a kernel without DWARF still fits into memory.
const LARGEST_IN_MEMORY = 256 << 20;
/** A packed kernel unpacks to some 3 to 12 times its size; zeros to 1,000 times theirs. */
const LARGEST_RATIO = 16;
/** What is unpacked of a file however small, in bytes. */
const SMALL = 64 << 20;
/** What may follow the kernel: a bzImage's relocations, a signature. */
const LARGEST_APPENDIX = 64 << 20;
/** As much as ELF's header and the table of segments behind it take. */
const FIRST_BYTES = 64 << 10;
const TOLD_EACH = 32 << 20;

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
 * What it costs is bounded by what the packed file holds, and by what the kernel's own tables say.
 * @throws InputError where it is neither, does not unpack, or unpacks to more than a kernel has
 */
export async function unpackKernel(
  path: string,
  file: OpenFile,
  { cacheFolder = defaultCacheFolder(), onUnpacked }: OpenKernelOptions = {},
): Promise<UnpackedKernel> {
  const packed = { ...packedKernel(path, file, packingOf(file.read(0, 16))), ...defined({ onUnpacked }) };
  const content = await unpackedFile(path, packed, cacheFolder);
  return {
    reader: content,
    packing: packed.name,
    close: () => content.close(),
    ...defined({ identity: content.identity }),
  };
}

interface Packed extends Pick<OpenKernelOptions, 'onUnpacked'> {
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
  if (packed.bytes.size > LARGEST)
    throw new InputError(`${path} is no packed kernel (${packed.name}): it has ${size(packed.bytes.size)}.`);
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
    for await (const part of kernelInside(path, packed)) {
      file.write(part);
      await pause();
    }
    const content = openFile(file.path);
    // What was unpacked is not what was hashed where somebody wrote to it in between; half a kernel serves nobody.
    if (isWholeElf(content) && packed.file.change?.() === undefined) keepIfPossible(file, kept);
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
  let bytes = 0;
  for await (const part of kernelInside(path, packed)) {
    bytes += part.length;
    if (bytes > LARGEST_IN_MEMORY) {
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

/** The content, piece by piece: looked at before the first piece is given, and bounded by what it says of itself. */
async function* kernelInside(path: string, packed: Packed): AsyncGenerator<Uint8Array> {
  const first: Uint8Array[] = [];
  let done = 0;
  let stated: number | undefined;
  let told = 0;
  try {
    for await (const part of unpacked(packed.packing, packed.bytes)) {
      done += part.length;
      if (stated === undefined) {
        first.push(part);
        if (done < FIRST_BYTES) continue;
        stated = statedLength(path, packed, first);
        yield* first;
        continue;
      }
      if (done > stated + LARGEST_APPENDIX)
        throw new Error(`its ELF header says that it has ${size(stated)}, and it goes on`);
      yield part;
      if (done < told + TOLD_EACH) continue;
      told = done;
      packed.onUnpacked?.(done, stated);
    }
    if (done === 0) throw new Error('there is nothing in it');
    if (stated === undefined) {
      statedLength(path, packed, first);
      yield* first;
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

/** @throws InputError where it is no kernel or takes too long to unpack, Error where no kernel is that long */
function statedLength(path: string, { name, packing, bytes }: Packed, first: readonly Uint8Array[]): number {
  const stated = kernelLength(memoryReader(Buffer.concat(first)), path, name);
  if (stated > LARGEST) throw new Error(`its ELF header says that it has ${size(stated)}, more than any kernel`);
  if (stated > Math.max(SMALL, LARGEST_RATIO * bytes.held))
    throw new Error(`${size(bytes.held)} that unpack to ${size(stated)}, as its ELF header says, are no kernel`);
  if (takesTooLong(packing, bytes.held, stated))
    throw new InputError(
      `${path} ${packedInWords(path, packing)} (to unpack ${size(stated)} in passing would take too long).`,
    );
  return stated;
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
