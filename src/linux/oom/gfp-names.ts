import type { Kernel } from '../../kernel/kernel.js';

/** A GFP flag, or several under one name, by the kernel's own table. */
export interface GfpName {
  readonly mask: number;
  readonly name: string;
}

/** The table has some 40 entries. */
const MOST_NAMES = 128;

/** `gfpflag_names`: the names that this kernel prints, in its order; undefined where the table can't be read. */
export function gfpNames(kernel: Kernel): readonly GfpName[] | undefined {
  return kernel.once('gfpflag_names', () => {
    const table = kernel.findSymbol('gfpflag_names');
    if (table === undefined || kernel.missing('trace_print_flags') !== undefined) return undefined;
    return kernel.attempt('gfpflag_names', () => {
      const names: GfpName[] = [];
      for (const { mask, name } of kernel.array(table, 'trace_print_flags', MOST_NAMES)) {
        if (name === null) break;
        names.push({ mask: Number(mask), name });
      }
      return names;
    });
  });
}

/**
 * A mask as `%pGg` prints it (format_flags() in lib/vsprintf.c): the first name that fits, then the rest; what has no
 * name as a number.
 */
export function gfpInWords(kernel: Kernel, mask: number): readonly string[] | undefined {
  const table = gfpNames(kernel);
  if (table === undefined) return undefined;
  const words: string[] = [];
  let rest = mask >>> 0;
  for (const { mask: bits, name } of table) {
    if (rest === 0) break;
    if ((rest & bits) >>> 0 !== bits) continue;
    words.push(name);
    rest = (rest & ~bits) >>> 0;
  }
  if (rest !== 0) words.push(`0x${rest.toString(16)}`);
  return words;
}
