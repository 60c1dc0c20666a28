import type { Kernel } from '../kernel/kernel.js';
import { wordAt } from '../kernel/word-at.js';
import { allThreads, taskLabel, type Task } from '../linux/sched/tasks.js';
import { codePlace, type CodePlace } from '../stack/code.js';
import { sourceName } from '../words/source-name.js';
import { codeAddressOf, spOf, type Frame, type SavedRegisters } from '../arch/stack/frame.js';
import { cpuOf, cpuStack, stackOf, type TaskStack } from '../stack/stacks.js';
import { defined } from '../words/defined.js';
import { withModule, withOffset } from '../words/code-name.js';

/** A frame with the function that its code belongs to. */
export interface Activation {
  readonly frame: Frame;
  readonly place?: CodePlace;
  /** As the source names it; '' where no symbol tells. */
  readonly name: string;
  /** Offset in the function of what runs next. */
  readonly offset: number;
}

/**
 * A run of calls without an entry into the kernel between them: what a task does, or the interrupt, NMI or exception
 * that came over it.
 */
export interface Segment {
  /** Innermost first. */
  readonly activations: readonly Activation[];
  /** What it was stopped by: the registers that the entry inside of it saved; undefined for what runs now. */
  readonly interruptedBy?: SavedRegisters;
}

/** A task, and what is on its stack; what a CPU runs, with all that interrupted it. */
export interface Context {
  /** "CPU 1: init (57)", or "init (57)". */
  readonly label: string;
  readonly task?: Task;
  readonly cpu?: number;
  readonly stack: TaskStack;
  /** What runs now first, then what it interrupted. */
  readonly segments: readonly Segment[];
}

/** What each possible CPU does. */
export function cpuContexts(kernel: Kernel): readonly Context[] {
  return kernel.once('contexts of CPUs', () =>
    kernel.possibleCpus().map((cpu) => {
      kernel.guard.look();
      return contextOf(kernel, cpuStack(kernel, cpu));
    }),
  );
}

/** Every task that does not run on a CPU. A task that has no stack any more is left out. */
export function sleepingContexts(kernel: Kernel): readonly Context[] {
  return kernel.once('contexts of tasks', () =>
    allThreads(kernel)
      .filter((task) => cpuOf(kernel, task) === undefined)
      .map((task) => sleepingContext(kernel, task)),
  );
}

/** A task that does not run on a CPU, and what is on its stack. */
export function sleepingContext(kernel: Kernel, task: Task): Context {
  return contextOf(kernel, stackOf(kernel, task));
}

/** CPUs first, then tasks. */
export function allContexts(kernel: Kernel): readonly Context[] {
  return kernel.once('contexts', () => [...cpuContexts(kernel), ...sleepingContexts(kernel)]);
}

/** What a task does, on a CPU or asleep. @param task address of its task_struct */
export function contextOfTask(kernel: Kernel, task: bigint): Context | undefined {
  return kernel
    .once(
      'contexts by task',
      () =>
        new Map(
          allContexts(kernel)
            .toReversed()
            .flatMap((context) => (context.task ? [[context.task.$address, context] as const] : [])),
        ),
    )
    .get(task);
}

function contextOf(kernel: Kernel, stack: TaskStack): Context {
  const { task, cpu } = stack;
  const who = task ? taskLabel(kernel, task) : 'unknown task';
  return {
    label: cpu === undefined ? who : `CPU ${cpu}: ${who}`,
    ...(task ? { task } : {}),
    ...defined({ cpu }),
    stack,
    segments: segmentsOf(kernel, stack.frames),
  };
}

function segmentsOf(kernel: Kernel, frames: readonly Frame[]): Segment[] {
  const segments: { activations: Activation[]; interruptedBy?: SavedRegisters }[] = [];
  for (const frame of frames) {
    if (frame.user) break;
    if (segments.length === 0 || frame.entry)
      segments.push({ activations: [], ...defined({ interruptedBy: frame.entry }) });
    const place = codePlace(kernel, codeAddressOf(frame));
    segments.at(-1)!.activations.push({
      frame,
      name: place ? sourceName(place.function) : '',
      offset: place ? place.offset + (frame.interrupted ? 0 : 1) : 0,
      ...defined({ place }),
    });
  }
  return segments;
}

/** The scheduler's own frames say nothing of what is waited for. */
const SCHEDULER = /^_*(?:io_)?schedule(?:_|$)|^context_switch$|^__switch_to/;

/** The innermost function of a sleeper that is not the scheduler's; whether it is sure, its frame says. */
export function ownFunction({ segments }: Context): Activation | undefined {
  return segments[0]?.activations.find(({ name }) => !SCHEDULER.test(name));
}

/** "vprintk_emit+0x72" */
export function activationInWords({ name, offset, place }: Activation): string {
  if (name === '') return 'an unknown function';
  return withModule(withOffset(name, offset), place?.module);
}

/** Most words of a stack that are looked at: a stack of 1 MiB has no more. */
const MOST_WORDS = 1 << 17;

/**
 * The words on the stack that belong to these frames, lowest first, with their addresses: what they saved, and their
 * locals. `above` is the frame that ends them.
 */
export function* stackWords(
  kernel: Kernel,
  first: Frame,
  above: Frame | undefined,
): Generator<{ at: bigint; word: bigint }> {
  const low = spOf(first);
  if (low === undefined || first.area === undefined) return;
  const top = above && above.area === first.area ? spOf(above) : undefined;
  const high = top ?? first.area.high;
  let count = 0;
  for (let at = (low + 7n) & ~7n; at + 8n <= high && count < MOST_WORDS; at += 8n, count++) {
    kernel.guard.step();
    const word = wordAt(kernel, at);
    if (word !== undefined) yield { at, word };
  }
}
