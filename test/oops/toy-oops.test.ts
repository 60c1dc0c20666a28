import { describe, expect, test } from 'vitest';
import { endingFindings } from 'oompm/endings';
import { lineText, oopsRecords } from 'oompm/oops';
import type { ToyFunction } from 'oompm/testing';

import type { Registers } from '../../src/arch/registers.js';
import { isSameLine, notHad } from '../../src/words/printed-line.js';
import { faultInPrinting } from '../../src/oops/code-line.js';
import { deaths, over, pageFault } from '../stack/toy-deaths.js';
import { BOTTOM, ENTRY, toyMachine, type ToySegment } from '../stack/toy-machine.js';

const functions = {
  ...deaths,
  oops_end: { code: [{ call: 'panic' }, { call: '__show_regs' }] },
  __show_regs: {},
  show_regs: {},
  oops_begin: {},
  page_fault_oops: { code: [{ call: 'oops_end' }, { call: '__die' }, { call: 'oops_begin' }] },
  __die: { code: [{ call: 'show_regs' }] },
  reads: { code: [{ bytes: [0x8b, 0x47, 0x28] }] }, // mov 0x28(%rdi),%eax
  writes: { code: [{ bytes: [0x89, 0x47, 0x28] }] },
  traps: { code: [{ bytes: [0x0f, 0x0b] }] },
  divides: { code: [{ bytes: [0xf7, 0xf1] }] },
  worker: {
    ...BOTTOM,
    code: [
      { bytes: [0xff, 0xd0] }, // call *%rax
      { call: 'reads' },
      { call: 'writes' },
      { call: 'traps' },
      { call: 'divides' },
      { call: 'sysrq_handle_crash' },
    ],
  },
} satisfies Record<string, ToyFunction>;

const faults = (name: string, registers: Record<string, bigint> = {}): ToySegment => ({
  calls: [name, 'worker'],
  offset: 0,
  registers: { orig_ax: 0xffff_ffff_ffff_ffffn, cs: 0x10n, ss: 0x18n, flags: 0x246n, ...registers },
});

interface Died {
  readonly dies?: number;
  readonly tainted?: bigint;
  /** Functions that are others. */
  readonly more?: Record<string, ToyFunction>;
  /** The crash kernel's struct kimage. */
  readonly image?: bigint;
  readonly lost?: readonly string[];
}

function machine(
  segments: readonly ToySegment[],
  { dies = 1, tainted = 0x80n, more = {}, image, lost = [] }: Died = {},
) {
  return toyMachine({ ...functions, ...more }, [{ comm: 'dying', pid: 100, segments, cr2: 0x28n }], {
    variables: {
      panic_cpu: { type: 'atomic_t', value: { counter: 0 } },
      panic_on_oops: { type: 'int', value: 1 },
      die_counter: { type: 'int', value: dies },
      tainted_mask: { type: 'u64', value: tainted },
      ...(image === undefined ? {} : { kexec_crash_image: { type: 'u64', value: image } }),
    },
    lost,
  });
}

/** The lines of the records, each with what it is of. */
function printed(segments: readonly ToySegment[], died?: Died): string[] {
  const kernel = machine(segments, died);
  return oopsRecords(kernel).flatMap(({ kind, lines }) => lines.map((line) => `${kind}: ${lineText(line)}`));
}

function starting(lines: readonly string[], ...starts: readonly string[]): string[] {
  return lines.filter((line) => starts.some((start) => line.startsWith(`exception: ${start}`)));
}

