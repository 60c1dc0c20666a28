import { x86_64 } from '../../src/arch/x86_64/x86_64.js';
import { describe, expect, test } from 'vitest';
import { taskTypes, to, toyKernel, type ToyKernelOptions } from 'oompm/testing';
import {
  cpuRegisters,
  cpusIn,
  kernelTaints,
  kernelTime,
  panicOf,
  processes,
  rssOf,
  taintsOf,
  taskLabel,
} from 'oompm/linux';

import type { Dump } from '../../src/dump/dump.js';
import { readNotes } from '../../src/dump/note-reader.js';
import { buildNotes } from '../../src/testing/build-notes.js';
import { toyTasks } from './toy-tasks.js';

describe('the clock', () => {
  const timekeeper = `
    struct seqcount_raw_spinlock { unsigned sequence; };
    struct timespec64 { s64 tv_sec; long tv_nsec; };
    struct tk_read_base { u64 mask; u32 mult, shift; u64 xtime_nsec; };
    struct timekeeper { struct tk_read_base tkr_mono; u64 xtime_sec; struct timespec64 wall_to_monotonic; s64 offs_boot; };
    struct tk_data { struct seqcount_raw_spinlock seq; struct timekeeper timekeeper; int lock; };
  `;
  const value = {
    timekeeper: {
      tkr_mono: { mask: 0xffff, shift: 8, xtime_nsec: 500n << 8n },
      xtime_sec: 1_700_000_100,
      wall_to_monotonic: { tv_sec: -1_700_000_000, tv_nsec: 250 },
      offs_boot: 7_000_000_000,
    },
  };
  test.each(['tk_core', 'timekeeper_data'])('in %s', (name) => {
    const kernel = toyKernel({ types: timekeeper, variables: { [name]: { type: 'struct tk_data', value } } });
    expect(kernelTime(kernel)).toEqual({
      wallNs: 1_700_000_100_000_000_500n,
      uptimeNs: 100_000_000_750n,
      sinceBootNs: 107_000_000_750n,
    });
  });
  test('in a struct without a name, up to 6.12', () => {
    const kernel = toyKernel({
      types: timekeeper.replace('struct tk_data', 'struct another'),
      variables: { tk_core: { type: 'struct another', value } },
    });
    expect(kernelTime(kernel).uptimeNs).toBe(100_000_000_750n);
  });
  describe('what the kernel keeps twice tells what was written over it', () => {
    const types = timekeeper
      .replace('u64 xtime_nsec;', 'u64 xtime_nsec; s64 base;')
      .replace('s64 offs_boot;', 's64 offs_boot; u64 ktime_sec; s64 offs_real; struct timespec64 monotonic_to_boot;');
    const kept = {
      ...value.timekeeper,
      tkr_mono: { ...value.timekeeper.tkr_mono, base: 100_000_000_250n },
      ktime_sec: 100,
      offs_real: 1_699_999_999_999_999_750n,
      monotonic_to_boot: { tv_sec: 7, tv_nsec: 0 },
    };
    const timeOf = (damage: object): bigint =>
      kernelTime(
        toyKernel({
          types,
          variables: { tk_core: { type: 'struct tk_data', value: { timekeeper: { ...kept, ...damage } } } },
        }),
      ).uptimeNs;

    test('whole', () => {
      expect(timeOf({})).toBe(100_000_000_750n);
      expect(timeOf({ tkr_mono: { ...kept.tkr_mono, xtime_nsec: 999_999_749n << 8n } })).toBe(100_999_999_999n);
    });
    test.each([
      ['the second', { xtime_sec: 1_700_000_101 }, 'tkr_mono.base is not'],
      ['the offset', { wall_to_monotonic: { tv_sec: -1_600_000_000, tv_nsec: 250 } }, 'tkr_mono.base is not'],
      [
        'both alike',
        { xtime_sec: 1_600_000_100, wall_to_monotonic: { tv_sec: -1_600_000_000, tv_nsec: 250 } },
        'offs_',
      ],
      ['the part of a second', { tkr_mono: { ...kept.tkr_mono, xtime_nsec: 1n << 40n } }, 'ktime_sec is not'],
      ['the time asleep', { offs_boot: 8_000_000_000 }, 'monotonic_to_boot is not'],
    ])('%s', (_, damage, words) => {
      expect(() => timeOf(damage)).toThrow(`the timekeeper contradicts itself: ${words}`);
    });
  });
  test.each([
    ['before boot', { xtime_sec: 1_699_999_999 }],
    ['300 years', { wall_to_monotonic: { tv_sec: 9e9, tv_nsec: 0 } }],
    ['a negative sleep', { offs_boot: -1 }],
  ])('of a kernel that keeps nothing twice: %s', (_, damage) => {
    const data = { timekeeper: { ...value.timekeeper, ...damage } };
    const variables = { tk_core: { type: 'struct tk_data', value: data } };
    expect(() => kernelTime(toyKernel({ types: timekeeper, variables }))).toThrow('a time that no clock has');
  });
  test('zeros are no clock', () => {
    expect(() =>
      kernelTime(toyKernel({ types: timekeeper, variables: { tk_core: { type: 'struct tk_data' } } })),
    ).toThrow('the timekeeper is not where it is looked for');
  });
});

