import { taintLetters, taintNames } from '../../../symbols/taint.js';
import type { Kernel } from '../../kernel/kernel.js';
import { defined } from '../../words/defined.js';

/** One thing that taints a kernel or a module. */
export interface Taint {
  /** As the kernel prints it: W. */
  readonly letter: string;
  /** WARN; undefined for a letter that is new. */
  readonly name?: string;
}

/**
 * The taints of a mask (`tainted_mask`, `module.taints`), as print_tainted() shows them: the letters are from the
 * kernel's own table `taint_flags`, or from include/linux/panic.h where that can't be read.
 */
export function taintsOf(kernel: Kernel, mask: bigint): readonly Taint[] {
  const letters = kernel.once('taint letters', () => lettersByBit(kernel));
  const taints: Taint[] = [];
  for (let bit = 0; bit < 64; bit++) {
    if (((mask >> BigInt(bit)) & 1n) === 0n) continue;
    const letter = letters[bit] ?? `bit ${bit}`;
    const name = taintNames[letter];
    taints.push({ letter, ...defined({ name }) });
  }
  return taints;
}

/** What taints the kernel; empty for one that is not. @throws ReadError, ShapeError */
export function kernelTaints(kernel: Kernel): readonly Taint[] {
  return taintsOf(kernel, kernel.global('tainted_mask'));
}

/** "Tainted: G           OE", as print_tainted() has it for a mask. */
export function taintedInPrint(kernel: Kernel, mask: bigint): string {
  if (mask === 0n) return 'Not tainted';
  const letters = kernel.once('taint letters', () => lettersByBit(kernel));
  const isSet = (bit: number): boolean => ((mask >> BigInt(bit)) & 1n) === 1n;
  // Without a proprietary module the first is G; every other flag that is not set is a space.
  return `Tainted: ${letters.map((letter, bit) => (isSet(bit) ? letter : bit === 0 ? 'G' : ' ')).join('')}`;
}

function lettersByBit(kernel: Kernel): readonly string[] {
  const own = kernel.hasGlobal('taint_flags')
    ? kernel.attempt('taint_flags', () => kernel.global('taint_flags').map(({ c_true }) => c_true))
    : undefined;
  if (own === undefined) return taintLetters.split('');
  const letters = own.map((code) => (code >= 0x41 && code <= 0x5a ? String.fromCharCode(code) : ''));
  // Padding after the table reads as further elements.
  const end = letters.indexOf('');
  const known = end < 0 ? letters : letters.slice(0, end);
  return known.length > 0 ? known : taintLetters.split('');
}
