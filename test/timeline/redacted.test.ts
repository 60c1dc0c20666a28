import { expect, test } from 'vitest';
import { findings } from 'oompm';
import { timelineFindings, timelineOfRecords } from 'oompm/timeline';

import { eventsTable } from '../../plugins/timeline/events-table.js';
import { redact } from '../../src/report/redact.js';
import { render, reportFormats } from '../../src/report/render.js';
import { reportOf, sectionOf } from '../report/sample-report.js';

/** Every name of the machine has `zq` in it. */
const lines: readonly (readonly [facility: number, text: string])[] = [
  [0, 'nfs: server zqfiler not responding, still trying'],
  [0, 'INFO: task zqworker:112 blocked for more than 120 seconds.'],
  [0, 'WARNING: CPU: 0 PID: 1 at kernel/a.c:1 one+0x1/0x2()'],
  [0, 'zqhost said zqthat'],
  [0, 'EXT4-fs error (device dm-0): ext4_find_entry:1455: inode #2: comm zqcomm: reading zqfile'],
  [3, 'systemd-oomd[512]: Killed /zq.slice/zqapp.scope due to memory pressure for /zq.slice being 59.83% > 50.00%'],
  [3, 'earlyoom[400]: sending SIGTERM to process 1234 uid 1000 "zq fox": badness 800, VmRSS 2048 MiB'],
];

test('names in lines of the log are in no format; the kernel’s words are', () => {
  const log = timelineOfRecords(
    lines.map(([facility, text], i) => ({ facility, text, timeNs: (i + 1) * 1e9 })),
    [],
  );
  const timeline = { ...log, hasPanicked: true, endNs: 900e9 };
  const found = timelineFindings(timeline);
  expect(found.length).toBe(4);
  const report = reportOf([sectionOf('timeline', [findings('F', found), eventsTable(timeline, {})!])]);
  for (const format of reportFormats) {
    const text = [...render(redact(report), format)].join('');
    expect(text, format).not.toMatch(/zq/);
    expect(text.replaceAll(/\s+/g, ' '), format).toMatch(
      /came .* before the end, and the machine lived on: .*blocked for more than 120 s/,
    );
  }
});