describe('a page fault', () => {
  test('through NULL, the whole record', () => {
    expect(printed([pageFault, faults('reads', { di: 0n })])).toEqual(
      [
        'BUG: kernel NULL pointer dereference, address: 0000000000000028',
        // Without page tables nobody knows the error code.
        '#PF: supervisor ? access in kernel mode',
        '#PF: error_code(0x????) - ?',
        'PGD ?',
        'Oops: ???? [#1]?',
        'CPU: 0 PID: 100 Comm: dying Not tainted ? ?',
        'RIP: 0010:reads+0x0/0x100',
        expect.stringMatching(/^exception: Code: (?:90 ){42}<8b> 47 28(?: 90){19}$/),
        'RSP: 0018:ffffc90000203000 EFLAGS: 00000246',
        'RAX: 0000000000000000 RBX: 0000000000000000 RCX: 0000000000000000',
        'RDX: 0000000000000000 RSI: 0000000000000000 RDI: 0000000000000000',
        'RBP: 0000000000000000 R08: 0000000000000000 R09: 0000000000000000',
        'R10: 0000000000000000 R11: 0000000000000000 R12: 0000000000000000',
        'R13: 0000000000000000 R14: 0000000000000000 R15: 0000000000000000',
        // A hypervisor's note of this machine has the control registers.
        'FS:  ????????????????(????) GS:ffff888010000000(????) knlGS:0000000000000000',
        'CS:  0010 DS: ???? ES: ???? CR0: 0000000000000000',
        'CR2: 0000000000000028 CR3: 0000000000000000 CR4: 0000000000000000',
        'Call Trace:',
        ' worker+0x7/0x100',
        'Modules linked in:',
        'CR2: 0000000000000028',
        '---[ end trace 0000000000000000 ]---',
      ].map((line: unknown) => (typeof line === 'string' ? `exception: ${line}` : line)),
    );
  });

  test('far from NULL, and by a call to what is no code', () => {
    const bad = printed([pageFault, faults('reads', { di: 0xffff_c900_0bad_0000n })]);
    expect(bad[0]).toBe('exception: BUG: unable to handle page fault for address: ffffc9000bad0028');
    const wild = printed([pageFault, { ...faults('worker', { ip: 0x10n }), calls: ['worker'] }]);
    expect(starting(wild, 'BUG: ', 'RIP: ', 'Code: ')).toEqual([
      'exception: BUG: kernel NULL pointer dereference, address: 0000000000000010',
      'exception: RIP: 0010:0x10',
      'exception: Code: Unable to access opcode bytes at 0xffffffffffffffe6.',
    ]);
  });

  test('one that started the crash kernel at once has no end mark', () => {
    const lines = printed([faults('reads', { di: 0n })], { tainted: 0n });
    expect([lines.at(0), lines.at(-1)]).toEqual([
      'exception: BUG: kernel NULL pointer dereference, address: 0000000000000028',
      'exception: CR2: 0000000000000028',
    ]);
  });

  test('a later one is printed with the taint of those before', () => {
    const second = printed([pageFault, faults('reads')], { dies: 2 });
    expect(starting(second, 'Oops: ', 'CPU: ')).toEqual([
      'exception: Oops: ???? [#2]?',
      'exception: CPU: 0 PID: 100 Comm: dying Tainted: G      D             ? ?',
    ]);
    const first = printed([pageFault, faults('reads')], { tainted: 0x1080n });
    expect(starting(first, 'CPU: ')[0]).toContain('Tainted: G           O ');
  });
});

test.each([
  ['loaded', 0x1000n, [], 'Comm: dying Kdump: loaded Not tainted'],
  ['not loaded', 0n, [], 'Comm: dying Not tainted'],
  ['not in the dump', 0x1000n, ['kexec_crash_image'], 'Comm: dying Not tainted'],
])('a crash kernel that is %s', (_, image, lost, says) => {
  const segments = [{ calls: ['delay', 'panic', 'sysrq_handle_crash', 'worker'] }];
  const kernel = machine(segments, { tainted: 0n, image, lost });
  const line = oopsRecords(kernel).flatMap(({ lines }) => lines.filter(([start]) => start === 'CPU: '))[0]!;
  const isUnknown = lost.length > 0;
  expect(lineText(line)).toContain(says);
  expect(notHad(line).includes('whether a crash kernel is loaded')).toBe(isUnknown);
  // Where nobody knows, either line of the kernel's is the same as this.
  for (const kdump of ['', 'Kdump: loaded ']) {
    const isSame = isUnknown || (image !== 0n) === (kdump !== '');
    expect(isSameLine(line, `CPU: 0 PID: 100 Comm: dying ${kdump}Not tainted 6.1.0 #1`)).toBe(isSame);
  }
});

