import { describe, expect } from 'vitest';
import type { Kernel } from 'oompm';

import oom from '../../plugins/oom/index.js';
import { openDump } from '../../src/dump/open-dump.js';
import { defaultValues } from '../../src/plugin/options.js';
import { runPlugin } from '../../src/plugin/run-plugin.js';
import type { Section } from '../../src/plugin/section.js';
import { bringUp } from '../../src/session/open-kernel.js';
import { dumpFile, testWith } from '../dumps.js';
import { withoutPage } from '../fuzz/without-page.js';

const DUMP = '6.1-global-panic/vmcore';
const REAPER = '7.2-reaper/vmcore';

const linesOf = (section: Section): string[] =>
  section.views.flatMap((view) => (view.kind === 'log' ? view.lines.map(({ text }) => text) : []));
const credOfVictim = (kernel: Kernel): bigint =>
  [...kernel.list(kernel.global('init_task').tasks, 'task_struct', 'tasks')].find(({ comm }) => comm === 'a.out')!
    .real_cred!.$address;
const counters = (kernel: Kernel): bigint => kernel.symbol('vm_node_stat');

describe('the report stands without a part that is lost', () => {
  testWith(
    DUMP,
    'the credentials of the task that would be killed: each line is there, its uid is not known',
    async () => {
      const { sound, damaged } = await withoutPage(DUMP, oom, credOfVictim, { format: 'kernel' });
      const [before, after] = [linesOf(sound), linesOf(damaged)];
      expect(before.length).toBeGreaterThan(40);
      expect(after.length).toBe(before.length);
      const changed = after.filter((line, i) => line !== before[i]);
      expect(changed.find((line) => line.endsWith(' a.out'))).toMatch(/^\[ +52\] +\? /);
      expect(changed.every((line) => line.includes('?'))).toBe(true);
      expect(damaged.gaps.map(({ what }) => what)).toContain('cred');
    },
  );

  testWith(
    DUMP,
    'the machine’s counters: those that are lost are the log’s, and what rests on them is less sure',
    async () => {
      const { damaged } = await withoutPage(DUMP, oom, counters);
      const found = damaged.views.flatMap((view) => (view.kind === 'findings' ? view.findings : []));
      expect(found.find(({ id }) => id === 'oom.memory-held.shares')).toMatchObject({ certainty: 'likely' });
      expect(found.some(({ sentence }) => sentence.startsWith('Of 104 MiB that the kernel manages, 88.2 MiB'))).toBe(
        true,
      );
    },
  );

  testWith(
    REAPER,
    'the list of modules, in whose code a victim sleeps: no place is named by what scanning found',
    async () => {
      const { sound, damaged } = await withoutPage(REAPER, oom, (kernel) => kernel.symbol('modules'));
      const [before, after] = [sound, damaged].map(
        ({ views }) =>
          new Map(
            views.flatMap((view) =>
              view.kind === 'findings' ? view.findings.map((finding) => [finding.id, finding] as const) : [],
            ),
          ),
      );
      expect(before!.get('oom.still-there')).toMatchObject({
        certainty: 'certain',
        sentence: expect.stringMatching(/is in uninterruptible sleep in tarpit_read\(\)\.$/) as unknown,
      });
      expect(after!.get('oom.still-there')).toMatchObject({
        certainty: 'likely',
        sentence: expect.stringMatching(/is in uninterruptible sleep\.$/) as unknown,
        evidence: expect.arrayContaining([
          expect.stringContaining('schedule_timeout < ? ksys_read < '),
          expect.stringMatching(/^Not all .*: list of module\.list/),
        ]) as unknown,
      });
      before!.delete('oom.still-there');
      after!.delete('oom.still-there');
      expect([...after!.values()].map(({ id, certainty }) => [id, certainty])).toEqual(
        [...before!.values()].map(({ id, certainty }) => [id, certainty]),
      );
    },
  );
});

describe('what a kernel has not is no loss', () => {
  const unlinked = 'unlinked/vmcore';
  testWith(
    unlinked,
    'a zram device of a 5.10, whose modules have no types: no verdict is less sure for it',
    async () => {
      const dump = await openDump([dumpFile(unlinked)!]);
      const { kernel } = await bringUp(dump, undefined, {});
      const { views, gaps } = runPlugin(kernel, oom, defaultValues(oom.flags, oom.arguments));
      dump.close();
      const findings = views.flatMap((view) => (view.kind === 'findings' ? view.findings : []));
      expect(gaps.map(({ what }) => what)).toContain('zram0');
      expect(findings.find(({ sentence }) => sentence.includes('/run/app.log'))).toMatchObject({
        certainty: 'certain',
      });
      expect(findings.flatMap(({ evidence }) => evidence).filter((line) => line.startsWith('Not all'))).toEqual([]);
    },
  );
});
