import { InputError, list, type Kernel } from 'oompm';
import { isKernelThread, type Task } from 'oompm/linux';

export interface Choice {
  readonly user: boolean;
  readonly kernel: boolean;
  /** Pids and names; none means all. */
  readonly task: readonly string[];
}

/**
 * The tasks that the flags ask for. One whose name can't be read is not what a name asks for. @throws InputError for a
 * task that is not there
 */
export function chosen(
  kernel: Kernel,
  tasks: readonly Task[],
  { user, kernel: ofKernel, task: wanted }: Choice,
): readonly Task[] {
  const kinds = user === ofKernel ? tasks : tasks.filter((task) => isOfKernel(kernel, task) === ofKernel);
  if (wanted.length === 0) return kinds;
  const matches = wanted.map(matcher);
  const isNamed = (task: Task): boolean =>
    kernel.attempt('task_struct.comm', () => matches.some((match) => match(task))) === true;
  const found = kinds.filter(isNamed);
  if (found.length > 0) return found;
  if (tasks.some(isNamed))
    throw new InputError(
      `${list(wanted, 'or')} is no ${ofKernel ? 'task of the kernel' : 'process of users'}; leave out ${ofKernel ? '--kernel' : '--user'}.`,
    );
  throw new InputError(`There is no task ${list(wanted, 'or')}; oompm ps lists them.`);
}

/** Undefined where it can't be determined. */
export function isOfKernel(kernel: Kernel, task: Task): boolean | undefined {
  return kernel.attempt('task_struct.flags', () => isKernelThread(task));
}

function matcher(wanted: string): (task: Task) => boolean {
  if (/^\d+$/.test(wanted)) return ({ pid, tgid }) => pid === Number(wanted) || tgid === Number(wanted);
  const parts = wanted.split('*');
  return ({ comm }) => fits(comm, parts);
}

/** Whether the text is these parts with anything between them. */
function fits(text: string, [first = '', ...rest]: readonly string[]): boolean {
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest.slice(0, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  const last = rest.at(-1)!;
  return text.length - at >= last.length && text.endsWith(last);
}
