import { doorTo } from '../kernel/door-to.js';
import type { Kernel } from '../kernel/kernel.js';
import { cpusIn } from '../linux/machine/cpus.js';
import { panicOf } from '../linux/machine/panic.js';
import { isLogWhole } from '../linux/printk/kernel-records.js';
import { isIdleTask } from '../linux/sched/cpu-tasks.js';
import { runQueues, type RunQueue } from '../linux/sched/run-queues.js';
import { taskState } from '../linux/sched/task-state.js';
import { allThreads, toldTask, type Task } from '../linux/sched/tasks.js';
import { cpuContexts } from '../locks/contexts.js';
import { cpuTold, placeTold } from '../locks/findings/waits-in-words.js';
import { sleeperTold } from './sleeper-in-words.js';
import { conclude, type Finding } from '../words/finding.js';
import { count, number } from '../words/known-facts.js';
import { told, toldJoined, toldList, type Told } from '../words/told.js';
import { livedKind } from './ending-kinds.js';

/** CPUs and tasks that are named. */
const MOST_NAMED = 4;

/** What a kernel that had not panicked was doing; undefined where it panicked, or it is not known whether. */
export function livedFinding(kernel: Kernel): Finding | undefined {
  if (panicOf(kernel) !== undefined || !isKnown(kernel)) return undefined;
  const online = kernel.attempt('cpu_online_mask', () => cpusIn(kernel, 'online'));
  if (online === undefined) return undefined;
  const queues = runQueues(kernel).filter(({ cpu }) => online.includes(cpu));
  const busy = queues.filter(({ cpu, current }) => !isIdleTask(kernel, cpu, current));
  const waiting = queues.flatMap(({ queued }) => queued);
  const asleep = uninterruptible(kernel);
  const atRest = busy.length === 0 && waiting.length === 0 && asleep.length === 0;
  const cpus = count('online CPUs', online.length, 'CPU', '__cpu_online_mask');
  const all = online.length === 1 ? told`its ${cpus} was idle` : told`its ${cpus} were idle`;
  return conclude(
    livedKind,
    {
      subject: { kind: 'machine' },
      sentence: atRest
        ? told`The kernel had not panicked when the dump was taken, and was at rest: ${all}, no task was runnable, and none was in uninterruptible sleep.`
        : told`The kernel had not panicked when the dump was taken: ${toldJoined([
            busy.length === 0 ? all : toldList(listed(busy, (queue) => runsTold(kernel, queue))),
            ...inState(waiting, 'runnable', 'waited for a CPU', (task, role) => toldTask(kernel, task, role)),
            ...inState(asleep, 'in D', wasAsleep(asleep), (task, role) => sleeperTold(kernel, task, role)),
          ])}.`,
      ...(atRest ? {} : { brief: 'The kernel had not panicked when the dump was taken.' }),
      evidence: [],
      doors: busy.flatMap(({ current }) => (current ? [doorTo(current)] : [])),
    },
    atRest ? 'at rest' : 'at work',
  );
}

/** panic() and crash_kexec() leave their CPU in `panic_cpu`; without it a log that is whole tells. */
function isKnown(kernel: Kernel): boolean {
  if (kernel.hasGlobal('panic_cpu') && kernel.attempt('panic_cpu', () => kernel.global('panic_cpu')) !== undefined)
    return true;
  return isLogWhole(kernel);
}

function uninterruptible(kernel: Kernel): Task[] {
  return allThreads(kernel).filter(
    (task) => kernel.attempt('task_struct.__state', () => taskState(task).letter) === 'D',
  );
}

/** "CPU 0 ran php-fpm (12) in copy_page+0x7" */
function runsTold(kernel: Kernel, { cpu, current }: RunQueue): Told {
  const role = `CPU ${cpu}`;
  const context = cpuContexts(kernel).find((one) => one.cpu === cpu);
  const first = context?.segments[0]?.activations[0];
  const where = first === undefined ? '' : told` in ${placeTold(first, `${role}.in`)}`;
  const who = current === undefined ? 'a task that is not known' : toldTask(kernel, current, role);
  return told`CPU ${cpuTold(cpu, role)} ran ${who}${where}`;
}

function wasAsleep({ length }: readonly Task[]): string {
  return length === 1 ? 'was in uninterruptible sleep' : 'were in uninterruptible sleep';
}

function inState(tasks: readonly Task[], role: string, words: string, one: (task: Task, role: string) => Told): Told[] {
  if (tasks.length === 0) return [];
  const names = listed(tasks, (task, i) => one(task, `${role} ${i + 1}`));
  return [told`${count(role, tasks.length, 'task', 'the state of each task')} (${toldList(names)}) ${words}`];
}

function listed<T>(things: readonly T[], one: (thing: T, i: number) => Told): Told[] {
  const more = things.length - MOST_NAMED;
  return [
    ...things.slice(0, MOST_NAMED).map(one),
    ...(more > 0 ? [told`${number('more', more, 'what is not named here')} more`] : []),
  ];
}
