import { afterEach, describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import { processes, taskLabel, vmaPages, vmas } from 'oompm/linux';
import { openKernel, taskTypes, to, toyKernel } from 'oompm/testing';

import { dumpFile, testWith } from '../dumps.js';

const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));

// The kernel keeps count of both: the areas, and the pages in them.
describe('every process: as many areas and pages as its mm counts', () => {
  for (const dump of [
    '5.10-many-panic/vmcore',
    '6.1-threads/vmcore',
    '6.12-cpuset-panic/vmcore',
    '7.2-thp-panic/vmcore',
    'debian-6.1-global-panic/vmcore',
  ])
    testWith(dump, dump, async () => {
      const kernel = await openKernel({ dump: [dumpFile(dump)!] });
      opened.push(kernel);
      const found = processes(kernel).flatMap((task) => {
        const { mm } = task;
        if (!mm) return [];
        const areas = [...vmas(kernel, mm)];
        return [
          {
            task: taskLabel(kernel, task),
            areas: areas.length,
            pages: areas.reduce((sum, area) => sum + vmaPages(kernel, area), 0),
            counted: {
              areas: kernel.memory.i32(mm.$address + BigInt(kernel.offsetNamed('mm_struct', 'map_count'))),
              pages: mm.total_vm,
            },
          },
        ];
      });
      expect(found.length).toBeGreaterThan(5);
      for (const { task, areas, pages, counted } of found) expect({ task, areas, pages }).toEqual({ task, ...counted });
      expect(kernel.gaps.list).toEqual([]);
    });
});

test('a list of areas that goes in a circle ends as a gap', () => {
  const kernel = toyKernel({
    types: `${taskTypes.replace('struct maple_tree mm_mt;', 'struct vm_area_struct *mmap;')}
      struct vm_area_struct { unsigned long vm_start, vm_end; struct vm_area_struct *vm_next; unsigned long vm_flags, vm_pgoff; void *vm_file; };`,
    objects: {
      mm: { type: 'struct mm_struct', value: { mmap: to('a') } },
      a: { type: 'struct vm_area_struct', value: { vm_start: 0x1000, vm_end: 0x2000, vm_next: to('b') } },
      b: { type: 'struct vm_area_struct', value: { vm_start: 0x3000, vm_end: 0x6000, vm_next: to('a') } },
    },
  });
  expect(
    [...vmas(kernel, kernel.ref('mm_struct', kernel.addressOf('mm')))].map((vma) => vmaPages(kernel, vma)),
  ).toEqual([1, 3]);
  expect(kernel.gaps.list).toMatchObject([
    { what: 'vm_area_struct', reason: 'areas out of order', address: kernel.addressOf('a') },
  ]);
});
