import { defined } from '../../words/defined.js';
import type { Kernel } from '../../kernel/kernel.js';
import { doorTo } from '../../kernel/door-to.js';
import { toldTask } from '../../linux/sched/tasks.js';
import type { Certainty } from '../../words/certainty.js';
import { activationInWords, ownFunction, type Activation, type Context } from '../contexts.js';
import { asleepNs, onCpuNs } from '../../linux/sched/how-long.js';
import { interruption, type Interruption } from './interruptions.js';
import { isHeld, type ContendedLock, type Holding, type Lock, type QueuedWait } from '../lock-kind.js';
import { hex } from '../../words/hex.js';
import type { Premise } from '../../words/certainty.js';
import type { Door } from '../../words/finding.js';
import { duration, number, word } from '../../words/known-facts.js';
import { numbered } from '../../words/quantity.js';
import type { Subject } from '../../words/subject.js';
import { told, toldList, type KnownFact, type Told } from '../../words/told.js';

/** The lock by its name. */
export function lockTold(lock: Lock, role = 'lock'): KnownFact {
  return word(role, lock.name.text, `${lock.kind.name} at ${hex(lock.address)}`);
}

/** What a finding on one lock is about. */
export function lockSubject({ kind, address, name }: Lock): Subject {
  return { kind: 'lock', name: name.about, ...defined({ type: kind.struct }), address };
}

/** Who has it, as the conclusion that others rest on. */
export function holdingPremise(kernel: Kernel, { lock, holder, certainty, evidence }: Holding): Premise {
  return {
    what: `${labelOf(kernel, holder).text} ${hasInWords(lock, certainty)}: ${evidence.join('; ')}`,
    certainty,
  };
}

