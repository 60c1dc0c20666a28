import type { Kernel } from '../../kernel/kernel.js';
import { interruption, type Interruption } from '../findings/interruptions.js';
import type { Activation, Context, Segment } from '../contexts.js';
import { defined } from '../../words/defined.js';
import { isDying, isMachinery, isOops, isWatchOfNmi } from './machinery.js';

/** What a CPU or task did before the kernel died over it. */
export interface Culprit {
  /** Its code, innermost first; empty where it was in user mode, or its stack could not be unwound so far. */
  readonly activations: readonly Activation[];
  /** Index of its segment in the context. */
  readonly segment: number;
  /**
   * The functions over it by which the kernel died, innermost first; empty where none was. What interrupted these in
   * turn, as a timer may while a panic waits, is no part of it.
   */
  readonly machinery: readonly Activation[];
  /** The exception, NMI or interrupt that the machinery came in by; undefined where the culprit called it itself. */
  readonly by?: Interruption;
}

/**
 * The frames below the machinery of dying: panic(), die(), watchdogs, NMIs that stop a CPU. Without any of it, what
 * the context does.
 */
export function culpritOf(kernel: Kernel, context: Context): Culprit {
  const { segments } = context;
  const last = segments.findLastIndex(({ activations }) => activations.some(({ name }) => isDying(kernel, name)));
  if (last < 0) return { activations: activationsOf(segments[0]), segment: 0, machinery: [] };

  const own = segments[last]!.activations;
  const by = interruption(kernel, context, last);
  // Whatever is not known by name between an oops, or a watchdog, and its entry is of the handler.
  const isWatched = by?.kind === 'NMI' && own.some(({ name }) => isWatchOfNmi(name));
  const isOopsOfOther = isWatched || (by !== undefined && own.some(({ name }) => isOops(kernel, name)));
  const first = own.findLastIndex(({ name }) => isDying(kernel, name)) + 1;
  const called = isOopsOfOther ? -1 : own.findIndex(({ name }, i) => i >= first && !isMachinery(kernel, name));
  if (called >= 0) return { activations: own.slice(called), segment: last, machinery: own.slice(0, called) };
  return {
    activations: activationsOf(segments[last + 1]),
    segment: last + 1,
    machinery: own,
    ...defined({ by }),
  };
}

function activationsOf(segment: Segment | undefined): readonly Activation[] {
  return segment === undefined ? [] : segment.activations;
}
