import { describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import { endingFindings } from 'oompm/endings';
import { timelineOf } from 'oompm/timeline';
import { to, type ToyFunction, type ToyValue } from 'oompm/testing';

import { deaths } from '../stack/toy-deaths.js';
import { BOTTOM, ENTRY, toyMachine, type ToySegment } from '../stack/toy-machine.js';
import { amissIn } from '../words/untold.js';

const WORDS = 10;
const functions = {
  ...deaths,
  mce_panic: { code: [{ call: 'panic' }] },
  // Its struct mce stands in its own frame.
  do_machine_check: { code: [{ call: 'mce_panic' }], orc: { spOffset: 8 * (WORDS + 1) } },
  exc_machine_check: { code: [{ call: 'do_machine_check' }] },
  asm_exc_machine_check: { ...ENTRY, code: [{ call: 'exc_machine_check' }] },
  sysrq: { ...BOTTOM, code: [{ call: 'sysrq_handle_crash' }] },
  worker: { ...BOTTOM, code: [] },
} satisfies Record<string, ToyFunction>;

const types = `
  struct mce { u64 status, misc, addr, mcgstatus, ip, tsc, time; u32 cpuid; u8 bank, severity; u32 extcpu, socketid; };
  struct mce_evt_llist { u64 llnode; struct mce mce; };
  struct gen_pool { struct list_head chunks; int min_alloc_order; };
  struct gen_pool_chunk { struct list_head next_chunk; u64 start_addr, end_addr; };`;

const FATAL = 0xbe00_0000_0001_0091n;
const CORRECTED = 0x9c00_0000_0000_0151n;
const TSC = 0x1234_5678_9abcn;
const TIME = 1_795_945_979n;
const AT = 0x1234_5000n;

/** The same in words: what the processor's own record looks like on a stack. */
function onStack(status: bigint, tsc: bigint, cpu = 0n): bigint[] {
  const bank = 4n;
  return [status, 0x8cn, AT, 5n, 0n, tsc, TIME, 0x60fb1n | (bank << 32n), cpu, 0n];
}

interface Machine {
  readonly seen?: readonly (Readonly<Record<string, ToyValue>> | undefined)[];
  readonly words?: readonly bigint[];
  readonly segments?: readonly ToySegment[];
  readonly pool?: Readonly<Record<string, ToyValue>>;
}

function machine({ seen = [], words = Array.from({ length: WORDS }, () => 0n), segments, pool }: Machine): Kernel {
  const check: ToySegment = {
    calls: ['delay', 'panic', 'mce_panic', 'do_machine_check', 'exc_machine_check', 'asm_exc_machine_check'],
    on: 'NMI',
    locals: { do_machine_check: words },
  };
  return toyMachine(
    functions,
    [
      { comm: 'dying', pid: 100, segments: segments ?? [check, { calls: ['worker'], offset: 4 }] },
      { comm: 'other', pid: 101, segments: [{ calls: ['worker'] }] },
    ],
    {
      types,
      variables: {
        panic_cpu: { type: 'atomic_t', value: { counter: 0 } },
        jiffies_64: { type: 'u64', value: 4_300_000_000n },
        mces_seen: { type: 'struct mce', perCpu: [seen[0] ?? {}, seen[1] ?? {}] },
        ...(pool === undefined ? {} : { mce_evt_pool: { type: 'struct gen_pool *', value: to('pool') } }),
      },
      ...(pool === undefined
        ? {}
        : {
            objects: {
              pool: { type: 'struct gen_pool', value: { min_alloc_order: 7 } },
              record: { type: 'struct mce_evt_llist', value: { mce: pool } },
              chunk: {
                type: 'struct gen_pool_chunk',
                value: { start_addr: to('record'), end_addr: to('record', 127) },
              },
            },
            lists: [['pool.chunks', 'chunk.next_chunk']],
          }),
    },
  );
}

function told(of: Machine): string | undefined {
  const [finding] = endingFindings(machine(of));
  expect(finding === undefined ? [] : amissIn(finding), finding?.sentence).toEqual([]);
  return finding?.sentence;
}

const over = '; it came over CPU 0 (dying (100)) in worker+0x4.';
const memory = '(uncorrected, processor context corrupt): an error of memory, at a read, on channel 1';

test('errors that the kernel counted and went on after', () => {
  const kernel = toyMachine(functions, [{ comm: 'other', pid: 101, segments: [{ calls: ['worker'] }] }], {
    types: `struct hwerr_info { atomic_t count; s64 timestamp; };
      enum hwerr_error_type { HWERR_RECOV_CPU, HWERR_RECOV_MEMORY, HWERR_RECOV_PCI, HWERR_RECOV_MAX };`,
    variables: {
      panic_cpu: { type: 'atomic_t', value: { counter: -1 } },
      hwerr_data: {
        type: 'struct hwerr_info[3]',
        value: [{}, { count: { counter: 3 }, timestamp: TIME }, {}],
      },
    },
  });
  expect(timelineOf(kernel).events.filter(({ kind }) => kind === 'hardware error')).toMatchObject([
    { what: '3 errors of memory that the kernel went on after, this the last (hwerr_data)', gravity: 'trouble' },
  ]);
});

describe('a machine check', () => {
  test('of one processor stands on the stack of its handler', () => {
    expect(told({ seen: [{ tsc: TSC }], words: onStack(FATAL, TSC) })).toBe(
      `CPU 0 reported a machine check that the kernel could not go on after: bank 4 has 0xbe00000000010091 ${memory}, at the physical address 0x12345000${over}`,
    );
  });

  test('of another moment, or none, is not told', () => {
    const unknown = `The processor reported a machine check that the kernel could not go on after${over}`;
    expect(told({ seen: [{ tsc: TSC }], words: onStack(FATAL, TSC + 1n) })).toBe(unknown);
    expect(told({ seen: [{ tsc: TSC }], words: onStack(0n, TSC) })).toBe(unknown);
    expect(told({ seen: [{ tsc: TSC }], words: onStack(FATAL, TSC, 7n) })).toBe(unknown);
    expect(told({})).toBe(unknown);
  });

  test('that all CPUs met is the worst one’s', () => {
    const record = { status: FATAL & ~(1n << 58n), bank: 2, extcpu: 1, severity: 7, tsc: TSC };
    expect(told({ seen: [{ tsc: TSC }, record] })).toBe(
      `CPU 1 reported a machine check that the kernel could not go on after: bank 2 has 0xba00000000010091 ${memory}${over}`,
    );
  });

  test('that was corrected before is no end, and in the timeline though the log has nothing of it', () => {
    const pool = { status: CORRECTED, bank: 3, extcpu: 1, time: TIME, addr: AT };
    const segments: ToySegment[] = [{ calls: ['delay', 'panic', 'sysrq_handle_crash', 'sysrq'] }];
    const kernel = machine({ segments, pool, seen: [{ status: CORRECTED, bank: 3, extcpu: 1 }] });
    expect(endingFindings(kernel).map(({ id }) => id)).toEqual(['ending.by-hand']);
    expect(timelineOf(kernel).events.filter(({ kind }) => kind === 'hardware error')).toMatchObject([
      {
        witness: 'memory',
        gravity: 'trouble',
        what: 'machine check on CPU 1: bank 3 has 9c00000000000151, corrected: an error of the instruction cache of level 1, at a fetch of instructions',
      },
    ]);
  });
});
