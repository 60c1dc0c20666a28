import { describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import { allThreads, slabObject, taskState } from 'oompm/linux';
import { openKernel } from 'oompm/testing';

import { slabFreeLists } from '../../src/linux/mm/slab-free-list.js';
import { exitedTask } from '../../src/locks/owners/exited-owner.js';
import { dumpFile } from '../dumps.js';

describe.each(['5.10-global-panic', '6.1-global-panic', '6.12-zram-panic', '7.2-global', '7.2-thp-panic'])(
  '%s',
  (name) => {
    const file = dumpFile(`${name}/vmcore`);

    test.skipIf(file === undefined)(
      'every task_struct is an object of its cache, whichever page of a slab it lies in',
      async () => {
        const kernel = await openKernel({ dump: [file!] });
        const tasks = allThreads(kernel);
        expect(tasks.length).toBeGreaterThan(30);
        expect(
          tasks.filter((task) => {
            const object = slabObject(kernel, task.$address + 8n);
            return object?.cache !== 'task_struct' || object.start !== task.$address || object.offset !== 8;
          }),
        ).toEqual([]);
        kernel.close();
      },
    );

    test.skipIf(file === undefined)('what a CPU’s free list begins with is a free object of its cache', async () => {
      const kernel = await openKernel({ dump: [file!] });
      const lists = kernel.possibleCpus().flatMap((cpu) => slabFreeLists(kernel, cpu));
      // SLUB of 7.x allocates otherwise.
      if (kernel.has('kmem_cache', 'cpu_slab')) expect(lists.length).toBeGreaterThan(30);
      else expect(lists).toEqual([]);
      for (const { cache, first } of lists) expect([slabObject(kernel, first)?.cache, first]).toEqual([cache, first]);
      kernel.close();
    });

    test.skipIf(file === undefined)(
      'task_structs in the slabs that no list has: only those that died have exited, no task of the lists, and no leftovers',
      async () => {
        const kernel = await openKernel({ dump: [file!] });
        const listed = new Set(allThreads(kernel).map((task) => task.$address));
        expect([...listed].filter((task) => exitedTask(kernel, task) !== undefined)).toEqual([]);
        const left = [...listed]
          .map((task) => nextObject(kernel, task))
          .filter((object) => object !== undefined && !listed.has(object)) as bigint[];
        expect(left.length).toBeGreaterThan(0);
        for (const object of left) {
          const task = kernel.ref('task_struct', object);
          const exited = exitedTask(kernel, object);
          if (taskState(task).letter !== 'X') expect(exited).toBeUndefined();
          if (exited !== undefined) expect(exited).toMatch(/^[!-~]+ \(\d{1,4}\)$/);
        }
        kernel.close();
      },
    );
  },
);

test.skipIf(dumpFile('7.2-thp-panic/vmcore') === undefined)(
  '7.2-thp-panic: what the guest ran before it was told its story has exited',
  async () => {
    const kernel = await openKernel({ dump: [dumpFile('7.2-thp-panic/vmcore')!] });
    const exited = allThreads(kernel)
      .map((task) => nextObject(kernel, task.$address))
      .map((object) => object && exitedTask(kernel, object));
    expect(exited).toContain('mkdir (44)');
    kernel.close();
  },
);

/** The task_struct that stands behind one in its slab. */
function nextObject(kernel: Kernel, task: bigint): bigint | undefined {
  for (let step = 64n; step < 32768n; step += 64n) {
    const object = slabObject(kernel, task + step);
    if (object?.offset === 0) return object.cache === 'task_struct' ? object.start : undefined;
  }
  return undefined;
}
