import { accessSync, closeSync, constants, fstatSync, ftruncateSync, openSync, realpathSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../bytes/input-error.js';
import { SurroundingsError, errorCode, surroundingsInWords } from '../bytes/surroundings-error.js';
import { endProgress } from './progress.js';
import { joined } from './join-pieces.js';

/** The file that -o names, ready to be written. What was in it stands until the report comes. */
export interface OutputFile {
  write(pieces: Iterable<string>): void;
}

/**
 * Opens it before the work begins.
 * @throws InputError where it is one of `inputs`, or a folder; SurroundingsError where it can't be written
 */
export function openOutput(path: string, inputs: readonly string[]): OutputFile {
  const real = realPath(path);
  if (real !== undefined && inputs.some((input) => realPath(input) === real)) throw new InputError(`-o ${path} is one of the files to be read; it was left unchanged`);
  const fd = orExplain(path, () => real === undefined ? checkFolder(dirname(path)) : openSync(path, 'a'));
  return {
    write: (pieces) => {
      endProgress();
      orExplain(path, () => writeFile(fd ?? openSync(path, 'wx'), pieces));
    },
  };
}

/** A file that is not there yet is made when the report comes: one that does not come leaves no empty file behind. */
function checkFolder(folder: string): undefined {
  if (!statSync(folder).isDirectory()) throw Object.assign(new Error(folder), { code: 'ENOTDIR' });
  accessSync(folder, constants.W_OK);
}

function writeFile(fd: number, pieces: Iterable<string>): void {
  if (fstatSync(fd).isFile()) ftruncateSync(fd);
  for (const text of joined(pieces)) writeWhole(fd, Buffer.from(text));
  closeSync(fd);
}

function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  EEXIST: 'a file of that name was created meanwhile',
  ETXTBSY: 'it is a program that is running',
};

function orExplain<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EISDIR') throw new InputError(`-o ${path} is a folder; name a file in it`, { cause: error });
    const reason = surroundingsInWords(error) ?? reasons[code];
    throw reason === undefined ? error : new SurroundingsError(`-o ${path} can't be written: ${reason}`, { cause: error });
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
