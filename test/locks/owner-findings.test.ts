import { describe, expect, test, vi } from 'vitest';
import { contendedLocks, lockFindings, waitGraph, type ContendedLock } from 'oompm/locks';
import { to, type ToyFunction } from 'oompm/testing';
import { ownerFinding } from '../../src/locks/findings/judge-owners.js';
import type { LockKind } from '../../src/locks/lock-kind.js';
import { examples } from '../../scripts/findings.js';

import { BOTTOM, toyMachine } from '../stack/toy-machine.js';

vi.mock('../../src/locks/kinds/all.js', async (original) => {
  const { lockKinds } = await original<{ lockKinds: readonly LockKind[] }>();
  const { turnstile } = await import('./turnstile.js');
  return { lockKinds: [...lockKinds, turnstile] };
});

const LOCK = 0xffffffff82b00000n;
const SECOND = 1_000_000_000n;

describe('a lock that CPUs spin for, whose holder does not run', () => {
  const machine = (holder: 'asleep' | 'runs') => {
    const calls = ['schedule', 'port_flush', 'port_thread'];
    return toyMachine(
      {
        native_queued_spin_lock_slowpath: {},
        _raw_spin_lock: { code: [{ call: 'native_queued_spin_lock_slowpath' }] },
        schedule: {},
        port_flush: { code: [{ load: LOCK }, { call: '_raw_spin_lock' }, { call: 'schedule' }] },
        port_write: { code: [{ load: LOCK }, { call: '_raw_spin_lock' }] },
        port_thread: { ...BOTTOM, code: [{ call: 'port_flush' }, { call: 'port_write' }] },
      } satisfies Record<string, ToyFunction>,
      [
        {
          comm: 'writer',
          pid: 101,
          segments: [{ calls: ['native_queued_spin_lock_slowpath', '_raw_spin_lock', 'port_write', 'port_thread'] }],
        },
        ...(holder === 'runs' ? [{ comm: 'flusher', pid: 102, segments: [{ calls: calls.slice(1) }] }] : []),
      ],
      {
        variables: { port_lock: { type: 'unsigned int', value: 1, at: LOCK } },
        sleepers: holder === 'asleep' ? [{ comm: 'flusher', pid: 102, calls }] : [],
      },
    );
  };

  test('sleeps with a spinlock', () => {
    expect(lockFindings(machine('asleep'))).toMatchObject([
      { id: 'lock.sleeps-with-spinlock', certainty: 'certain', sentence: examples['lock.sleeps-with-spinlock'] },
    ]);
  });

  test('where it runs, it is no such finding', () => {
    expect(lockFindings(machine('runs')).map(({ id }) => id)).not.toContain('lock.sleeps-with-spinlock');
  });
});

describe('a lock that nobody is found to have', () => {
  const GATE = 0xffffffff82e00000n;

  function waitedFor(seconds: bigint, found: Pick<ContendedLock, 'exited' | 'frozen'>) {
    const kernel = toyMachine(
      {
        schedule: {},
        turnstile_wait: { orc: { spOffset: 24 }, code: [{ call: 'schedule' }] },
        turnstile_pass: { code: [{ call: 'turnstile_wait' }] },
        walker: { ...BOTTOM, code: [{ call: 'turnstile_pass' }] },
        default_idle: BOTTOM,
      } satisfies Record<string, ToyFunction>,
      [{ comm: 'swapper', pid: 100, segments: [{ calls: ['default_idle'] }] }],
      {
        types: 'struct turnstile { u64 owner; }; struct sched_entity { u64 exec_start, sum_exec_runtime; };',
        variables: {
          gate: { type: 'struct turnstile', at: GATE, value: { owner: 0n } },
          runqueues: {
            type: 'struct rq',
            perCpu: [{ curr: to('swapper'), idle: to('init_task'), clock: 60n * SECOND }],
          },
        },
        sleepers: [
          {
            comm: 'walker',
            pid: 102,
            calls: ['schedule', 'turnstile_wait', 'turnstile_pass', 'walker'],
            locals: { turnstile_wait: [GATE, 0n] },
            task: { se: { exec_start: (60n - seconds) * SECOND } },
          },
        ],
      },
    );
    const [lock] = contendedLocks(kernel);
    return ownerFinding(kernel, { ...lock!, ...found }, waitGraph([lock!]));
  }

  const system = { superBlock: 0n, type: 'ext4', text: 'ext4 on vda (/srv)' };
  const frozen = (complete: boolean): Pick<ContendedLock, 'frozen'> => ({
    frozen: { system, complete, evidence: `super_block.s_writers.frozen of ${system.text} is ${complete ? 4 : 1}` },
  });

  test('its owner has exited, whatever time has passed', () => {
    const sentence = examples['lock.owner-exited'];
    expect(waitedFor(31n, { exited: 'worker (116)' })).toMatchObject({ id: 'lock.owner-exited', sentence });
    expect(waitedFor(1n, { exited: 'worker (116)' })).toMatchObject({ id: 'lock.owner-exited' });
  });

  test('it keeps a file system frozen', () => {
    expect(waitedFor(31n, frozen(true))).toMatchObject({ id: 'lock.frozen', sentence: examples['lock.frozen'] });
    expect(waitedFor(31n, frozen(false))!.sentence).toMatch(/it is being frozen, which waits for those that still/);
    expect(waitedFor(1n, frozen(true))).toBeUndefined();
  });

  test('neither of them', () => {
    expect(waitedFor(31n, {})).toMatchObject({ id: 'lock.owner-unknown' });
  });
});
