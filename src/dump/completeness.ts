import { InputError } from '../bytes/input-error.js';

/** Whether the file has all that its own tables say is in it. */
export type Completeness =
  | { kind: 'whole' }
  /** One entry for each file that ends before: a split dump has several. */
  | { kind: 'cut off'; files: readonly CutFile[] };

export interface CutFile {
  path: string;
  /** How many bytes the file has. */
  has: number;
  /** How many its tables speak of. */
  needs: number;
  /** False where the tables themselves are cut off: it needs more than that, and nothing says how much. */
  exact: boolean;
}

/** Where a file's own tables say that it ends. */
export interface StatedEnd {
  bytes: number;
  exact: boolean;
}

/** The file where it ends before what it states; undefined where it does not. */
export function cutFile(path: string, has: number, { bytes, exact }: StatedEnd): CutFile | undefined {
  return bytes > has ? { path, has, needs: bytes, exact } : undefined;
}

export function completenessOf(cut: readonly CutFile[]): Completeness {
  return cut.length === 0 ? { kind: 'whole' } : { kind: 'cut off', files: cut };
}

/** A sentence for each file that is cut off; none for a whole dump. */
export function cutOffInWords(completeness: Completeness, parts: number): string[] {
  if (completeness.kind === 'whole') return [];
  return completeness.files.map((file) => cutOff(parts === 1 ? 'The file' : file.path, file));
}

/** For a dump of which too little is left to open it: what `error` says of it comes from there, and would mislead. */
export function refusedAsCutOff(completeness: Completeness, error: InputError): InputError {
  if (completeness.kind === 'whole') return error;
  const cut = completeness.files.map((file) => cutOff(file.path, file)).join(' ');
  return new InputError(`${cut} What is left can't be opened.`, { cause: error });
}

function cutOff(subject: string, { has, needs, exact }: CutFile): string {
  if (!exact) return `${subject} is cut off: ${has} of at least ${needs} bytes; copy it again.`;
  // Rounded down: a file that lacks a byte does not have 100 %.
  return `${subject} is cut off: ${has} of ${needs} bytes (${Math.floor((has / needs) * 1000) / 10} %); copy it again.`;
}
