import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Implausible } from '../../src/kernel/gaps.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { allThreads, type Task } from '../../src/linux/sched/tasks.js';
import { Page } from '../../src/memory/physical-memory.js';
import { pageNumberOf } from '../../src/memory/address-space.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { threadStackBytes } from '../../src/linux/sched/thread-stack.js';
import { cpuStacks, taskStack } from '../../src/stack/areas.js';
import { codePlace, codeRangeOf, codeRanges } from '../../src/stack/code.js';
import { recover } from '../../src/stack/recover.js';
import { stackOf } from '../../src/stack/stacks.js';
import { toyKernel } from '../../src/testing/toy-kernel.js';
import { dumpFile } from '../dumps.js';

const dumps = ['5.10-lockstuck', '6.1-lock-irq', '6.12-zram-panic', '7.2-slab-panic', 'debian-6.1-global-panic'].filter(
  (name) => dumpFile(`${name}/vmcore`) !== undefined,
);

describe.skipIf(dumps.length === 0).each(dumps)('the stacks of a CPU in %s', (name) => {
  let kernel: Kernel;
  beforeAll(async () => void (kernel = await openKernel({ dump: [dumpFile(`${name}/vmcore`)!] })));
  afterAll(() => kernel.close());

  test('are all found, wherever this kernel keeps them', () => {
    for (const cpu of kernel.possibleCpus()) {
      const areas = cpuStacks(kernel, cpu);
      expect(areas.map((area) => area.name)).toEqual(
        ['IRQ', '#DF', 'NMI', '#DB', '#MC', '#VC', 'second #VC', 'entry'].map((kind) => `${kind} stack of CPU ${cpu}`),
      );
      const mapped = areas.filter(
        ({ low, high }) =>
          kernel.memory.page(pageNumberOf(low, kernel.memory)) instanceof Page &&
          kernel.memory.page(pageNumberOf(high - 1n, kernel.memory)) instanceof Page,
      );
      // #VC's are mapped in guests with encrypted memory only.
      expect(mapped.map((area) => area.name.split(' ')[0])).toEqual(['IRQ', '#DF', 'NMI', '#DB', '#MC', 'entry']);
    }
  });

  test('do not overlap, over all CPUs', () => {
    const sorted = kernel
      .possibleCpus()
      .flatMap((cpu) => cpuStacks(kernel, cpu))
      .toSorted((a, b) => (a.low < b.low ? -1 : 1));
    for (const [n, { low }] of sorted.entries()) if (n > 0) expect(sorted[n - 1]!.high <= low).toBe(true);
    expect(threadStackBytes(kernel)).toBe(16384);
  });
});

describe('code that was made at run time', () => {
  const ksym = 'struct bpf_ksym { unsigned long start; unsigned long end; char name[512]; struct list_head lnode; };';

  test('is named by bpf_kallsyms', () => {
    const kernel = toyKernel({
      types: ksym,
      variables: { bpf_kallsyms: { type: 'struct list_head' } },
      objects: {
        program: {
          type: 'struct bpf_ksym',
          value: { start: 0xffffffffc0100000n, end: 0xffffffffc0100200n, name: 'bpf_prog_6deef7357e7b4530_egress' },
        },
      },
      lists: [['bpf_kallsyms', 'program.lnode']],
    });
    expect(codePlace(kernel, 0xffffffffc0100042n)).toEqual({
      function: 'bpf_prog_6deef7357e7b4530_egress',
      start: 0xffffffffc0100000n,
      offset: 0x42,
      size: 0x200,
    });
    expect(codeRangeOf(kernel, 0xffffffffc0100200n)).toBeUndefined();
  });

  test('nonsense on the list is passed over', () => {
    const kernel = toyKernel({
      types: ksym,
      variables: { bpf_kallsyms: { type: 'struct list_head' } },
      objects: {
        program: { type: 'struct bpf_ksym', value: { start: 16n, end: 0xffffffffffff0000n, name: 'everything' } },
      },
      lists: [['bpf_kallsyms', 'program.lnode']],
    });
    expect(codeRanges(kernel)).toEqual([]);
  });
});

const broken = dumpFile('7.2-global-panic/vmcore.d31.zstd');

test.skipIf(broken === undefined)('a task that the dump lacks has no stack for just that reason', async () => {
  const kernel = await openKernel({ dump: [broken!] });
  const stacks = allThreads(kernel).map((task) => stackOf(kernel, task));
  const without = stacks.filter(({ frames }) => frames.length === 0);
  expect(without.length).toBeGreaterThan(0);
  for (const { end } of without) expect(end).toMatch(/page excluded from the dump/);
  // 41 tasks can be read; of six the dump lacks the page that says where their stack is.
  expect(stacks.length - without.length).toBe(35);
  kernel.close();
});

describe('a stack at the end of the address space', () => {
  const kernel = toyKernel({ types: '' });
  const at = (stack: bigint) => taskStack(kernel, { stack } as Task);

  test.each([2n ** 64n - 1n, 2n ** 64n - 8n, 2n ** 64n - 16383n])(
    '0x%x: past it all would begin anew at 0, so that there can be none',
    (stack) => {
      expect(() => at(stack)).toThrow(Implausible);
    },
  );

  test('the last that fits is one; what scans it ends', () => {
    const area = at(2n ** 64n - 16384n)!;
    expect(area).toEqual({ kind: 'task', name: 'task stack', low: 2n ** 64n - 16384n, high: 2n ** 64n });
    expect(recover(kernel, { frames: [], end: 'a test' }, [area])).toEqual({ frames: [], end: 'a test' });
    expect(recover(kernel, { frames: [], end: 'a test' }, [{ ...area, low: area.high - 1n }])).toEqual({
      frames: [],
      end: 'a test',
    });
  });
});
