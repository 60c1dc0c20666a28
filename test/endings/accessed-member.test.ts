import { describe, expect, test } from 'vitest';
import type { ToyFunction } from 'oompm/testing';
import { endingFindings } from 'oompm/endings';

import { deaths, pageFault } from '../stack/toy-deaths.js';
import { BOTTOM, toyMachine, type ToySegment } from '../stack/toy-machine.js';
import { amissIn } from '../words/untold.js';

const types = `
  struct acme_ops { void (*done)(struct acme_queue *q); };
  struct acme_queue {
    long pad[5]; int depth; struct acme_queue *next;
    union { struct { int low, high; }; void *priv; };
    const struct acme_ops *ops;
  };
  int gives(struct acme_queue *all);
  int reads(struct acme_queue *q);
  int reads_next(int n, struct acme_queue *q);
  int reads_union(struct acme_queue *q);
  int reads_changed(struct acme_queue *q);
  int reads_beyond(struct acme_queue *q);
  int by_value(struct acme_ops ops, struct acme_queue *q);
  struct acme_queue *finds(void);
  int reads_found(void);
  int calls_done(struct acme_queue *q);
  int calls_by_name(struct acme_queue *q);
  int jumps_on(struct acme_queue *q);
  int jumps_either(struct acme_queue *q);
  struct acme_device { long pad; struct acme_queue queue; };
  int passes(struct acme_device *dev);
  int hands_on(struct acme_device *dev, struct acme_queue *q);`;

const functions = {
  ...deaths,
  reads: { code: [{ bytes: [0x8b, 0x47, 0x28] }] }, // mov 0x28(%rdi),%eax
  // mov 0x30(%rsi),%rbx; mov 0x28(%rbx),%eax
  reads_next: { code: [{ bytes: [0x48, 0x8b, 0x5e, 0x30, 0x8b, 0x43, 0x28] }] },
  reads_union: { code: [{ bytes: [0x48, 0x8b, 0x47, 0x38] }] }, // mov 0x38(%rdi),%rax
  reads_changed: { code: [{ bytes: [0x48, 0xff, 0xc7, 0x8b, 0x47, 0x28] }] }, // inc %rdi; mov 0x28(%rdi),%eax
  reads_beyond: { code: [{ bytes: [0x8b, 0x87, 0x00, 0x01, 0, 0] }] }, // mov 0x100(%rdi),%eax
  by_value: { code: [{ bytes: [0x8b, 0x47, 0x28] }] },
  finds: {},
  reads_found: { code: [{ call: 'finds' }, { bytes: [0x8b, 0x40, 0x28] }] }, // mov 0x28(%rax),%eax
  // mov 0x40(%rdi),%rax; call *(%rax)
  calls_done: { code: [{ bytes: [0x48, 0x8b, 0x47, 0x40] }, { call: 'anything', by: [0xff, 0x10] }] },
  anything: {},
  padding: {},
  // call of what lies before a function
  calls_padding: { code: [{ call: 'padding', by: [0xe8, 0xeb, 0x00, 0x00, 0x00] }] },
  jumps_away: {},
  calls_by_name: { code: [{ call: 'jumps_away' }] },
  // mov 0x40(%rdi),%rax; jmp *(%rax)
  jumps_on: { code: [{ bytes: [0x48, 0x8b, 0x47, 0x40, 0xff, 0x20] }] },
  // mov 0x40(%rdi),%rax; je to the second jump; jmp *(%rax); jmp *0x30(%rdi)
  jumps_either: { code: [{ bytes: [0x48, 0x8b, 0x47, 0x40, 0x74, 0x02, 0xff, 0x20, 0xff, 0x67, 0x30] }] },
  calls_jumping: { code: [{ call: 'jumps_on' }, { call: 'jumps_either' }] },
  // lea 0x8(%rdi),%rdi
  passes: { code: [{ bytes: [0x48, 0x8d, 0x7f, 0x08] }, { call: 'reads' }] },
  // mov %rsi,%rdi
  hands_on: { code: [{ bytes: [0x48, 0x89, 0xf7] }, { call: 'reads' }] },
  // mov 0x30(%rdi),%rsi
  gives: { code: [{ bytes: [0x48, 0x8b, 0x77, 0x30] }, { call: 'hands_on' }] },
  worker: {
    ...BOTTOM,
    code: [
      { call: 'reads' },
      { call: 'reads_next' },
      { call: 'reads_union' },
      { call: 'reads_changed' },
      { call: 'reads_beyond' },
      { call: 'by_value' },
      { call: 'reads_found' },
      { call: 'calls_done' },
      { call: 'calls_by_name' },
      { call: 'calls_jumping' },
      { call: 'calls_padding' },
      { call: 'passes' },
      { call: 'gives' },
    ],
  },
} satisfies Record<string, ToyFunction>;

