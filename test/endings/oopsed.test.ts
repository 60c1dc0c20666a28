import { describe, expect, test } from 'vitest';
import type { LogRecord } from 'oompm/linux';
import { toyCode, type ToyFunction } from 'oompm/testing';
import { endingFindings } from 'oompm/endings';

import { placeOfOops } from '../../src/endings/in-the-log.js';
import { deaths, pageFault } from '../stack/toy-deaths.js';
import { BOTTOM, toyMachine, type ToyCpu } from '../stack/toy-machine.js';
import { amissIn } from '../words/untold.js';

const functions = {
  ...deaths,
  make_task_dead: { code: [{ call: 'panic' }] },
  do_exit: { code: [{ call: 'panic' }] },
  rewind_stack_and_make_dead: { ...BOTTOM, code: [{ call: 'make_task_dead' }, { call: 'do_exit' }] },
  reads: { code: [{ bytes: [0x8b, 0x47, 0x28] }] }, // mov 0x28(%rdi),%eax
  idles: { code: [{ bytes: [0x90] }] }, // nop
  worker: { ...BOTTOM, code: [{ call: 'reads' }] },
} satisfies Record<string, ToyFunction>;
const code = toyCode(functions);

interface Oopsed {
  readonly pid?: number;
  readonly in?: 'make_task_dead' | 'do_exit';
  readonly variables?: Record<string, { type: string; value: unknown }>;
  readonly others?: readonly ToyCpu[];
}

/** A machine whose log is gone: the sentence, and what it was told by. */
function told({ pid = 100, in: call = 'make_task_dead', variables = {}, others = [] }: Oopsed): string[] {
  const calls = ['delay', 'panic', call, 'rewind_stack_and_make_dead'];
  const kernel = toyMachine(functions, [{ comm: 'dying', pid, segments: [{ calls }] }, ...others], {
    variables: { panic_cpu: { type: 'atomic_t', value: { counter: 0 } }, ...(variables as object) },
  });
  const [finding] = endingFindings(kernel);
  expect(amissIn(finding!)).toEqual([]);
  const { id, certainty, sentence, evidence } = finding!;
  return [`${id}, ${certainty}: ${sentence}`, ...evidence.filter((line) => !line.startsWith('Its stack'))];
}

const dies = (count: number) => ({ die_counter: { type: 'int', value: count } });

/** struct pt_regs, of which ip, sp and di matter. */
function kept(ip: bigint, { sp = 0xffff_c900_0020_3f00n, di = 0n } = {}) {
  const words = Array.from({ length: 21 }, (_, i) => ({ 14: di, 16: ip, 19: sp })[i] ?? 0n);
  return { exec_summary_regs: { type: 'u64[21]', value: words } };
}

describe('an oops that the kernel would have gone on after', () => {
  const counts = (oopses: number, limit: number) => ({
    ...dies(2),
    oops_limit: { type: 'unsigned int', value: limit },
    oops_count: { type: 'atomic_t', value: { counter: oopses } },
  });

  test('was one too many', () => {
    expect(told({ variables: counts(2, 2) })).toEqual([
      'ending.policy, certain: dying (100) died of oops #2. oops_limit (2) made a panic of it.',
    ]);
  });

  // make_task_dead() panics for the idle task and in an interrupt before it counts.
  test.each([counts(1, 2), counts(2, 0)])('was not one too many: %#', (variables) => {
    expect(told({ variables })).toEqual(['ending.panic, certain: dying (100) died of oops #2.']);
  });

  test('was init’s', () => {
    expect(told({ in: 'do_exit', pid: 1 })).toEqual([
      'ending.init-killed, certain: init died of an oops, and the kernel can’t go on without it, on CPU 0 (dying (1)).',
    ]);
    expect(told({ in: 'do_exit' })).toEqual(['ending.panic, certain: dying (100) died of an oops.']);
  });
});

