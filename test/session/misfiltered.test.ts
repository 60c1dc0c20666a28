import { describe, expect, test } from 'vitest';

import type { Dump } from '../../src/dump/dump.js';
import { openDump } from '../../src/dump/open-dump.js';
import { MissingPage, Page, type MissingKind } from '../../src/memory/physical-memory.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { pageLayout, type PageKind } from '../../src/linux/mm/pages/page-layout.js';
import { kindAt } from '../../src/linux/mm/pages/scan-pages.js';
import { pageNumberOf } from '../../src/memory/address-space.js';
import { bringUp, openSession } from '../../src/session/open-kernel.js';
import { dumpFile, lacks, testWith, titleFor } from '../dumps.js';

const sentence =
  /^The filter that wrote it \(makedumpfile -d 31\) is older than its kernel: it left out slab pages \(\d+ in a sample\), which hold the kernel's tasks, files and lists, so these break off; filter the whole dump again with a makedumpfile that knows Linux \d+\.\d+, or take the next one with -d 1\.$/;

for (const name of ['base612/vmcore', '7.2-global-panic/vmcore.d31.zstd']) {
  testWith(
    name,
    `${name}: that its filter did not know its kernel is told first, by the session and by the dump that plugins see`,
    async () => {
      const session = await openSession({ dump: [dumpFile(name)!] });
      expect(session.defects[0]).toMatch(sentence);
      expect(session.kernel.dump?.defects[0]).toMatch(sentence);
      expect(session.kernel.dump?.completeness).toEqual({ kind: 'whole' });
      session.close();
    },
  );
}

for (const name of [
  '6.12-global-panic/vmcore',
  'group/vmcore',
  '7.2-global-panic/vmcore.zstd',
  '7.2-reaper/vmcore',
  '5.10-memcg1-panic/vmcore',
]) {
  testWith(name, `${name}: its filter knew its kernel, and nothing is told of it`, async () => {
    const session = await openSession({ dump: [dumpFile(name)!] });
    expect(session.defects).toEqual([]);
    session.close();
  });
}

const filtered = '7.2-reaper/vmcore';
describe.skipIf(lacks(filtered))(titleFor(`${filtered}, from which pages are taken`, filtered), async () => {
  if (lacks(filtered)) return;
  const dump = await openDump([dumpFile(filtered)!]);
  const { kernel } = await bringUp(dump, undefined, {});
  const frames = framesByUse(kernel, dump);
  const toldOf = async (lost: ReadonlySet<number>, kind: MissingKind): Promise<string[]> => {
    const memory = {
      ...dump.memory,
      page: (pfn: number) => (lost.has(pfn) ? new MissingPage(kind) : dump.memory.page(pfn)),
    };
    return (await bringUp({ ...dump, memory }, undefined, {})).defects.filter((defect) => sentence.test(defect));
  };

  test('tails of slab pages that the filter left out', async () => {
    expect(frames.slabTails.size).toBeGreaterThan(100);
    expect(await toldOf(frames.slabTails, 'excluded')).toHaveLength(1);
  });

  test('the same pages damaged or cut off are no fault of a filter', async () => {
    expect(await toldOf(frames.slabTails, 'damaged')).toEqual([]);
    expect(await toldOf(frames.slabTails, 'cut off')).toEqual([]);
  });

  test('free, cache and user pages left out are what was asked for', async () => {
    expect(frames.others.size).toBeGreaterThan(1000);
    expect(await toldOf(frames.others, 'excluded')).toEqual([]);
  });

  test('one slab page left out may have become one while it was copied', async () => {
    expect(await toldOf(new Set([...frames.slabTails].slice(0, 1)), 'excluded')).toEqual([]);
  });
});

function framesByUse(kernel: Kernel, dump: Dump): { slabTails: Set<number>; others: Set<number> } {
  const layout = pageLayout(kernel);
  const slabTails = new Set<number>();
  const others = new Set<number>();
  let last: PageKind = 'unused';
  for (const { start, end } of dump.memory.ranges()) {
    for (let pfn = start / 4096; pfn < end / 4096; pfn++) {
      const page = kernel.memory.page(
        pageNumberOf(kernel.bases.vmemmap!.address, kernel.memory) + Math.floor((pfn * layout.size) / 4096),
      );
      if (!(page instanceof Page)) continue;
      const at = (pfn * layout.size) % 4096;
      const isTail = (page.view.getUint32(at + layout.head, true) & 1) !== 0;
      if (!isTail) last = kindAt(layout, page.view, at);
      if (last === 'slab' && isTail) slabTails.add(pfn);
      if (['free', 'anon', 'file', 'shmem', 'unused'].includes(last)) others.add(pfn);
    }
  }
  return { slabTails, others };
}
