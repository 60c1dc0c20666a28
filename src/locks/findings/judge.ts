import type { Kernel } from '../../kernel/kernel.js';
import { conclude, findingKind, type Finding, type FindingKind } from '../../words/finding.js';
import { number } from '../../words/known-facts.js';
import { told, toldJoined } from '../../words/told.js';
import { foldAlike } from './fold-findings.js';
import { ownerFinding, ownerFindingKinds } from './judge-owners.js';
import { selfDeadlockStory } from './self-deadlock.js';
import { lessSureByGaps } from '../../kernel/less-sure-by-gaps.js';
import { contendedLocks } from '../survey.js';
import { isHeld } from '../lock-kind.js';
import { waitGraph, type Cycle } from '../wait-graph.js';
import {
  behind,
  doorsOf,
  holdingPremise,
  labelOf,
  lockSubject,
  lockTold,
  longestWaitNs,
  stateOf,
  waitInWords,
} from './waits-in-words.js';

const selfDeadlockKind = findingKind({
  id: 'lock.self-deadlock',
  meaning: 'A task or CPU waits for a lock that it holds itself: how it came to that.',
  when: 'the one that waits for a lock is the one that has it',
  moment: 'dump',
  step: 'certain',
});

const deadlockKind = findingKind({
  id: 'lock.deadlock',
  meaning: 'Tasks or CPUs wait for each other in a circle: none of them can proceed.',
  when: 'the holder of each lock waits for the next lock, back to the first',
  moment: 'dump',
  step: 'certain',
});

/** Every kind of finding on locks. */
export const lockFindingKinds: readonly FindingKind[] = [selfDeadlockKind, deadlockKind, ...ownerFindingKinds];

/** What the locks of the moment say: deadlocks first, then owners that everybody waits for. */
export function lockFindings(kernel: Kernel): readonly Finding[] {
  return kernel.once('lock findings', () =>
    lessSureByGaps(kernel, () => {
      const locks = contendedLocks(kernel);
      const graph = waitGraph(locks);
      const inCycle = new Set(graph.cycles.flatMap(({ links }) => links.map(({ lock }) => lock)));
      return foldAlike([
        ...graph.cycles.map((cycle) =>
          cycle.links.length === 1 ? selfDeadlock(kernel, cycle) : deadlock(kernel, cycle),
        ),
        // Who waits longest waits for the cause; others came to wait since.
        ...locks
          .filter((lock) => !inCycle.has(lock))
          .map((lock) => ({ lock, longest: longestWaitNs(kernel, lock) }))
          .toSorted((a, b) => b.longest - a.longest)
          .flatMap(({ lock }) => ownerFinding(kernel, lock, graph) ?? []),
      ]);
    }),
  );
}

function selfDeadlock(kernel: Kernel, cycle: Cycle): Finding {
  const [{ wait, lock, holding }] = cycle.links as [Cycle['links'][number]];
  const { sentence, evidence } = selfDeadlockStory(kernel, wait, lock, holding);
  return conclude(selfDeadlockKind, {
    subject: lockSubject(lock.lock),
    restsOn: [holdingPremise(kernel, holding)],
    sentence,
    evidence: [...evidence, ...behind(lock, [wait])],
    doors: doorsOf([lock], [wait.waiter]),
  });
}

function deadlock(kernel: Kernel, { links }: Cycle): Finding {
  // Each is the holder of the lock before.
  const roleOf = (place: number): string => `waiter ${(place % links.length) + 1}`;
  const steps = links.map(({ wait, lock, holding }, i) => {
    const waits = told`${labelOf(kernel, wait.waiter, roleOf(i))} waits for ${lockTold(lock.lock, `lock ${i + 1}`)}`;
    const by = isHeld(lock.lock) ? 'held by' : 'blocked by';
    return told`${waits}, ${by} ${labelOf(kernel, holding.holder, roleOf(i + 1))}`;
  });
  const many = number('waiters', links.length, 'the circle of who waits for whom');
  const evidence = links.flatMap(({ wait, lock, holding }, i) => [
    waitInWords(kernel, wait, lock, roleOf(i), `lock ${i + 1}`),
    told`${stateOf(lock, `lock ${i + 1}`)}: ${holding.evidence.join('; ')}.`,
    ...behind(lock, [wait]),
  ]);
  const [first] = links;
  return conclude(deadlockKind, {
    subject: {
      ...(first === undefined ? { kind: 'locks' } : lockSubject(first.lock.lock)),
      kind: 'locks',
      name: links
        .map(({ lock }) => lock.lock.name.about)
        .toSorted()
        .join(', '),
    },
    restsOn: links.map(({ holding }) => holdingPremise(kernel, holding)),
    sentence: told`Deadlock of ${many}: ${toldJoined(steps)}. None of them can proceed.`,
    evidence,
    doors: doorsOf(
      links.map(({ lock }) => lock),
      links.map(({ wait }) => wait.waiter),
    ),
  });
}