describe('the registers that the kernel keeps of its first oops', () => {
  const did = 'reads+0x0 read 4 bytes at address 0x28 (0x28(%rdi)) through rdi, which is a NULL pointer.';
  const read = kept(code.at('reads'));

  test('are of the one that it died of, where it had no other', () => {
    expect(told({ variables: { ...dies(1), ...read } })).toEqual([
      'ending.panic, certain: dying (100) died of oops #1, in reads+0x0.',
      `The oops: ${did}`,
    ]);
    expect(told({ pid: 1, in: 'do_exit', variables: { ...dies(1), ...read } })).toEqual([
      'ending.init-killed, certain: init died of oops #1, in reads+0x0, and the kernel can’t go on without it, on CPU 0 (dying (1)).',
      `The oops: ${did}`,
    ]);
  });

  test('are of the one that it died of, where another CPU met one behind it', () => {
    const died = { segments: [pageFault, { calls: ['reads', 'worker'], offset: 0 }] };
    expect(told({ variables: { ...dies(2), ...read }, others: [{ comm: 'other', pid: 101, ...died }] })[0]).toBe(
      'ending.panic, certain: dying (100) died of oops #1, in reads+0x0.',
    );
  });

  test('are of another, where it had more', () => {
    expect(told({ variables: { ...dies(2), ...read } })).toEqual([
      'ending.panic, certain: dying (100) died of oops #2 (the first was in reads+0x0).',
      `The first oops: ${did}`,
    ]);
  });

  test('tell of a call to what is no code', () => {
    expect(told({ variables: { ...dies(1), ...kept(0n) } })).toEqual([
      'ending.panic, certain: dying (100) died of oops #1.',
      'The oops: The kernel went to 0x0, where no code is: a NULL pointer.',
    ]);
  });

  const GONE = 0xffff_ffff_c012_3000n;
  const acme = { last_unloaded_module: { type: 'char[64]', value: 'acme' } };

  test('may be of a module that was unloaded since', () => {
    const isGone = 'an address of module space where no module is (acme was unloaded last).';
    const first = (count: number) => told({ variables: { ...dies(count), ...kept(GONE), ...acme } })[1];
    expect(first(2)).toBe(`The first oops: it was at 0xffffffffc0123000, where no code is now: ${isGone}`);
    expect(first(1)).toBe(`The oops: The kernel went to 0xffffffffc0123000, where no code is: ${isGone}`);
    expect(told({ variables: { ...dies(2), ...kept(0n) } })[1]).toBe(
      'The first oops: The kernel went to 0x0, where no code is: a NULL pointer.',
    );
  });

  test('may have pointed to what was unmapped since', () => {
    const first = (count: number) =>
      told({ variables: { ...dies(count), ...kept(code.at('reads'), { di: GONE }), ...acme } })[1];
    expect(first(2)).toBe(
      'The first oops: reads+0x0 read 4 bytes at address 0xffffffffc0123028 (0x28(%rdi), where rdi is 0xffffffffc0123000).',
    );
    expect(first(1)).toContain('through rdi, which is 0xffffffffc0123000, an address of module space where no module');
  });

  test('tell the place alone, of an instruction that accesses nothing', () => {
    expect(told({ variables: { ...dies(1), ...kept(code.at('idles')) } })).toEqual([
      'ending.panic, certain: dying (100) died of oops #1, in idles+0x0.',
    ]);
  });

  test('are none, where none were saved', () => {
    expect(told({ variables: { ...dies(1), ...kept(0n, { sp: 0n }) } })).toEqual([
      'ending.panic, certain: dying (100) died of oops #1.',
    ]);
  });
});

describe('the place of an oops in the log', () => {
  const records = [
    'Oops: 0000 [#1] PREEMPT SMP NOPTI',
    'RIP: 0010:first+0x5/0x10',
    'Oops: 0000 [#2] PREEMPT SMP NOPTI',
    'C1|RIP: 0010:other+0x5/0x10',
    'RIP: 0010:last+0x5/0x10 [acme]',
    'RIP: 0010:first+0x5/0x10',
  ].map((line): LogRecord => {
    const [, caller = 'T9', text] = /^(?:(C\d)\|)?(.*)$/.exec(line)!;
    return { level: 4, facility: 0, text: text!, caller };
  });

  test.each([
    [1, 'RIP: 0010:first+0x5/0x10'],
    [2, 'RIP: 0010:last+0x5/0x10 [acme]'],
    [3, undefined],
  ])('number %d', (number, text) => expect(placeOfOops(records, number, 'RIP: ')?.text).toBe(text));
});
