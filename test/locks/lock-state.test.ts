import { describe, expect, test } from 'vitest';
import { lockState } from 'oompm/locks';
import { perCpu, to, toyKernel } from 'oompm/testing';

import { mutex } from '../../src/locks/kinds/mutex.js';
import { percpuRwsem } from '../../src/locks/kinds/percpu-rwsem.js';
import { rtMutex } from '../../src/locks/kinds/rt-mutex.js';
import { rwsem } from '../../src/locks/kinds/rwsem.js';
import { semaphore as semaphoreKind } from '../../src/locks/kinds/semaphore.js';
import type { WaiterForm } from '../../src/locks/lock-kind.js';
import { exitedOwner } from '../../src/locks/owners/exited-owner.js';
import { rtQueue } from '../../src/locks/state/rt-locks.js';
import { ringOf } from '../../src/locks/waits/waiters.js';

describe('sleeping locks, by what they say of themselves', () => {
  const semaphore = (count: number) => {
    const kernel = toyKernel({
      types: 'struct semaphore { unsigned int count; };',
      variables: { sem: { type: 'struct semaphore', value: { count } } },
    });
    return lockState(kernel, semaphoreKind, kernel.addressOf('sem'));
  };

  test('a semaphore with none left is held, and names nobody', () => {
    expect(semaphore(0)).toEqual({ words: 'used up (its count is 0)', held: true });
    expect(semaphore(2)).toEqual({ words: 'open to 2 more', held: false });
  });

  test('an rt_mutex names its owner in the word whose lowest bit says that others wait', () => {
    const make = (word: bigint) =>
      toyKernel({
        types:
          'struct task_struct { int pid; }; struct rb_root_cached { void *rb_node, *rb_leftmost; }; struct rt_mutex_base { unsigned long owner; struct rb_root_cached waiters; };',
        variables: {
          lock: { type: 'struct rt_mutex_base', value: { owner: word } },
          free: { type: 'struct rt_mutex_base' },
        },
        objects: { owner: { type: 'struct task_struct', value: { pid: 7 } } },
      });
    const kernel = make(make(0n).addressOf('owner') | 1n);
    const owner = kernel.addressOf('owner');
    expect(lockState(kernel, rtMutex, kernel.addressOf('lock'))).toEqual({
      words: 'held, with waiters',
      held: true,
      owner,
    });
    expect(lockState(kernel, rtMutex, kernel.addressOf('free'))).toEqual({ words: 'free', held: false });
  });

  test('readers of a percpu-rwsem are the sum over the CPUs, which may be negative on one', () => {
    const kernel = toyKernel({
      cpus: 2,
      types:
        'typedef struct { int counter; } atomic_t; struct percpu_rw_semaphore { unsigned int *read_count; atomic_t block; };',
      variables: {
        lock: {
          type: 'struct percpu_rw_semaphore',
          value: { read_count: perCpu(3, 0xffff_fffe), block: { counter: 1 } },
        },
      },
    });
    expect(lockState(kernel, percpuRwsem, kernel.addressOf('lock'))).toEqual({
      words: 'held or wanted by a writer, with one reader inside',
      held: true,
      readers: 1,
    });
  });
});

describe('broken lists of waiters', () => {
  const form: WaiterForm = { struct: 'mutex_waiter', task: 16, node: 0, head: 0 };
  const types =
    'struct task_struct { int pid; }; struct mutex_waiter { struct list_head list; struct task_struct *task; };';
  const list = (overwrite: Parameters<typeof toyKernel>[0]['overwrite'], lost: readonly string[] = []) =>
    toyKernel({
      types,
      lost: [...lost],
      overwrite: overwrite ?? {},
      variables: { init_task: { type: 'struct task_struct' } },
      objects: {
        a: { type: 'struct mutex_waiter' },
        b: { type: 'struct mutex_waiter' },
        c: { type: 'struct mutex_waiter' },
      },
      lists: [['a.list', 'b.list', 'c.list']],
    });

  test.each([
    [
      'that goes in a circle beside its beginning',
      { 'c.list.next': to('b.list') },
      [],
      /has a cycle that does not include where it began/,
    ],
    ['whose link the dump lacks', {}, ['b'], /broken after 2 links/],
    ['whose link leads nowhere', { 'b.list.next': 0x10n }, [], /broken after 3 links/],
  ] as const)('one %s ends, and is a gap', (_what, overwrite, lost, reason) => {
    const kernel = list(overwrite, lost);
    ringOf(kernel, kernel.addressOf('a.list'), form);
    expect(kernel.gaps.list.map((gap) => gap.reason).join('\n')).toMatch(reason);
  });
});

