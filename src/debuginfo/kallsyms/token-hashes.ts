import type { Tokens } from './tokens.js';

// Knuth's MMIX multiplier, low word: odd, and with bits all over.
const MULTIPLIER = 0x4c957f2d;

/**
 * A polynomial over the bytes modulo 2^32: of two texts in a row it is computed from those of each, and the length of
 * the second.
 */
export function hashOf(bytes: Uint8Array): number {
  let hash = 0;
  for (const byte of bytes) hash = (Math.imul(hash, MULTIPLIER) + byte) | 0;
  return hash;
}

/** Spread so that the low bits, which choose the slot, depend on all. */
export function slotHash(hash: number): number {
  return hash ^ (hash >>> 15);
}

/** The hashes of the 256 tokens. */
export class TokenHashes {
  /** A name's first byte is its letter, which is no part of the name. */
  readonly firstByte = new Uint8Array(256);
  readonly withoutFirst = new Int32Array(256);
  readonly #hashes = new Int32Array(256);
  readonly #powers = new Int32Array(256);

  constructor({ table, starts, lengths }: Tokens) {
    for (let token = 0; token < 256; token++) {
      const bytes = table.subarray(starts[token], starts[token]! + lengths[token]!);
      this.firstByte[token] = bytes[0] ?? 0;
      this.withoutFirst[token] = hashOf(bytes.subarray(1));
      this.#hashes[token] = hashOf(bytes);
      this.#powers[token] = bytes.reduce((power) => Math.imul(power, MULTIPLIER), 1);
    }
  }

  /** The hash of a text with a token put behind it. */
  append(hash: number, token: number): number {
    return (Math.imul(hash, this.#powers[token]!) + this.#hashes[token]!) | 0;
  }
}
