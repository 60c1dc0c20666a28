import { describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import { openKernel } from 'oompm/testing';
import { folded, timelineFindings, timelineOf } from 'oompm/timeline';

import oom from '../../plugins/oom/index.js';
import timeline from '../../plugins/timeline/index.js';
import { dumpFile, unlessMissing } from '../dumps.js';
import { viewsOf } from '../plugins/views-of.js';

/** Every row of the timeline but the boot's, the clock's and module loads. */
function rows(kernel: Kernel): string[] {
  return folded(timelineOf(kernel).events)
    .filter(({ kind }) => !/^(?:boot|clock|taint)$/.test(kind))
    .map(({ timeNs, kind, what, outcome, isEnd, count }) => {
      const more = count === 1 ? '' : ` (${count})`;
      const came = outcome === undefined ? '' : ` → ${outcome}`;
      return `${((timeNs ?? 0) / 1e9).toFixed(3)} ${isEnd ? 'the end: ' : ''}${kind}: ${what}${more}${came}`;
    });
}

const whole = [
  [
    'redherring',
    [
      '6.904 oom: the limit of /job → killed cronjob (167)',
      '10.435 the end: oops: NULL pointer dereference at 0x8 → panic: Fatal exception',
      '10.452 the end: panic: Fatal exception',
      '10.454 the end: end: the last time of its clocks',
    ],
  ],
  [
    'protected',
    [
      '6.394 oom: out of memory → killed cron (120)',
      '6.449 oom: out of memory → killed init (124)',
      '6.514 oom: out of memory (2) → killed sleep (139), and 1 more',
      '6.914 oom: out of memory → killed systemd-journal (118)',
      '7.004 oom: out of memory → killed exe (140)',
      '7.020 the end: sysrq: Trigger a crash → panic: sysrq triggered crash',
      '7.020 the end: panic: sysrq triggered crash',
      '7.020 oom: out of memory → killed dbus-daemon (121)',
      '7.037 the end: end: the last time of its clocks',
    ],
  ],
  [
    'ext4dead-6.1b',
    [
      ...['29.103', '29.130', '29.162', '29.169', '29.175'].map(
        (at) => `${at} hung task: blocked for more than 8 s (2) → it still slept at the end`,
      ),
      '43.609 the end: end: the dump was taken of a machine that had not panicked',
    ],
  ],
] as const;

describe('the whole of a dump', () => {
  test.each(whole)('%s', async (name, expected) => {
    if (dumpFile(`${name}/vmcore`) === undefined) return console.log(unlessMissing(`${name}/vmcore`));
    const kernel = await openKernel({ dump: [dumpFile(`${name}/vmcore`)!] });
    try {
      expect(rows(kernel)).toEqual(expected);
      expect(timelineFindings(timelineOf(kernel))).toEqual([]);
      const shown = viewsOf(timeline, kernel, timeline.inReport);
      expect(shown.map(({ kind }) => kind)).toEqual(['table']);
      if (name !== 'redherring') return;
      // The kill has nothing to do with how it ended: one remark, in place of all that could be said of it.
      const found = viewsOf(oom, kernel).flatMap((view) => (view.kind === 'findings' ? [...view.findings] : []));
      expect(found.map(({ id }) => id)).toEqual(['oom.earlier', 'oom.afterwards']);
      expect(found.every(({ weight }) => weight < 50)).toBe(true);
      expect(found[0]!.sentence).toBe(
        'The limit of /job was hit 3.5 s before the end, and cronjob (pid 167) was killed; the machine lived on.',
      );
    } finally {
      kernel.close();
    }
  });
});
