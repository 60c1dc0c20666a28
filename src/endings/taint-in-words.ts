import type { Kernel } from '../kernel/kernel.js';
import { taintsOf } from '../linux/machine/taint.js';
import { modules } from '../linux/module/modules.js';
import type { Activation } from '../locks/contexts.js';

/** " (out of tree, unsigned)" */
export function taintInWords(kernel: Kernel, { place }: Activation): string {
  const module = place?.module;
  if (module === undefined) return '';
  const found = kernel.peek('module.taints', () => {
    for (const one of modules(kernel)) if (one.name === module) return taintsOf(kernel, one.taints);
    return [];
  });
  const words = (found ?? []).flatMap(({ letter }) => taintWords[letter] ?? []);
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

const taintWords: Readonly<Record<string, string>> = {
  P: 'proprietary',
  F: 'forced',
  C: 'from staging',
  O: 'out of tree',
  E: 'unsigned',
};
