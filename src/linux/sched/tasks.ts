import { listNodes } from '../../kernel/containers/list.js';
import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import { currentTask, idleTask } from './cpu-tasks.js';
import { gatherGaps } from '../../kernel/gathered-gaps.js';
import { tasksByPid } from './pids.js';
import { counted, numbered } from '../../words/quantity.js';
import { defined } from '../../words/defined.js';
import { address, number, word } from '../../words/known-facts.js';
import { told, type KnownFact, type Told } from '../../words/told.js';

/** A `struct task_struct`: a thread, also where it leads a process. */
export type Task = Ref<'task_struct'>;

/** A task that is known to be there and can't be read. */
export interface UnreadableTask {
  /** Where the PID IDR names it. */
  readonly pid?: number;
  readonly address?: bigint;
  readonly reason: string;
}

/** Every task of the machine, by all roads that lead to one. */
export interface TaskSurvey {
  /**
   * Thread group leaders, kernel threads too, in the order of `init_task.tasks`; those found by another road come last.
   */
  readonly processes: readonly Task[];
  /** Every thread, each process's together; the idle tasks are not among them. */
  readonly threads: readonly Task[];
  readonly unreadable: readonly UnreadableTask[];
  /** Which roads were taken, where the task list alone was not enough; a sentence each. */
  readonly remarks: readonly string[];
}

/**
 * Every process and thread, as for_each_process_thread() visits them. Where the list is broken, or the kernel's own
 * count (`nr_threads`) says more, the list is also walked backwards, and the PID IDR and the run queues are asked.
 */
export function surveyTasks(kernel: Kernel): TaskSurvey {
  return kernel.once('task survey', () => {
    const found = survey(kernel);
    for (const { pid, address, reason } of found.unreadable)
      kernel.gap(pid === undefined ? 'a task' : `task with pid ${pid}`, reason, address);
    return found;
  });
}

/** Thread group leaders, kernel threads among them; without the idle tasks. */
export function processes(kernel: Kernel): readonly Task[] {
  return surveyTasks(kernel).processes;
}

/** Every thread of every process; without the idle tasks. */
export function allThreads(kernel: Kernel): readonly Task[] {
  return surveyTasks(kernel).threads;
}

/**
 * A process's threads, the leader among them, as for_each_thread() visits them. Ends with a gap where the list is
 * broken.
 */
export function* threadsOf(kernel: Kernel, task: Task): Generator<Task> {
  const label = ownLabel(kernel, task);
  const signal = kernel.attempt(`threads of ${label}`, () => task.signal);
  if (!signal) return;
  for (const node of listNodes(kernel, signal.thread_head, `threads of ${label}`))
    yield kernel.containerOf('task_struct', node, 'thread_node');
}

/** The task with that PID in the initial namespace. */
export function taskOfPid(kernel: Kernel, pid: number): Task | undefined {
  const byPid = kernel.once(
    'tasks by pid',
    () => new Map(surveyTasks(kernel).threads.map((task) => [pidOf(kernel, task), task])),
  );
  return byPid.get(pid);
}

/** "oomer (51)"; for one that can't be read what else is known of it: its pid, or its address. */
export function taskLabel(kernel: Kernel, task: Task): string {
  const own = namesItself(kernel, task);
  if (own !== undefined) return own;
  const pid = pidsOfUnreadable(kernel).get(task.$address);
  return pid === undefined ? atAddress(task) : `task with pid ${pid}`;
}

/** The same made of facts: `${role}.comm` and `${role}.pid`. */
export function toldTask(kernel: Kernel, task: Task, role: string): Told {
  const at = `at 0x${task.$address.toString(16)}`;
  const pid = (value: number, source: string): KnownFact => number(`${role}.pid`, value, source, 'pid');
  const own = quietly(
    kernel,
    () =>
      told`${word(`${role}.comm`, task.comm, `task_struct.comm ${at}`)} (${pid(task.pid, `task_struct.pid ${at}`)})`,
  );
  if (own !== undefined) return own;
  const known = pidsOfUnreadable(kernel).get(task.$address);
  if (known !== undefined) return told`task with pid ${pid(known, `the table of pids, for the task_struct ${at}`)}`;
  return told`task at ${address(`${role}.task`, task.$address, 'the list or word that names it')}`;
}

