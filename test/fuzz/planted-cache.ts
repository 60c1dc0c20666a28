import { crc32 } from 'node:zlib';

/** What a file of the cache is in place of what oompm left there. */
export interface Plant {
  readonly name: string;
  /** By somebody who knows how the checksums are made; the cache is then one to which others may write. */
  readonly forged: boolean;
  make(own: Buffer, others: readonly Buffer[], random: () => number): Buffer;
}

const START_BYTES = 8;

export const plants: readonly Plant[] = [
  { name: 'that of other files', forged: false, make: (_, others, random) => others[below(random, others.length)]! },
  { name: 'cut off', forged: false, make: (own, _, random) => own.subarray(0, below(random, own.length)) },
  { name: 'cut off within its list', forged: false, make: (own, _, random) => own.subarray(0, below(random, 2000)) },
  { name: 'a bit flipped', forged: false, make: (own, _, random) => flipped(own, below(random, own.length), random) },
  {
    name: 'a bit of its list flipped',
    forged: false,
    make: (own, _, random) => flipped(own, below(random, 1500), random),
  },
  {
    name: 'the end of that of other files',
    forged: false,
    make(own, others, random) {
      const other = others[below(random, others.length)]!;
      const at = below(random, Math.min(own.length, other.length));
      return Buffer.concat([own.subarray(0, at), other.subarray(at)]);
    },
  },
  { name: 'nothing', forged: false, make: () => Buffer.alloc(0) },
  {
    name: 'bits flipped, and the checksums made anew',
    forged: true,
    make: (own, _, random) => forgedColumns(own, random),
  },
  {
    name: 'its list changed, and the checksum made anew',
    forged: true,
    make: (own, _, random) => forgedList(own, random),
  },
];

function below(random: () => number, limit: number): number {
  return Math.floor(random() * limit);
}

function flipped(own: Buffer, at: number, random: () => number): Buffer {
  const bytes = Buffer.from(own);
  bytes[at]! ^= 1 << below(random, 8);
  return bytes;
}

interface List {
  segments: Record<string, { at: number; bytes: number; crc: number; columns: [string, string, number][] }>;
}

function listOf(own: Buffer): { list: List; rest: Buffer } {
  const length = own.readUInt32LE(0);
  const end = START_BYTES + length;
  return { list: JSON.parse(own.toString('utf8', START_BYTES, end)) as List, rest: own.subarray(padded(end)) };
}

function joined(list: List, rest: Uint8Array): Buffer {
  const text = Buffer.from(JSON.stringify(list));
  const head = Buffer.alloc(padded(START_BYTES + text.length));
  head.writeUInt32LE(text.length, 0);
  head.writeUInt32LE(crc32(text), 4);
  text.copy(head, START_BYTES);
  return Buffer.concat([head, rest]);
}

function forgedColumns(own: Buffer, random: () => number): Buffer {
  const { list, rest } = listOf(own);
  const bytes = Buffer.from(rest);
  for (let flips = 1 + below(random, 2000); flips > 0; flips--) bytes[below(random, bytes.length)] = below(random, 256);
  for (const segment of Object.values(list.segments))
    segment.crc = crc32(bytes.subarray(segment.at, segment.at + segment.bytes));
  return joined(list, bytes);
}

function forgedList(own: Buffer, random: () => number): Buffer {
  const { list, rest } = listOf(own);
  const names = Object.keys(list.segments);
  const one = list.segments[names[below(random, names.length)]!]!;
  const column = one.columns[below(random, one.columns.length)]!;
  const other = list.segments[names[below(random, names.length)]!]!;
  const number = [0, -8, 1, 2 ** 31, 2 ** 53, 0.5][below(random, 6)]!;
  const changes = [
    () => (column[1] = ['Uint8Array', 'BigUint64Array', 'Float64Array', 'Array', 'constructor'][below(random, 5)]!),
    () => (column[2] = number),
    () => (column[0] = 'other'),
    () => (one.columns = []),
    () => (one.at = number),
    () => (one.bytes = number),
    () => ([one.at, one.bytes, one.crc] = [other.at, other.bytes, other.crc]),
    () => ([one.at, one.bytes, one.crc, one.columns] = [other.at, other.bytes, other.crc, other.columns]),
  ];
  changes[below(random, changes.length)]!();
  // As the checksum of what stands there now, where something does.
  if (one.at >= 0 && one.bytes >= 0) one.crc = crc32(rest.subarray(one.at, one.at + one.bytes));
  return joined(list, rest);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
