import { InputError } from '../bytes/input-error.js';
import type { KdumpHeader } from './kdump-header.js';
import type { KdumpPart } from './kdump-memory.js';
import { mayBeOfOneCrash } from './same-crash.js';

export interface CheckedParts {
  /** A sentence for each thing that is not as it should be. */
  defects: string[];
  /** Which parts were given, where others were not: for a dump that can't be opened without them. */
  missing?: string;
}

/**
 * Whether the parts, in the order of their pages, are those of one dump, and all of them.
 * @throws InputError where they are not of one dump
 */
export function checkParts(parts: readonly KdumpPart[]): CheckedParts {
  const [first] = parts;
  // One may have a damaged header.
  const maxMapnr = Math.min(...parts.map(({ header }) => header.maxMapnr));
  let next = 0;
  const lacking: string[] = [];
  const damaged: string[] = [];
  for (const part of parts) {
    const { path, header } = part;
    refuseUnlessOfOneDump(part, first!, parts.length);
    if (!header.split) continue;
    const { startPfn, endPfn } = header;
    if (startPfn >= endPfn || endPfn > maxMapnr)
      damaged.push(
        `${path} is damaged: it states that it is the part with pages ${startPfn} up to ${endPfn} of a split dump of ${maxMapnr}.`,
      );
    if (startPfn >= endPfn) continue;
    if (startPfn < next)
      throw new InputError(`${path} has pages that another of the parts has too; give each part once.`);
    if (startPfn > next) lacking.push(`${next} to ${startPfn - 1}`);
    next = Math.max(next, endPfn);
  }
  if (first!.header.split && next < maxMapnr) lacking.push(`${next} to ${maxMapnr - 1}`);
  if (lacking.length === 0) return { defects: damaged };
  // What is lacking may be what the damaged part has.
  const where =
    damaged.length === 0
      ? 'are in a part of the split dump that was not given'
      : 'are in none of the parts that can be told';
  return {
    defects: [...damaged, ...lacking.map((pages) => `Pages ${pages} ${where}.`)],
    missing: damaged.length === 0 ? partsGiven(parts) : damaged.join(' '),
  };
}

function refuseUnlessOfOneDump(part: KdumpPart, first: KdumpPart, count: number): void {
  const { path, header } = part;
  if (count > 1 && !header.split) throw new InputError(`${path} is not a part of a split dump; give one file.`);
  if (!isSameDump(header, first.header))
    throw new InputError(`${path} and ${first.path} are not parts of the same split dump.`);
  if (!mayBeOfOneCrash(part, first))
    throw new InputError(
      `${path} and ${first.path} are parts of dumps of different crashes: their register notes differ.`,
    );
}

function isSameDump(a: KdumpHeader, b: KdumpHeader): boolean {
  return (
    a.bitmapBytes === b.bitmapBytes && a.uname.release === b.uname.release && a.uname.nodename === b.uname.nodename
  );
}

/** "vmcore.2 is one part of a split dump, with pages 100 to 199 of 400: give all its parts, in any order." */
function partsGiven(parts: readonly KdumpPart[]): string {
  const [{ path, header }] = parts as readonly [KdumpPart];
  const has = ({ header: { startPfn, endPfn } }: KdumpPart): string => `${startPfn} to ${endPfn - 1}`;
  const which =
    parts.length === 1
      ? `${path} is one part of a split dump, with pages ${has(parts[0]!)}`
      : `${parts.map((part) => part.path).join(', ')} are some parts of a split dump, with pages ${parts.map(has).join(', ')}`;
  return `${which} of ${header.maxMapnr}: give all its parts, in any order.`;
}

/** For a dump of which too few parts were given to open it: what `error` says comes from there, and would mislead. */
export function refusedForParts(missing: string | undefined, error: InputError): InputError {
  if (missing === undefined) return error;
  return new InputError(`${missing} Without the rest it can't be opened.`, { cause: error });
}
