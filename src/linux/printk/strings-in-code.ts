import type { SymbolName } from '../../../symbols/symbol-names.js';
import type { Kernel } from '../../kernel/kernel.js';
import { codeOf } from '../oom/code-of.js';
import { FUNCTION_PARTS, readOnlyData } from '../oom/printed-formats.js';

const LONGEST = 512;
/** include/linux/kern_levels.h: a level stands behind it, or "c" for a line that goes on. */
const KERN_SOH = '\u0001';
const PRINTABLE = /^[\t\n\u0020-\u007e]*$/;

/**
 * The strings that the code of these functions names, without the level's prefix: what this kernel prints, and what it
 * was built with, whatever its release says. Empty where their code or the strings can't be read.
 */
export function stringsInCode(kernel: Kernel, ...functions: readonly SymbolName[]): readonly string[] {
  return kernel.once(`strings in ${functions.join(', ')}`, () => {
    const rodata = readOnlyData(kernel);
    if (rodata === undefined) return [];
    const found = new Set<string>();
    for (const name of functions.flatMap((one) => FUNCTION_PARTS.map((part) => `${one}${part}`))) {
      const code = codeOf(kernel, name);
      if (code === undefined) continue;
      for (const address of kernel.arch.code.addressesNamed(code.bytes, code.address)) {
        if (address < rodata.start || address >= rodata.end) continue;
        const text = kernel.peek('a string of the kernel’s', () => kernel.memory.cString(address, LONGEST));
        const plain = text?.startsWith(KERN_SOH) === true ? text.slice(2) : text;
        if (plain !== undefined && PRINTABLE.test(plain)) found.add(plain);
      }
    }
    return [...found];
  });
}
