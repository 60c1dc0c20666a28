import { describe, expect, test } from 'vitest';
import { allThreads } from 'oompm/linux';
import { slabObject } from 'oompm/locks';
import { openKernel } from 'oompm/testing';

import { dumpFile } from '../dumps.js';

describe.each(['5.10-global-panic', '6.1-global-panic', '6.12-zram-panic', '7.2-global', '7.2-thp-panic'])('%s', (name) => {
  const file = dumpFile(`${name}/vmcore`);

  test.skipIf(file === undefined)('every task_struct is an object of its cache, whichever page of a slab it lies in', async () => {
    const kernel = await openKernel({ dump: [file!] });
    const tasks = allThreads(kernel);
    expect(tasks.length).toBeGreaterThan(30);
    expect(tasks.filter((task) => {
      const object = slabObject(kernel, task.$address + 8n);
      return object?.cache !== 'task_struct' || object.start !== task.$address || object.offset !== 8;
    })).toEqual([]);
    kernel.close();
  });
});
