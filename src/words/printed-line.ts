/** A value in a printed line that the place it was printed from does not keep: had elsewhere, or not to be had. */
export interface Elsewhere {
  /** "CR3" */
  readonly what: string;
  /** As the kernel prints it; undefined where nothing has it. */
  readonly text?: string;
  /** "mm->pgd" */
  readonly from?: string;
  /** How many digits the kernel prints; 1 where it prints as many as there are, 0 where it may print nothing. */
  readonly digits: number;
}

/** A line as the kernel prints it, in its parts: what is not plain text is not from where all the rest is. */
export type PrintedLine = readonly (string | Elsewhere)[];

/** What stands where a value is not to be had. */
export const NOT_HAD = '?';

/** The line as it is printed, with what memory could not give in its place. */
export function lineText(line: PrintedLine): string {
  return line.map((part) => (typeof part === 'string' ? part : (part.text ?? NOT_HAD.repeat(part.digits)))).join('');
}

/** What of a line nothing in the dump has. */
export function notHad(line: PrintedLine): readonly string[] {
  return line.flatMap((part) => (typeof part === 'string' || part.text !== undefined ? [] : [part.what]));
}

/** Whether a printed line is this one, white space and what is not to be had aside. */
export function isSameLine(line: PrintedLine, printed: string): boolean {
  if (!line.some((part) => typeof part !== 'string' && part.text === undefined))
    return evenSpace(lineText(line)) === evenSpace(printed);
  const pattern = line
    .map((part) => {
      const text = typeof part === 'string' ? part : part.text;
      if (text !== undefined) return escaped(text.replaceAll(/\s+/g, ' '));
      return typeof part !== 'string' && part.digits === 0 ? '.*' : '.+';
    })
    .join('');
  return new RegExp(`^${pattern.trim()}$`).test(evenSpace(printed));
}

export function evenSpace(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** As %016lx and its like print it. */
export function padded(value: bigint, digits: number): string {
  return BigInt.asUintN(64, value).toString(16).padStart(digits, '0');
}
