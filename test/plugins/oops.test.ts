import { afterEach, describe, expect, test } from 'vitest';
import { InputError, type Kernel, type View } from 'oompm';
import { endingOf } from 'oompm/endings';
import { openKernel } from 'oompm/testing';

import oops from '../../plugins/oops/index.js';
import { dumpFile, testWith } from '../dumps.js';
import { BOTTOM, ENTRY, toyMachine } from '../stack/toy-machine.js';
import { viewsOf } from './views-of.js';

const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));
const kernelOf = async (dump: string): Promise<Kernel> => {
  opened.push(await openKernel({ dump: [dumpFile(`${dump}/vmcore`)!] }));
  return opened.at(-1)!;
};

function textOf(view: View): string[] {
  if (view.kind === 'log') return [...view.lines].map(({ text }) => text);
  if (view.kind === 'facts')
    return view.facts.map(({ title, value }) => `${title}: ${typeof value === 'string' ? value : Number(value)}`);
  return [view.kind];
}

const shown = (kernel: Kernel, flags = {}): Record<string, string[]> =>
  Object.fromEntries(viewsOf(oops, kernel, flags).map((view) => [view.id, textOf(view)]));

testWith('null-6.1/vmcore', 'the whole record, in a report its registers, and held against the log', async () => {
  const kernel = await kernelOf('null-6.1');
  const { exception, ...none } = shown(kernel);
  expect(none).toEqual({});
  expect(exception!.slice(0, 5)).toEqual([
    'BUG: kernel NULL pointer dereference, address: 0000000000000028',
    '#PF: supervisor read access in kernel mode',
    '#PF: error_code(0x0000) - not-present page',
    'PGD 102108067 P4D 102108067 PUD 102164067 PMD 0 ',
    'Oops: 0000 [#1] PREEMPT SMP NOPTI',
  ]);
  expect(exception!.slice(-4)).toEqual([
    'CR2: 0000000000000028',
    '---[ end trace 0000000000000000 ]---',
    'FS base, FS, GS base, GS, knlGS, DS, ES, CR0, CR2, CR3, CR4: the hypervisor’s note',
    'code of user space: not in the dump',
  ]);
  const { registers, ...more } = shown(kernel, { brief: true });
  expect([registers!.length, registers![0], more]).toEqual([
    8,
    'RIP: 0010:acme_queue_depth.isra.0+0x5/0x10 [acme]',
    {},
  ]);
  expect(shown(kernel, { compare: true })['compared']).toEqual([
    'Equal lines: 53',
    'Equal but for what the dump lacks: 1',
    'Lines with other values: 0',
    'Only rebuilt: 0',
    'Only printed: 0',
  ]);
});

testWith('6.1-sysrq/vmcore', 'a panic by hand: no exception, and the stack of who asked for it', async () => {
  const kernel = await kernelOf('6.1-sysrq');
  const { exception, panic } = shown(kernel);
  expect(exception).toEqual(['Exception: none: the crash was asked for by hand (sysrq-c)']);
  expect(panic).toContain(' sysrq_handle_crash+0xc/0x10');
  expect(viewsOf(oops, kernel, { brief: true })).toEqual([]);
});

describe('machines without a dump', () => {
  const functions = {
    delay: {},
    panic: { code: [{ call: 'delay' }] },
    oops_end: { code: [{ call: 'panic' }] },
    exc_divide_error: { code: [{ call: 'oops_end' }] },
    asm_exc_divide_error: { ...ENTRY, code: [{ call: 'exc_divide_error' }] },
    divides: { code: [{ bytes: [0xf7, 0xf1] }] },
    worker: { ...BOTTOM, code: [{ call: 'divides' }, { call: 'panic' }, { call: 'crash_kexec' }] },
    crash_kexec: {},
  };
  const segments = [
    { calls: ['delay', 'panic', 'oops_end', 'exc_divide_error', 'asm_exc_divide_error'], on: 'IRQ' as const },
    { calls: ['divides', 'worker'], offset: 0 },
  ];
  const byHand = [{ calls: ['delay', 'panic', 'worker'] }];

  const others = Array.from({ length: 21 }, (_, i) => BigInt(i));

  function died(how: typeof segments | typeof byHand, dies: number, kept: readonly bigint[] = others): Kernel {
    return toyMachine(functions, [{ comm: 'dying', pid: 100, segments: how }], {
      variables: {
        panic_cpu: { type: 'atomic_t', value: { counter: 0 } },
        die_counter: { type: 'int', value: dies },
        tainted_mask: { type: 'u64', value: dies === 0 ? 0n : 0x80n },
        exec_summary_regs: { type: 'u64[21]', value: kept },
      },
    });
  }

  test('an oops before the last one has its registers, one that is the last has not', () => {
    expect(Object.keys(shown(died(segments, 1)))).toEqual(['exception']);
    const { 'first-oops': first, ...last } = shown(died(segments, 2));
    expect(Object.keys(last)).toEqual(['exception']);
    expect([first!.length, first![2], first!.at(-1)]).toEqual([
      8,
      'RAX: 000000000000000a RBX: 0000000000000005 RCX: 000000000000000b',
      'its registers, which the kernel keeps; all else of it is gone',
    ]);
  });

  test('the first is none before the last where that is the first, and another CPU met one behind it', () => {
    const { ip, sp } = endingOf(died(segments, 2))!.exception!.faulted.saved.registers;
    const own = others.map((value, i) => ({ 16: ip, 19: sp })[i] ?? value);
    expect(Object.keys(shown(died(segments, 2, own)))).toEqual(['exception']);
    const otherStack = own.with(19, sp + 8n);
    expect(Object.keys(shown(died(segments, 2, otherStack)))).toEqual(['exception', 'first-oops']);
  });

  test('a panic by hand tells of the oops before it; without one nothing is told', () => {
    expect(Object.keys(shown(died(byHand, 1)))).toEqual(['exception', 'first-oops']);
    expect(Object.keys(shown(died(byHand, 0)))).toEqual(['exception', 'panic']);
  });

  test('what is not there is not compared, and why it is not is told', () => {
    expect(() => shown(died(segments, 1), { compare: true })).toThrow(InputError);
    expect(() => shown(died(byHand, 1), { compare: true })).toThrow(/an oops went before the panic/);
    const kexec = [{ calls: ['crash_kexec', 'worker'] }];
    expect(() => shown(died(kexec, 0), { compare: true })).toThrow(/the stack of the CPU that panicked does not have/);
    expect(() => shown(died([{ calls: ['worker'] }], 0), { compare: true })).toThrow(/the kernel did not panic, or/);
  });
});
