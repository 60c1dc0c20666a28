import { describe, expect, test } from 'vitest';
import { oomCandidates, oomReaperQueue, oomVictims, wouldChoose, type OomScope } from 'oompm/linux';
import { to, type ToyKernelOptions, type ToyValue } from 'oompm/testing';

import { toyTasks } from '../linux/toy-tasks.js';
import { toyOomTypes } from './toy-oom.js';

const KTHREAD = 0x20_0000;
const OOM_SKIP = 1n << 21n;
const machine: OomScope = { nodemask: undefined, memcg: undefined, totalPages: 10_999, order: 0 };

/** File, anonymous, swap, shmem: the order of MM_FILEPAGES and its fellows. */
const mm = (anon: number, more: Readonly<Record<string, ToyValue>> = {}): { type: string; value: ToyValue } => ({
  type: 'struct mm_struct',
  value: {
    rss_stat: [{ count: 1n }, { count: BigInt(anon) }, { count: 2n }, { count: 3n }],
    pgtables_bytes: 8192,
    ...more,
  },
});

function kernelOf(
  tasks: Readonly<Record<string, Readonly<Record<string, ToyValue>> & { pid: number }>>,
  objects: ToyKernelOptions['objects'] = {},
  more: Partial<ToyKernelOptions> = {},
) {
  return toyTasks(tasks, { types: toyOomTypes, ...more, objects: { ...objects, ...more.objects } });
}

describe('oom_badness()', () => {
  test('rss, swap and page tables, and thousandths of all that there is; the last of equal ones is chosen', () => {
    const kernel = kernelOf(
      { a: { pid: 5, mm: to('mmA') }, b: { pid: 6, mm: to('mmB') }, c: { pid: 7, mm: to('mmB') } },
      { mmA: mm(100), mmB: mm(90), signal_b: { type: 'struct signal_struct', value: { oom_score_adj: 2 } } },
    );
    const { list, unreadable } = oomCandidates(kernel, machine);
    expect(unreadable).toBe(0);
    // 1 file + 100 anonymous + 3 shmem + 2 swap + 2 page tables; adj × (10999 / 1000, cut off).
    expect(list.map(({ badness }) => badness)).toEqual([108, 98 + 20, 98]);
    expect(wouldChoose(list)?.process.pid).toBe(6);
    expect(wouldChoose(list, list.slice(1, 2))?.process.pid).toBe(5);
    expect(kernel.gaps.list).toEqual([]);
  });

  test('who can’t be chosen, and why; whom the table leaves out', () => {
    const kernel = kernelOf(
      {
        init: { pid: 1, mm: to('mmA') },
        kthread: { pid: 2, flags: KTHREAD },
        protected: { pid: 3, mm: to('mmA') },
        reaped: { pid: 4, mm: to('mmReaped') },
        gone: { pid: 5 },
        forking: { pid: 6, mm: to('mmParent'), vfork_done: 1n, real_parent: to('parent') },
        parent: { pid: 7, mm: to('mmParent') },
        dying: { pid: 8, mm: to('mmA') },
      },
      {
        mmA: mm(1),
        mmParent: mm(2),
        mmReaped: mm(3, { flags: OOM_SKIP }),
        signal_protected: { type: 'struct signal_struct', value: { oom_score_adj: -1000 } },
        signal_dying: { type: 'struct signal_struct', value: { oom_mm: to('mmA') } },
      },
    );
    const { list } = oomCandidates(kernel, machine);
    expect(list.map(({ process, listed, passedOver }) => [process.comm, listed, passedOver])).toEqual([
      ['init', false, 'it is init'],
      ['protected', true, 'its oom_score_adj is -1000'],
      ['reaped', true, "its memory is reaped already, or can't be (MMF_OOM_SKIP)"],
      ['gone', false, 'it has no memory any more'],
      ['forking', true, "it is in the middle of vfork() and still uses its parent's memory"],
      ['parent', true, undefined],
      ['dying', true, 'it was killed before and is still dying: no other is chosen meanwhile'],
    ]);
  });

  test('a process whose leader has left its memory is weighed by a thread that has not', () => {
    const kernel = toyTasks(
      { leader: { pid: 5 }, thread: { pid: 6, mm: to('mmA') } },
      { types: toyOomTypes, threadsOf: { leader: ['thread'] }, objects: { mmA: mm(100) } },
    );
    const { list } = oomCandidates(kernel, machine);
    expect(list).toMatchObject([{ badness: 108, listed: true }]);
    expect(list[0]!.holder?.comm).toBe('thread');
  });

  test('a cpuset and a memory policy keep others out', () => {
    const kernel = kernelOf(
      {
        asker: { pid: 5, mm: to('mmA'), mems_allowed: { bits: [0b10] } },
        near: { pid: 6, mm: to('mmA'), mems_allowed: { bits: [0b11] }, mempolicy: to('bound') },
        far: { pid: 7, mm: to('mmA'), mems_allowed: { bits: [0b01] } },
      },
      { mmA: mm(1), bound: { type: 'struct mempolicy', value: { mode: 2, nodes: { bits: [0b01] } } } },
    );
    const reasons = (scope: OomScope) => oomCandidates(kernel, scope).list.map(({ passedOver }) => passedOver);
    const asker = oomCandidates(kernel, machine).list[0]!.process;
    expect(reasons({ ...machine, task: asker })).toEqual([undefined, undefined, 'its cpuset keeps it off node 1']);
    expect(reasons({ ...machine, task: asker, nodemask: [1] })).toEqual([
      undefined,
      'its memory policy keeps it off node 1',
      undefined,
    ]);
  });

  test('one that can’t be read is counted, not guessed at', () => {
    const kernel = kernelOf(
      { a: { pid: 5, mm: to('mmA') }, b: { pid: 6, mm: to('mmB') } },
      { mmA: mm(1), mmB: mm(2) },
      { lost: ['mmB'] },
    );
    expect(oomCandidates(kernel, machine)).toMatchObject({ list: [{ badness: 9 }], unreadable: 1 });
    expect(kernel.gaps.list).toMatchObject([{ what: 'badness of b (6)' }]);
  });
});

