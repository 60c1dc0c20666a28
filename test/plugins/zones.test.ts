import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Cell, Kernel, Row } from 'oompm';

import zones from '../../plugins/zones/index.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { allDumps, dumpFile, dumpsDir, testWith } from '../dumps.js';
import { kernelLog } from '../linux/kernel-log.js';
import { tableOf, viewsOf } from './views-of.js';

const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));

async function kernelOf(dump: string, vmlinux?: string): Promise<Kernel> {
  const kernel = await openKernel({
    dump: [join(dumpsDir(), dump)],
    ...(vmlinux === undefined ? {} : { vmlinux: dumpFile(vmlinux)! }),
  });
  opened.push(kernel);
  return kernel;
}

const plain = (cell: Cell | undefined): string =>
  typeof cell === 'number' || typeof cell === 'string' ? `${cell}` : '?';

/** "Node 0 Normal: 1*4kB (U) … = 836kB" and the same of our table. */
function freeListLines(kernel: Kernel): Map<string, string> {
  const lines = new Map<string, Row[]>();
  for (const row of tableOf(zones, kernel, {}, 'free-lists').rows) {
    const title = `Node ${plain(row.cells['node'])} ${plain(row.cells['zone'])}`;
    lines.set(title, [...(lines.get(title) ?? []), row]);
  }
  return new Map(
    [...lines].map(([title, rows]) => {
      const orders = rows.map(
        ({ cells }) =>
          `${plain(cells['blocks'])}*${plain(cells['block'])}kB${cells['blocks'] === 0 ? '' : ` (${plain(cells['types'])})`}`,
      );
      return [
        title,
        `${title}: ${orders.join(' ')} = ${rows.reduce((sum, { cells }) => sum + Number(cells['size']), 0)}kB`,
      ];
    }),
  );
}

function report(dump: string): string[] {
  const lines = kernelLog(join(dumpsDir(), dirname(dump), 'kernel.log')).map((line) => line.trim());
  return lines.slice(lines.lastIndexOf('Mem-Info:'));
}

/** Values in kB of the zone line, by the kernel's names. */
function zoneLine(line: string): Readonly<Record<string, number>> {
  return Object.fromEntries([...line.matchAll(/ ([a-z_]+):(\d+)k?K?B/g)].map(([, name, kB]) => [name!, Number(kB)]));
}

/** A memcg's report has no Mem-Info. */
const panics = allDumps().filter(
  (dump) => dump.endsWith('-panic/vmcore') && dumpFile(`${dirname(dump)}/kernel.log`) && !dump.includes('-memcg'),
);

/** Counters that a CPU still moved between the report and the freeze, in kB: the lists themselves did not change. */
const movedAfterwards: Readonly<Record<string, number>> = { '7.2-global-panic Node 0 DMA32 free': 4 };

describe.skipIf(panics.length === 0)('what the kernel printed of its zones, from memory', () => {
  test.each(panics)('%s: free lists with their letters', async (dump) => {
    const printed = report(dump).filter((line) => /^Node \d+ \w+: \d+\*/.test(line));
    expect(printed.length).toBeGreaterThan(0);
    const found = freeListLines(await kernelOf(dump));
    for (const line of printed) expect(found.get(line.slice(0, line.indexOf(':')))).toBe(line);
  });

  test.each(panics)('%s: zone lines and lowmem_reserve', async (dump) => {
    const lines = report(dump);
    const kernel = await kernelOf(dump);
    const rows = new Map(
      tableOf(zones, kernel, {}, 'zones').rows.map(({ cells }) => [
        `Node ${plain(cells['node'])} ${plain(cells['zone'])}`,
        cells,
      ]),
    );
    const reserves = tableOf(zones, kernel, {}, 'lowmem-reserve').rows;
    let compared = 0;
    for (const [i, line] of lines.entries()) {
      const title = /^(Node \d+ \w+) free:/.exec(line)?.[1];
      if (title === undefined) continue;
      compared++;
      const cells = rows.get(title)!;
      const printed = zoneLine(line);
      const kB = (key: string): number => Number(cells[key]) * 4;
      const ours = {
        free: kB('free'),
        min: kB('min'),
        low: kB('low'),
        high: kB('high'),
        present: kB('present'),
        managed: kB('managed'),
        free_pcp: kB('pcp'),
        free_cma: kB('freeCma'),
        reserved_highatomic: kB('highatomic'),
      };
      expect([title, ours]).toEqual([
        title,
        Object.fromEntries(
          Object.keys(ours).map((name) => [
            name,
            printed[name]! + (movedAfterwards[`${dirname(dump)} ${title} ${name}`] ?? 0),
          ]),
        ),
      ]);
      if (printed['boost'] !== undefined) expect(kB('boost')).toBe(printed['boost']);
      const reserve = reserves
        .filter(({ cells }) => `Node ${plain(cells['node'])} ${plain(cells['zone'])}` === title)
        .map(({ cells }) => plain(cells['reserve']));
      expect(`lowmem_reserve[]: ${reserve.join(' ')}`).toBe(lines[i + 1]);
    }
    expect(compared).toBeGreaterThan(0);
  });
});

describe('with the vmlinux the answers are the same', () => {
  for (const release of ['5.10', '6.1', '6.12', '7.2']) {
    const [dump, vmlinux] = [`${release}-global-panic/vmcore`, `vmlinux-${release}`];
    testWith([dump, vmlinux], dump, async () => {
      const plain = (kernel: Kernel) =>
        viewsOf(zones, kernel, { counters: true, count: true }).map((view) =>
          view.kind === 'table' ? { ...view, rows: [...view.rows] } : view,
        );
      expect(plain(await kernelOf(dump, vmlinux))).toEqual(plain(await kernelOf(dump)));
    });
  }
});

test.skipIf(!dumpFile('6.12-cpuset-panic/vmcore'))(
  'counted blocks are what the kernel counts; both nodes are there',
  async () => {
    const kernel = await kernelOf('6.12-cpuset-panic/vmcore');
    expect(tableOf(zones, kernel, {}, 'nodes').rows.map(({ cells }) => cells['node'])).toEqual([0, 1]);
    const counted = new Map<string, number>();
    const key = (cells: Row['cells']): string =>
      `${plain(cells['node'])} ${plain(cells['zone'])} ${plain(cells['order'])}`;
    for (const { cells } of tableOf(zones, kernel, { count: true }, 'free-counted').rows)
      counted.set(key(cells), (counted.get(key(cells)) ?? 0) + Number(cells['blocks']));
    const lists = tableOf(zones, kernel, {}, 'free-lists').rows;
    expect(lists.length).toBeGreaterThan(0);
    for (const { cells } of lists)
      expect([key(cells), counted.get(key(cells)) ?? 0]).toEqual([key(cells), cells['blocks']]);
    expect(kernel.gaps.list).toEqual([]);
  },
);
