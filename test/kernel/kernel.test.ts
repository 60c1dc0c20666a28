import { describe, expect, test } from 'vitest';
import { toyKernel } from 'oompm/testing';

import { Cancelled, GapLog, Implausible } from '../../src/kernel/gaps.js';
import { Guard } from '../../src/kernel/guard.js';
import { MissingPage } from '../../src/memory/physical-memory.js';
import { ReadError, Unmapped } from '../../src/memory/address-space.js';
import { listNodes } from '../../src/kernel/containers/list.js';

const eventTypes =
  'enum node_stat_item { NR_ONE, NR_TWO, NR_VM_NODE_STAT_ITEMS }; struct vm_event_state { unsigned long event[2]; };';

describe('globals', () => {
  test('arrays are as long as their enumerator says, else as the room up to the next symbol', () => {
    const kernel = toyKernel({
      types: eventTypes,
      variables: {
        vm_node_stat: { type: 'long[5]', value: [1, -2, 3, 4, 5] },
        log_buf_len: { type: 'u32', value: 7 },
        node_data: { type: 'void *[3]' },
      },
    });
    expect([kernel.global('vm_node_stat'), kernel.global('log_buf_len')]).toEqual([[1, -2], 7]);
    expect(kernel.hasGlobal('vm_node_stat') && !kernel.hasGlobal('vm_zone_stat')).toBe(true);
  });

  test('one that this kernel lacks is a ShapeError that names it; one on a lost page a ReadError', () => {
    const kernel = toyKernel({ types: '', variables: { log_buf_len: { type: 'u32' } }, lost: ['log_buf_len'] });
    expect(() => kernel.global('nr_threads')).toThrow(
      expect.objectContaining({ name: 'ShapeError', message: 'this kernel has no variable `nr_threads`' }),
    );
    expect(() => kernel.symbol('nr_threads')).toThrow(
      expect.objectContaining({ name: 'ShapeError', message: 'this kernel has no symbol `nr_threads`' }),
    );
    expect(kernel.attempt('log_buf_len', () => kernel.global('log_buf_len'))).toBeUndefined();
    expect(kernel.gaps.list).toMatchObject([{ what: 'log_buf_len', address: kernel.addressOf('log_buf_len') }]);
  });

  test('enumerators and enums', () => {
    const kernel = toyKernel({ types: eventTypes });
    expect([kernel.enumerator('NR_TWO'), kernel.enumerator('NR_THREE'), kernel.enumValues('nothing').size]).toEqual([
      1,
      undefined,
      0,
    ]);
    expect([...kernel.enumValues('node_stat_item').keys()]).toEqual(['NR_ONE', 'NR_TWO', 'NR_VM_NODE_STAT_ITEMS']);
  });
});

