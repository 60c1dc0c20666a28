import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GraphView, Kernel, StackView } from 'oompm';
import type { Finding } from 'oompm';
import { contendedLocks, lockFindings, type ContendedLock } from 'oompm/locks';
import { openKernel } from 'oompm/testing';

import locks from '../../plugins/locks/index.js';
import { semaphore } from '../../src/locks/kinds/semaphore.js';
import { lockName } from '../../src/locks/names/lock-name.js';
import { dumpFile, unlessMissing } from '../dumps.js';
import { tableOf, viewsOf } from '../plugins/views-of.js';

interface Case {
  kernel: Kernel;
  locks: readonly ContendedLock[];
  findings: readonly Finding[];
  finding: Finding;
}

/** Runs the tests on a dump, without vmlinux and with one where it is given. */
function onDump(name: string, vmlinux: string | undefined, tests: (of: () => Case) => void): void {
  const path = dumpFile(`${name}/vmcore`);
  for (const file of vmlinux === undefined ? [undefined] : [undefined, vmlinux]) {
    const missing = path === undefined || (file !== undefined && dumpFile(file) === undefined);
    const title = `${name}${file === undefined ? ', without vmlinux' : `, with ${file}`}`;
    describe.skipIf(missing)(missing ? unlessMissing(`${name}/vmcore`) : title, () => {
      let found: Case | undefined;
      beforeAll(async () => {
        const kernel = await openKernel({ dump: [path!], ...(file === undefined ? {} : { vmlinux: dumpFile(file)! }) });
        const findings = lockFindings(kernel);
        found = { kernel, locks: contendedLocks(kernel), findings, finding: findings[0]! };
      });
      afterAll(() => found?.kernel.close());
      tests(() => found!);
      test('nothing was in the way', () => expect(found!.kernel.gaps.list).toEqual([]));
    });
  }
}

const evidenceOf = ({ evidence }: Finding, pattern: RegExp): string =>
  evidence.find((line) => pattern.test(line)) ?? `no evidence line matches ${pattern}: ${evidence.join(' | ')}`;

describe.each([
  {
    dump: '5.10-lockstuck',
    state: 'locked',
    stack: [0xffffc90000184000n, 0xffffc90000188000n] as const,
    place: undefined,
  },
  {
    dump: '5.10-lockstuck-native',
    state: 'locked and pending',
    stack: [0xffffc9000012c000n, 0xffffc90000130000n] as const,
    place: 'pending',
  },
])('$dump: the story', ({ dump, state, stack: [low, high], place }) => {
  onDump(dump, 'vmlinux-5.10', (of) => {
    test('one finding: a CPU that waits for a lock which it holds itself, certain', () => {
      expect(of().findings.map(({ id, certainty, subject }) => ({ id, certainty, about: subject?.name }))).toEqual([
        { id: 'lock.self-deadlock', certainty: 'certain', about: 'logbuf_lock' },
      ]);
      expect(of().finding.sentence).toBe(
        'CPU 1 waits for logbuf_lock, which it holds itself: init (57), in write(fd 1: /dev/kmsg), took it in vprintk_emit; ' +
          'a double fault interrupted it in vprintk_store, and its handler needs the same lock in vprintk_emit. It can never proceed.',
      );
    });

    test('the lock was taken in vprintk_emit, by a write to /dev/kmsg by init', () => {
      expect(evidenceOf(of().finding, /took logbuf_lock/)).toMatch(
        /^init \(57\), in write\(fd 1: \/dev\/kmsg\), took logbuf_lock: vprintk_emit\+0x72 is on CPU 1's stack \(found by scanning\): its code calls _raw_spin_lock\(&logbuf_lock\), goes on at \+0x60, and has not reached its unlock/,
      );
    });

    test('the stack pointer was outside of the stack: both values, and by how much', () => {
      const sp = 0xfffffe0000043f98n;
      expect(evidenceOf(of().finding, /outside/)).toContain(
        `In vprintk_store+0x0 the stack pointer was 0x${sp.toString(16)}, outside of the task's stack 0x${low.toString(16)}–0x${high.toString(16)}: ${sp - high} bytes`,
      );
      expect(evidenceOf(of().finding, /should have been/)).toContain(
        `0x${(high - 0x270n).toString(16)}, where the return address into vprintk_emit is`,
      );
    });

    test('the push raised a page fault that could not be delivered, hence the double fault on its own stack', () => {
      expect(evidenceOf(of().finding, /^The push/)).toContain(
        'writes to 0xfffffe0000043f90, which no page table maps: a page fault',
      );
      expect(evidenceOf(of().finding, /CR2/)).toContain('0xfffffe0000043f88');
      expect(evidenceOf(of().finding, /^A double fault/)).toContain('on the #DF stack of CPU 1');
    });

    test('its handler printed a trace, and get_stack_info called printk_deferred, which needs the lock', () => {
      expect(evidenceOf(of().finding, /its handler ran/)).toContain(
        'exc_double_fault → die → __die → show_trace_log_lvl → get_stack_info → printk_deferred → vprintk_deferred → vprintk_emit, which needs logbuf_lock.',
      );
    });

    test('what the lock word says', () => {
      expect(of().locks.map((lock) => [lock.lock.name.text, lock.state, lock.waits.map((wait) => wait.place)])).toEqual(
        [['logbuf_lock', state, [place]]],
      );
      if (place === undefined)
        expect(evidenceOf(of().finding, /test-and-set/)).toContain(
          'neither a pending bit nor a queue: test-and-set spinning',
        );
      else
        expect(evidenceOf(of().finding, /pending/)).toBe(
          'logbuf_lock is locked and pending: the pending one is CPU 1 itself.',
        );
    });

    test('the CPU that waits is the CPU that holds it, and no other can', () => {
      const [lock] = of().locks;
      expect(lock!.holders.map(({ holder, certainty, segment }) => [holder.cpu, certainty, segment])).toEqual([
        [1, 'certain', 1],
      ]);
      expect(lock!.waits.map(({ waiter, segment }) => [waiter.cpu, segment])).toEqual([[1, 0]]);
      expect(lock!.holders[0]!.holder).toBe(lock!.waits[0]!.waiter);
    });
  });
});

