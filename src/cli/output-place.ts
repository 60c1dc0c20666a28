import { closeSync, lstatSync, readSync, readlinkSync, realpathSync, statSync, type BigIntStats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { memoryReader, openWithoutWaiting } from '../bytes/file-reader.js';
import { InputError } from '../bytes/input-error.js';
import { roleOfContent } from '../debuginfo/identify.js';
import type { IsInput } from './inputs.js';

/** Where the bytes of -o go, behind symbolic links, which stay. */
export interface Place {
  readonly path: string;
  /** What is there now. */
  readonly there: BigIntStats | undefined;
  /**
   * Written from beginning to end, never replaced: a pipe, a device, an open descriptor, a file that the kernel makes
   * up.
   */
  readonly isStream: boolean;
}

const mostLinks = 40;

/** Also of a link whose target is not there yet: a plain write would create that. @throws the system's error */
export function placeOf(named: string): Place {
  let path = resolve(named);
  for (let links = 0; links <= mostLinks; links++) {
    path = join(realpathSync(dirname(path)), basename(path));
    // The links in /proc/PID/fd are no paths: what they lead to is open already.
    if (isKernels(path) || lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return placeAt(path);
    path = resolve(dirname(path), readlinkSync(path));
  }
  throw Object.assign(new Error(named), { code: 'ELOOP' });
}

function placeAt(path: string): Place {
  const there = whatIsAt(path);
  return { path, there, isStream: isKernels(path) || there?.isFile() === false };
}

export function whatIsAt(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

/** Nothing can be created there. */
function isKernels(path: string): boolean {
  return /^\/(?:proc|sys)\//.test(path);
}

/** @throws InputError where what is there must not be lost: an input, a dump, a kernel, a disk */
export function refuseUnfit(named: string, there: BigIntStats | undefined, isInput: IsInput): void {
  if (named === '') throw new InputError('-o needs the name of a file');
  if (there?.isDirectory() || named.endsWith('/')) throw new InputError(`-o ${named} is a folder; name a file in it`);
  if (there?.isBlockDevice())
    throw new InputError(`-o ${named} is a disk, which a report would overwrite; name a file`);
  if (there?.isFile() !== true) return;
  if (isInput(there)) throw new InputError(`-o ${named} is one of the files to be read; it was left unchanged`);
  const loss = lossOf(named);
  if (loss !== undefined) throw new InputError(`-o ${named} is ${loss}; it was left unchanged`);
}

const firstBytes = 4096;

/** What nobody wants to lose to a slip of the pen, for a sentence. */
export function lossOf(path: string): string | undefined {
  try {
    const fd = openWithoutWaiting(path);
    const start = Buffer.alloc(firstBytes);
    const length = readSync(fd, start, 0, firstBytes, 0);
    closeSync(fd);
    return {
      dump: 'a dump or core file, not a report',
      vmlinux: 'a kernel or another program, not a report',
      packed: 'a compressed file, not a report',
      other: undefined,
    }[roleOfContent(memoryReader(start.subarray(0, length)))];
  } catch {
    return undefined; // What can't be read may be written all the same.
  }
}
