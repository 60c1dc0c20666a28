import { describe, expect, test } from 'vitest';
import { to, toyCode, type ToyFunction } from 'oompm/testing';
import { culpritOf, endingFindings, endingOf } from 'oompm/endings';

import { cpuContexts } from '../../src/locks/contexts.js';
import { deaths, over, pageFault } from '../stack/toy-deaths.js';
import { BOTTOM, ENTRY, returnSlot, toyMachine, type ToySegment } from '../stack/toy-machine.js';
import { amissIn } from '../words/untold.js';

const READ = [0x8b, 0x47, 0x28]; // mov 0x28(%rdi),%eax
const UD2 = [0x0f, 0x0b];

const functions = {
  ...deaths,
  handle_mm_fault: { code: [{ call: 'out_of_memory' }, { call: 'panic' }] },
  exc_page_fault_user: { code: [{ call: 'handle_mm_fault' }] },
  asm_exc_page_fault_user: { ...ENTRY, code: [{ call: 'exc_page_fault_user' }] },
  handle_stack_overflow: { code: [{ call: 'panic' }] },
  exc_double_fault: { code: [{ call: 'handle_stack_overflow' }, { call: 'oops_end' }] },
  asm_exc_double_fault: { ...ENTRY, code: [{ call: 'exc_double_fault' }] },
  watchdog_hardlockup_check: { code: [{ call: 'panic' }] },
  watchdog_timer_fn: { code: [{ call: 'panic' }, { call: 'watchdog_hardlockup_check' }] },
  print_other_cpu_stall: { code: [{ call: 'panic' }] },
  hrtimer_interrupt: {
    code: [
      { call: 'watchdog_timer_fn' },
      { call: 'print_other_cpu_stall' },
      { call: 'driver_timer' },
      { call: 'reads' },
    ],
  },
  sysvec_apic_timer_interrupt: { code: [{ call: 'hrtimer_interrupt' }] },
  asm_sysvec_apic_timer_interrupt: { ...ENTRY, code: [{ call: 'sysvec_apic_timer_interrupt' }] },
  driver_timer: { code: [{ call: 'panic' }] },
  __stack_chk_fail: { code: [{ call: 'panic' }] },
  out_of_memory: { code: [{ call: 'panic' }] },
  do_exit: { code: [{ call: 'panic' }] },
  mount_root_generic: { code: [{ call: 'panic' }] },
  watchdog: { code: [{ call: 'panic' }] },
  reads: { code: [{ bytes: READ }] },
  traps: { code: [{ bytes: UD2 }] },
  divides: { code: [{ bytes: [0xf7, 0xf1] }] },
  patched: { code: [{ bytes: [0x0f, ...READ] }] },
  trapped: { code: [{ bytes: [0xcc, ...READ] }] },
  recurses: { code: [{ call: 'recurses' }] },
  anything: {},
  worker: {
    ...BOTTOM,
    code: [
      { call: 'anything', by: [0xff, 0xd0] }, // call *%rax
      { call: 'panic' },
      { call: '__stack_chk_fail' },
      { call: 'out_of_memory' },
      { call: 'do_exit' },
      { call: 'mount_root_generic' },
      { call: 'sysrq_handle_crash' },
      { call: 'reads' },
      { call: 'traps' },
      { call: 'divides' },
      { call: 'recurses' },
      { call: 'patched' },
      { call: 'trapped' },
    ],
  },
  kthread: { ...BOTTOM, code: [{ call: 'watchdog' }] },
  lost: { orc: { type: 'undefined', spRegister: 'undefined' }, code: [{ call: 'panic' }] },
} satisfies Record<string, ToyFunction>;
const code = toyCode(functions);
const rcuTypes = `
  struct rcu_node { unsigned long qsmask; int grplo, grphi; struct list_head *gp_tasks; };
  struct rcu_data { struct rcu_node *mynode; unsigned long grpmask, gp_seq; };
  struct rcu_state { struct rcu_node node[1]; unsigned long gp_seq, gp_start; struct task_struct *gp_kthread; char *name; };`;

const faults = (registers: Record<string, bigint> = {}): ToySegment => ({
  calls: ['reads', 'worker'],
  offset: 0,
  registers,
});

function machine(segments: readonly ToySegment[], { cpu = 0, pid = 100, variables = {} } = {}) {
  return toyMachine(functions, [{ comm: 'dying', pid, segments }], {
    variables: {
      panic_cpu: { type: 'atomic_t', value: { counter: cpu } },
      panic_on_oops: { type: 'int', value: 1 },
      ...variables,
    },
  });
}

