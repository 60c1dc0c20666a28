import { describe, expect, test } from 'vitest';
import { oomCaller, oomLockHolder, oomsInProgress } from 'oompm/linux';
import { to } from 'oompm/testing';

import { NODES, RAM, SWAP, toyOom } from './toy-oom.js';

describe('struct oom_control on a stack', () => {
  test('is found, with all that it says', () => {
    const kernel = toyOom({ order: 3, chosen: to('other'), chosen_points: 77n });
    const [found, ...others] = oomsInProgress(kernel);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      address: kernel.addressOf('stack.oc'),
      cpu: 0,
      zonelistNode: 0,
      nodemask: undefined,
      memcg: undefined,
      gfpMask: 0xcc0,
      order: 3,
      totalPages: RAM + SWAP,
      constraint: 'CONSTRAINT_NONE',
      chosenPoints: 77n,
      holdsOomLock: true,
    });
    expect(found!.task.pid).toBe(5);
    expect(typeof found!.chosen === 'object' && found!.chosen.pid).toBe(6);
  });

  test.each([
    ['by hand (sysrq), for no page at all', { order: -1 }, { order: -1, constraint: 'CONSTRAINT_NONE' }],
    ['the fallback list of one node alone', { zonelist: to('node1.node_zonelists[1]') }, { zonelistNode: 1 }],
    [
      'a page fault of before 5.16: neither zonelist nor flags',
      { zonelist: null, gfp_mask: 0 },
      { zonelistNode: undefined, gfpMask: 0 },
    ],
    [
      'bound by a memory policy',
      { nodemask: to('mask'), constraint: 2, totalpages: NODES[1] + SWAP },
      { nodemask: [1], constraint: 'CONSTRAINT_MEMORY_POLICY' },
    ],
    ['bound by its cpuset', { constraint: 1, totalpages: NODES[1] + SWAP }, { constraint: 'CONSTRAINT_CPUSET' }],
    [
      "at a cgroup's limit, with its share of swap",
      { zonelist: null, memcg: to('group'), constraint: 3, totalpages: 320 },
      { constraint: 'CONSTRAINT_MEMCG' },
    ],
    [
      "at a cgroup's limit, swap left out",
      { zonelist: null, memcg: to('group'), constraint: 3, totalpages: 300 },
      { constraint: 'CONSTRAINT_MEMCG' },
    ],
    ['the search given up for an earlier victim', { chosen: -1n }, { chosen: 'nobody' }],
  ] as const)('accepted: %s', (_, control, expected) => {
    expect(oomsInProgress(toyOom(control))).toMatchObject([expected]);
  });

  test.each([
    ["a zonelist that is no node's", { zonelist: to('node0') }],
    ['a sum that no constraint gives', { totalpages: RAM + SWAP + 1 }],
    ['no sum yet: it waits for the lock', { totalpages: 0 }],
    ['an order that no free list has', { order: 11 }],
    ['an order below "by hand"', { order: -2 }],
    ['a zonelist without a single flag', { gfp_mask: 0 }],
    ['a constraint that there is not', { constraint: 4 }],
    ['the sum of another constraint', { constraint: 1 }],
    ['a policy without a nodemask', { constraint: 2, totalpages: NODES[1] + SWAP }],
    ['an empty nodemask', { nodemask: to('emptyMask'), constraint: 2, totalpages: SWAP }],
    ['a nodemask that points to nowhere', { nodemask: 0xdead_0000n, constraint: 2, totalpages: NODES[1] + SWAP }],
    ['a cgroup without its constraint', { zonelist: null, memcg: to('group') }],
    ['the constraint without a cgroup', { zonelist: null, constraint: 3, totalpages: 300 }],
    ['a cgroup that is none', { zonelist: null, memcg: to('notGroup'), constraint: 3, totalpages: 300 }],
    ['a cgroup that points to nowhere', { zonelist: null, memcg: 0xdead_0000n, constraint: 3, totalpages: 300 }],
    ["a cgroup's request that has a zonelist", { memcg: to('group'), constraint: 3, totalpages: 300 }],
    ['a chosen task that is none', { chosen: to('stack') }],
  ] as const)('rejected: %s', (_, control) => {
    const kernel = toyOom(control);
    expect(oomsInProgress(kernel)).toEqual([]);
    // What a candidate's pointers lead to is no gap of the dump's.
    expect(kernel.gaps.list).toEqual([]);
  });
});

describe('who is inside out_of_memory() holds oom_lock', () => {
  test('nobody holds it: what stands on a stack is of an event that is over', () => {
    const kernel = toyOom({}, { holder: null });
    expect(oomLockHolder(kernel)).toBe(0n);
    expect(oomsInProgress(kernel)).toEqual([]);
  });

  test('another holds it', () => {
    expect(oomsInProgress(toyOom({}, { holder: 'other' }))).toEqual([]);
  });

  test('the lock can’t be read: the tasks on CPUs are searched, and it is said that none is known to hold it', () => {
    const kernel = toyOom({}, { lost: ['oom_lock'] });
    expect(oomLockHolder(kernel)).toBeUndefined();
    expect(oomsInProgress(kernel)).toMatchObject([{ holdsOomLock: false, constraint: 'CONSTRAINT_NONE' }]);
    expect(kernel.gaps.list).toMatchObject([{ what: 'oom_lock' }]);
  });

  test('its stack is not in the dump', () => {
    const kernel = toyOom({}, { lost: ['stack'] });
    expect(oomsInProgress(kernel)).toEqual([]);
    expect(kernel.gaps.list).toMatchObject([{ what: 'stack of asker (5)' }]);
  });
});

describe('who called out_of_memory()', () => {
  const TEXT = 0xffff_ffff_8100_0000n;
  const symbols = {
    __alloc_pages_slowpath: TEXT,
    'mem_cgroup_out_of_memory.cold': TEXT + 0x100n,
    printk: TEXT + 0x200n,
  };
  const caller = (returns: readonly bigint[]) => {
    const kernel = toyOom(
      {},
      {
        symbols,
        objects: {
          stack: {
            type: 'struct toy_stack',
            value: {
              returns,
              oc: { zonelist: to('node0.node_zonelists[0]'), gfp_mask: 0xcc0, totalpages: RAM + SWAP },
            },
          },
        },
      },
    );
    return oomCaller(kernel, oomsInProgress(kernel)[0]!);
  };

  test('by the nearest return address of a known caller; a compiler’s suffix counts for nothing', () => {
    expect(caller([TEXT + 4n, TEXT + 0x104n, TEXT + 0x204n, 0n])).toEqual({
      function: 'mem_cgroup_out_of_memory',
      by: 'memcg charge',
    });
    expect(caller([TEXT + 0x204n, 1n, TEXT + 8n])).toEqual({
      function: '__alloc_pages_slowpath',
      by: 'page allocation',
    });
  });

  test('none of the known ones', () => {
    expect(caller([TEXT + 0x204n])).toBeUndefined();
  });
});
