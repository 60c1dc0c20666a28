/** The 256 strings that names are put together from, as bytes of one table. */
export interface Tokens {
  table: Uint8Array;
  /** Where token n starts; it ends before the NUL. */
  starts: Uint16Array;
  lengths: Uint8Array;
  texts: readonly string[];
}

export const TOKEN_INDEX_BYTES = 512;
// The table has 256 short strings; the 16-bit index could reach no further.
export const LONGEST_TOKEN_TABLE = 0x10000;
// One token is at most as long as a name.
const LONGEST_TOKEN = 255;

/** kallsyms_token_table with kallsyms_token_index, or undefined where the two don't fit together. */
export function readTokens(table: Uint8Array, index: Uint8Array): Tokens | undefined {
  if (index.length < TOKEN_INDEX_BYTES) return undefined;
  const view = new DataView(index.buffer, index.byteOffset, TOKEN_INDEX_BYTES);
  const starts = new Uint16Array(256);
  const lengths = new Uint8Array(256);
  const texts: string[] = [];
  for (let n = 0, expected = 0; n < 256; n++) {
    const start = view.getUint16(n * 2, true);
    if (start !== expected) return undefined;
    const end = table.indexOf(0, start);
    if (end < 0 || end - start > LONGEST_TOKEN) return undefined;
    starts[n] = start;
    lengths[n] = end - start;
    texts.push(Buffer.from(table.buffer, table.byteOffset + start, end - start).toString('latin1'));
    expected = end + 1;
  }
  return { table, starts, lengths, texts };
}
