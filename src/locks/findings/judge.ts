import type { Kernel } from '../../kernel/kernel.js';
import { weakest } from '../certainty.js';
import type { Finding } from './finding.js';
import { foldAlike } from './fold-findings.js';
import { ownerFinding, type OwnerFindingId } from './judge-owners.js';
import { selfDeadlockStory } from './self-deadlock.js';
import { judgedByWhatWasRead } from './judged-by-what-was-read.js';
import { contendedLocks } from '../survey.js';
import { isHeld } from '../lock-kind.js';
import { waitGraph, type Cycle } from '../wait-graph.js';
import { behind, doorsOf, labelOf, longestWaitNs, stateOf, waitInWords } from './waits-in-words.js';

/** A conclusion on locks. */
export interface LockFinding extends Finding {
  readonly id: 'lock.self-deadlock' | 'lock.deadlock' | OwnerFindingId;
}

/** What the locks of the moment say: deadlocks first, then owners that everybody waits for. */
export function lockFindings(kernel: Kernel): readonly LockFinding[] {
  return kernel.once('lock findings', () =>
    judgedByWhatWasRead(kernel, () => {
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
      ]).map((finding) => ({ ...finding, moment: 'dump' as const }));
    }),
  );
}

type Judged = Omit<LockFinding, 'moment'>;

function selfDeadlock(kernel: Kernel, cycle: Cycle): Judged {
  const [{ wait, lock, holding }] = cycle.links as [Cycle['links'][number]];
  const { sentence, evidence } = selfDeadlockStory(kernel, wait, lock, holding);
  return {
    id: 'lock.self-deadlock',
    weight: 95,
    certainty: holding.certainty,
    sentence,
    evidence: [...evidence, ...behind(lock, [wait])],
    about: lock.lock.name.about,
    doors: doorsOf([lock], [wait.waiter]),
  };
}

function deadlock(kernel: Kernel, { links }: Cycle): Judged {
  const steps = links.map(
    ({ wait, lock, holding }) =>
      `${labelOf(kernel, wait.waiter)} waits for ${lock.lock.name.text}, ${isHeld(lock.lock) ? 'held by' : 'blocked by'} ${labelOf(kernel, holding.holder)}`,
  );
  const evidence = links.flatMap(({ wait, lock, holding }) => [
    waitInWords(kernel, wait, lock),
    `${stateOf(lock)}: ${holding.evidence.join('; ')}.`,
    ...behind(lock, [wait]),
  ]);
  return {
    id: 'lock.deadlock',
    weight: 90,
    certainty: weakest(...links.map(({ holding }) => holding.certainty)),
    sentence: `Deadlock of ${links.length}: ${steps.join('; ')}. None of them can go on.`,
    evidence,
    about: links
      .map(({ lock }) => lock.lock.name.about)
      .toSorted()
      .join(', '),
    doors: doorsOf(
      links.map(({ lock }) => lock),
      links.map(({ wait }) => wait.waiter),
    ),
  };
}
