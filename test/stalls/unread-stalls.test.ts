import { describe, expect, test } from 'vitest';
import { Implausible, type Kernel } from 'oompm';
import { gracePeriod, latestNs } from 'oompm/linux';
import { cpuProgress, stallFindings } from 'oompm/stalls';
import { openKernel, to, toyKernel, type ToyKernelOptions, type ToyValue } from 'oompm/testing';

import watchdogs from '../../plugins/watchdogs/index.js';
import { openDump } from '../../src/dump/open-dump.js';
import { expeditedGracePeriod } from '../../src/locks/kinds/grace-period.js';
import { bringUp } from '../../src/session/open-kernel.js';
import { dumpFile, testWith } from '../dumps.js';
import { watched } from '../fuzz/dropped-page.js';
import { tableOf, viewsOf } from '../plugins/views-of.js';

type Finding = ReturnType<typeof stallFindings>[number];

const types = `
  struct task_struct { int pid; struct list_head rcu_node_entry; };
  struct rcu_node { unsigned long qsmask, expmask; int grplo, grphi; struct list_head *gp_tasks, *exp_tasks; struct list_head blkd_tasks; };
  struct rcu_data { struct rcu_node *mynode; unsigned long grpmask, gp_seq; };
  struct rcu_state { struct rcu_node node[1]; unsigned long gp_seq, gp_start, gp_activity, jiffies_stall; struct task_struct *gp_kthread; char *name; };`;
const NOW = 4_300_000_000n;

/** A grace period that began so many seconds ago, at 1000 ticks a second. */
function rcu(
  ago: bigint,
  node: Readonly<Record<string, ToyValue>> = {},
  { variables, ...options }: Partial<ToyKernelOptions> = {},
): Kernel {
  return toyKernel({
    types,
    variables: {
      rcu_state: {
        type: 'struct rcu_state',
        value: { name: 'rcu_sched', gp_seq: 5, gp_start: NOW - ago * 1000n, node: [node] },
      },
      rcu_data: { type: 'struct rcu_data', perCpu: [{ mynode: to('rcu_state.node[0]') }] },
      jiffies_64: { type: 'u64', value: NOW },
      tick_nsec: { type: 'unsigned long', value: 1_000_000 },
      ...variables,
    },
    ...options,
  });
}

describe('a grace period', () => {
  test('that has run for long is stalled, one for a second is not; without the time it is not known', () => {
    expect([gracePeriod(rcu(30n)), gracePeriod(rcu(1n))].map((period) => period?.stalled)).toEqual([true, false]);
    expect(gracePeriod(rcu(30n, {}, { lost: ['jiffies_64'] }))).toMatchObject({ running: true, stalled: undefined });
    expect(gracePeriod(rcu(-1n))?.stalled).toBe(false);
  });

  test('whose allowed time can’t be read: compared with the default 21 s, and between that and the shortest not known', () => {
    const told = (ago: bigint, lost: boolean) =>
      gracePeriod(
        rcu(
          ago,
          {},
          {
            variables: { rcu_cpu_stall_timeout: { type: 'int', value: 60 } },
            ...(lost ? { lost: ['rcu_cpu_stall_timeout'] } : {}),
          },
        ),
      );
    expect([30n, 61n].map((ago) => told(ago, false)?.stalled)).toEqual([false, true]);
    expect([2n, 5n, 30n].map((ago) => told(ago, true)?.stalled)).toEqual([false, undefined, true]);
    expect(told(30n, true)?.limit).toEqual({ ns: 21e9, unread: true });
  });

  test('an expedited one is kept by nobody where that could be read', () => {
    const expedited = { kind: expeditedGracePeriod, address: 0n, name: { text: '', about: '', known: true } };
    const words = (node: Readonly<Record<string, ToyValue>>): string =>
      expeditedGracePeriod.words!(rcu(0n, node), expedited);
    expect(words({})).toBe('held up by no CPU and no reader at this moment');
    expect(words({ expmask: 1 })).toBe('running');
    expect(words({ exp_tasks: 0x7fff_dead_0000n })).toBe('');
  });
});

