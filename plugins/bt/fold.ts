import { counted, defined, doorTo, type Kernel, type Stack } from 'oompm';
import { taskLabel, taskState } from 'oompm/linux';
import { showStack, stackKey, type ShowOptions, type TaskStack } from 'oompm/stack';

interface FoldOptions extends ShowOptions {
  /** Different stacks that are shown; the titles of the others are. */
  limit: number;
}

/** Stacks ready to be shown; of those that are the same, the first stands for all. Unwinds when it is pulled. */
export function* foldedStacks(
  kernel: Kernel,
  unwinders: readonly (() => TaskStack)[],
  options: FoldOptions,
): Generator<Stack> {
  const groups = new Map<string, { stack: TaskStack; titles: string[] }>();
  for (const unwind of unwinders) {
    kernel.guard.step();
    const stack = unwind();
    const key = stackKey(stack);
    const group = groups.get(key);
    if (group) group.titles.push(titleOf(kernel, stack));
    else groups.set(key, { stack, titles: [titleOf(kernel, stack)] });
  }
  const all = [...groups.values()];
  for (const { stack, titles } of all.slice(0, options.limit)) {
    const [title = '', ...sameAs] = titles;
    yield {
      title,
      ...defined({ door: stack.task && doorTo(stack.task) }),
      ...showStack(kernel, stack, options),
      ...(sameAs.length > 0 ? { sameAs } : {}),
    };
  }
  const rest = all.slice(options.limit);
  if (rest.length > 0)
    yield {
      title: counted(rest.length, 'more stack'),
      frames: [],
      end: `not shown here: ${rest.flatMap(({ titles }) => titles).join(', ')}`,
    };
}

function titleOf(kernel: Kernel, { task, cpu }: TaskStack): string {
  const label = task === undefined ? undefined : taskLabel(kernel, task);
  if (cpu !== undefined) return label === undefined ? `CPU ${cpu}` : `CPU ${cpu}: ${label}`;
  const letter = task && kernel.attempt('task state', () => taskState(task).letter);
  return `${label ?? 'a task'}${letter === undefined ? '' : `, ${letter}`}`;
}
