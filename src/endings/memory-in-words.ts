import { told, type Told } from '../words/told.js';
import type { Ending } from './ending.js';

/** What out_of_memory() gave up on, by who called it; what held the memory is the OOM report's to tell. */
export function outOfMemoryTold({ nobodyLeft, culprit: { activations } }: Ending): Told {
  const called = (pattern: RegExp): boolean => activations.some(({ name }) => pattern.test(name));
  const left = nobodyLeft ? ', and no process was left that could be killed' : '';
  if (called(/^moom_callback$/)) return told`The OOM killer was started by hand (sysrq-f)${left}`;
  if (called(/^(?:mem_cgroup_out_of_memory|mem_cgroup_oom)$/))
    return told`A cgroup ran into its limit of memory${left}`;
  return told`Memory ran out${left}`;
}
