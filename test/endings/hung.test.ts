import { describe, expect, test } from 'vitest';
import { endingFindings } from 'oompm/endings';
import { stallFindings } from 'oompm/stalls';
import { to, type ToyFunction } from 'oompm/testing';

import { signatureOf } from '../../src/report/signature.js';
import { deaths } from '../stack/toy-deaths.js';
import { BOTTOM, toyMachine, type ToyMachineOptions } from '../stack/toy-machine.js';
import { amissIn } from '../words/untold.js';

const functions = {
  ...deaths,
  watchdog: { code: [{ call: 'panic' }] },
  schedule: {},
  __wait_for_common: { code: [{ call: 'schedule' }] },
  acme_flush: { code: [{ call: '__wait_for_common' }] },
  acme_poll: { code: [{ call: '__wait_for_common' }] },
  kthread: { ...BOTTOM, code: [{ call: 'watchdog' }, { call: 'acme_flush' }, { call: 'acme_poll' }] },
} satisfies Record<string, ToyFunction>;

const SECOND = 1_000_000_000n;
const NOW = 1000n * SECOND;

/** A machine whose log is gone. */
function machine(panicked: boolean, sleeper = 'acme_flush', seconds = 200n) {
  const sleepers: ToyMachineOptions['sleepers'] = [
    {
      comm: 'flusher',
      pid: 110,
      calls: ['schedule', '__wait_for_common', sleeper, 'kthread'],
      task: { se: { exec_start: NOW - seconds * SECOND } },
    },
  ];
  return toyMachine(
    functions,
    [{ comm: 'khungtaskd', pid: 30, segments: [{ calls: ['delay', 'panic', 'watchdog', 'kthread'] }] }],
    {
      sleepers,
      variables: {
        panic_cpu: { type: 'atomic_t', value: { counter: panicked ? 0 : -1 } },
        sysctl_hung_task_timeout_secs: { type: 'unsigned long', value: 120 },
        jiffies_64: { type: 'u64', value: 4_300_000_000n },
        runqueues: { type: 'struct rq', perCpu: [{ curr: to('khungtaskd'), idle: to('init_task'), clock: NOW }] },
      },
    },
  );
}

const told = (kernel: ReturnType<typeof machine>) => {
  const found = [...endingFindings(kernel), ...stallFindings(kernel)];
  for (const finding of found) expect(amissIn(finding), finding.sentence).toEqual([]);
  return found;
};

describe('hung tasks, by memory alone', () => {
  test('are named by hung_task_panic', () => {
    expect(told(machine(true))[0]!.sentence).toMatch(
      /^flusher \(110\) in __wait_for_common\+0x\w+ ← acme_flush\+0x\w+ was in uninterruptible sleep for more than 2 min|^flusher \(110\) in __wait_for_common\+0x\w+ ← acme_flush\+0x\w+ was in uninterruptible sleep for more than 120 s\. hung_task_panic made a panic of it\.$/,
    );
  });

  test('are not, where none slept so long', () => {
    expect(told(machine(true, 'acme_flush', 3n))[0]!.sentence).toBe(
      'A task was in uninterruptible sleep for too long. hung_task_panic made a panic of it.',
    );
  });

  test('are one problem, panicked or not, and others another', () => {
    const [panicked, stopped, other] = [machine(true), machine(false), machine(false, 'acme_poll')].map((kernel) =>
      signatureOf(told(kernel)),
    );
    expect(panicked).toMatch(/^[0-9a-f]{16}$/);
    expect(stopped).toBe(panicked);
    expect(other).not.toBe(panicked);
  });
});
