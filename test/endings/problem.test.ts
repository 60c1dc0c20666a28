import { describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import { endingFindings } from 'oompm/endings';
import { stallFindings } from 'oompm/stalls';
import { to, type ToyFunction } from 'oompm/testing';

import { signatureOf } from '../../src/report/signature.js';
import { deaths, over } from '../stack/toy-deaths.js';
import { BOTTOM, ENTRY, toyMachine, type ToySegment } from '../stack/toy-machine.js';
import { amissIn } from '../words/untold.js';

const functions = {
  ...deaths,
  unknown_nmi_error: { code: [{ call: 'panic' }] },
  watchdog_overflow_callback: { code: [{ call: 'panic' }] },
  driver_pmu_irq: { code: [{ call: 'watchdog_overflow_callback' }] },
  default_do_nmi: { code: [{ call: 'unknown_nmi_error' }, { call: 'driver_pmu_irq' }] },
  exc_nmi: { code: [{ call: 'default_do_nmi' }] },
  asm_exc_nmi: { ...ENTRY, code: [{ call: 'exc_nmi' }] },
  watchdog_timer_fn: { code: [{ call: 'panic' }] },
  tick_nohz_handler: {},
  hrtimer_interrupt: { code: [{ call: 'watchdog_timer_fn' }, { call: 'tick_nohz_handler' }] },
  sysvec_apic_timer_interrupt: { code: [{ call: 'hrtimer_interrupt' }] },
  asm_sysvec_apic_timer_interrupt: { ...ENTRY, code: [{ call: 'sysvec_apic_timer_interrupt' }] },
  delay_tsc: {},
  acme_spin: { code: [{ call: 'delay_tsc' }] },
  acme_flush: { code: [{ call: 'delay_tsc' }] },
  cpu_idle_poll: {},
  smp_call_function_many_cond: {},
  worker: {
    ...BOTTOM,
    code: [
      { call: 'acme_spin' },
      { call: 'acme_flush' },
      { call: 'cpu_idle_poll' },
      { call: 'smp_call_function_many_cond' },
    ],
  },
} satisfies Record<string, ToyFunction>;

const SECOND = 1_000_000_000n;
const NOW = 100n * SECOND;

interface Machine {
  /** For how long the task has had the CPU. */
  readonly seconds?: bigint;
  readonly panicked?: boolean;
  /** When the CPU last took a tick. */
  readonly ticked?: bigint;
  readonly comm?: string;
}

function machine(segments: readonly ToySegment[], { seconds = 30n, panicked, ticked, comm = 'hog' }: Machine): Kernel {
  const since = NOW - seconds * SECOND;
  return toyMachine(
    functions,
    [
      { comm, pid: 100, segments, task: { sched_info: { last_arrival: since }, on_rq: 1 } },
      { comm: 'swapper', pid: 99, segments: [{ calls: ['cpu_idle_poll', 'worker'] }] },
    ],
    {
      types: 'struct sched_info { u64 last_arrival, last_queued; };',
      taskMembers: 'struct sched_info sched_info;',
      sleepers: [
        {
          comm: 'kworker',
          pid: 101,
          calls: ['delay', 'panic'],
          task: { on_rq: 1, __state: 0, sched_info: { last_queued: since } },
        },
      ],
      variables: {
        panic_cpu: { type: 'atomic_t', value: { counter: panicked ? 0 : -1 } },
        unknown_nmi_panic: { type: 'int', value: 1 },
        panic_on_unrecovered_nmi: { type: 'int', value: 0 },
        jiffies_64: { type: 'u64', value: 4_300_000_000n },
        runqueues: {
          type: 'struct rq',
          perCpu: [
            { curr: to(comm), idle: to('init_task'), clock: ticked ?? NOW, nr_running: 2 },
            { curr: to('swapper'), idle: to('swapper'), clock: NOW },
          ],
        },
      },
    },
  );
}

const timer = (...calls: string[]) =>
  over('asm_sysvec_apic_timer_interrupt', ...calls, 'hrtimer_interrupt', 'sysvec_apic_timer_interrupt');
const nmi = { ...over('asm_exc_nmi', 'unknown_nmi_error', 'default_do_nmi', 'exc_nmi'), on: 'NMI' } as const;
const spins: ToySegment = { calls: ['acme_spin', 'worker'], offset: 0 };
const tick: ToySegment = {
  calls: ['tick_nohz_handler', 'hrtimer_interrupt', 'sysvec_apic_timer_interrupt', 'asm_sysvec_apic_timer_interrupt'],
  on: 'IRQ',
};

function findingsOf(kernel: Kernel) {
  const found = [...endingFindings(kernel), ...stallFindings(kernel)];
  for (const finding of found) expect(amissIn(finding), finding.sentence).toEqual([]);
  return found;
}

const problemOf = (segments: readonly ToySegment[], of: Machine): string | null =>
  signatureOf(findingsOf(machine(segments, of)));

describe('a CPU that spins has one problem id', () => {
  const byPanic = problemOf([timer('watchdog_timer_fn'), spins], { panicked: true });

  test.each([
    ['by an NMI', [nmi, spins], { panicked: true }],
    ['by an NMI before a watchdog cried', [nmi, spins], { panicked: true, seconds: 6n }],
    [
      'by hardlockup_panic, through a handler of NMIs that nobody knows',
      [
        {
          ...over('asm_exc_nmi', 'watchdog_overflow_callback', 'driver_pmu_irq', 'default_do_nmi', 'exc_nmi'),
          on: 'NMI',
        },
        spins,
      ],
      { panicked: true },
    ],
    ['stopped from outside', [spins], {}],
    ['stopped before a watchdog cried', [spins], { seconds: 6n }],
    ['stopped in what it calls', [{ calls: ['delay_tsc', 'acme_spin', 'worker'] }], {}],
    ['stopped in a tick that came over it', [tick, spins], {}],
  ] as const)('%s', (_, segments, of) => {
    expect(byPanic).toMatch(/^[0-9a-f]{16}$/);
    expect(problemOf(segments, of)).toBe(byPanic);
  });

  test('another function is another problem, and one that others did not wait for is none', () => {
    const other = problemOf([{ calls: ['acme_flush', 'worker'], offset: 0 }], {});
    expect(other).toMatch(/^[0-9a-f]{16}$/);
    expect(other).not.toBe(byPanic);
    expect(problemOf([spins], { seconds: 1n })).toBeNull();
    expect(problemOf([nmi, spins], { seconds: 1n, panicked: true })).toBeNull();
  });

  test('a tick that never ends is what keeps the CPU', () => {
    const kernel = machine([tick, spins], { ticked: NOW - 40n * SECOND });
    expect(stallFindings(kernel)[0]?.problem).toBe('a CPU kept by tick_nohz_handler');
  });
});

test('a CPU that waits for another one’s answer is not to blame', () => {
  const kernel = toyMachine(
    functions,
    ['poll', 'asks'].map((comm, cpu) => ({
      comm,
      pid: 100 + cpu,
      segments: [{ calls: [cpu === 0 ? 'acme_spin' : 'smp_call_function_many_cond', 'worker'], offset: 0 }],
      task: { sched_info: { last_arrival: NOW - 30n * SECOND }, on_rq: 1 },
    })),
    {
      types: 'struct sched_info { u64 last_arrival, last_queued; };',
      taskMembers: 'struct sched_info sched_info;',
      sleepers: [0, 1].map((cpu) => ({
        comm: `kworker${cpu}`,
        pid: 110 + cpu,
        calls: ['delay', 'panic'],
        task: { on_rq: 1, __state: 0, thread_info: { cpu }, sched_info: { last_queued: NOW - 30n * SECOND } },
      })),
      variables: {
        panic_cpu: { type: 'atomic_t', value: { counter: -1 } },
        runqueues: {
          type: 'struct rq',
          perCpu: ['poll', 'asks'].map((comm) => ({ curr: to(comm), idle: to('init_task'), clock: NOW })),
        },
      },
    },
  );
  expect(stallFindings(kernel)[0]).toMatchObject({
    problem: 'a CPU kept by acme_spin',
    sentence:
      'CPU 0 has run poll (100) for 30 s without a switch, in acme_spin+0x0; CPU 1 (asks (101)) waits for another CPU to answer, in smp_call_function_many_cond+0x0.',
  });
});

describe('an NMI that nobody knew', () => {
  const told = (segments: readonly ToySegment[], of: Machine): string[] =>
    findingsOf(machine(segments, { panicked: true, ...of })).map(({ sentence }) => sentence);

  test('names what was set, and whom it interrupted', () => {
    expect(told([nmi, spins], { seconds: 1n })).toEqual([
      'An NMI came that nobody knew; it interrupted CPU 0 (hog (100)) in acme_spin+0x0, which had had the CPU for 1 s. unknown_nmi_panic made a panic of it.',
    ]);
  });

  test('over a CPU that was kept, who kept it comes first', () => {
    const [first, second] = findingsOf(machine([nmi, spins], { panicked: true })).toSorted(
      (a, b) => b.weight - a.weight,
    );
    expect([first?.id, first?.sentence]).toEqual([
      'watchdog.stuck-cpu',
      'CPU 0 has run hog (100) for 30 s without a switch, in acme_spin+0x0.',
    ]);
    expect(second?.brief).toBe('An NMI came that nobody knew, and unknown_nmi_panic made a panic of it.');
  });
});
