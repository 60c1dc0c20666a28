import { afterEach, describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';

import list from '../../plugins/list/index.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { dumpFile } from '../dumps.js';
import { viewsOf } from './views-of.js';

const file = dumpFile('6.1-global-panic/vmcore');
const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));

describe.skipIf(file === undefined)('list, of which nothing says what it links', () => {
  const noteOf = async (where: string, link?: string): Promise<string | undefined> => {
    const kernel = await openKernel({ dump: [file!] });
    opened.push(kernel);
    const [view] = viewsOf(list, kernel, { where, ...(link === undefined ? {} : { link }) });
    return view?.kind === 'table' ? view.note : 'no table';
  };

  test('in a cache that is named after a struct: the member at that place', async () => {
    expect(await noteOf('slab_caches+0x0')).toBe(
      'Nothing says what these links are part of; the first lies 104 bytes into an object of the slab cache kmem_cache, so that it may be --link kmem_cache.list.',
    );
  });

  test('elsewhere where the first link lies', async () => {
    const told = 'Nothing says what these links are part of: give the member that links them, as in --link ';
    expect(await noteOf('clocksource_list')).toBe(
      `${told}task_struct.sibling; the first lies in clocksource_hpet+0x38.`,
    );
    expect(await noteOf('bdi_list')).toMatch(/; the first lies 32 bytes into an object of the slab cache kmalloc-/);
  });

  test('nothing, where the link is known or given, or the list is empty', async () => {
    expect(await noteOf('slab_caches')).toBeUndefined();
    expect(await noteOf('slab_caches+0x0', 'kmem_cache.list')).toBeUndefined();
    expect(await noteOf('async_global_pending')).toBeUndefined();
  });
});
