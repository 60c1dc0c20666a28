import { errorCode, surroundingsInWords } from './surroundings-error.js';

/** What the system's errors mean where a file is written. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  ETXTBSY: 'it is a program that is running',
  EBUSY: 'it is in use',
  EINVAL: 'it does not take what was written to it',
  ENXIO: 'nothing is connected to it',
  ENODEV: 'there is no such device',
  EPIPE: 'its reader went away',
};

/** Why a file can't be written, where the error speaks of the machine or of the path. */
export function writeFailureInWords(error: unknown): string | undefined {
  return surroundingsInWords(error) ?? reasons[errorCode(error)];
}
