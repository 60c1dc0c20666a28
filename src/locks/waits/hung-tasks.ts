import type { Kernel } from '../../kernel/kernel.js';
import { asleepNs } from '../../linux/sched/how-long.js';
import { taskState } from '../../linux/sched/task-state.js';
import type { Task } from '../../linux/sched/tasks.js';
import { timeLimit, type LimitSetting } from '../../linux/time/time-limit.js';
import { sleepingContexts, type Context } from '../contexts.js';

/** A task in uninterruptible sleep for longer than the hung task watchdog allows. */
export interface HungTask {
  readonly context: Context;
  readonly task: Task;
  readonly asleepNs: number;
}

/** TASK_WAKEKILL: a kill wakes it, and check_hung_uninterruptible_tasks() passes it over. */
const TASK_WAKEKILL = 0x100;

/** kernel.hung_task_timeout_secs, for `timeLimit`: after how long in state D a task is called hung. */
export const hungTaskTimeout: LimitSetting = { variable: 'sysctl_hung_task_timeout_secs', usual: 120 };

/** What check_hung_uninterruptible_tasks() would report, those that sleep longest first. */
export function hungTasks(kernel: Kernel): readonly HungTask[] {
  return kernel.once('hung tasks', () => {
    const limit = timeLimit(kernel, hungTaskTimeout).ns;
    return sleepingContexts(kernel)
      .flatMap((context): HungTask[] => {
        const { task } = context;
        if (task === undefined) return [];
        const state = kernel.attempt('task_struct.__state', () => taskState(task));
        if (state?.letter !== 'D' || (state.flags & TASK_WAKEKILL) !== 0) return [];
        const asleep = asleepNs(kernel, task);
        return asleep === undefined || asleep < limit ? [] : [{ context, task, asleepNs: asleep }];
      })
      .toSorted((a, b) => b.asleepNs - a.asleepNs);
  });
}
