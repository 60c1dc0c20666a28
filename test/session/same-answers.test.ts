import { describe, expect, test } from 'vitest';

import { bundledPlugins } from '../../plugins/index.js';
import { runPlugin } from '../../src/plugin/run-plugin.js';
import type { Section } from '../../src/plugin/section.js';
import { openSession, type OpenOptions } from '../../src/session/open-kernel.js';
import { dumpFile } from '../dumps.js';

/**
 * Their stacks and lock words name inlined calls and source lines where DWARF tells them: compared by their own tests.
 */
const richerWithDwarf = new Set(['bt', 'locks']);

const cases = [
  { dump: '5.10-global-panic/vmcore', vmlinux: 'vmlinux-5.10', types: ['btf', 'dwarf'] },
  { dump: '5.10-memcg1-panic/vmcore', vmlinux: 'vmlinux-5.10', types: ['dwarf'] },
  { dump: '6.1-memcg-panic/vmcore', vmlinux: 'vmlinux-6.1', types: ['btf', 'dwarf'] },
  { dump: '6.1-kdump-offline/vmcore', vmlinux: 'vmlinux-6.1', types: ['btf'] },
  { dump: '6.12-shmem-panic/vmcore', vmlinux: 'vmlinux-6.12', types: ['btf'] },
  { dump: '7.2-thp-panic/vmcore', vmlinux: 'vmlinux-7.2', types: ['btf'] },
] as const;

describe('a vmlinux changes where names and types come from, not the answers', () => {
  for (const { dump, vmlinux, types } of cases) {
    const [dumpPath, vmlinuxPath] = [dumpFile(dump), dumpFile(vmlinux)];
    const missing = dumpPath === undefined || vmlinuxPath === undefined;
    for (const source of types) {
      test.skipIf(missing)(
        `${dump} with ${vmlinux}, types by ${source}${missing ? ' (skipped: not at hand; set OOMPM_DUMPS)' : ''}`,
        async () => {
          expect(await sections({ dump: [dumpPath!], vmlinux: vmlinuxPath!, types: source })).toEqual(
            await sections({ dump: [dumpPath!] }),
          );
        },
      );
    }
  }
});

async function sections(options: OpenOptions): Promise<Section[]> {
  const session = await openSession(options);
  const found: Section[] = [];
  for (const { id, load } of bundledPlugins) {
    const { default: plugin } = await load();
    if (plugin.inReport !== undefined && !richerWithDwarf.has(id))
      found.push(runPlugin(session.kernel, plugin, plugin.inReport));
  }
  session.close();
  return found;
}