describe('taints', () => {
  const types = 'struct taint_flag { char c_true, c_false; const char *desc; };';
  const flags = {
    type: 'struct taint_flag[4]',
    value: [['P'], ['F'], ['Q']].map(([letter]) => ({ c_true: letter!.charCodeAt(0), c_false: 32 })),
  };

  test('letters are the kernel’s own; a new one has no name, a bit without a letter is a bit', () => {
    const kernel = toyKernel({
      types,
      variables: { taint_flags: flags, tainted_mask: { type: 'unsigned long', value: 0b1101 } },
    });
    expect(kernelTaints(kernel)).toEqual([
      { letter: 'P', name: 'PROPRIETARY_MODULE' },
      { letter: 'Q' },
      { letter: 'bit 3' },
    ]);
  });
  test('without the table, those of include/linux/panic.h', () => {
    expect(taintsOf(toyKernel({ types: '' }), (1n << 9n) | (1n << 12n))).toEqual([
      { letter: 'W', name: 'WARN' },
      { letter: 'O', name: 'OOT_MODULE' },
    ]);
  });
});

describe('whose registers are whose', () => {
  const cpus = [1, 2, 3].map((pid) => ({ pid, ip: BigInt(0xf000 + pid) }));
  const notesOf = (...which: typeof cpus) => [...buildNotes({ cpus: which })];
  const kernelWith = (
    buffers: readonly (readonly number[])[],
    dump: Partial<Dump>,
    more: Partial<ToyKernelOptions> = {},
  ) => {
    const kernel = toyKernel({
      types: '',
      cpus: buffers.length,
      ...more,
      variables: {
        buffers: { type: 'u8[512]', perCpu: buffers },
        crash_notes: { type: 'void *', value: 64n },
        __cpu_online_mask: { type: 'struct cpumask', value: { bits: [0b1011n] } },
        ...more.variables,
      },
    });
    return Object.assign(kernel, { dump: { fromHypervisor: false, registers: [], ...dump } as unknown as Dump });
  };
  const told = (kernel: Parameters<typeof cpuRegisters>[0]) =>
    cpuRegisters(kernel).map((found) =>
      'note' in found ? [found.cpu, found.note.pid, found.by] : [found.cpu, found.reason],
    );
  const inFile = readNotes(Uint8Array.from(notesOf(...cpus)), x86_64.notes).registers;

  test('a kdump: by what each CPU saved, an offline one has none, nor has one that never answered', () => {
    const kernel = kernelWith([notesOf(cpus[1]!), notesOf(cpus[0]!), [], []], { registers: inFile });
    expect(told(kernel)).toEqual([
      [0, 2, 'crash_notes'],
      [1, 1, 'crash_notes'],
      [2, 'it was offline'],
      [3, 'it saved no registers: it did not answer, or was not asked to'],
    ]);
    expect(cpuRegisters(kernel)[0]).toMatchObject({ note: { index: 1 } });
  });

  test('where crash_notes can’t be read: in order, if there is one for each', () => {
    expect(told(kernelWith([[], [], []], { registers: inFile }, { lost: ['crash_notes'] }))).toEqual(
      [0, 1, 2].map((cpu) => [cpu, cpu + 1, 'order of the notes']),
    );
    expect(
      told(kernelWith([[], [], [], []], { registers: inFile }, { lost: ['crash_notes'] })).map(([, reason]) => reason),
    ).toEqual(
      Array.from({ length: 4 }, () => expect.stringContaining("its buffer in crash_notes can't be read") as unknown),
    );
  });

  test('a hypervisor’s: by the GS base, whichever of the two has it, else in order', () => {
    const kernel = kernelWith([[], [], []], { fromHypervisor: true });
    const control = (gsBase: bigint, kernelGsBase: bigint) => ({
      cr0: 0n,
      cr2: 0n,
      cr3: 0n,
      cr4: 0n,
      gsBase,
      kernelGsBase,
    });
    const [first, second, third] = inFile;
    Object.assign(kernel.dump, {
      registers: [
        { ...first!, control: control(kernel.perCpuOffset(1), 0n) },
        { ...second!, control: control(0x7f00n, kernel.perCpuOffset(0)) },
        { ...third!, control: control(0x7f00n, 0n) },
      ],
    });
    expect(told(kernel)).toEqual([
      [0, 2, 'gs base'],
      [1, 1, 'gs base'],
      [2, 3, 'order of the notes'],
    ]);
  });

  test('a hypervisor’s, where a note is damaged or there are fewer than CPUs: none by order', () => {
    const control = (gsBase: bigint) => ({ cr0: 0n, cr2: 0n, cr3: 0n, cr4: 0n, gsBase, kernelGsBase: 0n });
    const toldOf = (dump: Partial<Dump>, gsOfSecond?: 1) => {
      const kernel = kernelWith([[], []], { fromHypervisor: true, ...dump });
      const own = gsOfSecond === undefined ? {} : { control: control(kernel.perCpuOffset(gsOfSecond)) };
      return told(Object.assign(kernel, { dump: { ...kernel.dump, registers: [{ ...inFile[0]!, ...own }] } }));
    };
    const lost = "the dump's register notes are damaged, and none that can be read is its own";
    expect(toldOf({ damagedNotes: true }, 1)).toEqual([
      [0, lost],
      [1, 1, 'gs base'],
    ]);
    expect(toldOf({ damagedNotes: true })).toEqual([
      [0, lost],
      [1, lost],
    ]);
    expect(toldOf({}, 1)).toEqual([
      [0, 'the dump has no registers for it'],
      [1, 1, 'gs base'],
    ]);
    expect(toldOf({})).toEqual([0, 1].map((cpu) => [cpu, 'no register note can be identified as its own']));
  });

  test('where no note can be read, nothing is said of the CPUs but what crash_notes has', () => {
    const damaged = { registers: [], damagedNotes: true };
    expect(cpuRegisters(kernelWith([[], [], []], damaged))).toEqual(
      [0, 1, 2].map((cpu) => ({ cpu, lost: true, reason: expect.stringContaining('are damaged') as unknown })),
    );
    expect(told(kernelWith([notesOf(cpus[0]!), [], []], damaged))).toEqual([
      [0, 1, 'crash_notes'],
      [1, 'it saved no registers: it did not answer, or was not asked to'],
      [2, 'it was offline'],
    ]);
    expect(
      told(kernelWith([[], [], []], { registers: inFile, damagedNotes: true }, { lost: ['crash_notes'] })).map(
        ([, reason]) => reason,
      ),
    ).toEqual(Array.from({ length: 3 }, () => expect.stringContaining('are damaged') as unknown));
  });

  test('a buffer of nonsense is no note', () => {
    expect(told(kernelWith([Array.from({ length: 512 }, () => 0xff)], {}))).toEqual([
      [0, 'it saved no registers: it did not answer, or was not asked to'],
    ]);
  });
});

