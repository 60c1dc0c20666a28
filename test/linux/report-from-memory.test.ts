import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import {
  allMemcgs,
  allZones,
  globalNodeCounters,
  globalZoneCounters,
  hugetlbPools,
  isRemark,
  logRecords,
  memcgStat,
  memoryTotals,
  nodeCounters,
  onlineNodes,
  swapTotals,
  tmpfsMounts,
  zramDevices,
  type Counters,
  type PageCounter,
} from 'oompm/linux';

import { openKernel } from '../../src/session/open-kernel.js';
import { allDumps, dumpFile, dumpsDir } from '../dumps.js';

const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));

async function kernelOf(dump: string): Promise<Kernel> {
  const kernel = await openKernel({ dump: [join(dumpsDir(), dump)] });
  opened.push(kernel);
  return kernel;
}

/** The ring's lines from the last one that starts so. */
function linesFrom(kernel: Kernel, start: string): string[] {
  const lines = [...logRecords(kernel)]
    .flatMap((entry) => (isRemark(entry) ? [] : entry.text.split('\n')))
    .map((line) => line.trim());
  const at = lines.findLastIndex((line) => line.startsWith(start));
  return at < 0 ? [] : lines.slice(at);
}

const panics = allDumps().filter((dump) => dump.endsWith('-panic/vmcore') && dumpFile(`${dirname(dump)}/kernel.log`));
const global = panics.filter((dump) => !dump.includes('-memcg'));
const memcgPanics = allDumps().filter(
  (dump) => /-memcg1?(?:-panic)?\/vmcore$/.test(dump) && !dump.startsWith('6.1-memcg/'),
);

/** A counter that a CPU folded in between the report and the freeze: by how many pages. */
const movedAfterwards: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '7.2-global-panic': { active_anon: 1, inactive_anon: 4, free: 1 },
};

/** Mem-Info's names for the kernel's counters. */
const MEM_INFO: Readonly<Record<string, string>> = {
  active_anon: 'NR_ACTIVE_ANON',
  inactive_anon: 'NR_INACTIVE_ANON',
  isolated_anon: 'NR_ISOLATED_ANON',
  active_file: 'NR_ACTIVE_FILE',
  inactive_file: 'NR_INACTIVE_FILE',
  isolated_file: 'NR_ISOLATED_FILE',
  unevictable: 'NR_UNEVICTABLE',
  dirty: 'NR_FILE_DIRTY',
  writeback: 'NR_WRITEBACK',
  slab_reclaimable: 'NR_SLAB_RECLAIMABLE_B',
  slab_unreclaimable: 'NR_SLAB_UNRECLAIMABLE_B',
  mapped: 'NR_FILE_MAPPED',
  shmem: 'NR_SHMEM',
  pagetables: 'NR_PAGETABLE',
  sec_pagetables: 'NR_SECONDARY_PAGETABLE',
  kernel_misc_reclaimable: 'NR_KERNEL_MISC_RECLAIMABLE',
  free: 'NR_FREE_PAGES',
  free_cma: 'NR_FREE_CMA_PAGES',
};

const NODE_LINE: Readonly<Record<string, string>> = {
  active_anon: 'NR_ACTIVE_ANON',
  inactive_anon: 'NR_INACTIVE_ANON',
  active_file: 'NR_ACTIVE_FILE',
  inactive_file: 'NR_INACTIVE_FILE',
  unevictable: 'NR_UNEVICTABLE',
  'isolated(anon)': 'NR_ISOLATED_ANON',
  'isolated(file)': 'NR_ISOLATED_FILE',
  mapped: 'NR_FILE_MAPPED',
  dirty: 'NR_FILE_DIRTY',
  writeback: 'NR_WRITEBACK',
  shmem: 'NR_SHMEM',
  shmem_thp: 'NR_SHMEM_THPS',
  shmem_pmdmapped: 'NR_SHMEM_PMDMAPPED',
  anon_thp: 'NR_ANON_THPS',
  kernel_stack: 'NR_KERNEL_STACK_KB',
  pagetables: 'NR_PAGETABLE',
  sec_pagetables: 'NR_SECONDARY_PAGETABLE',
};

const ZONE_LINE: Readonly<Record<string, string>> = {
  free: 'NR_FREE_PAGES',
  active_anon: 'NR_ZONE_ACTIVE_ANON',
  inactive_anon: 'NR_ZONE_INACTIVE_ANON',
  active_file: 'NR_ZONE_ACTIVE_FILE',
  inactive_file: 'NR_ZONE_INACTIVE_FILE',
  unevictable: 'NR_ZONE_UNEVICTABLE',
  writepending: 'NR_ZONE_WRITE_PENDING',
  zspages: 'NR_ZSPAGES',
  mlocked: 'NR_MLOCK',
  pagetables: 'NR_PAGETABLE',
  bounce: 'NR_BOUNCE',
  free_cma: 'NR_FREE_CMA_PAGES',
};

