import { told, type Told } from '../words/told.js';
import type { Ending } from './ending.js';

/** What out_of_memory() gave up on, by who called it; what held the memory is the OOM report's to tell. */
export function outOfMemoryTold({ policy, policyUnread, culprit: { activations } }: Ending): Told {
  const called = (pattern: RegExp): boolean => activations.some(({ name }) => pattern.test(name));
  // That nobody was left to be killed is what remains where no setting made the panic.
  const left = policy === 'panic_on_oom' || policyUnread ? '' : ', and no process was left that could be killed';
  if (called(/^moom_callback$/)) return told`The OOM killer was started by hand (sysrq-f)${left}`;
  if (called(/^(?:mem_cgroup_out_of_memory|mem_cgroup_oom)$/))
    return told`A cgroup ran into its limit of memory${left}`;
  return told`Memory ran out${left}`;
}