describe('other exceptions', () => {
  const header = (entry: string, handler: string, ...segment: Parameters<typeof faults>): string | undefined =>
    printed([over(entry, 'oops_end', handler), faults(...segment)])[0];

  test.each([
    [0x6b6b_6b6b_6b6b_6b6bn, ', probably for non-canonical address 0x6b6b6b6b6b6b6b93'],
    [0xffff_c900_0020_0000n, ', maybe for address 0xffffc90000200028'],
    // Its last byte is the first that is not of user space.
    [0x7fff_ffff_ffd6n, ', probably for non-canonical address 0x7ffffffffffe'],
  ])('a general protection fault by %d', (value, words) => {
    expect(header('asm_exc_general_protection', 'exc_general_protection', 'reads', { di: value })).toBe(
      `exception: general protection fault${words}: ???? [#1]?`,
    );
  });

  // Until 5.13 the displacement was not decoded.
  test('a general protection fault of a kernel that decodes no further than the SIB byte', () => {
    const decoding = (by: string): string | undefined =>
      printed(
        [over('asm_exc_general_protection', 'oops_end', 'exc_general_protection'), faults('reads', { di: 1n << 62n })],
        { more: { [by]: {}, exc_general_protection: { code: [{ call: by }, { call: 'oops_end' }] } } },
      )[0];
    expect(decoding('insn_get_sib')).toContain('non-canonical address 0x4000000000000000:');
    expect(decoding('insn_decode')).toContain('non-canonical address 0x4000000000000028:');
  });

  test('a breakpoint, and a fault of the stack segment', () => {
    expect(header('asm_exc_int3', 'exc_int3', 'reads')).toBe('exception: int3: 0000 [#1]?');
    expect(header('asm_exc_stack_segment', 'exc_stack_segment', 'reads')).toBe('exception: stack segment: ???? [#1]?');
  });

  test('a split lock has a line of its own before the code', () => {
    const split = printed([over('asm_exc_alignment_check', 'oops_end', 'exc_alignment_check'), faults('writes')]);
    expect(split.slice(0, 2)).toEqual(['exception: Split lock detected', 'exception: : 0000 [#1]?']);
  });

  test('a divide error, and an invalid opcode that is no BUG()', () => {
    expect(header('asm_exc_divide_error', 'exc_divide_error', 'divides')).toBe('exception: divide error: 0000 [#1]?');
    expect(header('asm_exc_invalid_op', 'exc_invalid_op', 'traps')).toBe('exception: invalid opcode: 0000 [#1]?');
  });
});

test('a panic that no exception made has the stack of who called it', () => {
  expect(printed([{ calls: ['delay', 'panic', 'sysrq_handle_crash', 'worker'] }], { tainted: 0n })).toEqual(
    [
      'Kernel panic - not syncing: ?',
      'CPU: 0 PID: 100 Comm: dying Not tainted ? ?',
      'Call Trace:',
      ' sysrq_handle_crash+0x5/0x100',
      ' worker+0x1b/0x100',
    ].map((line) => `panic: ${line}`),
  );
});

test('two CPUs that oops at once are counted one behind the other', () => {
  const two = (other: readonly ToySegment[]): string[] => {
    const kernel = toyMachine(
      functions,
      [
        { comm: 'dying', pid: 100, segments: [pageFault, faults('reads')] },
        { comm: 'other', pid: 101, segments: other },
      ],
      {
        variables: {
          panic_cpu: { type: 'atomic_t', value: { counter: 0 } },
          die_counter: { type: 'int', value: 2 },
          oops_id: { type: 'u64', value: 0x65n },
          tainted_mask: { type: 'u64', value: 0x80n },
        },
      },
    );
    return oopsRecords(kernel).flatMap(({ lines }) => lines.map(lineText).filter((one) => /^(?:Oops|---)/.test(one)));
  };
  expect(two([pageFault, faults('writes')])).toEqual(['Oops: ???? [#1]?', '---[ end trace 0000000000000064 ]---']);
  expect(two([faults('writes')])).toEqual(['Oops: ???? [#2]?', '---[ end trace 0000000000000065 ]---']);
  // Stopped as it printed its registers once more: it may have been the first, or the second.
  const inside = (...calls: string[]): ToySegment[] => [
    { calls: [...calls, 'page_fault_oops', 'exc_page_fault', 'asm_exc_page_fault'], on: 'IRQ' },
    faults('writes'),
  ];
  expect(two(inside('__show_regs', 'oops_end'))).toEqual(['Oops: ???? [#?]?', '---[ end trace ???????????????? ]---']);
  // Stopped as it printed it first, or before it was its turn.
  expect(two(inside('show_regs', '__die'))[0]).toBe('Oops: ???? [#1]?');
  expect(two(inside('oops_begin'))[0]).toBe('Oops: ???? [#2]?');
});

test('a machine check dumps no stack: it has told panic() that somebody else prints', () => {
  const more = {
    mce_panic: { code: [{ call: 'panic' }] },
    asm_exc_machine_check: { ...ENTRY, code: [{ call: 'mce_panic' }] },
  };
  expect(printed([over('asm_exc_machine_check', 'mce_panic'), faults('reads')], { tainted: 0n, more })).toEqual([
    'panic: Kernel panic - not syncing: ?',
  ]);
});

test('panic() dumps no stack where an oops was before it', () => {
  expect(printed([{ calls: ['delay', 'panic', 'sysrq_handle_crash', 'worker'] }], { tainted: 0x80n })).toEqual([]);
});

test('a warning that became a panic is printed, and then the panic’s own stack', () => {
  const kinds = oopsRecords(
    machine([over('asm_exc_invalid_op_warn', '__warn', 'warn_op'), faults('traps')], { tainted: 0n }),
  ).map(({ kind, lines }) => [kind, lineText(lines[0]!), lineText(lines[1]!)]);
  expect(kinds).toEqual([
    ['warning', '------------[ cut here ]------------', 'WARNING: CPU: 0 PID: 100 at ? traps+0x0/0x100'],
    ['panic', 'Kernel panic - not syncing: ?', 'CPU: 0 PID: 100 Comm: dying Not tainted ? ?'],
  ]);
});

