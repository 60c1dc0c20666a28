import { defined, numberRanges, type Kernel } from 'oompm';
import { cgroupPath, gfpInWords, memsAllowed, oomCaller, uidOf, type OomInProgress, type Task } from 'oompm/linux';
import { gfpMeaning, type Gfp, type OomEvent } from 'oompm/oom';

import type { Parts } from './parts.js';

/** The event by `struct oom_control` and the task that asked. */
export function eventOf(parts: Parts, oom: OomInProgress): OomEvent {
  const { kernel } = parts;
  const { task } = oom;
  const uid = parts.read('event.uid', () => uidOf(task));
  const adj = parts.read('event.oomScoreAdj', () => task.signal?.oom_score_adj);
  const cpuset = parts.read('event.cpuset', () => cpusetName(kernel, task));
  const who = parts.read('event.pid', () => ({ comm: task.comm, pid: task.pid }));
  const allowed = parts.read('event.memsAllowed', () => nodesAllowed(kernel, oom));
  return {
    ...who,
    ...defined({ uid, cpu: oom.cpu }),
    gfp: gfpOf(kernel, oom.gfpMask),
    order: oom.order,
    ...defined({ oomScoreAdj: adj }),
    caller: callerOf(kernel, oom),
    constraint: oom.constraint,
    nodemask: oom.nodemask === undefined ? '(null)' : numberRanges(oom.nodemask),
    ...defined({ cpuset }),
    ...(allowed === undefined ? {} : { memsAllowed: numberRanges(allowed) }),
    totalPages: oom.totalPages,
  };
}

/** cpuset_current_mems_allowed of the task that asked; undefined where it can't be read. */
export function nodesAllowed(kernel: Kernel, { task }: OomInProgress): readonly number[] | undefined {
  return kernel.attempt('task_struct.mems_allowed', () => memsAllowed(task));
}

export function gfpOf(kernel: Kernel, mask: number): Gfp {
  const names = gfpInWords(kernel, mask);
  return { mask, ...(names === undefined ? {} : { names, namesFrom: 'kernel' as const }) };
}

function callerOf(kernel: Kernel, oom: OomInProgress): OomEvent['caller'] {
  const found = oomCaller(kernel, oom);
  if (found !== undefined)
    return {
      by: found.by,
      certainty: 'certain',
      because: `${found.function}() called out_of_memory(), by the return address on the stack`,
    };
  if (oom.memcg !== undefined) return { by: 'memcg charge', certainty: 'certain', because: 'oom_control.memcg is set' };
  if (oom.order === -1) return { by: 'sysrq', certainty: 'certain', because: 'oom_control.order is -1' };
  return { by: 'page allocation', certainty: 'likely', because: 'oom_control has a zonelist and an order' };
}

/**
 * gfp_zone() as an index of enum zone_type; a zone that is not configured stands for Normal. undefined where the flags
 * have no names.
 */
export function highestZoneOf(kernel: Kernel, gfp: Gfp): number | undefined {
  const meaning = gfpMeaning(gfp);
  return (
    meaning && (kernel.enumerator(`ZONE_${meaning.highestZone.toUpperCase()}`) ?? kernel.enumerator('ZONE_NORMAL'))
  );
}

/** pr_cont_cgroup_name() of the task's cpuset: its last name alone, "/" for the root. */
function cpusetName(kernel: Kernel, task: Task): string | undefined {
  const index = kernel.enumerator('cpuset_cgrp_id');
  const css = index === undefined ? undefined : task.cgroups?.subsys[index];
  if (css === undefined || css === 0n) return undefined;
  const { cgroup } = kernel.ref('cgroup_subsys_state', css);
  const path = cgroup === null ? undefined : cgroupPath(kernel, cgroup);
  return path === '/' ? '/' : path?.split('/').at(-1);
}