function told(segments: readonly ToySegment[], more = {}): string[] {
  const kernel = machine(segments, more);
  const found = endingFindings(kernel);
  for (const finding of found) expect(amissIn(finding), finding.sentence).toEqual([]);
  return found.map(({ id, certainty, sentence }) => `${id}, ${certainty}: ${sentence}`);
}

const end = ', on CPU 0 (dying (100)). panic_on_oops made a panic of it.';

describe('the end by an exception', () => {
  test.each([
    [0n, 'address 0x28 (0x28(%rdi)) through rdi, which is a NULL pointer'],
    [0x10n, 'address 0x38 (0x28(%rdi)) through rdi, which is 0x10, an offset from NULL'],
    [-12n, 'address 0x1c (0x28(%rdi)) through rdi, which is 0xfffffffffffffff4, the error -ENOMEM, used as a pointer'],
    [0x1234_5678n, 'address 0x123456a0 (0x28(%rdi)) through rdi, which is 0x12345678, an address of user space'],
    [0xffff_c900_0bad_0000n, 'address 0xffffc9000bad0028 (0x28(%rdi), where rdi is 0xffffc9000bad0000)'],
  ])('a page fault through %d', (value, words) => {
    expect(told([pageFault, faults({ di: BigInt.asUintN(64, value) })])).toEqual([
      `ending.exception, certain: reads+0x0 read 4 bytes at ${words}${end}`,
    ]);
  });

  test.each([
    [0x6b6b_6b6b_6b6b_6b6bn, '0x6b6b6b6b6b6b6b6b, SLUB’s poison of freed memory (0x6b)'],
    [0xdead_0000_0000_0100n, '0xdead000000000100, LIST_POISON1, of an entry that is in no list any more'],
    [0x2f65_6d6f_682f_2f2fn, '0x2f656d6f682f2f2f, the text “///home/”, where a pointer should be'],
  ])('a general protection fault by %d', (value, words) => {
    const entry = over('asm_exc_general_protection', 'oops_end', 'exc_general_protection');
    expect(told([entry, faults({ di: value })])).toEqual([
      `ending.exception, certain: reads+0x0 read 4 bytes at address 0x${(value + 0x28n).toString(16)} (0x28(%rdi)) through rdi, which is ${words}${end}`,
    ]);
  });

  test('a general protection fault at a good address is not the pointer’s', () => {
    const entry = over('asm_exc_general_protection', 'oops_end', 'exc_general_protection');
    expect(told([entry, faults({ di: 0xffff_c900_0020_0000n })])).toEqual([
      `ending.exception, certain: reads+0x0 met a general protection fault (0x28(%rdi))${end}`,
    ]);
  });

  test('where the page is mapped in the dump, it is less sure', () => {
    expect(told([pageFault, faults({ di: 0xffff_c900_0020_0000n })])[0]).toMatch(/^ending\.exception, likely: reads/);
  });

  test('a call through NULL is its caller’s, and unwound', () => {
    const segment: ToySegment = { calls: ['anything', 'worker'], registers: { ip: 0n } };
    const toWorker = code.returnTo('worker', 'anything');
    expect(code.at('worker')).toBeLessThan(toWorker);
    expect(told([pageFault, segment])).toEqual([
      `ending.exception, certain: worker+0x${(toWorker - code.at('worker')).toString(16)} called 0x0, where no code is: a NULL pointer${end}`,
    ]);
  });

  test('a call into data is no instruction that reads', () => {
    const data = 0xffff_c900_0020_0000n;
    expect(told([pageFault, { calls: ['anything', 'worker'], registers: { ip: data, di: 0n } }])).toEqual([
      expect.stringMatching(
        /^ending\.exception, certain: worker\+0x[0-9a-f]+ called 0xffffc90000200000, where no code is, on/,
      ),
    ]);
  });

  test('a division', () => {
    expect(
      told([over('asm_exc_divide_error', 'oops_end', 'exc_divide_error'), { calls: ['divides', 'worker'], offset: 0 }]),
    ).toEqual([`ending.exception, certain: divides+0x0 divided by zero, or the quotient was too large${end}`]);
  });

  test('a split lock: the address is one that could be used', () => {
    const locks: ToySegment = { calls: ['reads', 'worker'], offset: 0, registers: { di: 0xffff_8880_0342_1014n } };
    expect(told([over('asm_exc_alignment_check', 'oops_end', 'exc_alignment_check'), locks])).toEqual([
      `ending.exception, certain: reads+0x0 locked memory across two cache lines at address 0xffff88800342103c (0x28(%rdi))${end}`,
    ]);
  });

  // The registers stand behind it: what is there now is no instruction that failed.
  test.each([
    ['patched', 'its code has none there any more, as where the kernel patched it meanwhile'],
    ['trapped', 'its code has one there'],
  ])('a breakpoint in %s', (name, words) => {
    const segment: ToySegment = { calls: [name, 'worker'], offset: 1, registers: { di: 0n } };
    expect(told([over('asm_exc_int3', 'oops_end', 'exc_int3'), segment])).toEqual([
      `ending.exception, certain: ${name}+0x1 ran into a breakpoint that nobody claimed: ${words}${end}`,
    ]);
  });

  test('a stack segment fault is of the pointer that made it, an invalid opcode of none', () => {
    const wild = faults({ di: 0x6b6b_6b6b_6b6b_6b6bn });
    expect(told([over('asm_exc_stack_segment', 'oops_end', 'exc_stack_segment'), wild])[0]).toContain(
      'reads+0x0 read 4 bytes at address 0x6b6b6b6b6b6b6b93 (0x28(%rdi)) through rdi',
    );
    expect(told([over('asm_exc_invalid_op', 'oops_end', 'exc_invalid_op'), wild])).toEqual([
      `ending.exception, certain: reads+0x0 met an invalid opcode${end}`,
    ]);
  });

  test('a stack that ran into its guard page names who calls itself', () => {
    const deep: ToySegment = { calls: [...Array.from({ length: 6 }, () => 'recurses'), 'worker'], offset: 5 };
    expect(told([over('asm_exc_double_fault', 'handle_stack_overflow', 'exc_double_fault'), deep])).toEqual([
      `ending.exception, certain: The stack was exhausted in recurses+0x5: recurses stands on it 6 times${end}`,
    ]);
  });
});

