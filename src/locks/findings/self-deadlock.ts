import type { Kernel } from '../../kernel/kernel.js';
import { taskLabel, toldTask } from '../../linux/sched/tasks.js';
import { word } from '../../words/known-facts.js';
import { told, toldOf, type KnownFact, type Told } from '../../words/told.js';
import { activationInWords, type Activation } from '../contexts.js';
import type { Holding } from '../lock-kind.js';
import { interruption, type Interruption } from './interruptions.js';
import type { ContendedLock, QueuedWait } from '../lock-kind.js';
import { systemCallOf } from '../waits/system-call.js';
import { cameTold, cpuTold, lockTold, placeTold } from './waits-in-words.js';

/** How somebody came to wait for a lock that he has himself, told in the order in which it happened. */
export function selfDeadlockStory(
  kernel: Kernel,
  wait: QueuedWait,
  contended: ContendedLock,
  holding: Holding,
): { sentence: Told; evidence: string[] } {
  const { lock } = contended;
  const { waiter } = wait;
  const between = holding.segment === undefined ? [] : cameBetween(kernel, wait, holding.segment);
  const who = waiter.cpu === undefined ? waiter.label : `CPU ${waiter.cpu}`;
  const owner = waiter.task ? taskLabel(kernel, waiter.task) : 'what it ran';
  const call = systemCallOf(kernel, waiter);
  const taker = holding.taker?.name;
  const name = lockTold(lock);
  const toldOwner = waiter.task ? toldTask(kernel, waiter.task, 'waiter') : owner;
  const ran = waiter.task ? toldOwner : 'no task';
  const itself =
    waiter.cpu === undefined
      ? ran
      : told`CPU ${cpuTold(waiter.cpu, 'waiter')}${between.length > 0 ? '' : told`: ${ran}`}`;
  const inCall =
    call === undefined ? '' : told`, in ${word('waiter.system call', call, 'the registers that its entry saved')},`;
  const took =
    holding.taker === undefined || taker === undefined ? '' : told` in ${functionTold(holding.taker, 'taken in')}`;
  const taken = told`${toldOwner}${inCall} took it${took}`;
  const came = toldOf(
    between.flatMap((one, i) => [
      i === 0 ? '' : ', then ',
      cameTold(one, 'waiter'),
      ' interrupted it in ',
      functionTold(one.at, 'interrupted in'),
    ]),
  );
  const wanted = wait.taker === undefined ? '' : told` in ${functionTold(wait.taker, 'wanted in')}`;
  const sentence =
    between.length > 0
      ? told`${itself} waits for ${name}, which it holds itself: ${taken}; ${came}, and its handler needs the same lock${wanted}. It can never proceed.`
      : told`${itself} waits for ${name}, which it holds itself: ${taken}, and tries to take it again${wanted}. It can never proceed.`;
  const directly = between.length === 0 ? pathBetween(holding, wait) : [];
  return {
    sentence,
    evidence: [
      ...howItWasTaken(holding, owner, call),
      ...directly,
      ...between.flatMap((one) => inWords(one, lock.name.text, wait)),
      ...whyForEver(wait, contended, who),
    ],
  };
}

/** Its name without the offset. */
function functionTold(activation: Activation, name: string): KnownFact {
  return { ...placeTold(activation, name), text: activation.name };
}

/** What came between taking and waiting, in the order in which it came. */
function cameBetween(kernel: Kernel, wait: QueuedWait, taken: number): Interruption[] {
  const found: Interruption[] = [];
  for (let segment = taken - 1; segment >= wait.segment; segment--) {
    const one = interruption(kernel, wait.waiter, segment);
    if (one) found.push(one);
  }
  return found;
}

function howItWasTaken({ evidence, lock }: Holding, owner: string, call: string | undefined): string[] {
  return [`${owner}${call === undefined ? '' : `, in ${call},`} took ${lock.name.text}: ${evidence.join('; ')}.`];
}

function inWords({ what, kind, at, stack, handler, badStack }: Interruption, lock: string, wait: QueuedWait): string[] {
  const on = stack === undefined || stack.kind === 'task' ? '' : `, on the ${stack.name}`;
  const where = activationInWords(at);
  const hence =
    badStack.length > 0 && kind === 'double fault'
      ? ["A fault that can't be delivered is a double fault, whose handler has a stack of its own."]
      : [];
  return [
    ...badStack,
    ...hence,
    `${what.charAt(0).toUpperCase()}${what.slice(1)} interrupted ${where}${on}; its handler ran ${path(handler, wait)}, which needs ${lock}.`,
  ];
}

/** The calls from the function that took it to the one that wants it, where both are in one run of calls. */
function pathBetween({ holder, taker, segment, lock }: Holding, wait: QueuedWait): string[] {
  const { activations } = holder.segments[wait.segment] ?? { activations: [] };
  const from = taker === undefined || segment !== wait.segment ? -1 : activations.indexOf(taker);
  if (from <= wait.takerIndex) return [];
  return [
    `On the way ${activations
      .slice(wait.takerIndex, from + 1)
      .toReversed()
      .map(({ name }) => name || '?')
      .join(' → ')} it tries to take ${lock.name.text} again.`,
  ];
}

/** Calls from the handler to the lock, outermost first, without the lock's own functions. */
function path(handler: readonly Activation[], wait: QueuedWait): string {
  const names = handler.slice(0, handler.length - wait.takerIndex).map(({ name }) => (name === '' ? '?' : name));
  return (names.length > 0 ? names : handler.map(({ name }) => name)).join(' → ');
}

function whyForEver(wait: QueuedWait, { lock, state, spin, remarks }: ContendedLock, who: string): string[] {
  const pending = spin?.word.pending && wait.place === 'pending' ? `: the pending one is ${who} itself` : '';
  const word =
    state === ''
      ? []
      : [
          `${lock.name.text} is ${state}${pending}.`,
          ...remarks.map((remark) => remark.charAt(0).toUpperCase() + remark.slice(1)),
        ];
  const asleep = spin?.asleep !== undefined && spin.asleep === wait.waiter.cpu;
  const taker = wait.taker ? ` in ${activationInWords(wait.taker)}` : '';
  const how = `${who} ${waitsInWords(wait, asleep)}${taker}: ${wait.how.join('; ')}.`;
  const ends = !asleep && wait.segment === 0 ? 'spinning' : 'waiting';
  const same = lock.kind.sleeps
    ? 'The one that waits is the one that holds it: nobody else can release it.'
    : `The CPU that waits is the CPU that holds it: what would release it runs only once the ${ends} ends.`;
  return [...word, how, same];
}

function waitsInWords({ spinning }: QueuedWait, asleep: boolean): string {
  if (asleep) return 'waits for it, asleep in the hypervisor,';
  return spinning ? 'spins for it' : 'waits for it';
}
