/**
 * KSYM_NAME_LEN is 512, and mangled names are longer; a hostile string section may have no NUL at all, and many names
 * in it.
 */
const LONGEST_NAME = 2048;

/** Where the NUL-terminated name that starts at `start` ends; a longer one is cut. */
export function endOfName(strings: Uint8Array, start: number): number {
  const name = strings.subarray(start, start + LONGEST_NAME);
  const length = name.indexOf(0);
  return start + (length < 0 ? name.length : length);
}

export function nameAt(strings: Uint8Array, start: number): string {
  return Buffer.from(strings.buffer, strings.byteOffset, strings.byteLength).toString(
    'latin1',
    start,
    endOfName(strings, start),
  );
}
