import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import { slabCaches } from 'oompm/linux';

import slab from '../../plugins/slab/index.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { allDumps, dumpFile, dumpsDir } from '../dumps.js';
import { kernelLog } from '../linux/kernel-log.js';
import { tableOf } from './views-of.js';

const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));

async function kernelOf(dump: string): Promise<Kernel> {
  const kernel = await openKernel({ dump: [join(dumpsDir(), dump)] });
  opened.push(kernel);
  return kernel;
}

/** The lines below "Unreclaimable slab info:", which the kernel prints where slab takes more than processes do. */
function printedTable(dump: string): string[] {
  const lines = kernelLog(join(dumpsDir(), dirname(dump), 'kernel.log'));
  const at = lines.lastIndexOf('Unreclaimable slab info:');
  if (at < 0) return [];
  const end = lines.findIndex((line, i) => i > at + 1 && !/^\S.* +\d+KB +\d+KB$/.test(line));
  return lines.slice(at + 2, end);
}

const withTable = allDumps().filter(
  (dump) => dump.endsWith('-panic/vmcore') && dumpFile(`${dirname(dump)}/kernel.log`) && printedTable(dump).length > 0,
);

describe.skipIf(withTable.length === 0)('the table of unreclaimable slab caches that the kernel printed', () => {
  test.each(withTable)('%s', async (dump) => {
    const kernel = await kernelOf(dump);
    const kB = (objects: number, size: number): string => `${Math.floor((objects * size) / 1024)}KB`;
    const ours = slabCaches(kernel)
      .filter((cache) => !cache.reclaimable && cache.totalObjects > 0)
      .map(
        (cache) =>
          `${cache.name.padEnd(17)} ${kB(cache.activeObjects ?? Number.NaN, cache.size).padStart(12)} ${kB(cache.totalObjects, cache.size).padStart(12)}`,
      );
    const squeezed = (lines: readonly string[]): string[] => lines.map((line) => line.replaceAll(/ +/g, ' '));
    const [found, printed] = [squeezed(ours), squeezed(printedTable(dump))];
    expect(printed.length).toBeGreaterThan(10);
    expect(found).toEqual(printed);
    expect(kernel.gaps.list).toEqual([]);
  });
});

test.skipIf(!dumpFile('6.1-slab-panic/vmcore'))(
  'the leaking cache comes first; a report shows only the largest',
  async () => {
    const kernel = await kernelOf('6.1-slab-panic/vmcore');
    const { rows, note } = tableOf(slab, kernel, { limit: 3 });
    expect(rows).toHaveLength(3);
    expect(rows[0]!.cells).toMatchObject({ name: 'lab_session', reclaimable: false });
    expect(note).toMatch(/^\d+ smaller ones are not shown\.$/);
    expect(
      tableOf(slab, kernel, { unreclaimable: true }).rows.every(({ cells }) => cells['reclaimable'] === false),
    ).toBe(true);
  },
);
