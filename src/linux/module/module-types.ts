import { InputError } from '../../bytes/input-error.js';
import { readBtf, type BtfTypes } from '../../debuginfo/btf/read-btf.js';
import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';

/** The types of a module are some 100 kB; amdgpu's, the largest, 2 MB. */
const LARGEST_BTF = 64 << 20;

/** A module's own types, packed: split BTF on top of the kernel's. */
export interface ModuleBtf {
  readonly module: string;
  readonly bytes: Uint8Array;
}

/**
 * The BTF of each module, from the list `btf_modules` (since 5.11, 36e68442d1af; none before): `module.btf_data` is
 * NULL once a module is loaded.
 */
export function* moduleBtf(kernel: Kernel): Generator<ModuleBtf> {
  if (!kernel.hasGlobal('btf_modules') || kernel.missing('btf_module') !== undefined) return;
  const head = kernel.attempt('btf_modules', () => kernel.symbol('btf_modules'));
  if (head === undefined) return;
  for (const entry of kernel.list(head, 'btf_module', 'list')) {
    const found = kernel.attempt('btf_modules', () => {
      const { btf, module } = entry;
      if (!btf) return undefined;
      if (btf.data_size > LARGEST_BTF)
        throw new Implausible(`${btf.data_size} bytes of types of a module`, btf.$address);
      return { module: module?.name ?? '?', bytes: kernel.memory.read(btf.data, btf.data_size) };
    });
    if (found) yield found;
  }
}

/** The types of each module over the kernel's own; one that can't be used is a gap. */
export function moduleTypes(kernel: Kernel, base: BtfTypes): readonly BtfTypes[] {
  const found: BtfTypes[] = [];
  for (const { module, bytes } of moduleBtf(kernel)) {
    try {
      found.push(readBtf(bytes, `BTF of module ${module}`, { base, module }));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      kernel.gap(`types of module ${module}`, error.message);
    }
  }
  return found;
}
