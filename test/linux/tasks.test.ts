import { describe, expect, test } from 'vitest';
import { perCpu, taskTypes, to, toyKernel, type ToyKernelOptions } from 'oompm/testing';
import { processes, rssOf, surveyTasks, taskState, threadsOf, type Task } from 'oompm/linux';

import { toyTasks } from './toy-tasks.js';

const pids = (tasks: readonly Task[]) => tasks.map(({ pid }) => pid);
const three = { a: { pid: 1 }, b: { pid: 2 }, c: { pid: 3 } };

describe('every task', () => {
  test('processes by the list, threads by their process', () => {
    const kernel = toyTasks(
      { a: { pid: 1 }, b: { pid: 2 }, b1: { pid: 4 }, b2: { pid: 5 } },
      { threadsOf: { b: ['b1', 'b2'] } },
    );
    const { threads, remarks, unreadable } = surveyTasks(kernel);
    expect([pids(processes(kernel)), pids(threads), remarks, unreadable, kernel.gaps.list]).toEqual([
      [1, 2],
      [1, 2, 4, 5],
      [],
      [],
      [],
    ]);
    expect(pids([...threadsOf(kernel, processes(kernel)[1]!)])).toEqual([2, 4, 5]);
  });

  test('a lost page in the midst: backwards, then the PID IDR; the lost one is named with its pid', () => {
    const kernel = toyTasks({ ...three, d: { pid: 4 }, e: { pid: 5 } }, { lost: ['b', 'd'] });
    const { threads, unreadable, remarks } = surveyTasks(kernel);
    expect(pids(threads)).toEqual([1, 5, 3]);
    expect(unreadable.map(({ pid, address }) => [pid, address])).toEqual([
      [2, kernel.addressOf('b')],
      [4, kernel.addressOf('d')],
    ]);
    expect(remarks).toEqual([
      'The task list is corrupted: 1 process was found on it forwards and 1 more backwards; 1 more task comes from the PID IDR.',
    ]);
    expect(kernel.gaps.list.map(({ what }) => what)).toEqual([
      'init_task.tasks, forwards after 1 task',
      'init_task.tasks, backwards after 1 task',
      'task with pid 2',
      'task with pid 4',
    ]);
  });

  test('gaps are said each time that the tasks are asked for', () => {
    const kernel = toyTasks(three, { lost: ['b'] });
    surveyTasks(kernel);
    const first = kernel.gaps.list;
    kernel.gaps = new (kernel.gaps.constructor as typeof import('../../src/kernel/gaps.js').GapLog)();
    surveyTasks(kernel);
    expect(kernel.gaps.list).toEqual(first);
  });

  test('a list that goes in a circle past its head ends, and the rest is found', () => {
    const kernel = toyTasks(three, { overwrite: { 'b.tasks.next': to('b.tasks') } });
    expect(pids(surveyTasks(kernel).threads)).toEqual([1, 2, 3]);
    expect(kernel.gaps.list[0]!.reason).toContain('it is not the next of this list');
  });

  test('a task that was taken off the list is found where the kernel counts more than the list has', () => {
    const kernel = toyTasks(three, { unlisted: ['b'] });
    expect(pids(surveyTasks(kernel).threads)).toEqual([1, 3, 2]);
    expect(surveyTasks(kernel).remarks).toEqual(['The task list leaves out 1 task that the PID IDR has.']);
  });

  test('a task that runs and is on no list', () => {
    const kernel = toyTasks(
      { a: { pid: 1 } },
      {
        objects: {
          dying: { type: 'struct task_struct', value: { pid: 9, tgid: 9, comm: 'dying', group_leader: to('dying') } },
        },
        variables: { runqueues: { type: 'struct rq', perCpu: [{ curr: to('dying'), idle: to('init_task') }] } },
      },
    );
    expect(pids(surveyTasks(kernel).threads)).toEqual([1, 9]);
  });

  test('nonsense is no task', () => {
    const kernel = toyTasks(three, { overwrite: { 'b.pid': -7 } });
    expect(pids(surveyTasks(kernel).threads)).toEqual([1, 3]);
    expect(surveyTasks(kernel).unreadable).toMatchObject([{ pid: 2, reason: 'a task with pid -7, tgid 2' }]);
  });

  test('a kernel whose types lack struct task_struct has gaps, and no tasks', () => {
    const types =
      'struct xarray { void *xa_head; }; struct idr { struct xarray idr_rt; unsigned idr_base; }; struct pid_namespace { struct idr idr; unsigned level; }; struct pid { unsigned level; };';
    const kernel = toyKernel({
      types,
      variables: { init_task: { type: 'struct list_head' }, init_pid_ns: { type: 'struct pid_namespace' } },
    });
    expect(surveyTasks(kernel)).toMatchObject({ processes: [], threads: [], unreadable: [] });
    expect(kernel.gaps.list.map(({ what, reason }) => [what, reason])).toContainEqual([
      'init_task',
      'this kernel has no `struct task_struct` in its types',
    ]);
  });

  test('a list and an IDR without a page are gaps, not an end', () => {
    const kernel = toyTasks(three, { lost: ['init_task', 'idr_root'] });
    expect(surveyTasks(kernel).threads).toEqual([]);
    expect(kernel.gaps.list.map(({ what }) => what)).toEqual([
      'init_task.tasks, forwards after 0 tasks',
      'init_task.tasks, backwards after 0 tasks',
      'init_pid_ns.idr',
    ]);
  });
});