describe('a double fault', () => {
  const stack = 0xffff_c900_0020_0000n;
  const overflow = (sp: bigint): ToySegment => ({ calls: ['recurses', 'worker'], offset: 5, sp });
  const entry: ToySegment = { ...over('asm_exc_double_fault', 'oops_end', 'exc_double_fault'), on: 'DF' };

  test.each([
    [0x1000n, 'recurses+0x5 had no stack: its stack pointer was 0x1000, in no stack'],
    [0n, 'recurses+0x5 had no stack: its stack pointer was 0x0, in no stack'],
    [stack - 5536n, 'The stack was exhausted in recurses+0x5, whose frame reaches 5.41 KiB below its start'],
  ])('with the stack pointer %d', (sp, words) => {
    const [sentence] = told([entry, overflow(sp)]);
    expect(sentence).toBe(`ending.exception, certain: ${words}${end}`);
  });
});

test('where a stack can’t be followed to its end, all that rests on it is less sure', () => {
  expect(told([{ calls: ['delay', 'panic', 'lost'] }])[0]).toMatch(/^ending\.panic, likely: lost\+/);
  expect(told([{ calls: ['delay', 'panic', 'worker'] }])[0]).toMatch(/^ending\.panic, certain: worker\+/);
});

describe('ends that are no exception', () => {
  test.each([
    [[{ calls: ['delay', 'panic', 'worker'] }], 'ending.panic', 'worker'],
    [[{ calls: ['delay', 'panic', '__stack_chk_fail', 'worker'] }], 'ending.check', 'worker'],
    // Of another task that is no end of init: do_exit() panics for the idle task too.
    [[{ calls: ['delay', 'panic', 'do_exit', 'worker'] }], 'ending.panic', 'do_exit'],
    [[{ calls: ['delay', 'panic', 'mount_root_generic', 'worker'] }], 'ending.no-root', undefined],
    [[{ calls: ['delay', 'panic', 'sysrq_handle_crash', 'worker'] }], 'ending.by-hand', undefined],
    [[{ calls: ['delay', 'panic', 'watchdog', 'kthread'] }], 'ending.policy', undefined],
    [
      // Without an entry in __bug_table the instruction is no BUG(); bug-5.10 has one.
      [over('asm_exc_invalid_op', 'oops_end', 'exc_invalid_op'), { calls: ['traps', 'worker'], offset: 0 }],
      'ending.exception',
      'traps',
    ],
    [
      [over('asm_exc_invalid_op_warn', '__warn', 'warn_op'), { calls: ['traps', 'worker'], offset: 0 }],
      'ending.bug',
      'traps',
    ],
    [
      [
        over(
          'asm_sysvec_apic_timer_interrupt',
          'watchdog_timer_fn',
          'hrtimer_interrupt',
          'sysvec_apic_timer_interrupt',
        ),
        { calls: ['reads', 'worker'] },
      ],
      'ending.policy',
      'reads',
    ],
    // A driver's own timer that panics is the driver's end, not the code's that it interrupted.
    [
      [
        over('asm_sysvec_apic_timer_interrupt', 'driver_timer', 'hrtimer_interrupt', 'sysvec_apic_timer_interrupt'),
        { calls: ['reads', 'worker'] },
      ],
      'ending.panic',
      'driver_timer',
    ],
    // So is a panic within a page fault of the kernel's that was being served.
    [
      [over('asm_exc_page_fault_user', 'handle_mm_fault', 'exc_page_fault_user'), { calls: ['reads', 'worker'] }],
      'ending.panic',
      'handle_mm_fault',
    ],
  ] as const)('%#', (segments, id, subject) => {
    const [finding, ...more] = endingFindings(machine(segments));
    expect(more).toEqual([]);
    expect({ id: finding!.id, subject: finding!.subject?.name, certainty: finding!.certainty }).toEqual({
      id,
      subject,
      certainty: 'certain',
    });
    expect(amissIn(finding!), finding!.sentence).toEqual([]);
  });

  test('init that ends', () => {
    const kernel = machine([{ calls: ['delay', 'panic', 'do_exit', 'worker'] }], { pid: 1 });
    expect(endingFindings(kernel).map(({ id }) => id)).toEqual(['ending.init-killed']);
  });

  test('within an interrupt an oops is a panic whatever is set', () => {
    const timer: ToySegment = {
      calls: ['reads', 'hrtimer_interrupt', 'sysvec_apic_timer_interrupt', 'asm_sysvec_apic_timer_interrupt'],
      on: 'IRQ',
      offset: 0,
    };
    const nested: ToySegment = { ...pageFault, on: 'NMI' };
    const kernel = machine([nested, timer, { calls: ['divides', 'worker'], offset: 0 }]);
    expect([endingOf(kernel)?.kind, endingOf(kernel)?.policy]).toEqual(['exception', undefined]);
    expect(endingOf(machine([pageFault, faults()]))?.policy).toBe('panic_on_oops');
  });

  test('a watchdog that fires over a CPU that has panicked is not why', () => {
    const kernel = machine([
      {
        calls: [
          'watchdog_timer_fn',
          'hrtimer_interrupt',
          'sysvec_apic_timer_interrupt',
          'asm_sysvec_apic_timer_interrupt',
        ],
        on: 'IRQ',
      },
      { calls: ['delay', 'panic', 'worker'] },
    ]);
    expect(endingOf(kernel)?.kind).toBe('panic');
  });

  test.each<[number | undefined, string]>([
    // Neither the log nor the setting is there: nobody knows what made a panic of it.
    [undefined, 'Memory ran out, on CPU 0 (dying (100)).'],
    [1, 'Memory ran out, on CPU 0 (dying (100)). panic_on_oom made a panic of it.'],
    [0, 'Memory ran out, and no process was left that could be killed, on CPU 0 (dying (100)).'],
  ])('for want of memory, with panic_on_oom %s', (sysctl, sentence) => {
    const variables = sysctl === undefined ? {} : { sysctl_panic_on_oom: { type: 'int', value: sysctl } };
    for (const segments of [
      [{ calls: ['delay', 'panic', 'out_of_memory', 'worker'] }],
      [
        over('asm_exc_page_fault_user', 'out_of_memory', 'handle_mm_fault', 'exc_page_fault_user'),
        { calls: ['reads', 'worker'] },
      ],
    ])
      expect(told(segments, { variables })).toEqual([
        `ending.out-of-memory, ${sysctl === undefined ? 'likely' : 'certain'}: ${sentence}`,
      ]);
  });

  // The buddy detector of 6.5 and later: who panics looks after another CPU, and which one only the log has.
  test('a hard lockup that another CPU saw is not that CPU’s', () => {
    const timer = over(
      'asm_sysvec_apic_timer_interrupt',
      'watchdog_hardlockup_check',
      'watchdog_timer_fn',
      'hrtimer_interrupt',
      'sysvec_apic_timer_interrupt',
    );
    const kernel = machine([timer, { calls: ['reads', 'worker'] }]);
    const [finding] = endingFindings(kernel);
    expect([endingOf(kernel)?.policy, finding?.subject, finding?.sentence]).toEqual([
      'hardlockup_panic',
      { kind: 'machine' },
      'A CPU took no interrupts. hardlockup_panic made a panic of it.',
    ]);
  });

  test.each([
    [1n, 'reads+0x0 kept CPU 0 (hog0 (100)).'],
    [7n, 'reads+0x0 kept CPU 0 (hog0 (100)), reads+0x0 kept CPU 1 (hog1 (101)) and reads+0x0 kept CPU 2 (hog2 (102)).'],
    [31n, 'CPU 2 (hog2 (102)); it waits for 2 more.'],
  ])('a grace period that did not end, by the mask %d of CPUs', (qsmask, words) => {
    const kernel = toyMachine(
      functions,
      Array.from({ length: 5 }, (_, cpu) => ({
        comm: `hog${cpu}`,
        pid: 100 + cpu,
        segments: [
          {
            calls: [
              'delay',
              'panic',
              'print_other_cpu_stall',
              'hrtimer_interrupt',
              'sysvec_apic_timer_interrupt',
              'asm_sysvec_apic_timer_interrupt',
            ],
            on: 'IRQ',
          },
          { calls: ['reads', 'worker'], offset: 0 },
        ].slice(cpu === 0 ? 0 : 1) as ToySegment[],
      })),
      {
        types: rcuTypes,
        variables: {
          panic_cpu: { type: 'atomic_t', value: { counter: 0 } },
          rcu_state: {
            type: 'struct rcu_state',
            value: { gp_seq: 5, node: [{ qsmask, grphi: 4 }] },
          },
          rcu_data: {
            type: 'struct rcu_data',
            perCpu: Array.from({ length: 5 }, () => ({ mynode: to('rcu_state.node[0]') })),
          },
        },
      },
    );
    const [finding] = endingFindings(kernel);
    expect(amissIn(finding!)).toEqual([]);
    expect([endingOf(kernel)?.policy, finding?.sentence]).toEqual([
      'panic_on_rcu_stall',
      expect.stringContaining(words),
    ]);
  });

  test('a kernel that did not panic has no end, whatever its stacks look like', () => {
    expect(told([pageFault, faults()], { cpu: -1 })).toEqual([]);
  });
});

