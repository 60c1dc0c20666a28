import { SurroundingsError } from '../surroundings-error.js';

/**
 * Starts zstddec's WebAssembly. It asks for it by `fetch`, which brings Node's whole HTTP client with it, and that
 * another WebAssembly; where there is no fetch it takes the bytes that it has.
 * @throws SurroundingsError where the process may not have so much address space
 */
export async function startZstd(decoder: { init(): Promise<unknown> }): Promise<void> {
  try {
    await withoutFetch(() => decoder.init());
  } catch (error) {
    // V8 tells it by a RangeError: "Out of memory: Cannot allocate Wasm memory for new instance".
    if (!(error instanceof RangeError)) throw error;
    throw new SurroundingsError(
      'What is packed with zstd can’t be unpacked: WebAssembly sets aside some 10 GB of addresses for it, and this ' +
        'process may not have as many; raise the limit (ulimit -v).',
      { cause: error },
    );
  }
}

/** What `start` does at once, it does without finding a `fetch`. */
function withoutFetch<T>(start: () => T): T {
  const fetch = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  if (fetch === undefined) return start();
  Object.defineProperty(globalThis, 'fetch', { value: undefined, configurable: true });
  try {
    return start();
  } finally {
    Object.defineProperty(globalThis, 'fetch', fetch);
  }
}