describe('locks that PREEMPT_RT makes of an rt_mutex', () => {
  const types = `
    struct rb_node { struct rb_node *__rb_parent_color; struct rb_node *rb_right; struct rb_node *rb_left; };
    struct rb_root { struct rb_node *rb_node; };
    struct rb_root_cached { struct rb_root rb_root; struct rb_node *rb_leftmost; };
    struct task_struct { int pid; };
    struct rt_mutex_base { int wait_lock; struct rb_root_cached waiters; unsigned long owner; };
    struct mutex { struct rt_mutex_base rtmutex; };
    struct rwbase_rt { atomic_t readers; struct rt_mutex_base rtmutex; };
    struct rw_semaphore { struct rwbase_rt rwbase; };
    struct rt_waiter_node { struct rb_node entry; int prio; };
    struct rt_mutex_waiter { struct rt_waiter_node tree; struct task_struct *task; struct rt_mutex_base *lock; };
  `;
  const kernelWith = (readers: number) => {
    const make = (owner: bigint) =>
      toyKernel({
        types,
        variables: {
          mutex: { type: 'struct mutex', value: { rtmutex: { owner } } },
          rwsem: {
            type: 'struct rw_semaphore',
            value: {
              rwbase: {
                readers: { counter: readers },
                rtmutex: { owner, waiters: { rb_root: { rb_node: to('second.tree.entry') } } },
              },
            },
          },
        },
        objects: {
          owner: { type: 'struct task_struct', value: { pid: 7 } },
          first: {
            type: 'struct rt_mutex_waiter',
            value: { tree: { entry: { __rb_parent_color: to('second.tree.entry') } } },
          },
          second: { type: 'struct rt_mutex_waiter', value: { tree: { entry: { rb_left: to('first.tree.entry') } } } },
        },
      });
    return make(make(0n).addressOf('owner') | 1n);
  };
  const kernel = kernelWith(0x4000_0000);
  const owner = kernel.addressOf('owner');

  test('a mutex names its owner', () => {
    expect(lockState(kernel, mutex, kernel.addressOf('mutex'))).toEqual({
      words: 'held, with waiters',
      held: true,
      owner,
    });
  });

  test('a rwsem names its writer, and only counts its readers', () => {
    const state = (readers: number) => {
      const one = kernelWith(readers);
      return lockState(one, rwsem, one.addressOf('rwsem'));
    };
    expect(state(0x4000_0000)).toEqual({ words: 'held for writing, with waiters', held: true, owner });
    expect(state(2)).toEqual({
      words: 'held by 2 readers, a writer waits until they are out, with waiters',
      held: true,
      readers: 2,
    });
  });

  test('an owner that no task list has is believed to have exited only where a task_struct of the slab is left', () => {
    expect(exitedOwner(kernel, mutex, kernel.addressOf('mutex'))).toBeUndefined();
  });

  test('its waiters come in the order of the tree', () => {
    expect(rtQueue(kernel, rwsem, kernel.addressOf('rwsem'))).toEqual([
      kernel.addressOf('first'),
      kernel.addressOf('second'),
    ]);
    expect(rtQueue(kernel, mutex, kernel.addressOf('mutex'))).toEqual([]);
  });
});
