import { spawnSync } from 'node:child_process';
import { closeSync, constants, fchmodSync, fchownSync, openSync, writeFileSync, type BigIntStats } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { InputError } from '../bytes/input-error.js';
import { SurroundingsError, errorCode } from '../bytes/surroundings-error.js';
import {
  letSignalsIn,
  listenedNoMore,
  signalPauses,
  temporaryFile,
  type TemporaryFile,
} from '../bytes/temporary-file.js';
import { writeFailureInWords } from '../bytes/write-failure.js';
import { programOnPath } from '../debuginfo/unpack/programs.js';
import type { IsInput } from './inputs.js';
import { joined } from '../app/join-pieces.js';
import { placeOf, refuseUnfit, whatIsAt, type Place } from './output-place.js';
import { overwrite } from './overwrite.js';
import { endProgress } from '../app/progress.js';

/** The file that -o names, found to be one that can be written. What was in it stands until the report is whole. */
export interface OutputFile {
  write(pieces: Iterable<string>): Promise<void>;
}

/**
 * Looks at it before the work begins.
 * @throws InputError where it must not be written over, or is a folder; SurroundingsError where it can't be written
 */
export async function openOutput(named: string, isInput: IsInput): Promise<OutputFile> {
  try {
    const place = placeOf(named);
    refuseUnfit(named, place.there, isInput);
    const write = place.isStream ? openStream(place) : openReplacement(place);
    // The report is made in one go, and Ctrl-C is to end that.
    await listenedNoMore();
    return {
      async write(pieces) {
        endProgress();
        try {
          // What was found on the way, such as a vmlinux beside the dump, is known by now.
          refuseUnfit(named, whatIsAt(place.path), isInput);
          await write(joined(pieces));
        } catch (error) {
          throw explained(named, error);
        }
      },
    };
  } catch (error) {
    throw explained(named, error);
  }
}

function explained(named: string, error: unknown): unknown {
  if (error instanceof InputError) return error;
  const reason = error instanceof Reason ? error.message : writeFailureInWords(error);
  return reason === undefined
    ? error
    : new SurroundingsError(`-o ${named} can't be written: ${reason}`, { cause: error });
}

type Write = (pieces: Iterable<string>) => Promise<void>;

/** Does all that writing will do, but with nothing, so that no work is done in vain. */
function openReplacement(place: Place): Write {
  if (place.there !== undefined) closeSync(openSync(place.path, constants.O_WRONLY));
  openTemporary(place.path, place.there).file.discard();
  return (pieces) => replace(place.path, pieces);
}

async function replace(path: string, pieces: Iterable<string>): Promise<void> {
  const there = whatIsAt(path);
  const { file, isBeside } = openTemporary(path, there);
  try {
    if (isBeside && there !== undefined) copyAttributes(path, file.path);
    await fill(file, pieces).catch((error: unknown) => {
      throw isBeside ? error : elsewhere(error);
    });
    if (!isBeside || !moved(file, path)) overwrite(path, file);
  } finally {
    file.discard();
  }
}

async function fill(file: TemporaryFile, pieces: Iterable<string>): Promise<void> {
  const pause = signalPauses();
  for (const text of pieces) {
    file.write(Buffer.from(text));
    await pause();
  }
  file.sync();
  await letSignalsIn();
}

/**
 * Beside the file, with its owner and mode. Among the system's temporary files, to be copied, where a file that is
 * there has further names or another owner, or the folder can't be written to.
 */
function openTemporary(path: string, there: BigIntStats | undefined): { file: TemporaryFile; isBeside: boolean } {
  const folder = dirname(path);
  // A new one gets the mode of a plain write.
  if (there === undefined) return { file: temporaryFile(folder, 0o666), isBeside: true };
  const file = there.nlink === 1n ? likewise(folder, there) : undefined;
  if (file !== undefined) return { file, isBeside: true };
  try {
    return { file: temporaryFile(tmpdir()), isBeside: false };
  } catch (error) {
    throw elsewhere(error);
  }
}

/** Undefined where it can't be had. */
function likewise(folder: string, { uid, gid, mode }: BigIntStats): TemporaryFile | undefined {
  let file: TemporaryFile | undefined;
  try {
    file = temporaryFile(folder);
    fchownSync(file.fd, Number(uid), Number(gid));
    fchmodSync(file.fd, Number(mode & 0o7777n));
    return file;
  } catch (error) {
    file?.discard();
    if (['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error))) return undefined;
    throw error;
  }
}

/**
 * ACLs, extended attributes, a security label: without its ACL a file whose mode shows the mask may be read by a group
 * that could not before. Node can neither read nor set them, and cp of GNU can; where that is not to be had, they are
 * lost.
 */
function copyAttributes(from: string, to: string): void {
  const cp = programOnPath('cp');
  if (cp !== undefined)
    spawnSync(cp, ['--attributes-only', '--preserve=all', '--', from, to], { stdio: 'ignore', timeout: 5_000 });
}

/** Not where something is mounted, as files of a container are, or where a sticky folder keeps it. */
function moved(file: TemporaryFile, path: string): boolean {
  try {
    file.moveTo(path);
    return true;
  } catch (error) {
    if (['EBUSY', 'EXDEV', 'EPERM', 'EACCES'].includes(errorCode(error))) return false;
    throw error;
  }
}

/** Why a file can't be written, in words of our own. */
class Reason extends Error {}

/** The other file's trouble is not to be told as this one's. */
function elsewhere(error: unknown): unknown {
  const reason = writeFailureInWords(error);
  return reason === undefined
    ? error
    : new Reason(`the report is first written to ${tmpdir()}, and there ${reason}; TMPDIR names another folder`, {
        cause: error,
      });
}

/** A pipe is opened when there is something for it: one that was opened and closed again ends its reader. */
function openStream({ path, there }: Place): Write {
  if (there === undefined) throw new Reason(`no file can be created in ${dirname(path)}`);
  const fd = there.isFIFO()
    ? undefined
    : kernelsWord(there, () => openSync(path, constants.O_WRONLY | constants.O_APPEND));
  return async (pieces) => {
    const open = fd ?? (await openPipe(path));
    kernelsWord(there, () => writeAll(open, pieces));
  };
}

/** A file that the kernel makes up takes some words or none. */
function kernelsWord<T>(there: BigIntStats, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw there.isFile() && ['EIO', 'EINVAL', 'EPERM', 'EACCES'].includes(errorCode(error))
      ? new Reason('the kernel does not take a report there', { cause: error })
      : error;
  }
}

const patienceMs = 5_000;
const stepMs = 50;

/** Opening a pipe as usual waits for a reader, which may never come. */
async function openPipe(path: string): Promise<number> {
  for (let waited = 0; ; waited += stepMs) {
    try {
      const reserved = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      const fd = openSync(path, constants.O_WRONLY);
      closeSync(reserved);
      return fd;
    } catch (error) {
      if (errorCode(error) !== 'ENXIO') throw error;
      if (waited >= patienceMs) throw new Reason('nobody reads from that pipe', { cause: error });
    }
    await setTimeout(stepMs);
  }
}

/** A reader that has seen enough is no error, as with standard output. */
function writeAll(fd: number, pieces: Iterable<string>): void {
  try {
    for (const text of pieces) writeFileSync(fd, Buffer.from(text));
  } catch (error) {
    if (errorCode(error) !== 'EPIPE') throw error;
  } finally {
    closeSync(fd);
  }
}
