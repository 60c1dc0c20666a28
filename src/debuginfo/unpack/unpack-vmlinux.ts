import { createHash, randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import envPaths from 'env-paths';

import { isElf } from '../../bytes/elf.js';
import { memoryReader, openFile, type FileReader, type OpenFile } from '../../bytes/file-reader.js';
import { InputError } from '../../bytes/input-error.js';
import { rangeReader } from '../elf-sections.js';
import { APPENDED_SIZE_BYTES, bootImagePayload } from './boot-image.js';
import { chunksOf } from './chunks.js';
import { unpacked } from './decoders.js';
import { packingOf, type Packing } from '../../bytes/packing.js';

/** Where unpacked kernels are kept, so that the next run need not unpack them again. */
export function defaultCacheFolder(): string {
  return join(envPaths('oompm', { suffix: '' }).cache, 'vmlinux');
}

// A distribution's vmlinux with DWARF is 400 to 900 MB.
const LARGEST = 2 ** 31;
// Where no file can be written, a kernel without DWARF still fits into memory.
const LARGEST_IN_MEMORY = 256 << 20;

/** What holds an ELF kernel: as it is, packed, or a bzImage with a packed one inside. */
export interface KernelFile {
  reader: FileReader;
  /** How it was packed: "xz", "bzImage, zstd"; undefined for a plain ELF file. */
  packing?: string;
  close(): void;
}

/**
 * Opens `path` as an ELF file, unpacking it first where it is packed or a bzImage; told by content. What was unpacked is
 * kept under `cacheFolder` by the SHA-256 of the packed bytes.
 * @throws InputError where the file is neither, does not unpack, or unpacks to more than 2 GiB
 */
export async function openKernelFile(path: string, cacheFolder = defaultCacheFolder()): Promise<KernelFile> {
  const file = openFile(path);
  try {
    const start = file.read(0, 16);
    if (isElf(start)) return { reader: file, close: () => file.close() };
    const packed = packedKernel(path, file, packingOf(start));
    const content = await unpackedFile(path, packed, cacheFolder);
    if (!isElf(content.read(0, 4))) {
      content.close();
      throw new InputError(`${path} holds no vmlinux: unpacked (${packed.name}), it is not an ELF file.`);
    }
    file.close();
    return { reader: content, packing: packed.name, close: () => content.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

interface Packed {
  name: string;
  packing: Packing;
  bytes: FileReader;
}

function packedKernel(path: string, file: OpenFile, packing: Packing | undefined): Packed {
  if (packing !== undefined) return { name: packing, packing, bytes: file };
  const payload = bootImagePayload(file);
  if (payload === undefined) throw new InputError(`${path} is no vmlinux: neither an ELF file, nor one packed, nor a bzImage.`);
  const bytes = rangeReader(file, payload.offset, payload.length);
  const inside = packingOf(bytes.read(0, 16));
  if (inside === undefined) throw new InputError(`The kernel in the bzImage ${path} is packed in a way that is not known.`);
  const length = inside === 'gzip' ? bytes.size : bytes.size - APPENDED_SIZE_BYTES;
  return { name: `bzImage, ${inside}`, packing: inside, bytes: rangeReader(bytes, 0, length) };
}

async function unpackedFile(path: string, packed: Packed, cacheFolder: string): Promise<FileReader & { close(): void }> {
  const kept = join(cacheFolder, `${sha256(packed.bytes)}.elf`);
  const known = openIfThere(kept);
  if (known) return known;
  const temporary = `${kept}.${randomUUID()}`;
  const fd = createIfPossible(cacheFolder, temporary);
  try {
    if (fd === undefined) return inMemory(path, packed);
    let size = 0;
    for await (const part of bounded(path, packed, LARGEST)) {
      for (let done = 0; done < part.length; ) done += writeSync(fd, part, done);
      size += part.length;
    }
    if (size === 0) throw new InputError(`${path} can't be unpacked (${packed.name}): there is nothing in it.`);
    renameSync(temporary, kept);
  } finally {
    if (fd !== undefined) {
      closeSync(fd);
      rmSync(temporary, { force: true });
    }
  }
  return openFile(kept);
}

async function inMemory(path: string, packed: Packed): Promise<FileReader & { close(): void }> {
  const parts: Uint8Array[] = [];
  for await (const part of bounded(path, packed, LARGEST_IN_MEMORY)) parts.push(part);
  return { ...memoryReader(Buffer.concat(parts)), close: () => {} };
}

async function* bounded(path: string, packed: Packed, limit: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const part of unpacked(packed.packing, packed.bytes)) {
      size += part.length;
      if (size > limit) throw new Error(`it grows beyond ${limit / 2 ** 20} MiB`);
      yield part;
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path} can't be unpacked (${packed.name}): ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
}

function sha256(file: FileReader): string {
  const hash = createHash('sha256');
  for (const chunk of chunksOf(file)) hash.update(chunk);
  return hash.digest('hex');
}

function openIfThere(path: string): OpenFile | undefined {
  try {
    return openFile(path);
  } catch {
    return undefined;
  }
}

/** undefined where the folder can't be written to: a read-only home is no reason to fail. */
function createIfPossible(folder: string, path: string): number | undefined {
  try {
    mkdirSync(folder, { recursive: true });
    return openSync(path, 'wx', 0o600);
  } catch {
    return undefined;
  }
}
