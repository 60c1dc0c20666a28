import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { InputError, type Kernel, type Stack, type StackView } from 'oompm';

import bt from '../../plugins/bt/index.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { dumpFile } from '../dumps.js';
import { viewsOf } from './views-of.js';

const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));

async function kernelOf(name: string, vmlinux?: string): Promise<Kernel> {
  const kernel = await openKernel({
    dump: [dumpFile(join(name, 'vmcore'))!],
    ...(vmlinux === undefined ? {} : { vmlinux }),
  });
  opened.push(kernel);
  return kernel;
}

function stacksIn(kernel: Kernel, values = {}): Record<string, Stack[]> {
  return Object.fromEntries(
    viewsOf(bt, kernel, values)
      .filter((view): view is StackView => view.kind === 'stack')
      .map((view) => [view.id, [...view.stacks]]),
  );
}

const titles = (stacks: readonly Stack[] | undefined) => stacks?.map(({ title }) => title);

describe.skipIf(dumpFile('6.1-lock-abba/vmcore') === undefined)('bt on 6.1-lock-abba', () => {
  test('--state D: the two that wait for each other, by name', async () => {
    const { tasks } = stacksIn(await kernelOf('6.1-lock-abba'), { state: 'D' });
    expect(titles(tasks)).toEqual(['lab_abba_1 (53), D', 'lab_abba_2 (54), D']);
    expect(tasks![0]!.frames.map((frame) => frame.function)).toContain('abba_first');
    expect(tasks![0]!.frames.find((frame) => frame.function === 'abba_first')).toMatchObject({
      module: 'stuck',
      found: 'unwound',
    });
  });

  test('where no task is in a state the view is there, empty, and its title says the state', async () => {
    const kernel = await kernelOf('6.1-lock-abba');
    const titled = (values: Readonly<Record<string, string | boolean | string[]>>) =>
      viewsOf(bt, kernel, values).map(({ title, ...view }) => [
        title,
        view.kind === 'stack' && [...view.stacks].length,
      ]);
    expect(titled({ state: 'XZ' })).toEqual([['Tasks in state X or Z', 0]]);
    expect(titled({ state: 'D', task: ['1'] })).toEqual([['Those tasks that are in state D', 0]]);
    expect(titled({ state: 'D', task: ['53'] })).toEqual([['Those tasks that are in state D', 1]]);
    expect(titled({ active: true, state: 'X' })).toEqual([
      ['CPUs', 2],
      ['Tasks in state X', 0],
    ]);
  });

  test('a task by pid, name, pattern and address is the same task', async () => {
    const kernel = await kernelOf('6.1-lock-abba');
    const byPid = stacksIn(kernel, { task: ['53'] }).tasks!;
    expect(byPid).toHaveLength(1);
    const address = byPid[0]!.door!.address.toString(16);
    for (const word of ['lab_abba_1', 'lab*_1', address, `0x${address}`])
      expect(stacksIn(kernel, { task: [word] }).tasks).toEqual(byPid);
  });

  test('identical stacks are folded: kernel threads that wait for work', async () => {
    const kernel = await kernelOf('6.1-lock-abba');
    const { tasks } = stacksIn(kernel, { all: true });
    const shown = tasks!.reduce((count, { sameAs = [] }) => count + 1 + sameAs.length, 0);
    expect(shown).toBe(45);
    expect(tasks!.length).toBeLessThan(35);
    expect(tasks!.find(({ title }) => title.startsWith('kworker'))!.sameAs!.length).toBeGreaterThan(2);
  });

  test('what is not there is said in one sentence', async () => {
    const kernel = await kernelOf('6.1-lock-abba');
    expect(() => stacksIn(kernel, { task: ['nobody'] })).toThrow(
      new InputError('There is no task nobody; oompm ps lists them.'),
    );
    expect(() => stacksIn(kernel, { state: 'Q' })).toThrow(/There is no task state "Q"/);
    expect(() => stacksIn(kernel, { cpu: [7] })).toThrow(/This machine has no CPU 7; its CPUs are 0, 1/);
  });
});

