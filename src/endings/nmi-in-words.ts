import type { Kernel } from '../kernel/kernel.js';
import { isIdleTask } from '../linux/sched/cpu-tasks.js';
import { onCpuNs } from '../linux/sched/how-long.js';
import { labelOf, placeTold, sinceOnCpu } from '../locks/findings/waits-in-words.js';
import { duration } from '../words/known-facts.js';
import { told, type Told } from '../words/told.js';
import type { Ending } from './ending.js';
import { taintInWords } from './taint-in-words.js';

/** "; it interrupted CPU 0 (insmod (93)) in acme_spin+0xe [acme], which had had the CPU for 6.2 s" */
export function interruptedTold(kernel: Kernel, { context, culprit }: Ending): string | Told {
  if (culprit.by === undefined && culprit.activations.length > 0) return '';
  const { cpu, task, segments } = context;
  const who = labelOf(kernel, context);
  if (isIdleTask(kernel, cpu, task) && culprit.segment >= segments.length - 1)
    return told`; it interrupted ${who}, which was idle`;
  const [first] = culprit.activations;
  if (first === undefined) return told`; it interrupted ${who} in user space`;
  const long = task === undefined || isIdleTask(kernel, cpu, task) ? undefined : onCpuNs(kernel, task);
  const time =
    long === undefined ? '' : told`, which had had the CPU for ${duration('task.same task', long, sinceOnCpu)}`;
  return told`; it interrupted ${who} in ${placeTold(first, 'in')}${taintInWords(kernel, first)}${time}`;
}