describe('CPUs', () => {
  test('per-CPU variables are each CPU’s own', () => {
    const kernel = toyKernel({
      types: eventTypes,
      cpus: 3,
      variables: {
        vm_event_states: {
          type: 'struct vm_event_state',
          perCpu: [{ event: [1, 2] }, { event: [3, 4] }, { event: [5, 6] }],
        },
      },
    });
    expect(kernel.possibleCpus().map((cpu) => kernel.perCpuGlobal('vm_event_states', cpu).event)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  test('possible CPUs are below nr_cpu_ids, whatever the mask says; without a mask it counts them', () => {
    const bits = [2n ** 64n - 1n];
    expect(
      toyKernel({
        types: '',
        cpus: 2,
        variables: { __cpu_possible_mask: { type: 'struct cpumask', value: { bits } } },
      }).possibleCpus(),
    ).toEqual([0, 1]);
    const kernel = toyKernel({ types: '', cpus: 2, lost: ['__cpu_possible_mask'] });
    expect(kernel.possibleCpus()).toEqual([0, 1]);
    expect(kernel.gaps.list).toMatchObject([{ what: 'cpu_possible_mask' }]);
  });

  test.each([
    ['a mask without a CPU', { '__cpu_possible_mask.bits[0]': 0n }, [0, 1], 'cpu_possible_mask', 'no CPU is in it'],
    ['no nr_cpu_ids', { nr_cpu_ids: 0 }, [0, 1], 'nr_cpu_ids', 'nr_cpu_ids is 0'],
    ['more than any kernel is built for', { nr_cpu_ids: 8193 }, [0, 1], 'nr_cpu_ids', 'nr_cpu_ids is 8193'],
  ])('%s is a gap', (_, overwrite, cpus, what, reason) => {
    const kernel = toyKernel({ types: '', cpus: 2, overwrite });
    expect(kernel.possibleCpus()).toEqual(cpus);
    expect(kernel.gaps.list).toEqual([{ gap: true, what, reason }]);
  });

  test('two CPUs in one place: neither has variables, and a third keeps its own', () => {
    const machine = {
      types: eventTypes,
      cpus: 3,
      variables: {
        vm_event_states: { type: 'struct vm_event_state', perCpu: [{ event: [1, 2] }, {}, { event: [5, 6] }] },
      },
    };
    const place = toyKernel(machine).perCpuOffset(0);
    const kernel = toyKernel({ ...machine, overwrite: { '__per_cpu_offset[1]': place } });
    const events = (cpu: number) => kernel.attempt('events', () => kernel.perCpuGlobal('vm_event_states', cpu).event);
    expect([0, 1, 2].map(events)).toEqual([undefined, undefined, [5, 6]]);
    expect(kernel.gaps.list.map(({ reason }) => reason)).toEqual([
      '__per_cpu_offset has CPU 0 and another in one place',
      '__per_cpu_offset has CPU 1 and another in one place',
    ]);
  });
});

describe('gaps', () => {
  test('attempt turns what can’t be read into a gap; a bug goes on up', () => {
    const kernel = toyKernel({ types: '' });
    expect(kernel.attempt('a word', () => kernel.memory.u64(8n))).toBeUndefined();
    expect(
      kernel.attempt('a count', () => {
        throw new Implausible('too many', 5n);
      }),
    ).toBeUndefined();
    expect(kernel.attempt('a shape', () => kernel.offsetNamed('nothing', 'x'))).toBeUndefined();
    expect(kernel.attempt('a word', () => 7)).toBe(7);
    expect(() =>
      kernel.attempt('a bug', () => {
        throw new TypeError('ours');
      }),
    ).toThrow(TypeError);
    expect(() =>
      kernel.attempt('the end', () => {
        throw new Cancelled('cancelled');
      }),
    ).toThrow(Cancelled);
    expect(kernel.gaps.list.map(({ what, address }) => [what, address])).toEqual([
      ['a word', 8n],
      ['a count', 5n],
      ['a shape', undefined],
    ]);
  });

  test.each<[string, ConstructorParameters<typeof ReadError>[1], boolean]>([
    ['no memory', new MissingPage('absent'), false],
    ['what the filter left out', new MissingPage('excluded'), false],
    ['no mapping', new Unmapped('no such page'), false],
    ['a damaged page', new MissingPage('damaged'), true],
    ['a page that is cut off', new MissingPage('cut off'), true],
    ['a damaged page table', new Unmapped('its table', new MissingPage('damaged')), true],
  ])('a guess that finds %s', (_, why, isGap) => {
    const kernel = toyKernel({ types: '' });
    expect(
      kernel.peek('a guess', () => {
        throw new ReadError(8n, why);
      }),
    ).toBeUndefined();
    expect(kernel.gaps.list.map(({ what, address }) => [what, address])).toEqual(isGap ? [['a guess', 8n]] : []);
  });

  test('the same gap is told once, and no more than some hundreds are', () => {
    const log = new GapLog();
    for (let i = 0; i < 2000; i++) log.record({ gap: true, what: `page ${i % 1000}`, reason: 'excluded' });
    expect([log.list.length, log.dropped]).toEqual([500, 1000]);
  });
});

describe('the guard', () => {
  test('a deadline ends a walk that would go on', () => {
    const guard = new Guard();
    guard.limit(20);
    expect(() => {
      for (;;) guard.step();
    }).toThrow(new Cancelled('took longer than its time limit'));
    guard.limit(undefined);
    expect(() => guard.look()).not.toThrow();
  });

  test('the cancel flag, set from elsewhere, ends it at once', () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const guard = new Guard(flag);
    guard.look();
    Atomics.store(flag, 0, 1);
    expect(() => guard.look()).toThrow(new Cancelled('cancelled'));
  });

  test('walks look at it: a long list ends at the deadline, as no gap', () => {
    const count = 4000;
    const things = { nodes: { type: `struct list_head[${count}]` } };
    const kernel = toyKernel({
      types: '',
      objects: things,
      lists: [Array.from({ length: count }, (_, i) => `nodes[${i}]`)],
    });
    kernel.guard.limit(-1);
    expect(() => [...listNodes(kernel, kernel.addressOf('nodes'), 'list')]).toThrow(Cancelled);
    expect(kernel.gaps.list).toEqual([]);
  });
});

test('shared work is made once', () => {
  const kernel = toyKernel({ types: '' });
  let made = 0;
  for (let i = 0; i < 3; i++) kernel.once('work', () => ++made);
  expect(made).toBe(1);
});
