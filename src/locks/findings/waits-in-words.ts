import type { Kernel } from '../../kernel/kernel.js';
import { taskLabel } from '../../linux/sched/tasks.js';
import type { Certainty } from '../certainty.js';
import { activationInWords, ownFunction, type Context } from '../contexts.js';
import type { Finding } from './finding.js';
import { asleepNs, onCpuNs, secondsInWords } from '../../linux/sched/how-long.js';
import { interruption } from './interruptions.js';
import { isHeld, type ContendedLock, type Lock, type QueuedWait } from '../lock-kind.js';
import { numbered } from '../../words/quantity.js';

export function stateOf({ lock, state }: ContendedLock): string {
  const { text } = lock.name;
  if (state === '') return `What ${text} says of itself can't be read`;
  return `${isHeld(lock) ? text : sentenceCase(text)} is ${state}`;
}

/** "holds it", "delays it", or that it may be so. */
export function hasInWords(lock: Lock, certainty: Certainty): string {
  if (certainty === 'possible') return isHeld(lock) ? 'may hold it' : 'may delay it';
  return isHeld(lock) ? 'holds it' : 'delays it';
}

/** Why nobody is named, where that is the kind's own way. */
export function unnamed({ lock: { kind }, state }: ContendedLock): string {
  return kind.unnamed ? kind.unnamed(state) : '';
}

export function sleepsIn(sleeper: Context): string {
  const own = ownFunction(sleeper);
  return own === undefined
    ? 'the scheduler'
    : `${activationInWords(own)}${own.frame.found === 'scanned' ? ' (found by scanning)' : ''}`;
}

export function labelOf(kernel: Kernel, { task, label, cpu }: Context): string {
  if (task === undefined) return label;
  return cpu === undefined ? taskLabel(kernel, task) : `CPU ${cpu} (${taskLabel(kernel, task)})`;
}

function waiterInWords(kernel: Kernel, { waiter, segment, spinning }: QueuedWait): string {
  return labelWithin(kernel, waiter, spinning ? segment : undefined);
}

/** "CPU 0 (init (1)), in an NMI,": what came over a task is no doing of its own. */
export function labelWithin(kernel: Kernel, context: Context, segment: number | undefined): string {
  const came = segment === undefined ? undefined : interruption(kernel, context, segment);
  return `${labelOf(kernel, context)}${came === undefined ? '' : `, in ${came.what},`}`;
}

/** Waiters that are named one by one. */
export const NAMED = 4;

export function waitersInWords(kernel: Kernel, waits: readonly QueuedWait[]): string {
  // A CPU may wait, be interrupted, and wait for the same again.
  const waiters = [...new Map(waits.map((wait) => [wait.waiter, wait])).values()];
  const names = waiters.slice(0, NAMED).map((wait) => waiterInWords(kernel, wait));
  const more = waiters.length > NAMED ? [`${waiters.length - NAMED} more`] : [];
  const all = [...names, ...more];
  const list = all.length === 1 ? all[0]! : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
  return `${list} ${numbered(waiters.length, 'waits', 'wait')}`;
}

export function waitInWords(kernel: Kernel, wait: QueuedWait, { lock }: ContendedLock): string {
  const time = waitedNs(kernel, wait);
  const mode = wait.mode === undefined ? '' : ` for ${wait.mode === 'read' ? 'reading' : 'writing'}`;
  const taker = wait.taker ? ` in ${activationInWords(wait.taker)}` : '';
  const place =
    wait.place === undefined ? '' : `, ${/^\d/.test(wait.place) ? `number ${wait.place} in its queue` : wait.place}`;
  return `${waiterInWords(kernel, wait)} ${wait.spinning ? 'spins' : 'waits'} for ${lock.name.text}${mode}${taker}${place}${time === undefined ? '' : `, for ${secondsInWords(time)}`}: ${wait.how.join('; ')}.`;
}

export function longestWaitNs(kernel: Kernel, { waits }: ContendedLock): number {
  return waits.flatMap((wait) => waitedNs(kernel, wait) ?? []).reduce((longest, ns) => Math.max(longest, ns), 0);
}

/** A spinning CPU has waited at most as long as its task has run; a sleeper has slept just so long. */
export function waitedNs(kernel: Kernel, { waiter: { task }, spinning }: QueuedWait): number | undefined {
  if (task === undefined) return undefined;
  return spinning ? onCpuNs(kernel, task) : asleepNs(kernel, task);
}

export function behind({ lock, waits }: ContendedLock, inside: readonly QueuedWait[]): string[] {
  const others = waits.filter((wait) => !inside.includes(wait));
  return others.length === 0
    ? []
    : [
        `Behind it, for ${lock.name.text}: ${others
          .slice(0, NAMED)
          .map(({ waiter }) => waiter.label)
          .join(', ')}${others.length > NAMED ? ` and ${others.length - NAMED} more` : ''}.`,
      ];
}

export function doorsOf(locks: readonly ContendedLock[], contexts: readonly Context[]): Finding['doors'] {
  return [
    ...locks.flatMap(({ lock }) =>
      lock.kind.struct === undefined ? [] : [{ type: lock.kind.struct, address: lock.address }],
    ),
    ...contexts.flatMap(({ task }) => (task ? [{ type: 'struct task_struct', address: task.$address }] : [])),
  ];
}

export function sentenceCase(text: string): string {
  // Names of functions keep their own case.
  return /^(?:the|on|what) /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
