import { startZstd } from '../../bytes/codecs/start-zstd.js';

/** Unpacks one zstd frame whose unpacked size is known. */
export type Unzstd = (packed: Uint8Array, size: number) => Uint8Array;

/** zstd frames of any size, piece by piece: the wasm must be readied once, asynchronously. */
export async function zstdStream(): Promise<(packed: Iterable<Uint8Array>) => Generator<Uint8Array>> {
  const { ZSTDDecoder } = await import('zstddec/stream');
  const decoder = new ZSTDDecoder();
  await startZstd(decoder);
  return (packed) => decoder.decodeStreaming(packed);
}

export async function readyUnzstd(): Promise<Unzstd> {
  const stream = await zstdStream();
  return (packed, size) => {
    const unpacked = new Uint8Array(size);
    let at = 0;
    for (const part of stream([packed])) {
      if (at + part.length > size) throw new Error(`it unpacks to more than the ${size} bytes that it claims`);
      unpacked.set(part, at);
      at += part.length;
    }
    if (at < size) throw new Error(`it unpacks to ${at} bytes and claims ${size}`);
    return unpacked;
  };
}