describe('a watchdog’s limit that can’t be read', () => {
  const ZOO = 'lab-6.1-lock-zoo/vmcore';
  function lose(kernel: Kernel, variable: string): void {
    const global = kernel.global.bind(kernel);
    kernel.global = (name) => {
      if (name === variable) throw new Implausible('lost by the test');
      return global(name);
    };
  }
  /** Of the zoo as if it had stood for so much longer. */
  async function findingsLater(seconds: bigint, unread?: string): Promise<readonly Finding[]> {
    const kernel = await openKernel({ dump: [dumpFile(ZOO)!] });
    const latest = latestNs(kernel)! + seconds * 1_000_000_000n;
    const known = kernel.once.bind(kernel);
    kernel.once = ((key: string, make: () => unknown) =>
      key === 'latest moment' ? latest : known(key, make)) as typeof kernel.once;
    if (unread !== undefined) lose(kernel, unread);
    try {
      return stallFindings(kernel);
    } finally {
      kernel.close();
    }
  }
  const hungIn = async (seconds: bigint, unread?: string): Promise<Finding | undefined> =>
    (await findingsLater(seconds, unread)).find(({ id }) => id === 'watchdog.hung-tasks');

  testWith(ZOO, 'hung tasks: by the kernel’s own 4 s; else by the default 120 s, which the finding says', async () => {
    expect(await hungIn(0n)).toMatchObject({
      certainty: 'certain',
      sentence: expect.stringContaining('sleep for more than 4 s: ') as string,
    });
    const unread = 'sysctl_hung_task_timeout_secs';
    expect(await hungIn(0n, unread)).toBeUndefined();
    expect(await hungIn(200n, unread)).toMatchObject({
      certainty: 'likely',
      sentence: expect.stringContaining('sleep for more than the default 120 s: ') as string,
      evidence: expect.arrayContaining([`${unread} can't be read: compared with the default 120 s.`]) as string[],
    });
  });

  testWith(ZOO, 'stuck CPUs: none is said not to be stuck', async () => {
    const kernel = await openKernel({ dump: [dumpFile(ZOO)!] });
    lose(kernel, 'watchdog_thresh');
    expect(cpuProgress(kernel).map(({ stuck }) => stuck)).not.toContain(false);
    kernel.close();
  });
});

describe('a CPU is stuck, is not, or it is not known', () => {
  const DUMP = '6.1-global-panic/vmcore';
  async function cpuCells(addressIn?: (kernel: Kernel) => bigint) {
    const dump = await openDump([dumpFile(DUMP)!]);
    const pages = watched(dump);
    const { kernel } = await bringUp(pages.dump, undefined, {});
    const physical = addressIn && kernel.memory.translate(addressIn(kernel));
    if (typeof physical === 'number') pages.refuse(Math.floor(physical / kernel.memory.pageSize));
    const damaged = (await bringUp(pages.dump, undefined, {})).kernel;
    const { rows } = tableOf(watchdogs, damaged, {}, 'cpus');
    dump.close();
    return { cells: rows[0]!.cells, views: viewsOf(watchdogs, damaged).map(({ id }) => id) };
  }

  testWith(DUMP, 'all can be read', async () => {
    const { cells, views } = await cpuCells();
    expect(cells).toMatchObject({ stuck: false, rcu: false });
    expect(views).toContain('rcu');
  });

  testWith(DUMP, 'when its soft lockup watchdog last ran can’t', async () => {
    const { cells } = await cpuCells((kernel) => kernel.symbol('watchdog_touch_ts') + kernel.perCpuOffset(0));
    expect(cells).toMatchObject({ stuck: { gap: true } });
  });

  testWith(DUMP, 'RCU’s state can’t: whether it waits for a CPU is not known', async () => {
    const { cells, views } = await cpuCells(
      (kernel) => kernel.symbol('rcu_state') + BigInt(kernel.offsetOf('rcu_state', 'gp_seq')),
    );
    expect(cells['rcu']).toBeNull();
    expect(views).not.toContain('rcu');
  });
});
