import { describe, expect, test } from 'vitest';
import { contendedLocks, lockFindings } from 'oompm/locks';
import { to, type ToyFunction, type ToyInstruction } from 'oompm/testing';

import { cpuStack } from '../../src/stack/stacks.js';
import { codePlace } from '../../src/stack/code.js';
import { codeAddressOf } from '../../src/arch/stack/frame.js';
import { BOTTOM, ENTRY, toyMachine } from '../stack/toy-machine.js';

/** As in the owner's backtrace. */
const LOGBUF_LOCK = 0xffffffff82ab060cn;

const calls = (...code: ToyInstruction[]): ToyFunction => ({ code });

/** The functions of ../shared/cases/lockstuck-gdb-backtrace.txt that are not inlined, and what they interrupted. */
const functions = {
  kvm_wait: calls(),
  __pv_queued_spin_lock_slowpath: calls({ call: 'kvm_wait' }),
  _raw_spin_lock: calls({ call: '__pv_queued_spin_lock_slowpath' }),
  _raw_spin_unlock: calls(),
  vprintk_store: calls({ bytes: [0x41, 0x57] }),
  vprintk_emit: calls(
    { load: LOGBUF_LOCK },
    { call: '_raw_spin_lock' },
    { call: 'vprintk_store' },
    { load: LOGBUF_LOCK },
    { call: '_raw_spin_unlock' },
  ),
  vprintk_deferred: calls({ call: 'vprintk_emit' }),
  printk_deferred: calls({ call: 'vprintk_deferred' }),
  get_stack_info: calls({ call: 'printk_deferred' }),
  show_trace_log_lvl: calls({ call: 'get_stack_info' }),
  show_regs: calls({ call: 'show_trace_log_lvl' }),
  df_debug: calls({ call: 'show_regs' }),
  do_double_fault: calls({ call: 'df_debug' }),
  double_fault: { ...ENTRY, code: [{ call: 'do_double_fault' }] },
  devkmsg_write: calls({ call: 'vprintk_emit' }),
  worker: { ...BOTTOM, code: [{ call: 'devkmsg_write' }] },
  default_idle: BOTTOM,
} satisfies Record<string, ToyFunction>;

const handler = [
  'kvm_wait',
  '__pv_queued_spin_lock_slowpath',
  '_raw_spin_lock',
  'vprintk_emit',
  'vprintk_deferred',
  'printk_deferred',
  'get_stack_info',
  'show_trace_log_lvl',
  'show_regs',
  'df_debug',
  'do_double_fault',
  'double_fault',
];
const before = ['vprintk_emit', 'devkmsg_write', 'worker'];

/** CPU 1's own task stack begins at this address less 0x3000: it has no page there. */
const BAD_SP = 0xffffc90000210000n - 0x3000n;

/** locked = 3 (_Q_SLOW_VAL), and CPU 1's first node is the tail. */
const WORD = 3 | (2 << 18);

function machine() {
  const node = (count: number) => ({ mcs: { count } });
  return toyMachine(
    functions,
    [
      { comm: 'swapper', pid: 100, segments: [{ calls: ['default_idle'] }] },
      {
        comm: 'init',
        pid: 57,
        cr2: BAD_SP - 8n,
        segments: [
          { on: 'DF', calls: handler, offset: 0x45 },
          { calls: ['vprintk_store', ...before], offset: 0, sp: BAD_SP },
        ],
      },
    ],
    {
      types: `
      struct pv_node { struct mcs_spinlock mcs; int cpu; u8 state; };
      struct pv_hash_entry { void *lock; struct pv_node *node; };
    `,
      variables: {
        logbuf_lock: { type: 'unsigned int', value: WORD, at: LOGBUF_LOCK },
        qnodes: { type: 'struct qnode[4]', perCpu: [0, 1].map((count) => [node(count), node(0), node(0), node(0)]) },
        pv_lock_hash: { type: 'struct pv_hash_entry *', value: to('table') },
        pv_lock_hash_bits: { type: 'unsigned int', value: 2 },
      },
      objects: {
        table: { type: 'struct pv_hash_entry[4]', value: [{}, { lock: LOGBUF_LOCK, node: to('head') }, {}, {}] },
        head: { type: 'struct pv_node', value: { cpu: 1, state: 1 } },
      },
    },
  );
}