export function stateOf({ lock, state }: ContendedLock, role = 'lock'): Told {
  if (state === '') return told`The state of ${lockTold(lock, role)} can't be read`;
  const name = lockTold(lock, role);
  const says = word(`${role}.state`, state, `the words of the ${lock.kind.name} at ${hex(lock.address)}`);
  return told`${isHeld(lock) ? name : { ...name, text: sentenceCase(name.text) }} is ${says}`;
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

export function sleepsIn(sleeper: Context, role: string): string | Told {
  const own = ownFunction(sleeper);
  return own === undefined
    ? 'the scheduler'
    : told`${placeTold(own, `${role}.in`)}${own.frame.found === 'scanned' ? ' (found by scanning)' : ''}`;
}

/** "vprintk_emit+0x72" */
export function placeTold(activation: Activation, name: string): KnownFact {
  const { ip, found } = activation.frame;
  return word(name, activationInWords(activation), `instruction at ${hex(ip)} on its stack, ${howFound[found]}`);
}

const howFound: Readonly<Record<Activation['frame']['found'], string>> = {
  registers: 'by its registers',
  unwound: 'unwound',
  framePointer: 'by frame pointers',
  call: 'by a call of the function below',
  scanned: 'found by scanning',
};

/** What a context does or is, by the part that it plays. */
export function labelOf(kernel: Kernel, { task, label, cpu }: Context, role = 'task'): Told {
  if (task === undefined) return told`${word(role, label, 'the CPU that it is of')}`;
  const who = toldTask(kernel, task, role);
  return cpu === undefined ? who : told`CPU ${cpuTold(cpu, role)} (${who})`;
}

export function cpuTold(cpu: number, role: string): KnownFact {
  return number(`${role}.cpu`, cpu, `the task that runs on CPU ${cpu}`, 'cpu');
}

/** Of the first that waits for a lock "waiter", of the next one "waiter 2". */
function roleOf({ waits }: ContendedLock, waiter: Context): string {
  const place = [...new Set(waits.map((wait) => wait.waiter))].indexOf(waiter);
  return place <= 0 ? 'waiter' : `waiter ${place + 1}`;
}

function waiterInWords(kernel: Kernel, { waiter, segment, spinning }: QueuedWait, role: string): Told {
  return labelWithin(kernel, waiter, spinning ? segment : undefined, role);
}

/** "CPU 0 (init (1)), in an NMI,": what came over a task is no doing of its own. */
export function labelWithin(kernel: Kernel, context: Context, segment: number | undefined, role: string): Told {
  const came = segment === undefined ? undefined : interruption(kernel, context, segment);
  return told`${labelOf(kernel, context, role)}${came === undefined ? '' : told`, in ${cameTold(came, role)},`}`;
}

/** "an interrupt (sysvec_apic_timer_interrupt)" */
export function cameTold({ what, at }: Interruption, role: string): KnownFact {
  return word(`${role}.interrupted by`, what, `the entry on its stack above ${hex(at.frame.ip)}`);
}

/** Waiters that are named one by one. */
export const NAMED = 4;

export function waitersInWords(kernel: Kernel, lock: ContendedLock): Told {
  // A CPU may wait, be interrupted, and wait for the same again.
  const waiters = [...new Map(lock.waits.map((wait) => [wait.waiter, wait])).values()];
  const names = waiters.slice(0, NAMED).map((wait) => waiterInWords(kernel, wait, roleOf(lock, wait.waiter)));
  const more = waiters.length > NAMED ? [told`${moreWaiters(waiters.length - NAMED)} more`] : [];
  return told`${toldList([...names, ...more])} ${numbered(waiters.length, 'waits', 'wait')}`;
}

export function moreWaiters(count: number): KnownFact {
  return number('more waiters', count, 'waiters that are not named here');
}

export function waitInWords(
  kernel: Kernel,
  wait: QueuedWait,
  contended: ContendedLock,
  role = roleOf(contended, wait.waiter),
  lockRole = 'lock',
): Told {
  const { lock } = contended;
  const time = waitedNs(kernel, wait);
  const waits = wait.spinning ? 'spins' : 'waits';
  const taker = wait.taker ? told` in ${placeTold(wait.taker, `${role}.wants it in`)}` : '';
  const long = time === undefined ? '' : told`, for ${duration(`${role}.waited`, time, sourceOfWait(wait))}`;
  const how = told`${modeInWords(wait)}${taker}${placeInQueue(wait)}${long}: ${wait.how.join('; ')}`;
  return told`${waiterInWords(kernel, wait, role)} ${waits} for ${lockTold(lock, lockRole)}${how}.`;
}

function modeInWords({ mode }: QueuedWait): string {
  if (mode === undefined) return '';
  return mode === 'read' ? ' for reading' : ' for writing';
}

function placeInQueue({ place }: QueuedWait): string {
  if (place === undefined) return '';
  return /^\d/.test(place) ? `, number ${place} in its queue` : `, ${place}`;
}

/** Where it is read for how long somebody has waited. */
function sourceOfWait({ spinning }: QueuedWait): string {
  return spinning ? sinceOnCpu : sinceAsleep;
}

export const sinceOnCpu = 'the latest clock − sched_info.last_arrival';
export const sinceAsleep = 'the latest clock − sched_entity.exec_start';
export const sinceQueued = 'the latest clock − sched_info.last_queued';

/** The longest wait, with where it is read; undefined where none is known. */
export function longestTold(kernel: Kernel, { waits }: ContendedLock): KnownFact | undefined {
  const [longest] = waits
    .flatMap((wait) => {
      const ns = waitedNs(kernel, wait);
      return ns === undefined || ns === 0 ? [] : [{ wait, ns }];
    })
    .toSorted((a, b) => b.ns - a.ns);
  return longest && duration('waited', longest.ns, sourceOfWait(longest.wait));
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

export function doorsOf(locks: readonly ContendedLock[], contexts: readonly Context[]): Door[] {
  return [
    ...locks.flatMap(({ lock }) =>
      lock.kind.struct === undefined ? [] : [{ type: lock.kind.struct, address: lock.address }],
    ),
    ...contexts.flatMap(({ task }) => (task ? [doorTo(task)] : [])),
  ];
}

export function sentenceCase(text: string): string {
  // Names of functions keep their own case.
  return /^(?:the|on|what) /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
