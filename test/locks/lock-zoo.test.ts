import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import { contendedLocks, lockFindings, type ContendedLock } from 'oompm/locks';
import { openKernel } from 'oompm/testing';

import { dumpFile, unlessMissing } from '../dumps.js';

const NAME = 'lab-6.1-lock-zoo/vmcore';

describe.skipIf(dumpFile(NAME) === undefined)(`${unlessMissing(NAME)}: eight lock accidents in one machine`, () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await openKernel({ dump: [dumpFile(NAME)!] });
  });
  afterAll(() => kernel.close());

  /** Names without what differs from boot to boot. */
  const plain = (text: string): string => text.replaceAll(/ \(\d+\)| \[stuck\]| at 0x[0-9a-f]+/g, '');
  const lock = (name: string): ContendedLock =>
    contendedLocks(kernel).find(
      ({
        lock: {
          name: { text },
        },
      }) => plain(text) === name,
    )!;
  const told = (name: string) => {
    const {
      lock: { kind },
      state,
      waits,
      holders,
    } = lock(name);
    return {
      kind: kind.name,
      state,
      waits: waits.map(({ waiter, place }) => `${plain(waiter.label)}${place === undefined ? '' : ` ${place}`}`),
      holders: holders.map(({ holder, certainty }) => `${plain(holder.label)} ${certainty}`),
    };
  };

  test('the findings: deadlocks first, then by how long there has been waiting', () => {
    expect(
      lockFindings(kernel).map(({ id, certainty, sentence }) => [
        id,
        certainty,
        plain(sentence).replaceAll(/, for (?:up to )?[\d.]+ s\b/g, ''),
      ]),
    ).toEqual([
      [
        'lock.deadlock',
        'certain',
        'Deadlock of 2: kworker/0:1 waits for crowd, held by lab_flusher; lab_flusher waits for the work item lab_work_fn, blocked by kworker/0:1. None of them can proceed.',
      ],
      [
        'lock.deadlock',
        'certain',
        'Deadlock of 3: lab_ring_0 waits for ring+0x38, held by lab_ring_1; lab_ring_1 waits for ring+0x70, held by lab_ring_2; lab_ring_2 waits for ring, held by lab_ring_0. None of them can proceed.',
      ],
      [
        'lock.owner-unknown',
        'possible',
        "lab_sem_1 and lab_sem_2 wait for lab_sem; who holds it can't be determined: a semaphore does not name those who took it.",
      ],
      [
        'lock.owner-sleeps',
        'likely',
        expect.stringMatching(
          /^lab_page_wait waits for PG_locked of the page: lab_page_holder holds it and sleeps in pagel_holder\+0x[0-9a-f]+ \(state D\)\.$/,
        ),
      ],
      [
        'lock.owner-sleeps',
        'certain',
        'lab_rt_middle waits for lab_rt_a: lab_rt_owner holds it and sleeps in rt_owner+0x1b (state D).',
      ],
      [
        'lock.owner-sleeps',
        'certain',
        'lab_other waits for lab_mutex_a: lab_holder holds it and itself waits for lab_done (state D).',
      ],
      [
        'lock.owner-sleeps',
        'certain',
        'lab_writer waits for lab_mix: lab_reader_1, one of 2 that hold it, sleeps in rds_reader+0x1b (state D).',
      ],
      [
        'lock.owner-sleeps',
        'certain',
        'lab_rt_last waits for lab_rt_b: lab_rt_middle holds it and itself waits for lab_rt_a (state D).',
      ],
      [
        'lock.owner-sleeps',
        'certain',
        'lab_pc_writer and lab_pc_late wait for lab_percpu: lab_pc_reader holds it and sleeps in pc_reader+0x28 (state D).',
      ],
    ]);
  });

  test('a chain of rt_mutexes', () => {
    expect(told('lab_rt_a')).toEqual({
      kind: 'rtmutex',
      state: 'held, with waiters',
      waits: ['lab_rt_middle 1'],
      holders: ['lab_rt_owner certain'],
    });
    expect(told('lab_rt_b')).toEqual({
      kind: 'rtmutex',
      state: 'held, with waiters',
      waits: ['lab_rt_last 1'],
      holders: ['lab_rt_middle certain'],
    });
  });

  test('readers: of a percpu-rwsem by its inlined count, of a rwsem by the count and as many stacks, though its owner word names another', () => {
    expect(told('lab_percpu')).toEqual({
      kind: 'percpu-rwsem',
      state: 'held or wanted by a writer, with one reader inside',
      waits: ['lab_pc_writer', 'lab_pc_late 1'],
      holders: ['lab_pc_reader certain'],
    });
    expect(told('lab_mix')).toEqual({
      kind: 'rwsem',
      state: 'held by 2 readers, with waiters',
      waits: ['lab_writer 1'],
      holders: ['lab_reader_1 certain', 'lab_reader_2 certain'],
    });
  });

  test('what names nobody: a semaphore, a completion; and a page lock, whose holder is likely', () => {
    expect(told('lab_sem')).toEqual({
      kind: 'semaphore',
      state: 'used up (its count is 0)',
      waits: ['lab_sem_1 1', 'lab_sem_2 2'],
      holders: [],
    });
    expect(told('lab_done')).toEqual({
      kind: 'completion',
      state: 'not completed',
      waits: ['lab_holder 1'],
      holders: [],
    });
    expect(told('PG_locked of the page')).toEqual({
      kind: 'page bit',
      state: 'set',
      waits: ['lab_page_wait'],
      holders: ['lab_page_holder likely'],
    });
  });

  test('flush_work() by the holder of the mutex that the work item wants', () => {
    expect(told('the work item lab_work_fn')).toEqual({
      kind: 'work item',
      state: 'running',
      waits: ['lab_flusher'],
      holders: ['kworker/0:1 certain'],
    });
  });

  test('nothing was in the way', () => expect(kernel.gaps.list).toEqual([]));
});
