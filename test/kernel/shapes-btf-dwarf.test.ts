import { afterAll, describe, expect, test } from 'vitest';

import { anchors } from '../../symbols/enums.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { allShapes } from '../../src/kernel/known-shapes.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { dumpFile, unlessMissing } from '../dumps.js';

const kernels = [
  { dump: '5.10-memcg1-panic/vmcore', vmlinux: 'vmlinux-5.10' },
  { dump: '6.1-memcg-panic/vmcore', vmlinux: 'vmlinux-6.1' }, // went through dwz
];

describe.each(kernels)('$vmlinux: every shape has the same offsets by BTF and by DWARF', ({ dump, vmlinux }) => {
  const dumpPath = dumpFile(dump);
  const vmlinuxPath = dumpFile(vmlinux);
  const opened: Kernel[] = [];
  afterAll(() => opened.forEach((kernel) => kernel.close()));

  test.skipIf(dumpPath === undefined || vmlinuxPath === undefined)(unlessMissing(vmlinux), async () => {
    const [btf, dwarf] = await Promise.all(
      (['btf', 'dwarf'] as const).map((types) => openKernel({ dump: [dumpPath!], vmlinux: vmlinuxPath!, types })),
    );
    opened.push(btf!, dwarf!);
    const layouts = (kernel: Kernel) =>
      Object.fromEntries(
        allShapes.map((shape) => {
          const reason = kernel.missing(shape);
          // The two say "no such struct" alike; the sizes and offsets are what matters.
          return [
            shape.struct,
            reason ?? { size: kernel.bind(shape).size, offsets: Object.fromEntries(kernel.bind(shape).offsets) },
          ];
        }),
      );
    expect(layouts(dwarf!)).toEqual(layouts(btf!));

    const enums = (kernel: Kernel) =>
      Object.fromEntries(
        Object.keys(anchors).map((name) => [name, { values: kernel.enumValues(name), value: kernel.enumerator(name) }]),
      );
    expect(enums(dwarf!)).toEqual(enums(btf!));
    for (const name of ['NR_FREE_PAGES', 'MIGRATE_CMA', 'WMARK_MIN', 'PG_slab', 'MM_ANONPAGES']) {
      expect(dwarf!.enumerator(name), name).toBe(btf!.enumerator(name));
    }
  });
});