function told(segment: ToySegment): { sentence: string; evidence: readonly string[] } {
  const kernel = toyMachine(functions, [{ comm: 'dying', pid: 100, segments: [pageFault, segment] }], {
    types,
    variables: {
      panic_cpu: { type: 'atomic_t', value: { counter: 0 } },
      panic_on_oops: { type: 'int', value: 1 },
    },
  });
  const [finding] = endingFindings(kernel);
  expect(amissIn(finding!), finding!.sentence).toEqual([]);
  return { sentence: finding!.sentence.replace(/, on CPU 0.*/, ''), evidence: finding!.evidence };
}

function dies(name: string, offset: number, registers: Record<string, bigint>) {
  return told({ calls: [name, 'worker'], offset, registers });
}

describe('the member that a bad pointer was used for', () => {
  test('through an argument', () => {
    const { sentence, evidence } = dies('reads', 0, { di: 0n });
    expect(sentence).toBe(
      'reads+0x0 read q->depth, 4 bytes at address 0x28 (0x28(%rdi)) through rdi, which is a NULL pointer',
    );
    expect(evidence).toContain('rdi came from q; q->depth is at 0x28 of struct acme_queue.');
  });

  test('through a pointer that an argument points at', () => {
    const { sentence, evidence } = dies('reads_next', 4, { bx: 0n });
    expect(sentence).toMatch(/^reads_next\+0x4 read q->next->depth, 4 bytes at address 0x28/);
    expect(evidence).toContain('rbx came from q->next; q->next->depth is at 0x28 of struct acme_queue.');
  });

  test('through what a function returned', () => {
    expect(dies('reads_found', 5, { ax: 0n }).sentence).toMatch(/ read finds\(…\)->depth, 4 bytes at address 0x28/);
  });

  test('of a union the width tells which', () => {
    expect(dies('reads_union', 0, { di: 0n }).sentence).toMatch(/ read q->priv, 8 bytes/);
  });

  test.each([
    ['reads_changed', 3, 'a register that was changed'],
    ['reads_beyond', 0, 'beyond the end of the struct'],
    ['by_value', 0, 'an argument that is no pointer'],
  ])('not of %s: %#', (name, offset) => {
    expect(dies(name, offset, { di: 0n }).sentence).toMatch(/ read 4 bytes at address 0x/);
  });

  test('the caller that passed it, and what it is there', () => {
    const evidence = (...calls: string[]) =>
      told({ calls: ['reads', ...calls, 'worker'], offset: 0, registers: { di: 0n } }).evidence;
    expect(evidence('passes')).toContain('It was passed by passes+0x9, where it is &dev->queue.');
    expect(evidence('hands_on', 'gives')).toContain('It was passed by gives+0x9, where it is all->next.');
    expect(evidence().join('\n')).not.toMatch(/passed by/);
  });

  test('a call by a pointer names it, and a call by name what went on', () => {
    const called = (...calls: string[]) => told({ calls: [...calls, 'worker'], registers: { ip: 0n } }).sentence;
    expect(called('anything', 'calls_done')).toMatch(
      /^calls_done\+0x6 called q->ops->done, which is 0x0, where no code is: a NULL pointer/,
    );
    expect(called('padding', 'calls_padding')).toMatch(
      /^The kernel went to 0x0 under calls_padding\+0x5, where no code is/,
    );
    expect(called('jumps_away', 'calls_by_name')).toMatch(
      /^jumps_away, called by calls_by_name\+0x5, went to 0x0, where no code is/,
    );
    expect(called('jumps_on', 'calls_jumping')).toMatch(
      /^jumps_on, called by calls_jumping\+0x5, went on by q->ops->done, which is 0x0, where no code is: a NULL pointer/,
    );
    // Which of two it was is not known.
    expect(called('jumps_either', 'calls_jumping')).toMatch(
      /^jumps_either, called by calls_jumping\+0xa, went to 0x0, where no code is/,
    );
  });
});