/** The same by line, in kB. */
const movedByPlace: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '7.2-global-panic': {
    'Node 0 active_anon': 4,
    'Node 0 inactive_anon': 16,
    'Node 0 DMA32 free': 4,
    'Node 0 Normal active_anon': 4,
    'Node 0 Normal inactive_anon': 16,
  },
};

describe.skipIf(global.length === 0)('the machine’s counters as the kernel printed them', () => {
  test.each(global)('%s: Mem-Info', async (dump) => {
    const kernel = await kernelOf(dump);
    const lines = linesFrom(kernel, 'Mem-Info:');
    const end = lines.findIndex((line) => line.startsWith('free:'));
    const printed = Object.fromEntries(
      lines
        .slice(1, end + 1)
        .join(' ')
        .split(' ')
        .map((pair) => pair.split(':') as [string, string]),
    );
    const counters = new Map([...globalNodeCounters(kernel), ...globalZoneCounters(kernel)]);
    const moved = movedAfterwards[dirname(dump)] ?? {};
    const names = Object.keys(printed).filter((name) => MEM_INFO[name] !== undefined);
    expect(names.length).toBeGreaterThan(14);
    expect(Object.fromEntries(names.map((name) => [name, counters.get(MEM_INFO[name]!)]))).toEqual(
      Object.fromEntries(names.map((name) => [name, Number(printed[name]) + (moved[name] ?? 0)])),
    );
    const zones = allZones(kernel).filter(({ node, name }) =>
      lines.some((line) => line.startsWith(`Node ${node} ${name} free:`)),
    );
    expect(zones.reduce((sum, { pcpPages }) => sum + (pcpPages ?? Number.NaN), 0)).toBe(Number(printed['free_pcp']));
  });

  test.each(global)('%s: the lines of nodes and zones', async (dump) => {
    const kernel = await kernelOf(dump);
    const lines = linesFrom(kernel, 'Mem-Info:');
    const moved = movedByPlace[dirname(dump)] ?? {};
    const compare = (title: string, counters: Counters, names: Readonly<Record<string, string>>): void => {
      const line = lines.find((one) => one.startsWith(`${title} `) && !one.includes('hugepages_total'))!;
      const printed = Object.fromEntries(
        [...line.matchAll(/ ([a-z_]+(?:\(\w+\))?): ?(\d+)[kK]B/g)].map(([, name, kB]) => [name!, Number(kB)]),
      );
      const named = Object.keys(printed).filter((name) => names[name] !== undefined);
      // 7.x has no counter for bounce buffers and prints 0.
      const known = named.filter((name) => counters.has(names[name]!));
      expect(named.filter((name) => !known.includes(name) && (name !== 'bounce' || printed[name] !== 0))).toEqual([]);
      expect(known.length).toBeGreaterThan(8);
      // Huge pages were counted as such up to 5.10, and stacks always in kB.
      const unit = (name: string): number =>
        name === 'kernel_stack' ? 1 : /_thp$|pmdmapped$/.test(name) && kernel.release.startsWith('5.10') ? 2048 : 4;
      expect([
        title,
        Object.fromEntries(known.map((name) => [name, counters.get(names[name]!)! * unit(name)])),
      ]).toEqual([
        title,
        Object.fromEntries(known.map((name) => [name, printed[name]! + (moved[`${title} ${name}`] ?? 0)])),
      ]);
    };
    const printed = (title: string): boolean =>
      lines.some((line) => line.startsWith(`${title} active_anon:`) || line.startsWith(`${title} free:`));
    for (const node of onlineNodes(kernel)) {
      if (printed(`Node ${node.node_id}`)) {
        compare(`Node ${node.node_id}`, nodeCounters(kernel, node), NODE_LINE);
        const line = lines.find((one) => one.startsWith(`Node ${node.node_id} active_anon:`))!;
        expect(line).toContain(`all_unreclaimable? ${node.kswapd_failures! >= 16 ? 'yes' : 'no'}`);
      }
    }
    for (const zone of allZones(kernel)) {
      const title = `Node ${zone.node} ${zone.name}`;
      if (printed(title)) compare(title, zone.counters, ZONE_LINE);
    }
  });

  test.each(global)('%s: huge pages, swap, totals', async (dump) => {
    const kernel = await kernelOf(dump);
    const printed = linesFrom(kernel, 'Mem-Info:');
    const nodes = new Set(printed.flatMap((line) => /^Node (\d+) hugepages_total/.exec(line)?.[1] ?? []));
    const pools = hugetlbPools(kernel);
    const swap = swapTotals(kernel)!;
    const totals = memoryTotals(kernel);
    const stats = swap.cacheStats;
    const ours = [
      ...[...nodes].flatMap((node) =>
        pools.map((pool) => {
          const { total, free, surplus } = pool.nodes.find((one) => String(one.node) === node)!;
          return `Node ${node} hugepages_total=${total} hugepages_free=${free} hugepages_surp=${surplus} hugepages_size=${pool.sizeKB}kB`;
        }),
      ),
      `${globalNodeCounters(kernel).get('NR_FILE_PAGES')} total pagecache pages`,
      `${swap.cachePages} pages in swap cache`,
      ...(stats
        ? [`Swap cache stats: add ${stats.add}, delete ${stats.delete}, find ${stats.findSuccess}/${stats.findTotal}`]
        : []),
      `Free swap  = ${swap.freePages * 4}kB`,
      `Total swap = ${swap.totalPages * 4}kB`,
      `${totals.ram} pages RAM`,
      `${totals.highmem} pages HighMem/MovableOnly`,
      `${totals.reserved} pages reserved`,
      ...(totals.cmaReserved === undefined ? [] : [`${totals.cmaReserved} pages cma reserved`]),
      ...(totals.hwpoisoned === undefined ? [] : [`${totals.hwpoisoned} pages hwpoisoned`]),
    ];
    const start = printed.findIndex((line) => line.includes('hugepages_total'));
    expect(printed.slice(start, start + ours.length)).toEqual(ours);
    expect(kernel.gaps.list).toEqual([]);
  });
});

