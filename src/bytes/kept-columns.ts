import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { openFile, type FileReader } from './file-reader.js';
import { makeFolder } from './make-folder.js';
import { isTemporary, temporaryFile } from './temporary-file.js';

export type Column = Uint8Array | Int32Array | Uint32Array | Float64Array | BigUint64Array;

/** What takes long to make of a file that stays as it is: kept in the cache folder, for the next run. */
export interface KeptColumns {
  /** The columns of that name from an earlier run; else those that `make` gives, which are then kept. */
  of<C extends Record<keyof C, Column>>(name: string, make: () => C): C;
  /** Writes what is new. That it can't be written is no reason to fail, nor to say so. */
  write(): void;
  /** Closes the file; what is asked for later is made anew. */
  close(): void;
}

/** Makes everything anew. */
export const nothingKept: KeptColumns = { of: (_, make) => make(), write: () => {}, close: () => {} };

/** Below that, all of it is made as fast as it is read. */
const SMALLEST_KEPT = 256 << 10;
const LARGEST_KEPT = 64 << 20;
const MOST_ENTRIES = 4096;
/** Files of other kernels; each takes some 10 MB. */
const MOST_FILES = 16;

/**
 * @param path the file to keep it in
 * @param stamp of the code that makes the columns and of what they are made of: what bears another counts for nothing
 */
export function keptColumns(path: string, stamp: string): KeptColumns {
  const fresh = new Map<string, Record<string, Column>>();
  let opened: KeptFile | undefined;
  const file = (): KeptFile => (opened ??= openKept(path, stamp));
  const close = (): void => {
    opened?.close();
    opened = undefined;
  };
  return {
    of(name, make) {
      const kept = file().columns(name);
      // The same code has written them.
      if (kept !== undefined) return kept as ReturnType<typeof make>;
      const made = make();
      fresh.set(name, made);
      return made;
    },
    write() {
      if (fresh.size === 0) return;
      try {
        keep(path, stamp, file().segments, fresh);
      } catch {
        // The next run makes them anew.
      }
      fresh.clear();
      // There is another file of that name now.
      close();
    },
    close,
  };
}

/** Columns one after the other, each at a multiple of 8 bytes. */
interface Segment {
  /** Counted from the end of the list. */
  at: number;
  bytes: number;
  crc: number;
  columns: [name: string, kind: keyof typeof kinds, length: number][];
}

const kinds = { Uint8Array, Int32Array, Uint32Array, Float64Array, BigUint64Array };
type Segments = Record<string, Segment>;

interface KeptFile {
  segments: { name: string; segment: Segment; bytes: () => Uint8Array }[];
  columns(name: string): Record<string, Column> | undefined;
  close(): void;
}

const nothing: KeptFile = { segments: [], columns: () => undefined, close: () => {} };

/** Starts with the length and the checksum of the list of segments, which follows as JSON. */
const START_BYTES = 8;
const LONGEST_LIST = 4 << 20;

function openKept(path: string, stamp: string): KeptFile {
  try {
    const file = openFile(path);
    const list = listIn(file, stamp);
    if (list === undefined) {
      file.close();
      return nothing;
    }
    const { segments, end } = list;
    const bytesOf = ({ at, bytes }: Segment): Uint8Array => file.read(end + at, bytes);
    return {
      segments: Object.entries(segments).map(([name, segment]) => ({ name, segment, bytes: () => bytesOf(segment) })),
      columns(name) {
        const segment = Object.hasOwn(segments, name) ? segments[name] : undefined;
        const bytes = segment && bytesOf(segment);
        return bytes && crc32(bytes) === segment.crc ? columnsIn(bytes, segment) : undefined;
      },
      close: () => file.close(),
    };
  } catch {
    return nothing;
  }
}

function listIn(file: FileReader, stamp: string): { segments: Segments; end: number } | undefined {
  const [length, crc] = new Uint32Array(file.read(0, START_BYTES).slice().buffer);
  if (length === undefined || crc === undefined || length > LONGEST_LIST) return undefined;
  const list = file.read(START_BYTES, length);
  if (list.length < length || crc32(list) !== crc) return undefined;
  const told = JSON.parse(Buffer.from(list).toString('utf8')) as { stamp: string; segments: Segments };
  return told.stamp === stamp ? { segments: told.segments, end: padded(START_BYTES + length) } : undefined;
}

function columnsIn(bytes: Uint8Array, { columns }: Segment): Record<string, Column> {
  const found: Record<string, Column> = {};
  let at = bytes.byteOffset;
  for (const [name, kind, length] of columns) {
    const column = new kinds[kind](bytes.buffer as ArrayBuffer, at, length);
    found[name] = column;
    at += padded(column.byteLength);
  }
  return found;
}

/** Takes the place of the file as a whole: others may read it, or be about to do the same. */
function keep(
  path: string,
  stamp: string,
  old: KeptFile['segments'],
  fresh: ReadonlyMap<string, Record<string, Column>>,
): void {
  const segments: Segments = {};
  const parts: Uint8Array[] = [];
  let at = 0;
  const add = (name: string, columns: Segment['columns'], bytes: readonly Uint8Array[]): void => {
    const length = bytes.reduce((sum, part) => sum + part.length, 0);
    if (at + length > LARGEST_KEPT || Object.keys(segments).length >= MOST_ENTRIES) return;
    const crc = bytes.reduce((sum, part) => crc32(part, sum), 0);
    segments[name] = { at, bytes: length, crc, columns };
    parts.push(...bytes);
    at += length;
  };
  for (const { name, segment, bytes } of old) if (!fresh.has(name)) add(name, segment.columns, [bytes()]);
  for (const [name, columns] of fresh) add(name, listed(columns), Object.values(columns).flatMap(paddedBytes));
  if (at < SMALLEST_KEPT) return;

  const folder = join(path, '..');
  makeFolder(folder);
  dropOldest(folder, basename(path));
  const file = temporaryFile(folder);
  try {
    file.write(head(stamp, segments));
    for (const part of parts) file.write(part);
    file.moveTo(path);
  } finally {
    file.discard();
  }
}

function listed(columns: Record<string, Column>): Segment['columns'] {
  return Object.entries(columns).map(([name, column]) => [
    name,
    column.constructor.name as keyof typeof kinds,
    column.length,
  ]);
}

function paddedBytes(column: Column): Uint8Array[] {
  const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  return [bytes, new Uint8Array(padded(bytes.length) - bytes.length)];
}

function head(stamp: string, segments: Segments): Uint8Array {
  const list = Buffer.from(JSON.stringify({ stamp, segments }));
  const bytes = Buffer.alloc(padded(START_BYTES + list.length));
  bytes.writeUInt32LE(list.length, 0);
  bytes.writeUInt32LE(crc32(list), 4);
  list.copy(bytes, START_BYTES);
  return bytes;
}

function dropOldest(folder: string, own: string): void {
  const others = readdirSync(folder)
    .filter((name) => name !== own && !isTemporary(name))
    .map((name) => ({ path: join(folder, name), written: statSync(join(folder, name)).mtimeMs }))
    .toSorted((a, b) => b.written - a.written);
  for (const { path } of others.slice(MOST_FILES - 1)) rmSync(path, { force: true, recursive: true });
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
