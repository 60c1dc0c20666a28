import { closeSync, constants, fstatSync, openSync, readSync, statSync, type BigIntStats } from 'node:fs';
import { defined } from '../words/defined.js';
import { hold, release } from './held-handles.js';
import { InputError } from './input-error.js';
import { SurroundingsError, errorCode, surroundingsInWords } from './surroundings-error.js';

/** Bytes by position, of a file or of memory. Synchronous, and never more than what is asked for. */
export interface FileReader {
  /** In bytes. */
  readonly size: number;
  /**
   * How many bytes of it are stored: holes, which read as zero, make a file as long as its writer likes for nothing.
   */
  readonly held: number;
  /**
   * The bytes from `offset`, no Buffer, whose slice() would be no copy; fewer than `length` (down to none) where the
   * file ends before. Never throws for a range outside the file.
   */
  read(offset: number, length: number): Uint8Array;
  /** Whether a read came upon an end before that of `size`: somebody cut the file after it was opened. */
  becameShorter?(): boolean;
}

export interface OpenFile extends FileReader {
  readonly path: string;
  /** How it differs from what was opened, up to now or until it was closed; for a sentence, "has become shorter …". */
  change?(): string | undefined;
  /**
   * Another one as soon as anything of the file is; undefined where it was changed so lately that a further change may
   * bear the same time.
   */
  readonly identity?: string;
  close(): void;
}

/**
 * Opens a regular file for reading by position.
 * @throws InputError where there is none, where it is a directory, or where it may not be read
 */
export function openFile(path: string): OpenFile {
  const fd = openWithoutWaiting(path);
  const { size, held, mtimeNs, identity } = statOrExplain(fd, path);
  hold(fd);
  let open = true;
  let short = false;
  let changeAtClose: string | undefined;
  const change = (): string | undefined => changeOf(fd, size, mtimeNs);
  return {
    path,
    size,
    held,
    read(offset, length) {
      const wanted = clampedLength(size, offset, length);
      const { buffer } = Buffer.allocUnsafeSlow(wanted);
      const got = readFully(fd, path, new Uint8Array(buffer), offset);
      short ||= got < wanted;
      return new Uint8Array(buffer, 0, got);
    },
    becameShorter: () => short,
    ...defined({ identity }),
    change: () => (open ? change() : changeAtClose),
    close() {
      if (!open) return;
      changeAtClose = change();
      open = false;
      release(fd);
      closeSync(fd);
    },
  };
}

/** A file that was renamed over, or removed, is still the one that was opened: only what is written into it counts. */
function changeOf(fd: number, size: number, mtimeNs: bigint): string | undefined {
  const now = fstatSync(fd, { bigint: true });
  const has = Number(now.size);
  if (has < size) return `has become shorter while it was read, from ${size} to ${has} bytes`;
  if (has > size) return `has become longer while it was read, from ${size} to ${has} bytes`;
  return now.mtimeNs === mtimeNs ? undefined : 'was changed while it was read (its time of modification is another)';
}

/** A reader over bytes already in memory; what it returns is a view of them. */
export function memoryReader(given: Uint8Array): FileReader {
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.length);
  return {
    size: bytes.length,
    held: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + clampedLength(bytes.length, offset, length)),
  };
}

function clampedLength(size: number, offset: number, length: number): number {
  if (!(offset >= 0) || !(length > 0)) return 0;
  return Math.max(0, Math.min(length, size - offset));
}

/** The kernel may return less than asked; what a file system can't read ends the bytes, as the end of the file does. */
function readFully(fd: number, path: string, bytes: Uint8Array, offset: number): number {
  let done = 0;
  while (done < bytes.length) {
    let got: number;
    try {
      got = readSync(fd, bytes, done, bytes.length - done, offset + done);
    } catch (error) {
      throw failure(`Reading ${path} at offset ${offset + done} failed`, error);
    }
    if (got === 0) break;
    done += got;
  }
  return done;
}

/** A descriptor to read by. Opening a FIFO as usual waits for a writer that may never come. @throws InputError */
export function openWithoutWaiting(path: string): number {
  if (path === '') throw new InputError('Cannot open a file with an empty name: is a variable of the shell unset?');
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw failure(`Cannot open ${path}`, error);
  }
}

/** Device and inode of each file that was opened: what a report must not be written over, by whatever name. */
const opened = new Set<string>();

/** Whether this thread has opened the file for reading. */
export function wasRead(file: FileId): boolean {
  return opened.has(fileId(file));
}

type FileId = Pick<BigIntStats, 'dev' | 'ino'>;

/** The same for all names of one file. */
export function fileId({ dev, ino }: FileId): string {
  return `${dev}:${ino}`;
}

/** The one of what a path leads to; undefined where it leads nowhere, for whatever reason: who opens it says so. */
export function fileIdAt(path: string): string | undefined {
  try {
    return fileId(statSync(path, { bigint: true }));
  } catch {
    return undefined;
  }
}

/** What stat counts in blocks is of this size on every system. */
const STAT_BLOCK = 512;

/** Clocks of file systems are coarse, some to the second. */
const SETTLED_AFTER_MS = 3000n;

function identityOf({ dev, ino, size, mtimeNs, ctimeNs, ctimeMs }: BigIntStats): string | undefined {
  if (BigInt(Date.now()) - ctimeMs < SETTLED_AFTER_MS) return undefined;
  return [dev, ino, size, mtimeNs, ctimeNs].map((part) => part.toString(36)).join('-');
}

interface StatOfOpened {
  size: number;
  held: number;
  mtimeNs: bigint;
  identity: string | undefined;
}

function statOrExplain(fd: number, path: string): StatOfOpened {
  const stat = fstatSync(fd, { bigint: true });
  opened.add(fileId(stat));
  const { mtimeNs } = stat;
  const size = Number(stat.size);
  // Some file systems don't say, or keep a small file where they count no blocks.
  if (stat.isFile())
    return {
      size,
      held: stat.blocks > 0n ? Math.min(size, Number(stat.blocks) * STAT_BLOCK) : size,
      mtimeNs,
      identity: identityOf(stat),
    };
  closeSync(fd);
  if (stat.isDirectory()) throw new InputError(`Cannot open ${path}: it is a directory; name the file in it.`);
  const kind = stat.isFIFO()
    ? 'a pipe'
    : stat.isCharacterDevice() || stat.isBlockDevice()
      ? 'a device'
      : 'no regular file';
  throw new InputError(
    `Cannot open ${path}: it is ${kind}, and reading by position needs a regular file; save it to one first.`,
  );
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is not a directory',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  EISDIR: 'it is a directory; name the file in it',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  ENXIO: 'it is a socket or a device, not a file',
};

function failure(what: string, error: unknown): InputError {
  const machine = surroundingsInWords(error);
  if (machine !== undefined) return new SurroundingsError(`${what}: ${machine}.`, { cause: error });
  return new InputError(
    `${what}: ${reasons[errorCode(error)] ?? (error instanceof Error ? error.message : String(error))}.`,
    { cause: error },
  );
}
