import { afterEach, describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import { gracePeriod, runQueues } from 'oompm/linux';
import { cpuProgress, hungTasks, stallFindings, watchdogReports } from 'oompm/stalls';
import { openKernel } from 'oompm/testing';

import runq from '../../plugins/runq/index.js';
import watchdogs from '../../plugins/watchdogs/index.js';
import { dumpFile, testWith, unlessMissing } from '../dumps.js';
import { withoutPage } from '../fuzz/without-page.js';
import { tableOf } from '../plugins/views-of.js';

const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));
const kernelOf = async (name: string): Promise<Kernel> => {
  opened.push(await openKernel({ dump: [dumpFile(`${name}/vmcore`)!] }));
  return opened.at(-1)!;
};
const missing = (name: string) => dumpFile(`${name}/vmcore`) === undefined;

describe.each(['5.10-lock-rwsem', '6.1-lock-abba', '7.2-lock-abba', '6.1-lock-spin'])('%s', (name) => {
  test.skipIf(missing(name))(
    `${unlessMissing(`${name}/vmcore`)}: hung tasks are those of the kernel's own watchdog`,
    async () => {
      const kernel = await kernelOf(name);
      const said = watchdogReports(kernel).filter(({ kind }) => kind === 'hung task');
      expect(said.length).toBeGreaterThan(0);
      expect(new Set(hungTasks(kernel).map(({ task }) => task.pid))).toEqual(new Set(said.map(({ pid }) => pid)));
      // None has slept for less than the kernel had already said.
      for (const { task, asleepNs } of hungTasks(kernel)) {
        expect(asleepNs / 1e9).toBeGreaterThan(
          Math.max(...said.filter(({ pid }) => pid === task.pid).map(({ seconds }) => seconds!)),
        );
      }
    },
  );
});

test.skipIf(missing('6.1-lock-spin'))(
  `${unlessMissing('6.1-lock-spin/vmcore')}: three CPUs are stuck, and RCU waits for just them`,
  async () => {
    const kernel = await kernelOf('6.1-lock-spin');
    expect(cpuProgress(kernel).map(({ context, stuck }) => [context.cpu, stuck])).toEqual([
      [0, false],
      [1, true],
      [2, true],
      [3, true],
    ]);
    expect(gracePeriod(kernel)).toMatchObject({
      name: 'rcu_sched',
      running: true,
      stalled: true,
      waitsFor: [1, 2, 3],
      readers: false,
    });
    expect(stallFindings(kernel).map(({ id }) => id)).toEqual([
      'watchdog.stuck-cpu',
      'watchdog.rcu-stall',
      'watchdog.hung-tasks',
    ]);
  },
);

test.skipIf(missing('6.1-lock-irq'))(
  `${unlessMissing('6.1-lock-irq/vmcore')}: a CPU without ticks is stuck though no watchdog spoke of it`,
  async () => {
    const kernel = await kernelOf('6.1-lock-irq');
    expect(
      cpuProgress(kernel)
        .filter(({ stuck }) => stuck)
        .map(({ context }) => context.cpu),
    ).toEqual([1]);
    expect(gracePeriod(kernel)).toMatchObject({ stalled: true, waitsFor: [1] });
  },
);

describe.each([
  '5.10-lock-rwsem',
  '6.1-lock-spin',
  '6.12-zram-panic',
  '7.2-lock-abba',
  '7.2-kdump-global',
  '6.1-kdump-offline',
])('%s', (name) => {
  test.skipIf(missing(name))(
    `${unlessMissing(`${name}/vmcore`)}: as many tasks are found on each run queue as the queue counts`,
    async () => {
      const kernel = await kernelOf(name);
      expect(runQueues(kernel).length).toBeGreaterThan(0);
      expect(tableOf(runq, kernel, {}, 'queues').rows.map(({ cells }) => [cells['cpu'], cells['found']])).toEqual(
        runQueues(kernel).map(({ cpu, running }) => [cpu, running]),
      );
    },
  );
});

describe.each(['6.1-global-panic', '6.12-idle', '7.2-kdump-global', 'debian-6.1-global-panic'])('%s', (name) => {
  test.skipIf(missing(name))(`${unlessMissing(`${name}/vmcore`)}: nothing is stuck`, async () => {
    expect(stallFindings(await kernelOf(name))).toEqual([]);
  });
});

describe('a hung task whose stack can’t be unwound so far, for the list of modules is lost', () => {
  testWith('7.2-reaper/vmcore', 'no function of it is named that only scanning found', async () => {
    const { sound, damaged } = await withoutPage('7.2-reaper/vmcore', watchdogs, (kernel) => kernel.symbol('modules'));
    const [before, after] = [sound, damaged].map(({ views }) => ({
      hung: views.flatMap((view) =>
        view.id === 'hung' && view.kind === 'table' ? view.rows.map(({ cells }) => cells['in']) : [],
      ),
      evidence: views
        .flatMap((view) => (view.kind === 'findings' ? view.findings.flatMap((finding) => finding.evidence) : []))
        .filter((line) => line.startsWith('io-thread (59): ')),
    }));
    expect(before).toEqual({
      hung: ['tarpit_read+0x13 [tarpit]'],
      evidence: [expect.stringContaining('schedule_timeout ← tarpit_read ← ksys_read')],
    });
    expect(after).toEqual({
      hung: [expect.objectContaining({ gap: true })],
      evidence: [expect.stringContaining('schedule_timeout ← ? ksys_read ← ? ')],
    });
  });
});
