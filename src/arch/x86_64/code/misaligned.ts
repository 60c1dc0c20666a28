import type { MemoryAccess } from '../../architecture.js';

/** movaps and its like for whole numbers and doubles, and stores that pass by the cache: of 16 bytes. */
const aligned: ReadonlySet<string> = new Set(['28', '29', '2b', '66 28', '66 29', '66 2b', '66 6f', '66 7f', '66 e7']);

/** Bytes that the instruction needs its address aligned to, where it is not; no exception of its own tells of that. */
export function misalignedBy(code: Uint8Array, access: MemoryAccess): number | undefined {
  const prefix = code[0] === 0x66 ? '66 ' : '';
  let at = prefix === '' ? 0 : 1;
  if (((code[at] ?? 0) & 0xf0) === 0x40) at++;
  if (code[at] !== 0x0f || code[at + 1] === undefined) return undefined;
  const isAligned = aligned.has(`${prefix}${code[at + 1]!.toString(16).padStart(2, '0')}`);
  return isAligned && access.address !== undefined && (access.address & 15n) !== 0n ? 16 : undefined;
}