describe("the owner's own backtrace: a paravirtual lock, asleep in the hypervisor inside a double fault", () => {
  const kernel = machine();
  const stack = cpuStack(kernel, 1);

  test('the stack: through the double fault, and beyond the bad stack pointer', () => {
    expect(stack.frames.map((frame) => codePlace(kernel, codeAddressOf(frame))?.function)).toEqual([
      ...handler,
      'vprintk_store',
      ...before,
    ]);
    expect(stack.frames.slice(0, 12).map(({ area, found }) => [area?.name, found])).toEqual(
      handler.map((_, index) => ['#DF stack of CPU 1', index === 0 ? 'registers' : 'unwound']),
    );
    expect(stack.frames[12]).toMatchObject({ interrupted: true, entry: { user: false, registers: { sp: BAD_SP } } });
    expect(stack.frames.slice(13).map(({ found }) => found)).toEqual(['scanned', 'scanned', 'scanned']);
    expect(stack.end).toMatch(/^the stack pointer 0xffffc9000020d000 is /);
  });

  test('the word: locked, _Q_SLOW_VAL, and the queue is this CPU alone, which the hash table names', () => {
    const [lock] = contendedLocks(kernel);
    expect(lock).toMatchObject({
      lock: { kind: { name: 'spinlock' }, address: LOGBUF_LOCK, name: { text: 'logbuf_lock' } },
      state: 'locked, its first waiter asleep in the hypervisor (_Q_SLOW_VAL) and a queue that ends with CPU 1',
      spin: {
        word: { locked: true, slow: true, pending: false, tail: { cpu: 1, index: 0 } },
        queue: { nodes: [{ cpu: 1, index: 0 }] },
        asleep: 1,
      },
      waits: [{ waiter: { cpu: 1 }, place: 'queued 1, asleep in the hypervisor' }],
      remarks: ['CPU 1 is asleep in the hypervisor at the head of the queue: pv_lock_hash has its node for this lock.'],
    });
  });

  test('the story: certain, and told from rules', () => {
    const [finding, ...others] = lockFindings(kernel);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      id: 'lock.self-deadlock',
      certainty: 'certain',
      subject: { kind: 'lock', name: 'logbuf_lock' },
      sentence:
        'CPU 1 waits for logbuf_lock, which it holds itself: init (57) took it in vprintk_emit; a double fault interrupted it in vprintk_store, and its handler needs the same lock in vprintk_emit. It can never proceed.',
    });
    const evidence = finding!.evidence.join('\n');
    expect(evidence).toMatch(
      /^init \(57\) took logbuf_lock: vprintk_emit\+0x11 is on CPU 1's stack \(found by scanning\): its code calls _raw_spin_lock\(&logbuf_lock\), goes on at \+0xc, and has not reached its unlock; on no other CPU/,
    );
    expect(evidence).toMatch(
      /In vprintk_store\+0x0 the stack pointer was 0xffffc9000020d000, outside of the task's stack 0xffffc90000210000–0xffffc90000214000: 12288 bytes below its start\./,
    );
    expect(evidence).toMatch(
      /It should have been 0xffffc90000213000, where the return address into vprintk_emit is: vprintk_store had not run one instruction\./,
    );
    expect(evidence).toMatch(/The push there writes to 0xffffc9000020cff8, which no page table maps/);
    expect(evidence).toMatch(
      /A double fault interrupted vprintk_store\+0x0, on the #DF stack of CPU 1; its handler ran double_fault → do_double_fault → df_debug → show_regs → show_trace_log_lvl → get_stack_info → printk_deferred → vprintk_deferred → vprintk_emit, which needs logbuf_lock\./,
    );
    expect(evidence).toMatch(/CPU 1 waits for it, asleep in the hypervisor, in vprintk_emit\+0xc/);
  });
});