describe.each([
  { dump: '6.1-lock-abba', vmlinux: 'vmlinux-6.1' },
  { dump: '7.2-lock-abba', vmlinux: 'vmlinux-7.2' }, // its mutexes have no list head
])('$dump: two mutexes taken in opposite order', ({ dump, vmlinux }) => {
  onDump(dump, vmlinux, (of) => {
    test('the cycle, certain', () => {
      expect(of().findings).toHaveLength(1);
      const { id, certainty, sentence } = of().finding;
      expect({ id, certainty }).toEqual({ id: 'lock.deadlock', certainty: 'certain' });
      expect(sentence).toMatch(
        /^Deadlock of 2: lab_abba_1 \(\d+\) waits for lab_mutex_b \[stuck\], held by lab_abba_2 \(\d+\); lab_abba_2 \(\d+\) waits for lab_mutex_a \[stuck\], held by lab_abba_1 \(\d+\)\. None of them can proceed\.$/,
      );
    });

    test('they have waited since the lab made them, some 30 seconds', () => {
      const waited = tableOf(locks, of().kernel, {}, 'waiters').rows.map(({ cells }) => Number(cells['waited']) / 1e9);
      expect(waited).toHaveLength(2);
      for (const seconds of waited) expect(Math.abs(seconds - 31)).toBeLessThan(3);
    });

    test('the graph has the cycle: two tasks, two locks', () => {
      const graph = viewsOf(locks, of().kernel).find((view): view is GraphView => view.kind === 'graph')!;
      expect(graph.cycles).toHaveLength(1);
      expect(
        graph.cycles[0]!.map((id) => graph.nodes.find((node) => node.id === id)!.label.replace(/ \(\d+\)/, '')),
      ).toEqual(['lab_abba_1', 'lab_mutex_b [stuck]', 'lab_abba_2', 'lab_mutex_a [stuck]']);
      expect(graph.edges.map(({ label }) => label)).toEqual(['sleeps for (1)', 'held by', 'sleeps for (1)', 'held by']);
    });
  });
});

onDump('5.10-lock-rwsem', 'vmlinux-5.10', (of) => {
  test('a queue behind a reader that sleeps', () => {
    expect(of().findings.map(({ id, certainty }) => [id, certainty])).toEqual([['lock.owner-sleeps', 'certain']]);
    expect(of().finding.sentence).toMatch(
      /^lab_writer \(71\), lab_reader_2 \(73\) and lab_reader_1 \(72\) wait for lab_rwsem \[stuck\], for up to 31\.\d s: lab_sleeper \(70\) holds it and sleeps in rwsem_sleeper\+0x1b \[stuck\], for 31\.\d s \(state D\)\.$/,
    );
  });

  test('of many waiters the first are shown, where few are asked for', () => {
    const table = tableOf(locks, of().kernel, { limit: 1 }, 'waiters');
    expect(table.rows.map(({ cells }) => cells['waiter'])).toEqual(['lab_writer (71)']);
    expect(table.note).toBe('Not shown here: 2 more for lab_rwsem [stuck].');
    const graph = viewsOf(locks, of().kernel, { limit: 1 }).find((view): view is GraphView => view.kind === 'graph')!;
    expect(graph.edges.map(({ label }) => label)).toEqual(['sleeps for (1)', 'held by']);
  });

  test('the queue in the order of its list, the writer first', () => {
    const [lock] = of().locks;
    expect([lock!.lock.kind.name, lock!.state]).toEqual(['rwsem', 'held by 1 reader, with waiters']);
    expect(lock!.waits.map(({ place, mode, waiter }) => [place, mode, waiter.task?.comm])).toEqual([
      ['1', 'write', 'lab_writer'],
      ['2', 'read', 'lab_reader_2'],
      ['3', 'read', 'lab_reader_1'],
    ]);
  });
});

