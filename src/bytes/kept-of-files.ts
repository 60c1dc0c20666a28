import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { codeStamp } from './code-stamp.js';
import { keptColumns, nothingKept, type KeptColumns } from './kept-columns.js';
import { cacheFolder } from './user-folders.js';

/**
 * What is kept in the user's cache of what was made from these files, all of them as they are now.
 * @param identities see `OpenFile.identity`
 */
export function keptOf(identities: readonly (string | undefined)[]): KeptColumns {
  const stamp = codeStamp();
  if (stamp === undefined || identities.includes(undefined)) return nothingKept;
  const name = createHash('sha256').update(identities.join('\n')).digest('hex').slice(0, 32);
  // What was copied here from what is kept of other files counts for nothing.
  return keptColumns(join(cacheFolder('indexes'), name), `${stamp} ${name}`);
}
