import { afterEach, describe, expect, test } from 'vitest';
import { constant, oomMarks, surveyTasks, taskLabel, type ConstantName } from 'oompm/linux';
import { openKernel, to, toyKernel } from 'oompm/testing';
import type { Kernel } from 'oompm';

import { dumpFile, testWith } from '../dumps.js';
import { toyTasks } from './toy-tasks.js';

const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));
const kernelOf = async (dump: string): Promise<Kernel> => {
  opened.push(await openKernel({ dump: [dumpFile(dump)!] }));
  return opened.at(-1)!;
};

describe('constants from the kernel’s own code', () => {
  const known = {
    '5.10-global-panic/vmcore': { TIF_MEMDIE: 20, MMF_OOM_REAP_QUEUED: 26 },
    '6.1-slab-panic/vmcore': { TIF_MEMDIE: 20, MMF_OOM_REAP_QUEUED: 25 },
    '6.12-global-panic/vmcore': { TIF_MEMDIE: 20, MMF_OOM_REAP_QUEUED: 25 },
    '7.2-slab-panic/vmcore': { TIF_MEMDIE: 3, MMF_OOM_REAP_QUEUED: 25 },
    'debian-6.1-global-panic/vmcore': { TIF_MEMDIE: 20, MMF_OOM_REAP_QUEUED: 25 },
  };
  for (const [dump, values] of Object.entries(known))
    testWith(dump, dump, async () => {
      const kernel = await kernelOf(dump);
      for (const [name, value] of Object.entries(values))
        expect([name, constant(kernel, name as ConstantName)]).toEqual([name, { value, certainty: 'certain' }]);
    });

  test('without the code the release tells, and it is only likely', () => {
    expect(constant(toyKernel({ types: '', release: '6.18.3-x' }), 'TIF_MEMDIE')).toEqual({
      value: 3,
      certainty: 'likely',
    });
    expect(constant(toyKernel({ types: '', release: '6.17.0' }), 'TIF_MEMDIE')).toEqual({
      value: 20,
      certainty: 'likely',
    });
    expect(() => constant(toyKernel({ types: '', release: 'unknown' }), 'TIF_MEMDIE')).toThrow(
      'nothing tells what TIF_MEMDIE is',
    );
  });

  test('the number is read behind any form of address', () => {
    const inCode = (...bytes: number[]) => {
      const kernel = toyKernel({
        types: '',
        objects: { code: { type: 'unsigned char[96]', value: [0x53, ...bytes] } },
      });
      const reread = toyKernel({
        types: '',
        objects: { code: { type: 'unsigned char[96]', value: [0x53, ...bytes] } },
        symbols: { mark_oom_victim: kernel.addressOf('code') },
      });
      return constant(reread, 'TIF_MEMDIE').value;
    };
    expect(inCode(0xf0, 0x48, 0x0f, 0xba, 0x2b, 0x14)).toBe(20); // lock btsq $20,(%rbx)
    expect(inCode(0xf0, 0x49, 0x0f, 0xba, 0x2c, 0x24, 0x03)).toBe(3); // lock btsq $3,(%r12)
    expect(inCode(0x3e, 0x48, 0x0f, 0xba, 0x6b, 0x08, 0x03)).toBe(3); // one CPU: ds btsq $3,8(%rbx)
    expect(inCode(0xf0, 0x48, 0x0f, 0xba, 0xa8, 0x20, 0x03, 0, 0, 0x1a)).toBe(26); // lock btsq $26,0x320(%rax)
  });
});

describe('what the OOM killer has done to a task', () => {
  test('by TIF_MEMDIE, mm->flags and signal->oom_mm', () => {
    const kernel = toyTasks(
      {
        victim: { pid: 1, thread_info: { flags: 1 << 20 } },
        bystander: { pid: 2 },
      },
      {
        release: '6.1.0',
        objects: { mm: { type: 'struct mm_struct', value: { flags: (1 << 21) | (1 << 25) } } },
        overwrite: { 'signal_victim.oom_mm': to('mm') },
      },
    );
    const [victim, bystander] = surveyTasks(kernel).processes.map((task) => oomMarks(kernel, task));
    expect(victim).toEqual({ victim: true, skipped: true, reaperQueued: true, marked: true });
    expect(bystander).toEqual({ victim: false, skipped: false, reaperQueued: false, marked: false });
  });

  // A thread of the victim sleeps in a driver: killed, its memory reaped, and not gone.
  for (const dump of ['6.1-reaper/vmcore', '7.2-reaper/vmcore'])
    testWith(dump, dump, async () => {
      const kernel = await kernelOf(dump);
      const marked = surveyTasks(kernel).threads.filter((task) => oomMarks(kernel, task).marked);
      expect(marked.map((task) => taskLabel(kernel, task))).toEqual(
        expect.arrayContaining([expect.stringContaining('database') as string]),
      );
      expect(marked.map((task) => oomMarks(kernel, task))).toEqual(
        marked.map(() => expect.objectContaining({ skipped: true }) as unknown),
      );
    });
});
