import { describe, expect, test } from 'vitest';
import { findMember } from '../../src/debuginfo/type-walk.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { onlineNodes } from '../../src/linux/mm/nodes.js';
import { allThreads } from '../../src/linux/sched/tasks.js';
import { runPlugin } from '../../src/plugin/run-plugin.js';
import { defaultValues } from '../../src/plugin/options.js';
import { dumpFile, lacks, titleFor } from '../dumps.js';
import { sections } from '../fuzz/sections.js';
import { patchedSession, type Patch } from '../patched-dump.js';

const asked = new Set(['overview', 'oom', 'watchdogs', 'zones', 'log']);

async function answer(path: string, lies: (kernel: Kernel) => Patch[]) {
  const session = await patchedSession(path, lies);
  const plugins = (await sections()).filter(({ id }) => asked.has(id));
  const parts = plugins.map((plugin) =>
    runPlugin(session.kernel, plugin, plugin.inReport ?? defaultValues(plugin.flags, plugin.arguments)),
  );
  session.close();
  const findings = parts.flatMap(({ views }) =>
    views.flatMap((view) => (view.kind === 'findings' ? view.findings : [])),
  );
  return {
    certain: findings.filter(({ certainty }) => certainty === 'certain').map(({ sentence }) => sentence),
    gaps: parts.flatMap(({ gaps }) => gaps.map(({ what, reason }) => `${what}: ${reason}`)),
  };
}

const member = (kernel: Kernel, struct: string, name: string): bigint =>
  BigInt(findMember(kernel.types.struct(struct)!, name)!.bitOffset / 8);
const lastZone = (kernel: Kernel) =>
  onlineNodes(kernel)
    .flatMap((node) => node.node_zones.filter((zone) => zone.present_pages > 0))
    .at(-1)!;
const inZone =
  (name: string, value: bigint) =>
  (kernel: Kernel): Patch[] => [[lastZone(kernel).$address + member(kernel, 'zone', name), value]];
const global =
  (name: '_totalram_pages', value: bigint) =>
  (kernel: Kernel): Patch[] => [[kernel.symbol(name), value]];
/** The stamp of the record so many before the last. */
const stamp =
  (back: bigint, value: bigint) =>
  (kernel: Kernel): Patch[] => {
    const ring = kernel.memory.u64(kernel.symbol('prb')) + member(kernel, 'printk_ringbuffer', 'desc_ring');
    const word = (name: string): bigint => kernel.memory.u64(ring + member(kernel, 'prb_desc_ring', name));
    const count = 1n << BigInt(Number(word('count_bits') & 0xffn));
    const infoBytes = BigInt(kernel.types.struct('printk_info')!.size);
    return [
      [
        word('infos') +
          ((word('head_id') - back) & (count - 1n)) * infoBytes +
          member(kernel, 'printk_info', 'ts_nsec'),
        value,
      ],
    ];
  };
/** A member of the kernel's clock, which stands behind a sequence counter of at most 8 bytes. */
const clock =
  (name: string, value: (was: bigint) => Patch[1]) =>
  (kernel: Kernel): Patch[] => {
    const data = kernel.symbol(kernel.hasGlobal('timekeeper_data') ? 'timekeeper_data' : 'tk_core') + 8n;
    const address = data + member(kernel, 'timekeeper', name);
    return [[address, value(kernel.memory.u64(address))]];
  };
const mmOfLast =
  (to: (task: bigint) => bigint) =>
  (kernel: Kernel): Patch[] => {
    const task = allThreads(kernel).findLast(({ mm }) => mm !== null)!.$address;
    return [[task + member(kernel, 'task_struct', 'mm'), to(task)]];
  };

describe.each(['6.1-global-panic/vmcore', '6.12-global-panic/vmcore', '7.2-global-panic/vmcore'])('%s', (name) => {
  const path = dumpFile(name)!;
  const sound = lacks(name) ? undefined : answer(path, () => []);

  test.skipIf(lacks(name)).each([
    ['_totalram_pages is 2^62', global('_totalram_pages', 1n << 62n), /^managed pages: .* is past what a count can be/],
    [
      '_totalram_pages is 4 PiB',
      global('_totalram_pages', 1n << 40n),
      /^managed pages: _totalram_pages is 1099511627776, and zones/,
    ],
    ['_totalram_pages is 3', global('_totalram_pages', 3n), /^managed pages: _totalram_pages is 3, and zones manage/],
    [
      'a zone manages more than there is',
      inZone('managed_pages', 1n << 30n),
      /a zone that manages 1073741824 of \d+ present/,
    ],
    ['a zone manages less than none', inZone('managed_pages', -5n), /a zone that manages -5 of/],
    [
      'a zone manages hardly anything',
      inZone('managed_pages', 7n),
      /^managed pages: _totalram_pages is \d+, and zones manage \d+ pages/,
    ],
    ['more pages are present than spanned', inZone('present_pages', 1n << 40n), /of 1099511627776 present pages of/],
    ['more pages are free than there are', inZone('vm_stat', 1n << 40n), /a zone of \d+ pages with \d+ free ones/],
    ['an mm that is a task', mmOfLast((task) => task), /: no mm_struct, for its pgd is 0x|past what a count can be/],
    [
      'an mm that is a task, a little beside',
      mmOfLast((task) => task + 64n),
      /: no mm_struct, for its pgd is 0x|past what a count can be/,
    ],
    [
      'the last stamp is 2^63',
      stamp(0n, 1n << 63n),
      /^log: the stamp of the record .* is 9223372037 s, out of all order/,
    ],
    [
      'the last stamp lies 11 days ahead',
      stamp(0n, 10n ** 15n),
      /^log: the stamp of the record .* is 1000000 s, out of/,
    ],
    [
      'a stamp between others lies 11 days ahead',
      stamp(9n, 10n ** 15n),
      /^log: the stamp of the record .* is 1000000 s, out/,
    ],
    [
      "the kernel's clock is a day ahead",
      clock('xtime_sec', (was) => was + 86_400n),
      /^timekeeper: the timekeeper contradicts itself: tkr_mono.base is not what/,
    ],
    [
      "the kernel's clock says how long it slept, and did not",
      clock('offs_boot', () => 86_400_000_000_000n),
      /^timekeeper: the timekeeper contradicts itself: monotonic_to_boot is not what/,
    ],
    [
      "the kernel's clock is text",
      clock('tkr_mono', () => 'all work and no play '.repeat(12)),
      /^timekeeper: the time/,
    ],
  ])('%s: a gap, and nothing is certain that was not', async (_, lies, gap) => {
    const [{ certain }, lied] = await Promise.all([sound!, answer(path, lies)]);
    expect(lied.gaps).toContainEqual(expect.stringMatching(gap));
    expect(lied.certain.filter((sentence) => !certain.includes(sentence))).toEqual([]);
  });

  test.skipIf(lacks(name))(
    titleFor('the stamp is as it was, the last one an hour later: neither is told', name),
    async () => {
      expect((await sound!).gaps).toEqual([]);
      const { gaps } = await answer(path, stamp(0n, 3600n * 10n ** 9n));
      expect(gaps).toEqual([]);
    },
  );
});
