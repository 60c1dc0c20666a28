import { architectureNamed, architectures } from '../arch/architectures.js';
import type { KdumpPart } from './kdump-memory.js';
import { MAX_NOTES_BYTES, readNotes } from './note-reader.js';

/**
 * Whether two parts of a split dump may be of one crash: makedumpfile --split writes the register notes to each. A
 * kernel without KASLR that crashes twice has the same VMCOREINFO, but not the same registers. A damaged note differs
 * too, so that most must.
 */
export function mayBeOfOneCrash(a: KdumpPart, b: KdumpPart): boolean {
  const [own, others] = [registersOf(a), registersOf(b)];
  if (own.length === 0 || others.length === 0) return sayTheSame(linesOf(a), linesOf(b));
  if (own.length !== others.length) return false;
  return own.filter((registers, cpu) => registers !== others[cpu]).length * 2 <= own.length;
}

/**
 * What a part has no registers for, its VMCOREINFO may tell: with KASLR most lines of two boots differ, and CRASHTIME
 * does of two crashes.
 */
function sayTheSame(own: readonly string[], others: readonly string[]): boolean {
  if (own.length === 0 || others.length === 0) return true;
  const time = (lines: readonly string[]): string | undefined => lines.find((line) => line.startsWith('CRASHTIME='));
  const theirs = new Set(others);
  return time(own) === time(others) && own.filter((line) => !theirs.has(line)).length * 2 <= own.length;
}

function linesOf({ file, header: { vmcoreinfo } }: KdumpPart): string[] {
  if (vmcoreinfo.offset <= 0 || vmcoreinfo.size <= 0) return [];
  const bytes = file.read(vmcoreinfo.offset, Math.min(vmcoreinfo.size, MAX_NOTES_BYTES));
  return Buffer.from(bytes).toString('latin1').split('\n');
}

/** Those of each CPU. */
function registersOf({ file, header: { notes, uname } }: KdumpPart): string[] {
  if (notes.offset <= 0 || notes.size <= 0) return [];
  const bytes = file.read(notes.offset, Math.min(notes.size, MAX_NOTES_BYTES));
  const { notes: format } = architectureNamed(uname.machine) ?? architectures[0];
  return readNotes(bytes, format).registers.map(({ registers }) => Object.values(registers).join());
}
