import { afterEach, expect, test } from 'vitest';
import type { Kernel } from 'oompm';

import watchdogs from '../../plugins/watchdogs/index.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { dumpFile, unlessMissing } from '../dumps.js';
import { viewsOf } from './views-of.js';

const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));

async function rcuOf(dump: string): Promise<(readonly [string, unknown])[]> {
  const kernel = await openKernel({ dump: [dumpFile(dump)!] });
  opened.push(kernel);
  const view = viewsOf(watchdogs, kernel).find(({ id }) => id === 'rcu');
  return view?.kind === 'facts' ? view.facts.map(({ title, value }) => [title, value] as const) : [];
}

const idle = '6.1-lock-abba/vmcore';
test.skipIf(!dumpFile(idle))(
  `${unlessMissing(idle)}: of a grace period that does not run nothing more is told`,
  async () => {
    expect(await rcuOf(idle)).toEqual([
      ['Flavour', 'rcu_sched'],
      ['Grace period runs', false],
    ]);
  },
);

const stalled = '6.1-lock-spin/vmcore';
test.skipIf(!dumpFile(stalled))(`${unlessMissing(stalled)}: which CPUs RCU waits for is no count of them`, async () => {
  expect(await rcuOf(stalled)).toContainEqual(['Waits for', 'CPUs 1, 2 and 3']);
});
