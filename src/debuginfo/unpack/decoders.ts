import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { lz4Decoder } from '../../bytes/codecs/lz4.js';
import type { FileReader } from '../../bytes/file-reader.js';
import { chunksOf } from './chunks.js';
import { isLz4Legacy, lz4LegacyBlocks } from './lz4-legacy.js';
import { lzopBlocks } from './lzop.js';
import type { Packing } from '../../bytes/packing.js';
import { programOnPath, through } from './programs.js';
import { zstdStream } from './zstd.js';

/** Of zlib's own 16 kB each, most of the time would go into writing them. */
const PIECE = 256 << 10;
/** The kernel's build packs with a dictionary of 128 MiB, xz -9 with one of 64; a header may ask for 4 GiB. */
const LARGEST_XZ_MEMORY = 192 << 20;

/**
 * A packed file's content, piece by piece. The caller bounds it.
 * @throws Error in the decoder's words
 */
export async function* unpacked(packing: Packing, file: FileReader): AsyncGenerator<Uint8Array> {
  switch (packing) {
    case 'gzip':
      yield* Readable.from(chunksOf(file)).pipe(createGunzip({ chunkSize: PIECE })) as AsyncIterable<Uint8Array>;
      return;
    case 'zstd':
      yield* (await zstdStream())(chunksOf(file));
      return;
    case 'lz4':
      // The later format has checksums, which the program verifies.
      yield* isLz4Legacy(file) ? lz4LegacyBlocks(file, lz4Decoder()) : byProgram('lz4', file);
      return;
    case 'xz':
    case 'lzma':
      yield* xz(packing, file);
      return;
    case 'lzo':
      yield* lzopBlocks(file);
      return;
    case 'bzip2':
      yield* byProgram('bzip2', file);
      return;
    default:
      packing satisfies never;
  }
}

function byProgram(name: string, file: FileReader): AsyncIterable<Uint8Array> {
  const program = programOnPath(name);
  if (program === undefined) throw new Error(`the program ${name} is needed for it and not installed`);
  return through(program, ['-dc'], chunksOf(file));
}

/**
 * xz on PATH is fastest and knows the x86 filter that bzImages use; lzma-native knows it too; xz-decompress does not.
 */
async function* xz(packing: 'xz' | 'lzma', file: FileReader): AsyncGenerator<Uint8Array> {
  const program = programOnPath('xz');
  if (program !== undefined) {
    const limit = `--memlimit-decompress=${LARGEST_XZ_MEMORY}`;
    yield* through(program, ['-dc', `--format=${packing}`, limit], chunksOf(file));
    return;
  }
  const native = optional('lzma-native') as LzmaNative | undefined;
  if (native !== undefined) {
    yield* Readable.from(chunksOf(file)).pipe(
      native.createDecompressor({ memlimit: LARGEST_XZ_MEMORY }),
    ) as AsyncIterable<Uint8Array>;
    return;
  }
  const pure = packing === 'xz' ? (optional('xz-decompress') as XzDecompress | undefined) : undefined;
  if (pure === undefined)
    throw new Error('the program xz, or the package lzma-native, is needed for it and not installed');
  const chunks = chunksOf(file);
  const input = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = chunks.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
  });
  yield* new pure.XzReadableStream(input) as unknown as AsyncIterable<Uint8Array>;
}

interface LzmaNative {
  /** Tells .xz and .lzma apart by itself. */
  createDecompressor(options: { memlimit: number }): NodeJS.ReadWriteStream;
}

interface XzDecompress {
  XzReadableStream: new (packed: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>;
}

/** A package that may not be installed. */
function optional(name: string): unknown {
  try {
    return createRequire(import.meta.url)(name);
  } catch {
    return undefined;
  }
}
