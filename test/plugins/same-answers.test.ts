import { describe, expect } from 'vitest';
import type { Plugin, View } from 'oompm';
import { openKernel } from 'oompm/testing';

import mod from '../../plugins/mod/index.js';
import overview from '../../plugins/overview/index.js';
import ps from '../../plugins/ps/index.js';
import { dumpFile, testWith } from '../dumps.js';
import { viewsOf } from './views-of.js';

const plugins: readonly Plugin[] = [overview, ps, mod];

/** Views with their rows pulled. */
const pulled = (views: readonly View[]): unknown =>
  views.map((view) => (view.kind === 'table' ? { ...view, rows: [...view.rows] } : view));

async function answers(dump: string, options: { vmlinux?: string; types?: 'btf' | 'dwarf' } = {}): Promise<unknown> {
  const kernel = await openKernel({
    dump: [dumpFile(dump)!],
    ...options,
    ...(options.vmlinux === undefined ? {} : { vmlinux: dumpFile(options.vmlinux)! }),
  });
  try {
    return { answers: plugins.map((plugin) => pulled(viewsOf(plugin, kernel))), gaps: kernel.gaps.list };
  } finally {
    kernel.close();
  }
}

describe('the dump alone, with its vmlinux, and by its DWARF: the same answers', () => {
  for (const [dump, vmlinux, hasDwarf] of [
    ['5.10-kdump-memcg1/vmcore', 'vmlinux-5.10', true],
    ['6.1-kdump-offline/vmcore', 'vmlinux-6.1', true],
    ['6.1-slab-panic/vmcore', 'vmlinux-6.1', true],
    ['6.12-global-panic/vmcore', 'vmlinux-6.12', false],
    ['7.2-reaper/vmcore', 'vmlinux-7.2', false],
  ] as const)
    testWith([dump, vmlinux], dump, async () => {
      const alone = await answers(dump);
      expect(await answers(dump, { vmlinux })).toEqual(alone);
      if (hasDwarf) expect(await answers(dump, { vmlinux, types: 'dwarf' })).toEqual(alone);
    });
});

testWith('6.1-global-panic/vmcore.elf', '6.1-global-panic in its formats: the same machine', async () => {
  const base = '6.1-global-panic/vmcore';
  // What the file says of itself is another thing in each.
  const ofMachine = async (file: string) => {
    const kernel = await openKernel({ dump: [dumpFile(file)!] });
    const views = plugins.flatMap((plugin) => viewsOf(plugin, kernel)).filter(({ id }) => id !== 'dump');
    const found = pulled(views);
    kernel.close();
    return found;
  };
  const first = await ofMachine(base);
  for (const ending of ['.elf', '.flat', '.zlib', '.lzo', '.snappy', '.zstd'])
    expect([ending, await ofMachine(base + ending)]).toEqual([ending, first]);
});