test('the CPU that panicked, where the log can’t be had; a number that no CPU has is none', () => {
  const current = { current_task: { type: 'struct task_struct *', perCpu: [to('init_task'), to('a')] } };
  const kernel = toyTasks(
    { a: { pid: 1 } },
    { cpus: 2, variables: { ...current, panic_cpu: { type: 'atomic_t', value: 1 } } },
  );
  const panic = panicOf(kernel)!;
  expect([panic.cpu, panic.cpuSource, panic.message, taskLabel(kernel, panic.task!)]).toEqual([
    1,
    'panic_cpu',
    undefined,
    'a (1)',
  ]);
  expect(kernel.gaps.list.map(({ what }) => what)).toEqual(['log']);
  expect(
    panicOf(toyTasks({ a: { pid: 1 } }, { variables: { panic_cpu: { type: 'atomic_t', value: 77 } } })),
  ).toBeUndefined();
  const crashing = toyTasks(
    { a: { pid: 1 } },
    {
      cpus: 2,
      variables: { ...current, panic_cpu: { type: 'atomic_t', value: -1 }, crashing_cpu: { type: 'int', value: 0 } },
    },
  );
  expect(panicOf(crashing)).toMatchObject({ cpu: 0, cpuSource: 'crashing_cpu' });
});

