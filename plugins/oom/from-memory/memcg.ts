import type { Kernel } from 'oompm';
import { memcgOfTask, memcgStat, readMemcg, type OomInProgress, type PageCounter, type Task } from 'oompm/linux';
import type { Memcg, MemcgCounter } from 'oompm/oom';

import { kernelFeatures } from './features.js';
import type { Parts } from './parts.js';
import { defined } from 'oompm';

/**
 * mem_cgroup_print_oom_meminfo(): the counters and memory.stat of the group that is out of memory; with the victim's
 * group.
 */
export function memcgState(parts: Parts, oom: OomInProgress, victim: Task | undefined): Memcg | undefined {
  const { kernel } = parts;
  const taskPath =
    victim &&
    parts.read('memcg.taskPath', () => {
      const own = memcgOfTask(kernel, victim);
      return own && readMemcg(kernel, own).path;
    });
  const protectionKB = kernelFeatures(kernel).memcgProtection
    ? parts.read('memcg.protectionKB', () => protection(kernel, oom))
    : undefined;
  const shared = {
    ...defined({ taskPath, protectionKB }),
  };
  if (oom.memcg === undefined) return Object.keys(shared).length === 0 ? undefined : { counters: [], ...shared };
  const memcg = kernel.attempt('mem_cgroup', () => readMemcg(kernel, kernel.ref('mem_cgroup', oom.memcg!)));
  if (memcg === undefined) return { counters: [], ...shared };
  const stat = parts.read('memcg.stat', () => memcgStat(kernel, memcg.ref));
  const pageKB = kernel.memory.pageSize / 1024;
  return {
    path: memcg.path,
    ...shared,
    counters: [
      counter('memory', memcg.memory, pageKB),
      ...(memcg.swap === undefined ? [] : [counter('swap', memcg.swap, pageKB)]),
      ...(memcg.memsw === undefined ? [] : [counter('memory+swap', memcg.memsw, pageKB)]),
      ...(memcg.kmem === undefined ? [] : [counter('kmem', memcg.kmem, pageKB)]),
    ],
    ...(stat === undefined ? {} : { stat: Object.fromEntries(stat), statUnit: 'bytes' as const, statPath: memcg.path }),
  };
}

function counter(
  name: string,
  { usagePages, limitPages, limitRaw, failures }: PageCounter,
  pageKB: number,
): MemcgCounter {
  return {
    name,
    usageKB: usagePages * pageKB,
    limitKB: limitPages === null ? null : limitPages * pageKB,
    ...(limitPages === null ? { limitPrintedKB: limitRaw * pageKB } : {}),
    failures,
  };
}

/**
 * mem_cgroup_show_protected_memory(): what groups below (the root, where no group is out of memory) are protected with.
 */
function protection(kernel: Kernel, oom: OomInProgress): Memcg['protectionKB'] {
  return kernel.attempt('memory protection', () => {
    const root = oom.memcg === undefined ? kernel.global('root_mem_cgroup') : kernel.ref('mem_cgroup', oom.memcg);
    if (root === null) return undefined;
    const {
      unified,
      memory: { childrenMinUsagePages, childrenLowUsagePages },
    } = readMemcg(kernel, root);
    if (!unified) return undefined;
    const pageKB = kernel.memory.pageSize / 1024;
    return { min: childrenMinUsagePages * pageKB, low: childrenLowUsagePages * pageKB };
  });
}
