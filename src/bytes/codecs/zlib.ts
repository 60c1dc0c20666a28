import { constants, createInflate, inflateSync } from 'node:zlib';

import { CodecError } from './codec-error.js';

/** A whole zlib stream (RFC 1950). */
export function decodeZlib(source: Uint8Array, target: Uint8Array): number {
  inflate ??= reusedInflate() ?? newInflate;
  return inflate(source, target);
}

type Inflate = (source: Uint8Array, target: Uint8Array) => number;

let inflate: Inflate | undefined;

/**
 * Node's own function: each call makes a stream with buffers of its own, which takes three times as long as inflating a
 * page.
 */
export function newInflate(source: Uint8Array, target: Uint8Array): number {
  let bytes: Buffer;
  try {
    bytes = inflateSync(source, { maxOutputLength: target.length });
  } catch (error) {
    throw new CodecError(`zlib: ${error instanceof Error ? error.message : String(error)}`);
  }
  target.set(bytes);
  return bytes.length;
}

/** What inflateSync() itself drives: node's binding to zlib, src/node_zlib.cc. */
interface Handle {
  writeSync(
    flush: number,
    source: Uint8Array,
    sourceOffset: number,
    sourceLength: number,
    target: Uint8Array,
    targetOffset: number,
    targetLength: number,
  ): void;
  reset(): void;
}

/**
 * One inflate for all pages, by the handle of Node's stream; undefined where this Node's has another shape, or does not
 * do what is known of it. It is no public interface, so it is tried on a stream that is good and on one that is not.
 */
export function reusedInflate(): Inflate | undefined {
  const stream = createInflate() as unknown as { _handle?: Partial<Handle> | null; _writeState?: unknown };
  const { _handle: handle, _writeState: state } = stream;
  if (typeof handle?.writeSync !== 'function' || typeof handle.reset !== 'function' || !(state instanceof Uint32Array))
    return undefined;
  const decode = withHandle(handle as Handle, state);
  return works(decode) ? decode : undefined;
}

function withHandle(handle: Handle, state: Uint32Array): Inflate {
  const failures: string[] = [];
  Object.assign(handle, { onerror: (message: string) => failures.push(message) });
  let scratch = new Uint8Array(0);
  return (source, target) => {
    // One byte of room more than there may be output: an inflate that fills its target to the last byte may not be at
    // its end.
    if (scratch.length !== target.length + 1) scratch = new Uint8Array(target.length + 1);
    failures.length = 0;
    handle.reset();
    handle.writeSync(constants.Z_FINISH, source, 0, source.length, scratch, 0, scratch.length);
    if (failures.length > 0) throw new CodecError(`zlib: ${failures.join('; ')}`);
    const length = scratch.length - state[0]!;
    if (length > target.length) throw new CodecError(`zlib: it decodes to more than ${target.length} bytes`);
    target.set(scratch.subarray(0, length));
    return length;
  };
}

/** "abc", whole and without its end. */
const sample = Uint8Array.of(0x78, 0x9c, 0x4b, 0x4c, 0x4a, 0x06, 0x00, 0x02, 0x4d, 0x01, 0x27);

function works(decode: Inflate): boolean {
  const target = new Uint8Array(8);
  const text = (source: Uint8Array): string | undefined => {
    try {
      return String.fromCharCode(...target.subarray(0, decode(source, target)));
    } catch {
      return undefined;
    }
  };
  return text(sample) === 'abc' && text(sample.subarray(0, -1)) === undefined && text(sample) === 'abc';
}
