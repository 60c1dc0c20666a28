import { sourceName } from '../../words/source-name.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { OomInProgress } from './oom-control.js';

/** What called out_of_memory(), by a return address on the stack. */
export interface OomCallerFound {
  /** The kernel's function, "__alloc_pages_slowpath". */
  readonly function: string;
  readonly by: 'page allocation' | 'memcg charge' | 'sysrq' | 'page fault';
}

/**
 * The functions that hold a `struct oom_control`: those that call out_of_memory(), and those that these are inlined
 * into. A compiler's suffix (".constprop.0", ".cold") is left out.
 */
const callers: Readonly<Record<string, OomCallerFound['by']>> = {
  __alloc_pages_may_oom: 'page allocation',
  __alloc_pages_slowpath: 'page allocation',
  __alloc_pages_nodemask: 'page allocation',
  __alloc_pages: 'page allocation',
  __alloc_pages_noprof: 'page allocation',
  __alloc_frozen_pages_noprof: 'page allocation',
  mem_cgroup_out_of_memory: 'memcg charge',
  mem_cgroup_oom: 'memcg charge',
  try_charge: 'memcg charge',
  try_charge_memcg: 'memcg charge',
  moom_callback: 'sysrq',
  pagefault_out_of_memory: 'page fault',
};

/** No frame between out_of_memory() and who holds the structure is larger. */
const NEAR = 2048;

/**
 * Who called: out_of_memory() returns into the function whose frame holds the structure, so the nearest return address
 * below it is of that function. undefined where none of the known ones is found there.
 */
export function oomCaller(kernel: Kernel, { address, task }: OomInProgress): OomCallerFound | undefined {
  return kernel.attempt('caller of out_of_memory()', () => {
    const low = task.stack;
    for (let at = (address & ~7n) - 8n; at >= low && address - at <= BigInt(NEAR); at -= 8n) {
      kernel.guard.step();
      const found = kernel.symbols.at(kernel.memory.u64(at));
      if (found === undefined || !/^[tT]$/.test(found.symbol.type)) continue;
      const name = sourceName(found.symbol.name);
      const by = callers[name];
      if (by !== undefined) return { function: name, by };
    }
    return undefined;
  });
}
