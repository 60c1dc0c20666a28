import { InputError, list, type Kernel } from 'oompm';
import { allThreads, taskState, type Task } from 'oompm/linux';

export interface Choice {
  all: boolean;
  state: string | undefined;
  task: readonly string[];
}

/** The letters of taskState(). */
const LETTERS = /^[RSDTtXZPIN]+$/;

/**
 * The tasks that were asked for, with a title; undefined where none were. @throws InputError for a task that is not
 * there
 */
export function chosenTasks(
  kernel: Kernel,
  { all, state, task }: Choice,
): { title: string; tasks: readonly Task[] } | undefined {
  if (state !== undefined && !LETTERS.test(state))
    throw new InputError(`There is no task state ${JSON.stringify(state)}; states are R, S, D, T, t, X, Z, P, I, N.`);
  if (state !== undefined) {
    // Not by their names, which a title would tell to whom they are hidden from.
    const tasks = task.length > 0 ? named(kernel, task) : allThreads(kernel);
    return {
      title: `${task.length > 0 ? 'Those tasks that are' : 'Tasks'} in state ${list(state.split(''), 'or')}`,
      tasks: inState(kernel, tasks, state),
    };
  }
  if (task.length > 0) return { title: 'Tasks', tasks: named(kernel, task) };
  return all ? { title: 'All tasks', tasks: allThreads(kernel) } : undefined;
}

function inState(kernel: Kernel, tasks: readonly Task[], state: string | undefined): readonly Task[] {
  if (state === undefined) return tasks;
  return tasks.filter((task) => state.includes(kernel.attempt('task state', () => taskState(task).letter) ?? ' '));
}

function named(kernel: Kernel, words: readonly string[]): readonly Task[] {
  const tasks = allThreads(kernel);
  const chosen = words.flatMap((word) => {
    const matches = matcher(word);
    const found = tasks.filter((task) => kernel.attempt('task', () => matches(task)) === true);
    if (found.length === 0) throw new InputError(`There is no task ${word}; oompm ps lists them.`);
    return found;
  });
  return [...new Set(chosen)];
}

function matcher(word: string): (task: Task) => boolean {
  if (/^\d{1,8}$/.test(word)) return ({ pid }) => pid === Number(word);
  const address = /^(?:0x)?([0-9a-f]{16})$/i.exec(word)?.[1];
  if (address !== undefined) return ({ $address }) => $address === BigInt(`0x${address}`);
  const pattern = new RegExp(
    `^${word
      .split('*')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join('.*')}$`,
  );
  return ({ comm }) => pattern.test(comm);
}