describe('states, as task_index_to_char() has them', () => {
  test.each([
    ['R', { __state: 0 }],
    ['S', { __state: 1 }],
    ['D', { __state: 2 }],
    ['D', { __state: 0x102 }],
    ['T', { __state: 4 }],
    ['t', { __state: 8 }],
    ['X', { __state: 0x80, exit_state: 0x10 }],
    ['Z', { __state: 0x80, exit_state: 0x20 }],
    ['P', { __state: 0x40 }],
    ['I', { __state: 0x402 }],
    ['N', { __state: 0x800 }],
    ['D', { __state: 0x8000 }],
    ['D', { __state: 0x1000 }],
    ['S', { __state: 0x2001 }],
  ])('%s %o', (letter, members) => {
    const kernel = toyTasks({ a: { pid: 1, ...members } });
    expect(taskState(processes(kernel)[0]!).letter).toBe(letter);
  });
});

describe('resident pages', () => {
  test('per-CPU counters: the sum over possible CPUs, and what the cheap read has', () => {
    const counter = (count: number, ...cpus: number[]) => ({ count, counters: perCpu(...cpus) });
    const kernel = toyTasks(
      { a: { pid: 1, mm: to('mm') } },
      {
        cpus: 2,
        // MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES
        objects: {
          mm: {
            type: 'struct mm_struct',
            value: { rss_stat: [counter(64, 3, -1), counter(-2, 1, 0), counter(0, 5, 5), counter(7)] },
          },
        },
      },
    );
    expect(rssOf(kernel, processes(kernel)[0]!.mm!)).toEqual({
      approximate: { file: 64, anon: 0, shmem: 7, swap: 0 },
      exact: { file: 66, anon: 0, shmem: 7, swap: 10 },
    });
  });

  test('what one CPU has not added can’t be read: no sum without it, and the cheap read stands', () => {
    const counter = { count: 5, counters: 0x7fff_0000_0000n };
    const kernel = toyTasks(
      { a: { pid: 1, mm: to('mm') } },
      { objects: { mm: { type: 'struct mm_struct', value: { rss_stat: [counter, counter, counter, counter] } } } },
    );
    expect(rssOf(kernel, processes(kernel)[0]!.mm!)).toEqual({
      approximate: { file: 5, anon: 5, shmem: 5, swap: 5 },
      exact: undefined,
    });
    expect(kernel.gaps.list).toMatchObject([{ what: 'rss that is not added yet' }]);
  });

  const kept = taskTypes
    .replace('char comm[16];', 'char comm[16]; struct task_rss_stat { int events; int count[4]; } rss_stat;')
    .replace('struct percpu_counter rss_stat[4];', 'struct mm_rss_stat { atomic_long_t count[4]; } rss_stat;');
  const threads = (options: Partial<ToyKernelOptions> = {}) =>
    toyTasks(
      {
        a: { pid: 1, mm: to('mm'), rss_stat: { count: [1, 2, 3, 4] } },
        b: { pid: 2, mm: to('mm'), rss_stat: { count: [10, 0, 0, 0] } },
      },
      {
        types: kept,
        threadsOf: { a: ['b'] },
        objects: {
          mm: { type: 'struct mm_struct', value: { rss_stat: { count: [100, 100, 100, 100] } } },
          none: { type: 'struct mm_struct', value: {} },
        },
        ...options,
      },
    );

  test('up to 6.1 threads keep some to themselves', () => {
    const kernel = threads();
    expect(rssOf(kernel, processes(kernel)[0]!.mm!).exact).toEqual({ file: 111, anon: 102, swap: 103, shmem: 104 });
    expect(rssOf(kernel, kernel.ref('mm_struct', kernel.addressOf('none'))).exact).toEqual({
      file: 0,
      anon: 0,
      swap: 0,
      shmem: 0,
    });
  });
});
