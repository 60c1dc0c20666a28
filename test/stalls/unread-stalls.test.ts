import { describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import { gracePeriod } from 'oompm/linux';
import { to, toyKernel, type ToyKernelOptions, type ToyValue } from 'oompm/testing';

import watchdogs from '../../plugins/watchdogs/index.js';
import { openDump } from '../../src/dump/open-dump.js';
import { expeditedGracePeriod } from '../../src/locks/kinds/grace-period.js';
import { bringUp } from '../../src/session/open-kernel.js';
import { dumpFile, testWith } from '../dumps.js';
import { watched } from '../fuzz/dropped-page.js';
import { tableOf, viewsOf } from '../plugins/views-of.js';

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
  options: Partial<ToyKernelOptions> = {},
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

  test('an expedited one is kept by nobody where that could be read', () => {
    const expedited = { kind: expeditedGracePeriod, address: 0n, name: { text: '', about: '', known: true } };
    const words = (node: Readonly<Record<string, ToyValue>>): string =>
      expeditedGracePeriod.words!(rcu(0n, node), expedited);
    expect(words({})).toBe('kept by nobody at this moment');
    expect(words({ expmask: 1 })).toBe('running');
    expect(words({ exp_tasks: 0x7fff_dead_0000n })).toBe('');
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