describe('where a warning stands', () => {
  const TABLE = 0xffff_ffff_8300_0000n;
  const ENTRY_BYTES = 12;
  const warned = over('asm_exc_invalid_op_warn', '__warn', 'warn_op');

  /** The first line, where the kernel's table has one entry of that many bytes before the trap. @param di then */
  function firstLine(back: bigint, flags: number, offset = 0, di = 0n): { line: string; told: string } {
    const segment: ToySegment = { ...faults('traps'), offset, registers: { di } };
    const trap = machine([warned, segment]).code.at('traps', offset);
    const table = new DataView(new ArrayBuffer(64));
    table.setInt32(0, Number(BigInt.asIntN(32, trap - back - TABLE)), true);
    table.setInt32(4, 28, true); // the path, from its own member on
    table.setUint16(8, 17, true);
    table.setUint16(10, flags, true);
    // What the distance leads to from the entry is no start of a path.
    new Uint8Array(table.buffer).set(Buffer.from('xxx\0\0a.c'), 27);
    const kernel = toyMachine(functions, [{ comm: 'dying', pid: 100, segments: [warned, segment] }], {
      types: 'struct bug_entry { int bug_addr_disp; int file_disp; unsigned short line; unsigned short flags; };',
      variables: { panic_cpu: { type: 'atomic_t', value: { counter: 0 } } },
      symbols: { __start___bug_table: TABLE, __stop___bug_table: TABLE + BigInt(ENTRY_BYTES) },
      memory: [{ at: TABLE, bytes: new Uint8Array(table.buffer) }],
    });
    const [finding] = endingFindings(kernel);
    return { line: lineText(oopsRecords(kernel)[0]!.lines[1]!), told: finding!.sentence };
  }

  test('the trap itself, and the call of one', () => {
    const trap = firstLine(0n, 1);
    expect(trap.line).toBe('WARNING: CPU: 0 PID: 100 at a.c:17 traps+0x0/0x100');
    expect(trap.told).toMatch(/^traps\+0x0 ran into a WARN\(\) at a\.c:17, and/);
    const call = firstLine(5n, 1);
    expect(call.line).toMatch(/^WARNING: CPU: 0 PID: 100 at a\.c:17 \S+\+0xfb\/0x100$/);
    // It is told where the call is, as in the kernel's own line.
    expect(firstLine(5n, 1, 5).told).toMatch(/^traps\+0x0 ran into a WARN\(\) at a\.c:17, and/);
    expect(call.told).toMatch(/ ran into a WARN\(\) at a\.c:17, and/);
  });

  test('a trap that has its entry in a register is of the place that this names', () => {
    expect(firstLine(0x40n, 1, 0x50, TABLE).told).toMatch(/^traps\+0x10 ran into a WARN\(\) at a\.c:17, and/);
    const others = [firstLine(0x40n, 1, 0x50, TABLE + 4n), firstLine(0x40n, 1, 0x50, TABLE + 12n)];
    for (const { told } of [...others, firstLine(0x40n, 0, 0x50, TABLE)]) expect(told).not.toMatch(/a\.c/);
  });

  test('a BUG() before it, or a warning further off, is another one', () => {
    for (const { line, told } of [firstLine(5n, 0), firstLine(64n, 1)]) {
      expect(line).toBe('WARNING: CPU: 0 PID: 100 at ? traps+0x0/0x100');
      expect(told).not.toMatch(/a\.c/);
    }
  });
});

test('the kernel’s own fault as it reads code to print it', () => {
  const kernel = machine([faults('reads')]);
  const fault = (ip: bigint): bigint | undefined => {
    const registers: Registers = { ip, sp: 0n, cs: 0x10n };
    return faultInPrinting(kernel, registers);
  };
  expect(fault(0x10n)).toBe(0xffff_ffff_ffff_ffe6n);
  expect(fault(kernel.code.at('reads'))).toBeUndefined();
  // The first page of code has none before it, the last none behind it.
  const first = kernel.symbol('_stext');
  expect(fault(first + 2n)).toBe(first - 40n);
  const end = (kernel.symbol('_etext') | 0xfffn) + 1n;
  expect(fault(end - 2n)).toBe(end);
  // What is no address of the kernel it does not read.
  expect(fault(0x1000n)).toBeUndefined();
});

test('a machine that lived has no record', () => {
  const kernel = toyMachine(functions, [{ comm: 'idle', pid: 1, segments: [faults('reads')] }]);
  expect(oopsRecords(kernel)).toEqual([]);
});
