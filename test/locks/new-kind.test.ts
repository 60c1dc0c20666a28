import { expect, test, vi } from 'vitest';
import { contendedLocks } from 'oompm/locks';
import type { LockKind } from '../../src/locks/lock-kind.js';
import type { ToyFunction } from 'oompm/testing';

import { BOTTOM, toyMachine } from '../stack/toy-machine.js';
import { turnstile } from './turnstile.js';

// What a new kind is: a file, and a line in the list of all.
vi.mock('../../src/locks/kinds/all.js', async (original) => {
  const { lockKinds } = await original<{ lockKinds: readonly LockKind[] }>();
  const { turnstile } = await import('./turnstile.js');
  return { lockKinds: [...lockKinds, turnstile] };
});

const GATE = 0xffffffff82e00000n;

const functions = {
  schedule: {},
  turnstile_wait: { orc: { spOffset: 24 }, code: [{ call: 'schedule' }] },
  turnstile_pass: { code: [{ call: 'turnstile_wait' }] },
  turnstile_look: { code: [{ call: 'turnstile_wait' }] },
  walker: { ...BOTTOM, code: [{ call: 'turnstile_pass' }] },
  watcher: { ...BOTTOM, code: [{ call: 'turnstile_look' }] },
  sitter: { ...BOTTOM, code: [{ call: 'schedule' }] },
  default_idle: BOTTOM,
} satisfies Record<string, ToyFunction>;

const types = `
  struct turnstile { u64 owner; };
  struct sched_entity { u64 exec_start, sum_exec_runtime; };
`;

function machine() {
  const build = (owner: bigint) =>
    toyMachine(functions, [{ comm: 'swapper', pid: 100, segments: [{ calls: ['default_idle'] }] }], {
      types,
      variables: { gate: { type: 'struct turnstile', at: GATE, value: { owner } } },
      sleepers: [
        { comm: 'sitter', pid: 101, calls: ['schedule', 'sitter'] },
        {
          comm: 'walker',
          pid: 102,
          calls: ['schedule', 'turnstile_wait', 'turnstile_pass', 'walker'],
          locals: { turnstile_wait: [GATE, 0n] },
        },
        {
          comm: 'watcher',
          pid: 103,
          calls: ['schedule', 'turnstile_wait', 'turnstile_look', 'watcher'],
          locals: { turnstile_wait: [GATE, 0n] },
        },
      ],
    });
  return build(build(0n).addressOf('sitter'));
}

test('a kind that only the list of kinds names has its waits, holder and words', () => {
  const kernel = machine();
  const [contended, ...others] = contendedLocks(kernel);
  expect(others).toEqual([]);
  expect(contended!.lock.kind).toBe(turnstile);
  expect(contended!.lock.name.text).toBe('gate');
  expect(contended!.state).toBe('taken');
  expect(contended!.holders.map(({ holder, certainty }) => [holder.label, certainty])).toEqual([
    ['sitter (101)', 'certain'],
  ]);
  // The mode is what its functions say, whatever they are called.
  expect(contended!.waits.map(({ waiter, mode }) => [waiter.label, mode])).toEqual([
    ['walker (102)', 'write'],
    ['watcher (103)', 'read'],
  ]);
});
