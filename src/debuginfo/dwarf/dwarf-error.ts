import { InputError } from '../../bytes/input-error.js';

/** Debug information that can't be used: damaged, or of a kind that is not read here. One sentence. */
export class DwarfError extends InputError {
  override name = 'DwarfError';
}

/** What lies at `offset` in `section` breaks the format. */
export function damaged(section: string, offset: number, what: string): DwarfError {
  return new DwarfError(`The debug information is damaged: ${section}+0x${offset.toString(16)} ${what}.`);
}
