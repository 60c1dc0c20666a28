import { CodecError } from './codec-error.js';
import type { BlockDecoder } from './codec-error.js';
import { startZstd } from './start-zstd.js';

const MAGIC = 0xfd2fb528;

/**
 * A decoder for Zstandard frames; asynchronous, because WebAssembly starts so. Synchronous from then on.
 * Memory is bounded by the target: a frame that announces more is refused before it is decoded.
 */
export function readyZstd(): Promise<BlockDecoder> {
  ready ??= load();
  return ready;
}

let ready: Promise<BlockDecoder> | undefined;

async function load(): Promise<BlockDecoder> {
  // Half again as fast on pages as zstd-codec, which fills a vector by element.
  const { ZSTDDecoder } = await import('zstddec');
  const decoder = new ZSTDDecoder();
  await startZstd(decoder);
  return (source, target) => {
    const announced = frameContentSize(source);
    if (announced !== undefined && announced > target.length)
      throw new CodecError(`zstd: announces ${announced} bytes where ${target.length} fit`);
    if (announced === 0) return 0;
    // With the size given, it decodes into that much and no more; what is broken gives a length that is another.
    const bytes = decoder.decode(source, announced ?? target.length);
    if (bytes.length === 0 || bytes.length !== (announced ?? bytes.length)) throw new CodecError('zstd: broken frame');
    target.set(bytes);
    return bytes.length;
  };
}

/** Frame_Content_Size of RFC 8878, section 3.1.1.1; undefined where the frame has none, or is no frame. */
export function frameContentSize(source: Uint8Array): number | undefined {
  if (source.length < 6) return undefined;
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return undefined;
  const descriptor = source[4]!;
  const singleSegment = (descriptor & 0x20) !== 0;
  const at = 5 + (singleSegment ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  const bytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  if (bytes === 0 || at + bytes > source.length) return undefined;
  if (bytes === 1) return source[at];
  if (bytes === 2) return view.getUint16(at, true) + 256;
  if (bytes === 4) return view.getUint32(at, true);
  return Number(view.getBigUint64(at, true));
}