test('the crash kernel that an oops starts at once leaves the exception’s registers', () => {
  expect(told([faults({ di: 0n })])).toEqual([
    'ending.exception, certain: reads+0x0 read 4 bytes at address 0x28 (0x28(%rdi)) through rdi, which is a NULL pointer, on CPU 0 (dying (100)).',
  ]);
  // Nor of a CPU that was in user mode, whose code is no kernel's.
  expect(told([faults({ ip: 0x47_b7a0n, cs: 0x33n })])).toEqual([]);
  // At an instruction that can go on, nothing is said of it.
  expect(told([faults({ di: 0xffff_c900_0020_0000n })])).toEqual([]);
});

test('a CPU that nothing killed does what it does', () => {
  const kernel = machine([{ calls: ['reads', 'worker'] }], { cpu: -1 });
  const found = culpritOf(kernel, cpuContexts(kernel)[0]!);
  expect([found.activations.map(({ name }) => name), found.machinery]).toEqual([['reads', 'worker'], []]);
  expect(returnSlot(0, 0)).toBeGreaterThan(0n);
});

test('a CPU whose task does not tell its stack is unwound by its stack pointer', () => {
  const segments: readonly ToySegment[] = [{ calls: ['delay', 'panic', 'worker'] }];
  const of = (task: Readonly<Record<string, bigint>>) =>
    toyMachine(functions, [{ comm: 'dying', pid: 100, segments, task }], {
      variables: { panic_cpu: { type: 'atomic_t', value: { counter: 0 } } },
    });
  const [whole, unsaid] = [of({}), of({ stack: 0n })].map((kernel) =>
    endingFindings(kernel).map((one) => one.sentence),
  );
  expect(unsaid).toEqual(whole);
  expect(whole![0]).toContain('worker+0x');
});
