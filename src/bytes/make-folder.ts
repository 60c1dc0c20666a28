import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './surroundings-error.js';

/**
 * A folder and those above it, as `mkdir -p`; nothing where it is there already. Node's own never returns where a file
 * system says of every new folder that the one above is missing, as /proc does.
 * @throws the system's error
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, 0o700);
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && statSync(path).isDirectory()) return;
    const above = dirname(path);
    if (errorCode(error) !== 'ENOENT' || existsSync(above)) throw error;
    makeFolder(above);
    makeFolder(path);
  }
}
