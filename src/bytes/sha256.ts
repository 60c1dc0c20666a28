/** SHA-256 (FIPS 180-4) of a short text. By hand: loading node:crypto takes longer than writing a report. */
export function sha256(text: string): Buffer {
  const message = Buffer.from(text, 'utf8');
  const blocks = Buffer.alloc(Math.ceil((message.length + 9) / BLOCK_BYTES) * BLOCK_BYTES);
  message.copy(blocks);
  blocks[message.length] = 0x80;
  blocks.writeUIntBE(message.length * 8, blocks.length - 6, 6);
  const state = Uint32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
  for (let at = 0; at < blocks.length; at += BLOCK_BYTES) mix(state, blocks.subarray(at, at + BLOCK_BYTES));
  const digest = Buffer.alloc(32);
  state.forEach((word, i) => digest.writeUInt32BE(word, i * 4));
  return digest;
}

const BLOCK_BYTES = 64;
const ROUNDS = 64;

const PRIMES = primes(ROUNDS);
const CONSTANTS = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

/** The first 32 bits behind the point. */
function fraction(value: number): number {
  return (value % 1) * 2 ** 32;
}

function mix(state: Uint32Array, block: Buffer): void {
  const words = new Int32Array(ROUNDS);
  for (let i = 0; i < 16; i++) words[i] = block.readInt32BE(i * 4);
  for (let i = 16; i < ROUNDS; i++) {
    const early = words[i - 15]!;
    const late = words[i - 2]!;
    words[i] = words[i - 16]! + words[i - 7]! + (rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3)) + (rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10));
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < ROUNDS; i++) {
    const first = h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g)) + CONSTANTS[i]! + words[i]!;
    const second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i]! += word; });
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