describe('after a kill', () => {
  const victim = (options: Partial<ToyKernelOptions> = {}) =>
    toyTasks(
      {
        leader: { pid: 5, flags: 0x4 },
        thread: { pid: 6, mm: to('mmA'), __state: 2, oom_reaper_list: to('next') },
        next: { pid: 7, mm: to('mmB') },
      },
      {
        types: toyOomTypes,
        threadsOf: { leader: ['thread'] },
        ...options,
        objects: {
          mmA: mm(100, { flags: OOM_SKIP, mm_users: 1 }),
          mmB: mm(5),
          signal_leader: { type: 'struct signal_struct', value: { oom_mm: to('mmA') } },
        },
        variables: { oom_reaper_list: { type: 'struct task_struct *', value: to('thread') } },
      },
    );

  test('a victim that is still there: reaped, queued, and the thread that keeps its memory', () => {
    const kernel = victim();
    const [found, ...others] = oomVictims(kernel);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ reaped: true, queued: true, users: 1, rss: { exact: { anon: 100 } }, exiting: [] });
    expect(found!.holders.map(({ comm }) => comm)).toEqual(['thread']);
    expect(oomReaperQueue(kernel).map(({ comm }) => comm)).toEqual(['thread', 'next']);
  });

  test('the reaper’s list goes in a circle', () => {
    const kernel = victim({ overwrite: { 'next.oom_reaper_list': to('thread') } });
    expect(oomReaperQueue(kernel).map(({ comm }) => comm)).toEqual(['thread', 'next']);
    expect(kernel.gaps.list).toMatchObject([{ what: 'oom_reaper_list', reason: 'has a cycle after 2 tasks' }]);
  });

  test('the reaper’s list leads to nowhere', () => {
    const kernel = victim({ overwrite: { 'next.oom_reaper_list': 0xdead_0000n } });
    expect(oomReaperQueue(kernel)).toHaveLength(3);
    expect(kernel.gaps.list).toMatchObject([{ what: 'oom_reaper_list' }]);
  });

  test('nobody was killed', () => {
    expect(oomVictims(kernelOf({ a: { pid: 5, mm: to('mmA') } }, { mmA: mm(1) }))).toEqual([]);
  });
});
