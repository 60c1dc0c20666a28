import { join } from 'node:path';
import { expect, test } from 'vitest';

import swap from '../../plugins/swap/index.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { dumpFile, dumpsDir, unlessMissing } from '../dumps.js';
import { tableOf, viewsOf } from './views-of.js';

test.skipIf(!dumpFile('6.12-zram-panic/vmcore'))(unlessMissing('6.12-zram-panic/vmcore'), async () => {
  const kernel = await openKernel({ dump: [join(dumpsDir(), '6.12-zram-panic/vmcore')] });
  const [facts] = viewsOf(swap, kernel);
  // The kernel printed: 2 pages in swap cache, Free swap = 0kB, Total swap = 12284kB.
  expect(facts).toMatchObject({
    kind: 'facts',
    facts: [
      { key: 'total', value: 3071 },
      { key: 'free', value: 0 },
      { key: 'cached', value: 2 },
    ],
  });
  expect(tableOf(swap, kernel, {}, 'areas').rows.map(({ cells }) => cells)).toEqual([
    { name: 'zram0', total: 3071, used: 3071, priority: -2, writable: true },
  ]);
  expect(tableOf(swap, kernel, {}, 'zram').rows[0]!.cells).toMatchObject({
    name: 'zram0',
    stored: 3070,
    pool: 1411,
    limit: null,
  });
  expect(kernel.gaps.list).toEqual([]);
  kernel.close();
});

test.skipIf(!dumpFile('6.1-global-panic/vmcore'))('a machine without swap: no areas, no zram', async () => {
  const kernel = await openKernel({ dump: [join(dumpsDir(), '6.1-global-panic/vmcore')] });
  expect(viewsOf(swap, kernel).map(({ id }) => id)).toEqual(['swap', 'areas']);
  expect(tableOf(swap, kernel, {}, 'areas').rows).toEqual([]);
  kernel.close();
});
