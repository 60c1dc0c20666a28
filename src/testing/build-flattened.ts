/** One record of a flattened file: bytes that its reader writes at `offset`. */
export interface TestRecord {
  offset: number;
  bytes: Uint8Array;
}

/**
 * A flattened file (makedumpfile -F, QEMU's kdump-*). Records are written in the order given, a later one over an
 * earlier; `endMark: false` makes a stream that was cut.
 */
export function buildFlattened(
  records: readonly TestRecord[],
  { endMark = true }: { endMark?: boolean } = {},
): Uint8Array {
  const header = Buffer.alloc(4096);
  header.write('makedumpfile', 0, 'latin1');
  header.writeBigInt64BE(1n, 16);
  header.writeBigInt64BE(1n, 24);
  const parts: Uint8Array[] = [header];
  for (const { offset, bytes } of records) parts.push(recordHeader(BigInt(offset), BigInt(bytes.length)), bytes);
  if (endMark) parts.push(recordHeader(-1n, -1n));
  return Buffer.concat(parts);
}

/**
 * `file` as a flattened file in records of `recordBytes`, its first one written last, as makedumpfile rewrites its
 * header.
 */
export function flatten(file: Uint8Array, recordBytes = 4096): Uint8Array {
  const records: TestRecord[] = [];
  for (let offset = 0; offset < file.length; offset += recordBytes)
    records.push({ offset, bytes: file.subarray(offset, offset + recordBytes) });
  const [first] = records;
  if (first === undefined) return buildFlattened([]);
  return buildFlattened([{ offset: 0, bytes: new Uint8Array(first.bytes.length) }, ...records.slice(1), first]);
}

function recordHeader(offset: bigint, size: bigint): Uint8Array {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64BE(offset, 0);
  bytes.writeBigInt64BE(size, 8);
  return bytes;
}
