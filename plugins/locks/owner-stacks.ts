import { defined, doorTo, type Kernel, type Stack } from 'oompm';
import { taskState } from 'oompm/linux';
import { isHeld, type ContendedLock, type Holding } from 'oompm/locks';
import { showStack } from 'oompm/stack';

/** Owners whose stacks are shown: the locks that are waited for most come first. */
const MOST = 16;

/** Stacks of lock holders that others wait for, each once. */
export function* ownerStacks(kernel: Kernel, locks: readonly ContendedLock[]): Generator<Stack> {
  const byHolder = new Map<Holding['holder'], string[]>();
  for (const { lock, holders } of locks.toSorted((a, b) => b.waits.length - a.waits.length)) {
    for (const { holder, certainty } of holders) {
      const has = isHeld(lock) ? ['has', 'may have'] : ['holds up', 'may hold up'];
      byHolder.set(holder, [
        ...(byHolder.get(holder) ?? []),
        `${has[certainty === 'possible' ? 1 : 0]} ${lock.name.text}`,
      ]);
    }
  }
  const all = [...byHolder];
  for (const [{ label, task, cpu, stack }, names] of all.slice(0, MOST)) {
    const letter =
      task && cpu === undefined ? kernel.attempt('task_struct.__state', () => taskState(task).letter) : undefined;
    yield {
      title: `${label}${letter === undefined ? '' : `, ${letter}`}: ${names.join(', ')}`,
      ...defined({ door: task && doorTo(task) }),
      ...showStack(kernel, stack),
    };
  }
  const rest = all.slice(MOST);
  if (rest.length > 0)
    yield {
      title: `${rest.length} more`,
      frames: [],
      end: `not shown here: ${rest.map(([{ label }]) => label).join(', ')}`,
    };
}
