import { expect, test } from 'vitest';
import { endingFindings } from 'oompm/endings';
import type { ToyFunction } from 'oompm/testing';

import { deaths, over } from '../stack/toy-deaths.js';
import { BOTTOM, ENTRY, toyMachine, type ToySegment } from '../stack/toy-machine.js';

const functions = {
  ...deaths,
  traps: { code: [{ bytes: [0x0f, 0x0b] }] },
  acme_tick: { code: [{ call: 'traps' }] },
  handle_softirqs: { code: [{ call: 'acme_tick' }] },
  sysvec_apic_timer_interrupt: { code: [{ call: 'handle_softirqs' }] },
  asm_sysvec_apic_timer_interrupt: { ...ENTRY, code: [{ call: 'sysvec_apic_timer_interrupt' }] },
  worker: { ...BOTTOM, code: [{ call: 'traps' }] },
} satisfies Record<string, ToyFunction>;

const warned = over('asm_exc_invalid_op_warn', '__warn', 'warn_op');
const inTask: ToySegment[] = [warned, { calls: ['traps', 'worker'], offset: 0 }];

function told(segments: readonly ToySegment[], limit: number, count: number): string | undefined {
  const variables = {
    panic_cpu: { type: 'atomic_t', value: { counter: 0 } },
    warn_limit: { type: 'unsigned int', value: limit },
    warn_count: { type: 'atomic_t', value: { counter: count } },
  };
  return endingFindings(toyMachine(functions, [{ comm: 'dying', pid: 100, segments }], { variables }))[0]?.sentence;
}

test.each([
  [0, 0, 'panic_on_warn'],
  [5, 2, 'panic_on_warn'],
  [2, 2, 'warn_limit (2)'],
])('with warn_limit %i and %i warnings it was %s', (limit, count, setting) => {
  expect(told(inTask, limit, count)).toBe(
    `traps+0x0 ran into a WARN(), and ${setting} made a panic of it, on CPU 0 (dying (100)).`,
  );
});

test('a softirq is of no task', () => {
  const softirq: ToySegment = {
    calls: ['traps', 'acme_tick', 'handle_softirqs', 'sysvec_apic_timer_interrupt', 'asm_sysvec_apic_timer_interrupt'],
    on: 'IRQ',
    offset: 0,
  };
  expect(told([{ ...warned, on: 'NMI' }, softirq, { calls: ['worker'] }], 0, 0)).toBe(
    'traps+0x0 ran into a WARN(), and panic_on_warn made a panic of it, on CPU 0 in a softirq over dying (100).',
  );
});