onDump('6.1-lock-spin', 'vmlinux-6.1', (of) => {
  test('the owner is named, with its evidence', () => {
    expect(of().findings.map(({ id, certainty }) => [id, certainty])).toEqual([['lock.stuck-owner', 'certain']]);
    expect(of().finding.sentence).toMatch(
      /^CPU 2 \(lab_waiter_2 \(66\)\) and CPU 3 \(lab_waiter_3 \(67\)\) wait for lab_spinlock \[stuck\], for up to 3\d(?:\.\d)? s: CPU 1 \(lab_owner \(65\)\) holds it and does not release it; it is in spin_owner\+0xe \[stuck\]/,
    );
    expect(evidenceOf(of().finding, /_raw_spin_lock\(&lab_spinlock\)/)).toContain(
      "spin_owner+0xe [stuck] is on CPU 1's stack",
    );
  });

  test('what the owner does is shown, unless in brief', () => {
    const owners = (brief: boolean) => viewsOf(locks, of().kernel, { brief }).filter(({ id }) => id === 'owners');
    const [view] = owners(false) as [StackView];
    const [stack] = [...view.stacks];
    expect(stack!.title).toBe(
      'CPU 1: lab_owner (65): has lab_spinlock [stuck], holds up the RCU grace period of rcu_sched',
    );
    expect([...stack!.frames].map((frame) => frame.function)).toEqual(['spin_owner', 'kthread', 'ret_from_fork']);
    expect(owners(true)).toEqual([]);
  });

  test('one pending, one queued: the MCS nodes are followed', () => {
    const lock = of().locks.find(({ lock: { kind } }) => kind.name === 'spinlock')!;
    expect(lock.state).toBe('locked, pending and a queue that ends with CPU 3');
    expect(lock.waits.map(({ place, waiter }) => [place, waiter.cpu])).toEqual([
      ['pending', 2],
      ['queued 1', 3],
    ]);
    expect(lock.spin!.queue.nodes.map(({ cpu, index }) => [cpu, index])).toEqual([[3, 0]]);
  });

  test('a task that waits for RCU waits for the CPUs that hold the grace period up', () => {
    const lock = of().locks.find(({ lock: { kind } }) => kind.name === 'RCU grace period')!;
    expect(lock.lock.name.text).toBe('the RCU grace period of rcu_sched');
    expect(lock.state).toMatch(/^running, for 3\d(?:\.\d)? s$/);
    expect(lock.waits.map(({ waiter, taker }) => [waiter.task?.comm, taker?.name])).toEqual([
      ['kworker/3:1', '__wait_rcu_gp'],
    ]);
    expect(lock.holders.map(({ holder, certainty }) => [holder.cpu, certainty])).toEqual([
      [1, 'certain'],
      [2, 'certain'],
      [3, 'certain'],
    ]);
  });
});

onDump('6.1-lock-irq', 'vmlinux-6.1', (of) => {
  test('taken with interrupts on, then again by a timer on the same CPU', () => {
    expect(of().findings.map(({ id, certainty }) => [id, certainty])).toEqual([['lock.self-deadlock', 'certain']]);
    expect(of().finding.sentence).toBe(
      'CPU 1 waits for lab_spinlock [stuck], which it holds itself: lab_irq (65) took it in irq_owner; an interrupt (sysvec_apic_timer_interrupt) interrupted it in delay_tsc, and its handler needs the same lock in irq_tick. It can never proceed.',
    );
    expect(evidenceOf(of().finding, /its handler ran/)).toContain(
      'hrtimer_interrupt → __hrtimer_run_queues → irq_tick, which needs lab_spinlock [stuck].',
    );
  });
});

describe.each([
  '6.1-global-panic',
  '5.10-many-panic',
  '6.12-zram-panic',
  '7.2-kdump-global',
  '6.1-kdump-offline',
  'debian-6.1-global-panic',
])('%s: no lock accident', (dump) => {
  onDump(dump, undefined, (of) => {
    test('and none is told', () => expect(of().findings).toEqual([]));
  });
});

describe.skipIf(dumpFile('7.2-global/vmcore') === undefined)(
  '7.2, whose kallsyms gives variables the letter of code',
  () => {
    test('a lock is named by its symbol all the same; what lies in code is none', async () => {
      const kernel = await openKernel({ dump: [dumpFile('7.2-global/vmcore')!] });
      const symbol = kernel.symbols.lookup('console_sem')[0]!;
      expect(symbol.type).toBe('t');
      expect(lockName(kernel, symbol.address, semaphore)).toEqual({
        text: 'console_sem',
        about: 'console_sem',
        known: true,
      });
      expect(lockName(kernel, kernel.symbols.addressOf('schedule')!, semaphore).known).toBe(false);
      kernel.close();
    });
  },
);
