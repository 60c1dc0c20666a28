import { expect, test } from 'vitest';

import { globals } from '../../symbols/globals.js';
import { symbolNames } from '../../symbols/symbol-names.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { allDumps, dumpFile, testWith } from '../dumps.js';

const declared = [...Object.keys(globals), ...Object.values(symbolNames).flat()];

test('a name is declared once', () => {
  expect(declared.filter((name, i) => declared.indexOf(name) !== i)).toEqual([]);
});

/** Names that no kernel at hand has: of eras in between, and of other configurations. */
const elsewhere = [
  'contig_page_data', // without CONFIG_NUMA
  'do_double_fault', // before 5.8
  'do_general_protection',
  'dump_tasks', // where it is not inlined
  'log_first_idx', // before 5.10
  'log_next_idx',
  'log_first_seq',
  'mcs_nodes', // before 4.20
  'printk_cpulock_owner', // 5.15 to 5.18
  'unloaded_tainted_modules', // MODULE_UNLOAD_TAINT_TRACKING
  '__kretprobe_trampoline', // from 5.16 on, without rethook
];

testWith(
  ['6.12-idle', '7.2-global', 'bug-5.10', 'base612'],
  'a misspelt name is had by no kernel: each of these is, or is listed with its reason',
  async () => {
    const known = new Set<string>();
    const byKernel = new Map(allDumps().map((dump) => [/^(?:.*?-)??\d+\.\d+/.exec(dump)?.[0] ?? dump, dump]));
    for (const dump of byKernel.values()) {
      const kernel = await openKernel({ dump: [dumpFile(dump)!] });
      for (const name of declared) if (kernel.symbols.addressOf(name) !== undefined) known.add(name);
      kernel.close();
    }
    expect(declared.filter((name) => !known.has(name)).toSorted()).toEqual(elsewhere.toSorted());
  },
  120_000,
);
