import { existsSync, statSync } from 'node:fs';
import { fileId } from '../bytes/file-reader.js';
import { InputError } from '../bytes/input-error.js';
import { identify, type FileRole } from '../debuginfo/identify.js';

/** The words of a command line, told apart by what the files hold: the dump's files, a vmlinux, and the rest. */
export interface ToldFiles {
  dump: string[];
  vmlinux: string | undefined;
  /** Where there is no dump: a packed file, which may well be it. */
  packed?: string;
  rest: string[];
}

/**
 * VMCORE and VMLINUX, before or after a command's own words. The parts of a split dump may all be named. Where no word
 * is a dump, the first one is taken for it: opening it says best what is wrong with it.
 * @throws InputError where a file is given twice, or a second kernel
 */
export function tellFiles(words: readonly string[]): ToldFiles {
  const told: ToldFiles = { dump: [], vmlinux: undefined, rest: [] };
  const packed: string[] = [];
  const seen = new Set<string>();
  for (const word of words) {
    const role = roleOf(word);
    if (role !== 'other') refuseSecond(word, seen);
    if (role === 'dump') told.dump.push(word);
    else if (role === 'packed') packed.push(word);
    else if (role === 'other') told.rest.push(word);
    else if (told.vmlinux === undefined) told.vmlinux = word;
    else throw secondKernel(told.vmlinux, word);
  }
  const [first, second] = packed;
  if (first !== undefined) {
    if (told.dump.length === 0) return { ...told, packed: first };
    // Beside a dump it is the kernel, which is read as it is.
    if (told.vmlinux !== undefined || second !== undefined) throw secondKernel(told.vmlinux ?? first, second ?? first);
    told.vmlinux = first;
  }
  if (told.dump.length === 0 && told.rest.length > 0) told.dump.push(told.rest.shift()!);
  return told;
}

function secondKernel(one: string, other: string): InputError {
  return new InputError(`${one} and ${other} are both taken for the kernel; give one`);
}

/** Why a word that is left over is no file for oompm; goes on after a colon. */
export function leftOver(word: string): string {
  return existsSync(word) ? 'it is neither a dump nor a kernel' : 'there is no such file';
}

/** @throws InputError where it is one of `seen`, by whatever name */
function refuseSecond(path: string, seen: Set<string>): void {
  const id = fileId(statSync(path, { bigint: true }));
  if (seen.has(id)) throw new InputError(`${path} is given twice; give each file once`);
  seen.add(id);
}

function roleOf(path: string): FileRole {
  try {
    return identify(path);
  } catch (error) {
    // Not there, or not ours to read: the one who opens it for good says so.
    if (error instanceof InputError) return 'other';
    throw error;
  }
}