describe.skipIf(dumpFile('6.1-kdump-offline/vmcore') === undefined)('bt on 6.1-kdump-offline', () => {
  test('without arguments: the CPU that panicked, by its own registers', async () => {
    const { cpus } = stacksIn(await kernelOf('6.1-kdump-offline'));
    expect(titles(cpus)).toEqual(['CPU 2: a.out (64)']);
    const functions = cpus![0]!.frames.map((frame) => frame.function);
    expect(functions.slice(0, 3)).toEqual(['__crash_kexec', 'panic', 'out_of_memory.cold']);
    expect(cpus![0]!.frames.at(-1)).toMatchObject({ note: 'user mode' });
  });

  test('-a: each CPU; one that was offline says so, and what stands on its stack is not sure', async () => {
    const { cpus } = stacksIn(await kernelOf('6.1-kdump-offline'), { active: true });
    expect(titles(cpus)).toEqual([
      'CPU 0: swapper/0 (0)',
      'CPU 1: swapper/1 (0)',
      'CPU 2: a.out (64)',
      'CPU 3: swapper/3 (0)',
    ]);
    expect(cpus![1]!.end).toMatch(/^no registers of CPU 1: it was offline/);
    expect(new Set(cpus![1]!.frames.map(({ found }) => found))).toEqual(new Set(['scanned']));
  });
});

describe.skipIf(dumpFile('6.1-lock-irq/vmcore') === undefined)('bt on 6.1-lock-irq', () => {
  test('an interrupt on its own stack, with the registers that it saved', async () => {
    const { cpus } = stacksIn(await kernelOf('6.1-lock-irq'), { cpu: [1] });
    const [stack] = cpus!;
    expect(stack!.frames[0]).toMatchObject({
      function: 'native_queued_spin_lock_slowpath',
      note: 'on the IRQ stack of CPU 1',
      found: 'registers',
    });
    const entry = stack!.frames.find((frame) => frame.function === 'asm_sysvec_apic_timer_interrupt')!;
    expect(entry.note).toBe('on the task stack; interrupted the kernel');
    expect(entry.registers).toMatchObject({ ip: stack!.frames[entry.index + 1]!.ip, cs: 0x10n });
    expect(stacksIn(opened[0]!, { cpu: [1], brief: true }).cpus![0]!.frames.some(({ registers }) => registers)).toBe(
      false,
    );
  });
});

describe.skipIf(dumpFile('6.1-global-panic/vmcore') === undefined || dumpFile('vmlinux-6.1') === undefined)(
  'bt with a vmlinux',
  () => {
    test('inlined functions, files and lines from the root of the sources, arguments', async () => {
      const { cpus } = stacksIn(await kernelOf('6.1-global-panic', dumpFile('vmlinux-6.1')), { locals: true });
      const [stack] = cpus!;
      expect(stack!.frames.slice(1, 4)).toMatchObject([
        { function: 'panic', file: 'kernel/panic.c' },
        { function: 'check_panic_on_oom', inlined: true, file: 'mm/oom_kill.c', line: 1089 },
        { function: 'out_of_memory.cold', file: 'mm/oom_kill.c', line: 1158 },
      ]);
      const slowpath = stack!.frames.find((frame) => frame.function?.startsWith('__alloc_pages_slowpath'))!;
      expect(slowpath.arguments?.map(({ name }) => name)).toEqual(['gfp_mask', 'order', 'ac']);
      expect(slowpath.arguments?.find(({ name }) => name === 'order')).toEqual({ name: 'order', value: '0' });
    });
  },
);

describe.skipIf(dumpFile('6.1-lock-spin/vmcore') === undefined)('bt on 6.1-lock-spin', () => {
  test('no more different stacks than were asked for, and the others by name', async () => {
    const kernel = await kernelOf('6.1-lock-spin');
    const whole = stacksIn(kernel, { active: true }).cpus!;
    expect(whole).toHaveLength(4);
    const { cpus } = stacksIn(kernel, { active: true, limit: 2 });
    expect(cpus!.slice(0, 2)).toEqual(whole.slice(0, 2));
    expect(cpus![2]).toEqual({
      title: '2 more stacks',
      frames: [],
      end: `not shown here: ${whole[2]!.title}, ${whole[3]!.title}`,
    });
  });
});

test.skipIf(dumpFile('6.1-kdump-offline/vmcore') === undefined)(
  'in a report, the CPU that panicked comes first',
  async () => {
    const { cpus, tasks } = stacksIn(await kernelOf('6.1-kdump-offline'), { ...bt.inReport });
    expect(titles(cpus)![0]).toBe('CPU 2: a.out (64)');
    expect(tasks).toEqual([]);
  },
);