function pidsOfUnreadable(kernel: Kernel): ReadonlyMap<bigint | undefined, number | undefined> {
  return kernel.once(
    'pids of unreadable tasks',
    () => new Map(surveyTasks(kernel).unreadable.map(({ address: at, pid }) => [at, pid])),
  );
}

function ownLabel(kernel: Kernel, task: Task): string {
  return namesItself(kernel, task) ?? atAddress(task);
}

function namesItself(kernel: Kernel, task: Task): string | undefined {
  return quietly(kernel, () => `${task.comm} (${task.pid})`);
}

function atAddress(task: Task): string {
  return `task at 0x${task.$address.toString(16)}`;
}

function survey(kernel: Kernel): TaskSurvey {
  const collected = new Collected(kernel);
  const head = kernel.attempt('init_task', () => kernel.global('init_task').tasks);
  const forwards = head ? walkList(kernel, head.$address, 'next', collected) : { whole: false, count: 0 };
  const listed = collected.processes.length;
  const remarks: string[] = [];
  let backwards = 0;
  if (!forwards.whole && head) {
    walkList(kernel, head.$address, 'prev', collected);
    backwards = collected.processes.length - listed;
  }
  for (const leader of collected.processes.slice())
    for (const thread of threadsOf(kernel, leader)) collected.addThread(thread);

  const kernelsCount = kernel.hasGlobal('nr_threads')
    ? kernel.attempt('nr_threads', () => kernel.global('nr_threads'))
    : undefined;
  const complete = forwards.whole && (kernelsCount === undefined || collected.threadCount >= kernelsCount);
  if (!complete) {
    const before = collected.threadCount;
    for (const found of tasksByPid(kernel)) {
      if ('task' in found) collected.addThread(found.task, found.pid);
      else collected.addUnreadable(found);
    }
    const more = collected.threadCount - before;
    if (!forwards.whole) {
      const onList = `${counted(listed, 'process')} ${numbered(listed, 'was', 'were')} found on it forwards`;
      const byPid = `${counted(more, 'more task')} ${numbered(more, 'comes', 'come')} from the PID IDR`;
      remarks.push(`The task list is corrupted: ${onList} and ${backwards} more backwards; ${byPid}.`);
    } else if (more > 0) remarks.push(`The task list leaves out ${counted(more, 'task')} that the PID IDR has.`);
  }
  const beforeQueues = collected.threadCount;
  for (const cpu of kernel.possibleCpus()) {
    const current = quietly(kernel, () => currentTask(kernel, cpu));
    if (current && !isIdle(kernel, current, cpu)) collected.addThread(current);
  }
  const running = collected.threadCount - beforeQueues;
  if (running > 0) {
    const unlisted = numbered(running, 'that runs on a CPU is on no list', 'that run on a CPU are on no list');
    remarks.push(`${counted(running, 'task')} ${unlisted}: exiting, or the lists are corrupted.`);
  }
  const found = collected.threadCount + collected.unreadable.length;
  if (kernelsCount !== undefined && kernelsCount > found)
    remarks.push(
      `The kernel counts ${counted(kernelsCount, 'thread')} (nr_threads); ${found} ${numbered(found, 'was', 'were')} found.`,
    );
  return { processes: collected.processes, threads: collected.threads(), unreadable: collected.unreadable, remarks };
}

