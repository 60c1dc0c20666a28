import type { Kernel } from '../kernel/kernel.js';
import { taintsInWords } from '../faults/taints-in-words.js';
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
  return taintsInWords((found ?? []).map(({ letter }) => letter));
}
