import { describe, expect, test } from 'vitest';
import { toyCode, words, type ToyFunction } from 'oompm/testing';

import { codePlace } from '../../src/stack/code.js';
import { codeAddressOf } from '../../src/arch/stack/frame.js';
import { showStack } from '../../src/stack/show.js';
import { cpuStack } from '../../src/stack/stacks.js';
import { BOTTOM, returnSlot, toyMachine } from './toy-machine.js';

/** objtool leaves __crash_kexec() out: STACK_FRAME_NON_STANDARD. */
const functions = {
  helper: {},
  __crash_kexec: { orc: { type: 'undefined', spRegister: 'undefined' }, code: [{ call: 'helper' }] },
  panic: { code: [{ call: '__crash_kexec' }, { call: 'helper' }] },
  elsewhere: { code: [{ call: 'helper' }] },
  worker: { ...BOTTOM, code: [{ call: 'panic' }, { call: 'elsewhere' }, { bytes: [0xff, 0xd0] }] },
} satisfies Record<string, ToyFunction>;
const code = toyCode(functions);

/** What stands on the stack from where __crash_kexec() is. */
function stackOf(...values: bigint[]) {
  const kernel = toyMachine(
    functions,
    [{ comm: 'dying', pid: 100, segments: [{ calls: ['__crash_kexec', 'panic', 'worker'] }] }],
    { memory: [words(returnSlot(0, 0), ...values)] },
  );
  const stack = cpuStack(kernel, 0);
  return {
    kernel,
    stack,
    told: stack.frames.map((frame) => `${codePlace(kernel, codeAddressOf(frame))?.function} ${frame.found}`),
  };
}

const toPanic = code.returnTo('panic', '__crash_kexec');
const toWorker = code.returnTo('worker', 'panic');

describe('a function that no table describes', () => {
  test('is passed where the nearest call of it leads to the bottom of the stack', () => {
    const { kernel, stack, told } = stackOf(0n, 0x1234n, toPanic, toWorker);
    expect(told).toEqual(['__crash_kexec registers', 'panic call', 'worker unwound']);
    expect(stack.end).toBeUndefined();
    expect([...showStack(kernel, stack).frames][1]!.note).toBe('found by its call of __crash_kexec');
  });

  test('return addresses behind calls of other functions are what earlier calls have left', () => {
    expect(stackOf(code.returnTo('elsewhere', 'helper'), toPanic, toWorker).told).toEqual([
      '__crash_kexec registers',
      'panic call',
      'worker unwound',
    ]);
  });

  test('where the nearest call of it leads nowhere, nothing is sure', () => {
    const { stack, told } = stackOf(toPanic, 0n, toPanic, toWorker);
    expect(told).toEqual(['__crash_kexec registers', 'panic scanned', 'worker scanned']);
    expect(stack.end).toBe('no table describes the stack within __crash_kexec');
  });

  test('a call further off than any frame is large is not its own', () => {
    const further = (count: number) => stackOf(...Array.from({ length: count }, () => 0n), toPanic, toWorker).told[1];
    expect(further(256)).toBe('panic call');
    expect(further(257)).toBe('panic scanned');
  });
});
