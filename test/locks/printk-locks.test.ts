import { describe, expect, test } from 'vitest';
import { contendedLocks, lockFindings, waitGraph } from 'oompm/locks';
import { to, type ToyFunction } from 'oompm/testing';

import { BOTTOM, toyMachine, type ToyCpu } from '../stack/toy-machine.js';

const PAUSE = [0xf3, 0x90];
/** `pause` stands at +0x80, where the toy's functions are by default. */
const loop = { bytes: [...Array.from({ length: 0x80 - 5 }, () => 0x90), ...PAUSE] };

const functions = {
  serial_write: {},
  console_unlock: { code: [{ call: 'serial_write' }] },
  vprintk_emit: { code: [{ call: 'console_unlock' }, loop] },
  _printk: { code: [{ call: 'vprintk_emit' }] },
  __printk_cpu_sync_wait: { code: [{ bytes: [0x90, 0x90, 0x90, 0x90, 0x90] }, loop] },
  dump_stack_lvl: { code: [{ call: '__printk_cpu_sync_wait' }, loop] },
  worker: { ...BOTTOM, code: [{ call: '_printk' }, { call: 'dump_stack_lvl' }] },
} satisfies Record<string, ToyFunction>;

const printer: ToyCpu = {
  comm: 'printer',
  pid: 101,
  segments: [{ calls: ['serial_write', 'console_unlock', 'vprintk_emit', '_printk', 'worker'] }],
};
const spinner: ToyCpu = { comm: 'spinner', pid: 102, segments: [{ calls: ['vprintk_emit', '_printk', 'worker'] }] };
const dumper: ToyCpu = {
  comm: 'dumper',
  pid: 103,
  segments: [{ calls: ['__printk_cpu_sync_wait', 'dump_stack_lvl', 'worker'] }],
};

const semaphore = 'struct semaphore { struct { u32 raw; } lock; unsigned int count; struct list_head wait_list; };';

function machine(
  cpus: readonly ToyCpu[],
  {
    waiter = 1,
    cpuOwner = 0,
    cpuLock = 'printk_cpu_sync_owner',
  }: { waiter?: number; cpuOwner?: number; cpuLock?: string } = {},
) {
  return toyMachine(functions, cpus, {
    types: semaphore,
    variables: {
      console_owner: { type: 'struct task_struct *', value: to('printer') },
      console_waiter: { type: 'bool', value: waiter },
      [cpuLock]: { type: 'atomic_t', value: cpuOwner },
    },
  });
}

describe('locks of printk, which are plain variables', () => {
  test('one CPU prints, one waits to take over, one waits for the CPU lock', () => {
    const kernel = machine([printer, spinner, dumper]);
    expect(
      contendedLocks(kernel).map(({ lock, state, waits, holders }) => [
        lock.name.text,
        state,
        waits.map(({ waiter }) => waiter.cpu),
        holders.map(({ holder, certainty }) => [holder.cpu, certainty]),
      ]),
    ).toEqual([
      ["printk's CPU lock (printk_cpu_sync_owner)", 'held by CPU 0', [2], [[0, 'certain']]],
      [
        'console_owner',
        'CPU 0: printer (101), which prints; one CPU waits to take over (console_waiter)',
        [1],
        [[0, 'certain']],
      ],
    ]);
    expect(waitGraph(contendedLocks(kernel)).cycles).toEqual([]);
  });

  test('before 5.15 the function that dumps the stack waits itself, for dump_lock', () => {
    const kernel = machine([printer, { ...dumper, segments: [{ calls: ['dump_stack_lvl', 'worker'] }] }], {
      cpuLock: 'dump_lock',
    });
    expect(contendedLocks(kernel)).toMatchObject([
      {
        lock: { kind: { name: 'printk CPU lock' }, name: { text: "printk's CPU lock (dump_lock)" } },
        waits: [{ waiter: { cpu: 1 } }],
      },
    ]);
  });

  test('who is in vprintk_emit() while nobody is to take over does not wait', () => {
    expect(contendedLocks(machine([printer, spinner], { waiter: 0 }))).toEqual([]);
  });

  test('a free CPU lock, one of its own, or code that is not in the loop: no wait', () => {
    expect(contendedLocks(machine([printer, dumper], { cpuOwner: -1, waiter: 0 }))).toEqual([]);
    expect(contendedLocks(machine([printer, dumper], { cpuOwner: 1, waiter: 0 }))).toEqual([]);
    expect(
      contendedLocks(
        machine([printer, { ...dumper, segments: [{ ...dumper.segments[0]!, offset: 0x10 }] }], { waiter: 0 }),
      ),
    ).toEqual([]);
  });

  test('a CPU number that no CPU has names nobody', () => {
    expect(contendedLocks(machine([printer, dumper], { cpuOwner: 77, waiter: 0 }))).toMatchObject([
      { state: 'held by CPU 77', holders: [] },
    ]);
  });
});

const LOCK = 0xffffffff82b00000n;

describe("a holder that was stopped by another CPU's panic", () => {
  const kernel = (stop: string) =>
    toyMachine(
      {
        native_queued_spin_lock_slowpath: {},
        _raw_spin_lock: { code: [{ call: 'native_queued_spin_lock_slowpath' }] },
        [stop]: {},
        asm_sysvec_reboot: { orc: { type: 'regs', spOffset: 0, signal: true }, code: [{ call: stop }] },
        holder: { code: [{ load: LOCK }, { call: '_raw_spin_lock' }] },
        panic: { code: [{ load: LOCK }, { call: '_raw_spin_lock' }] },
        worker: { ...BOTTOM, code: [{ call: 'panic' }, { call: 'holder' }] },
      },
      [
        {
          comm: 'crasher',
          pid: 101,
          segments: [{ calls: ['native_queued_spin_lock_slowpath', '_raw_spin_lock', 'panic', 'worker'] }],
        },
        {
          comm: 'victim',
          pid: 102,
          segments: [{ on: 'IRQ', calls: [stop, 'asm_sysvec_reboot'] }, { calls: ['holder', 'worker'] }],
        },
      ],
      { variables: { port_lock: { type: 'unsigned int', value: 1, at: LOCK } } },
    );

  test('is why the panicking CPU can never go on', () => {
    expect(lockFindings(kernel('stop_this_cpu'))).toMatchObject([
      {
        id: 'lock.holder-stopped',
        certainty: 'certain',
        sentence:
          'CPU 0 (crasher (101)) waits for port_lock, which nobody will release: CPU 1 (victim (102)) holds it and was stopped in holder+0x80, as a CPU that panics or reboots stops all others (stop_this_cpu).',
      },
    ]);
  });

  test('is nothing of the kind where the handler is another', () => {
    expect(lockFindings(kernel('tick_handler')).map(({ id }) => id)).not.toContain('lock.holder-stopped');
  });
});
