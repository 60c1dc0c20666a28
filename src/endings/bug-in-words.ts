import type { BugPlace } from '../linux/machine/bug-table.js';
import { word } from '../words/known-facts.js';
import { told, type Told } from '../words/told.js';

/** " at mm/slub.c:435"; nothing where the table has no names of files. */
export function bugSourceTold({ file, line }: Partial<BugPlace> = {}): string | Told {
  return file === undefined
    ? ''
    : told` at ${word('source', line === undefined ? file : `${file}:${line}`, '__bug_table')}`;
}