test('a task that can’t be read goes by its pid', () => {
  const kernel = toyTasks({ a: { pid: 1 }, b: { pid: 2 } }, { lost: ['b'] });
  expect(taskLabel(kernel, kernel.ref('task_struct', kernel.addressOf('b')))).toBe('task with pid 2');
});

test('CPUs in a mask end at nr_cpu_ids', () => {
  const kernel = toyKernel({
    types: '',
    cpus: 2,
    variables: { __cpu_online_mask: { type: 'struct cpumask', value: { bits: [(1n << 64n) - 1n] } } },
  });
  expect(cpusIn(kernel, 'online')).toEqual([0, 1]);
});

test('rss up to 6.1: what threads keep to themselves is added, for all that share the mm', () => {
  const types = taskTypes
    .replace('struct percpu_counter rss_stat[4];', 'struct mm_rss_stat rss_stat;')
    .replace(
      'struct mm_struct {',
      'struct mm_rss_stat { atomic_long_t count[4]; };\nstruct task_rss_stat { int events; int count[4]; };\nstruct mm_struct {',
    )
    .replace('void *vfork_done;', 'void *vfork_done; struct task_rss_stat rss_stat;');
  const cached = (...count: number[]) => ({ mm: to('mm'), rss_stat: { count } });
  const kernel = toyTasks(
    {
      a: { pid: 1, ...cached(1, 20, 0, 0) },
      a1: { pid: 2, ...cached(0, 30, 3, 0) },
      b: { pid: 3, mm: null, rss_stat: { count: [99, 99, 99, 99] } },
    },
    {
      types,
      threadsOf: { a: ['a1'] },
      objects: { mm: { type: 'struct mm_struct', value: { rss_stat: { count: [100, 1000, 0, -5] } } } },
    },
  );
  expect(rssOf(kernel, processes(kernel)[0]!.mm!)).toEqual({
    approximate: { file: 100, anon: 1000, swap: 0, shmem: 0 },
    exact: { file: 101, anon: 1050, swap: 3, shmem: 0 },
  });
});
