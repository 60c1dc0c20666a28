import { describe, expect, test } from 'vitest';
import { endingFindings } from 'oompm/endings';
import type { ToyFunction, ToyKernelOptions } from 'oompm/testing';

import { deaths, over, pageFault } from '../stack/toy-deaths.js';
import { BOTTOM, toyMachine, type ToySegment } from '../stack/toy-machine.js';
import { amissIn } from '../words/untold.js';

const READ = [0x8b, 0x47, 0x28]; // mov 0x28(%rdi),%eax
const functions = {
  ...deaths,
  __run_timers: { code: [{ bytes: READ }] },
  acme_depth: { code: [{ bytes: READ }] },
  anything: {},
  worker: {
    ...BOTTOM,
    code: [{ call: '__run_timers' }, { call: 'acme_depth' }, { call: 'anything', by: [0xff, 0xd0] }], // call *%rax
  },
  kthread: { ...BOTTOM, code: [{ bytes: [0xff, 0xd0] }] }, // call *%rax
} satisfies Record<string, ToyFunction>;

const GONE = 0xffff_ffff_c012_3000n;
const reads = (name: string, di = GONE): ToySegment => ({ calls: [name, 'worker'], offset: 0, registers: { di } });

const nothing: Partial<ToyKernelOptions> = {
  variables: { last_unloaded_module: { type: 'char[64]', value: '' } },
};
const acme: Partial<ToyKernelOptions> = {
  variables: { last_unloaded_module: { type: 'char[64]', value: 'acme' } },
};
const failed: Partial<ToyKernelOptions> = {
  types: 'struct mod_unload_taint { struct list_head list; char name[56]; u64 taints; u64 count; };',
  variables: { ...nothing.variables, unloaded_tainted_modules: { type: 'struct list_head' } },
  objects: { taint: { type: 'struct mod_unload_taint', value: { name: 'acme', taints: 1 << 12, count: 1 } } },
  lists: [['unloaded_tainted_modules', 'taint.list']],
};

const others: Partial<ToyKernelOptions> = {
  ...failed,
  objects: {
    ...failed.objects,
    other: { type: 'struct mod_unload_taint', value: { name: 'flaky', taints: 1, count: 2 } },
  },
  lists: [['unloaded_tainted_modules', 'taint.list', 'other.list']],
};
const acmeAndOthers = { ...others, variables: { ...others.variables, ...acme.variables } };

interface Gone extends Partial<ToyKernelOptions> {
  readonly by?: ToySegment;
}

function findingOf(segment: ToySegment, { variables, by = pageFault, ...more }: Gone) {
  const kernel = toyMachine(functions, [{ comm: 'dying', pid: 100, segments: [by, segment] }], {
    ...more,
    variables: {
      panic_cpu: { type: 'atomic_t', value: { counter: 0 } },
      panic_on_oops: { type: 'int', value: 0 },
      ...variables,
    },
  });
  const [finding] = endingFindings(kernel);
  expect(amissIn(finding!), finding!.sentence).toEqual([]);
  return finding!;
}

describe('an address of module space where no module is', () => {
  test.each([
    [acme, '(acme was unloaded last)'],
    [failed, '(acme (O) went as its init failed)'],
    [others, '(acme (O), flaky (P) went as their init failed)'],
    [acmeAndOthers, '(acme was unloaded last; gone too: flaky (P))'],
    [nothing, '(none was unloaded, or it went as its init failed)'],
    [{}, '(any more)'],
  ] as const)('names what is gone: %#', (machine, words) => {
    const { sentence, problem } = findingOf(reads('acme_depth'), machine);
    expect(sentence).toContain(`an address of module space where no module is ${words}, on CPU 0`);
    expect(problem).toBe('an oops in acme_depth');
  });

  test('that a timer led to was left behind, and is the module’s problem', () => {
    expect(findingOf(reads('__run_timers'), acme)).toMatchObject({
      problem: 'a timer left behind by acme',
      sentence:
        '__run_timers+0x0 read 4 bytes at address 0xffffffffc0123028 (0x28(%rdi)) through rdi, which is 0xffffffffc0123000, an address of module space where no module is (acme was unloaded last): a timer was left behind, on CPU 0 (dying (100)).',
    });
    expect(findingOf(reads('__run_timers', 0n), acme).problem).toBe('an oops in __run_timers');
  });

  test('that a thread comes back to was not called', () => {
    const back: ToySegment = { calls: ['anything', 'worker'], registers: { ip: GONE } };
    expect(findingOf(back, acme).sentence).toMatch(
      /^The kernel went to 0xffffffffc0123000 under worker\+0x[0-9a-f]+, where no code is: an address of module space/,
    );
    const call: ToySegment = { ...back, registers: { ip: GONE, ax: GONE } };
    expect(findingOf(call, acme).sentence).toMatch(
      /^worker\+0x[0-9a-f]+ called 0xffffffffc0123000, where no code is: /,
    );
  });

  // What a kernel keeps mapped of freed code (since 6.13) it fills with breakpoints: the registers stand behind one.
  test('that is kept full of breakpoints is gone too; data there is not', () => {
    const back = (byte: number): Gone => ({
      ...acme,
      memory: [{ at: GONE, bytes: new Uint8Array(4096).fill(byte) }],
      by: over('asm_exc_int3', 'oops_end', 'exc_int3'),
    });
    const segment: ToySegment = { calls: ['anything', 'worker'], registers: { ip: GONE + 0x14n } };
    expect(findingOf(segment, back(0xcc)).sentence).toMatch(
      /^The kernel went to 0xffffffffc0123013 under worker\+0x[0-9a-f]+, where no code is: an address of module space where no module is \(acme was unloaded last\), on/,
    );
    expect(findingOf(segment, back(0)).sentence).toMatch(
      /^worker\+0x[0-9a-f]+ called 0xffffffffc0123013, where no code is, on/,
    );
  });
});
