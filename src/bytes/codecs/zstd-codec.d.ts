/** The part of zstd-codec that is used here; the package has no declarations. */
declare module 'zstd-codec' {
  interface Simple {
    compress(content: Uint8Array, level?: number): Uint8Array | null;
    decompress(compressed: Uint8Array): Uint8Array | null;
  }
  const zstdCodec: { ZstdCodec: { run(ready: (binding: { Simple: new () => Simple }) => void): void } };
  export default zstdCodec;
}