/** Walks `init_task.tasks` one way; whole where it came back to its head, and every element could be read. */
function walkList(
  kernel: Kernel,
  head: bigint,
  direction: 'next' | 'prev',
  collected: Collected,
): { whole: boolean; count: number } {
  let count = 0;
  let readable = true;
  const { gaps } = gatherGaps(kernel, () => {
    for (const node of listNodes(kernel, head, 'init_task.tasks', direction)) {
      const task = kernel.containerOf('task_struct', node, 'tasks');
      if (collected.addThread(task)) count++;
      else readable = false;
    }
  });
  for (const gap of gaps)
    kernel.gaps.record({
      ...gap,
      what: `init_task.tasks, ${direction === 'next' ? 'forwards' : 'backwards'} after ${counted(count, 'task')}`,
    });
  return { whole: gaps.length === 0 && readable, count };
}

/** Tasks by address, each once, however it was found. */
class Collected {
  readonly processes: Task[] = [];
  readonly unreadable: UnreadableTask[] = [];
  readonly #threads = new Map<bigint, Task>();
  readonly #byLeader = new Map<bigint, Task[]>();
  /** Where in `unreadable` an address stands. */
  readonly #unreadable = new Map<bigint, number>();

  constructor(readonly kernel: Kernel) {}

  get threadCount(): number {
    return this.#threads.size;
  }

  /** False where the task can't be read. */
  addThread(task: Task, pid?: number): boolean {
    if (this.#threads.has(task.$address)) return true;
    const { result: leader, gaps } = gatherGaps(this.kernel, () => this.kernel.attempt('task', () => identify(task)));
    if (leader === undefined) {
      this.addUnreadable({
        ...defined({ pid }),
        address: task.$address,
        reason: gaps[0]?.reason ?? 'it is no task',
      });
      return false;
    }
    this.#threads.set(task.$address, task);
    const group = this.#byLeader.get(leader);
    if (group) group.push(task);
    else this.#byLeader.set(leader, [task]);
    if (leader === task.$address) this.processes.push(task);
    return true;
  }

  addUnreadable(found: UnreadableTask): void {
    const index = found.address === undefined ? undefined : this.#unreadable.get(found.address);
    const other = index === undefined ? undefined : this.unreadable[index];
    if (index !== undefined && other) {
      // The list led to it first, and the IDR knows its pid.
      this.unreadable[index] = { ...found, ...other };
      return;
    }
    if (found.address !== undefined) this.#unreadable.set(found.address, this.unreadable.length);
    this.unreadable.push(found);
  }

  /** Each process's threads together, in the order of the processes; those whose leader is gone come last. */
  threads(): Task[] {
    const leaders = new Set(this.processes.map((leader) => leader.$address));
    return [
      ...this.processes.flatMap((leader) => this.#byLeader.get(leader.$address) ?? []),
      ...[...this.#byLeader].filter(([leader]) => !leaders.has(leader)).flatMap(([, group]) => group),
    ];
  }
}

/** Reads what every task must have; the leader's address. @throws what a guarded read turns into a gap */
function identify(task: Task): bigint {
  const { pid, tgid } = task;
  // PID_MAX_LIMIT is 4 Mi on 64 bits.
  if (pid < 0 || pid > 1 << 22 || tgid < 0 || tgid > 1 << 22)
    throw new Implausible(`a task with pid ${pid}, tgid ${tgid}`, task.$address);
  void task.comm;
  const leader = task.group_leader;
  return leader === null || pid === tgid ? task.$address : leader.$address;
}

function pidOf(kernel: Kernel, task: Task): number {
  return quietly(kernel, () => task.pid) ?? -1;
}

function isIdle(kernel: Kernel, task: Task, cpu: number): boolean {
  return quietly(kernel, () => idleTask(kernel, cpu)?.$address) === task.$address || pidOf(kernel, task) === 0;
}

/** For what is only asked on the way: its gap says nothing that another does not say better. */
function quietly<T>(kernel: Kernel, read: () => T): T | undefined {
  return gatherGaps(kernel, () => kernel.attempt('', read)).result;
}
