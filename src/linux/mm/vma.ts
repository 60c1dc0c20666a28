import { mapleEntries } from '../../kernel/containers/maple-tree.js';
import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';

/** A `struct vm_area_struct`: a mapping of a process. */
export type Vma = Ref<'vm_area_struct'>;

/** sysctl vm.max_map_count is 65530 if nobody sets it; no machine has a hundred times that. */
const MOST_VMAS = 1 << 23;

/**
 * The areas of a process's address space, ascending, as for_each_vma() visits them: `mm_mt` since 6.1 (d4af56c5c7c6),
 * the list from `mmap` before. Ends with a gap where it is broken.
 */
export function* vmas(kernel: Kernel, mm: Ref<'mm_struct'>): Generator<Vma> {
  const tree = kernel.attempt('mm_struct.mm_mt', () => mm.mm_mt);
  if (tree) {
    // A slot may hold a mark of the tree's own instead of a pointer.
    for (const { entry } of mapleEntries(kernel, tree.$address, 'mm_struct.mm_mt'))
      if (entry > 4096n) yield kernel.ref('vm_area_struct', entry);
    return;
  }
  yield* listedVmas(kernel, mm);
}

function* listedVmas(kernel: Kernel, mm: Ref<'mm_struct'>): Generator<Vma> {
  let end = -1n;
  let count = 0;
  for (let vma = kernel.attempt('mm_struct.mmap', () => mm.mmap); vma;) {
    kernel.guard.step();
    const at: Vma = vma;
    const read = kernel.attempt('vm_area_struct', () => {
      // The list is sorted: an area before the last one says that it goes in a circle.
      if (at.vm_start < end || at.vm_end <= at.vm_start || ++count > MOST_VMAS)
        throw new Implausible('areas out of order', at.$address);
      return { end: at.vm_end, next: at.vm_next };
    });
    if (!read) return;
    yield at;
    end = read.end;
    vma = read.next ?? undefined;
  }
}

/** An area's length. @throws ReadError */
export function vmaPages({ memory }: Kernel, { vm_start, vm_end }: Vma): number {
  return Number((vm_end - vm_start) / BigInt(memory.pageSize));
}
