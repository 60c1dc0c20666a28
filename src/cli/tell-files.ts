import { InputError } from '../bytes/input-error.js';
import { identify, type FileRole } from '../debuginfo/identify.js';

/** The words of a command line, told apart by what the files hold: the dump's files, a vmlinux, and the rest. */
export interface ToldFiles {
  dump: string[];
  vmlinux: string | undefined;
  rest: string[];
}

/**
 * VMCORE and VMLINUX in any order, at the beginning of `words`. The parts of a split dump may all be named. A first word
 * that is neither is taken for the dump: opening it says best what is wrong with it.
 */
export function tellFiles(words: readonly string[]): ToldFiles {
  const told: ToldFiles = { dump: [], vmlinux: undefined, rest: [] };
  for (const [index, word] of words.entries()) {
    const role = roleOf(word);
    if (role === 'dump') told.dump.push(word);
    else if (role === 'vmlinux' && told.vmlinux === undefined) told.vmlinux = word;
    else {
      told.rest = words.slice(index);
      break;
    }
  }
  if (told.dump.length === 0 && told.rest.length > 0) told.dump.push(told.rest.shift()!);
  return told;
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