describe.skipIf(memcgPanics.length === 0)('a memory cgroup as the kernel printed it', () => {
  test.each(memcgPanics)('%s', async (dump) => {
    const kernel = await kernelOf(dump);
    const lines = linesFrom(kernel, 'memory: usage');
    const path = /^Memory cgroup stats for (.*):$/.exec(
      lines.find((line) => line.startsWith('Memory cgroup stats'))!,
    )![1];
    const memcg = [...allMemcgs(kernel)].find((one) => one.path === path)!;
    const counter = (name: string, one: PageCounter | undefined): string[] =>
      one === undefined
        ? []
        : [`${name}: usage ${one.usagePages * 4}kB, limit ${one.limitRaw * 4}kB, failcnt ${one.failures}`];
    const ours = [
      ...counter('memory', memcg.memory),
      ...counter('swap', memcg.swap),
      ...counter('memory+swap', memcg.memsw),
      ...counter('kmem', memcg.kmem),
      `Memory cgroup stats for ${path}:`,
      ...[...memcgStat(kernel, memcg.ref)].map(([name, value]) => `${name} ${value}`),
    ];
    const { memory } = memcg;
    const next = lines[ours.length]!;
    const after = next.startsWith('Memory cgroup min protection')
      ? `Memory cgroup min protection ${memory.childrenMinUsagePages * 4}kB -- low protection ${memory.childrenLowUsagePages * 4}kB`
      : 'Tasks state (memory values in pages):';
    expect([...ours, after]).toEqual(lines.slice(0, ours.length + 1));
    expect(memory.limitPages).not.toBeNull();
    expect((memcg.swap ?? memcg.memsw)!.limitPages).toBeNull();
  });
});

test.skipIf(!dumpFile('6.12-shmem-panic/vmcore'))('tmpfs: where it is, its files, its limit', async () => {
  const kernel = await kernelOf('6.12-shmem-panic/vmcore');
  const mounts = tmpfsMounts(kernel, { files: 2 });
  const srv = mounts.find(({ mountPoint }) => mountPoint === '/srv')!;
  expect(srv.largest.map(({ path, pages }) => [path, pages])).toEqual([
    ['/cache/blob.bin', 17005],
    ['/cache/index.db', 7680],
  ]);
  expect(srv.limitPages).toBe(34930);
  expect(mounts.map(({ mountPoint }) => mountPoint)).toEqual([undefined, '/', '/dev', '/tmp', '/srv']);
  // The inodes' own counts, which the global counter may lag behind by what CPUs hold back.
  const pages = mounts.reduce((sum, one) => sum + one.pages, 0);
  expect(Math.abs(pages - globalNodeCounters(kernel).get('NR_SHMEM')!)).toBeLessThan(64);
});

test.skipIf(!dumpFile('6.12-zram-panic/vmcore'))('zram: what its pool takes', async () => {
  const kernel = await kernelOf('6.12-zram-panic/vmcore');
  const [zram, ...others] = zramDevices(kernel);
  expect(others).toEqual([]);
  expect(zram).toMatchObject({
    name: 'zram0',
    diskBytes: 12 << 20,
    storedPages: 3070,
    poolPages: 1411,
    limitPages: null,
  });
  expect(zram!.compressedBytes).toBeLessThan(zram!.poolPages * 4096);
  // What the zones count for zsmalloc is this pool; a CPU may hold back a few pages.
  expect(Math.abs(globalZoneCounters(kernel).get('NR_ZSPAGES')! - zram!.poolPages)).toBeLessThan(128);
});
