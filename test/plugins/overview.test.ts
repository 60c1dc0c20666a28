import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { isGap, type Cell, type Fact, type FactsView, type FindingsView, type Kernel } from 'oompm';
import { openKernel, toyKernel } from 'oompm/testing';

import overview from '../../plugins/overview/index.js';
import { summaryOf } from '../../src/report/summary.js';
import { allDumps, dumpFile, dumpsDir, unlessMissing } from '../dumps.js';
import { kernelLog } from '../linux/kernel-log.js';
import { tableOf, viewsOf } from './views-of.js';

const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));
const kernelOf = async (dump: string): Promise<Kernel> => {
  opened.push(await openKernel({ dump: [join(dumpsDir(), dump)] }));
  return opened.at(-1)!;
};

function factsOf(kernel: Kernel): Map<string, Fact> {
  return new Map(
    viewsOf(overview, kernel)
      .filter((view): view is FactsView => view.kind === 'facts')
      .flatMap(({ facts }) => facts)
      .map((fact) => [fact.key, fact]),
  );
}
const value = (facts: ReadonlyMap<string, Fact>, key: string): Cell | undefined => facts.get(key)?.value;

const panics = allDumps().filter((dump) => dump.endsWith('-panic/vmcore'));

describe.skipIf(panics.length === 0)('what the kernel printed of itself', () => {
  test.each(panics)('%s', async (dump) => {
    const lines = kernelLog(join(dumpsDir(), dirname(dump), 'kernel.log'));
    const stamps = readFileSync(join(dumpsDir(), dirname(dump), 'kernel.log'), 'utf8').matchAll(/^\[ *(\d+\.\d+)\]/gm);
    const printed = (form: RegExp): RegExpExecArray =>
      lines.map((line) => form.exec(line)).find((found) => found !== null)!;
    const facts = factsOf(await kernelOf(dump));

    expect(value(facts, 'panic')).toBe(printed(/^Kernel panic - not syncing: (.*)/)[1]);
    // "CPU: 1 UID: 0 PID: 55 Comm: a.out Not tainted 6.12.117-lab #1": the one after the panic.
    const after = lines.slice(lines.findIndex((line) => line.startsWith('Kernel panic')));
    const [, cpu, pid, comm, taint] = after
      .map((line) =>
        /^CPU: (\d+) (?:UID: \d+ )?PID: (\d+) Comm: (.*?) (?:Not tainted|Tainted: ([A-Z ]*?) +\d)/.exec(line),
      )
      .find((found) => found !== null)!;
    expect([value(facts, 'panicCpu'), value(facts, 'panicTask')]).toEqual([Number(cpu), `${comm} (${pid})`]);
    const letters = taint?.replaceAll(/[G ]/g, '') ?? '';
    expect(((value(facts, 'taints') ?? []) as string[]).map((taint) => taint[0]).join('')).toBe(letters);
    expect(value(facts, 'commandLine')).toBe(printed(/^(?:Command line: |Kernel command line: )(.*?) *$/)[1]!.trim());
    // The last stamp before the end, with a second for what the console did not show.
    const last = Math.max(...[...stamps].map((found) => Number(found[1])));
    expect(Math.abs(Number(value(facts, 'uptime')) / 1e9 - last)).toBeLessThan(1);
    const hardware = lines.map((line) => /^Hardware name: (.*)/.exec(line)).find((found) => found !== null)?.[1];
    expect(value(facts, 'hardware')).toBe(hardware);
    expect([...facts.values()].filter((fact) => isGap(fact.value))).toEqual([]);
  });

  test.each(panics)('%s: what happened, word for word as the paragraph at the top begins', async (dump) => {
    const kernel = await kernelOf(dump);
    const ends = viewsOf(overview, kernel)
      .filter((view): view is FindingsView => view.kind === 'findings')
      .flatMap(({ findings }) => findings);
    const cause = { ...ends[0]!, id: 'oom.cause', weight: 80 };
    expect(value(factsOf(kernel), 'end')).toBe(summaryOf([cause, ...ends])[0]);
  });
});

test.skipIf(!dumpFile('6.1-kdump-offline/vmcore'))(unlessMissing('6.1-kdump-offline/vmcore'), async () => {
  for (const file of ['vmcore', 'vmcore.elf']) {
    const kernel = await kernelOf(`6.1-kdump-offline/${file}`);
    const { rows } = tableOf(overview, kernel);
    expect(rows.map(({ cells }) => [cells['cpu'], cells['online'], cells['registers']])).toEqual([
      [0, true, 'by crash_notes'],
      [1, false, 'it was offline'],
      [2, true, 'by crash_notes'],
      [3, true, 'by crash_notes'],
    ]);
    // The CPU that panicked stands in the jump to the crash kernel.
    expect(rows[2]!.cells['at']).toMatch(/^__crash_kexec\+/);
    const facts = factsOf(kernel);
    expect([facts.get('registers')?.note, value(facts, 'possibleCpus'), facts.get('onlineCpus')?.note]).toEqual([
      'of 4',
      4,
      '0,2-3',
    ]);
    expect([value(facts, 'time'), facts.get('time')?.note]).toEqual([
      Number(kernel.vmcoreinfo('CRASHTIME')),
      'CRASHTIME of VMCOREINFO',
    ]);
  }
});

test.skipIf(!dumpFile('6.1-lock-spin/vmcore'))(unlessMissing('6.1-lock-spin/vmcore'), async () => {
  const kernel = await kernelOf('6.1-lock-spin/vmcore');
  const facts = factsOf(kernel);
  // Once: the note of the panic would say it again.
  expect([value(facts, 'end'), value(facts, 'panic'), facts.get('panic')?.note]).toEqual([
    'The kernel had not panicked when the dump was taken.',
    null,
    undefined,
  ]);
  expect(tableOf(overview, kernel).rows.map(({ cells }) => cells['at'])).toContainEqual(
    expect.stringMatching(/^native_queued_spin_lock_slowpath\+/),
  );
});

test('a kernel of which nothing is known: every fact is a gap that says what it lacks, and nothing is invented', () => {
  const kernel = toyKernel({ types: '', release: '6.1.0-x' });
  const facts = factsOf(kernel);
  expect(value(facts, 'release')).toBe('6.1.0-x');
  expect(facts.get('load')?.value).toMatchObject({
    gap: true,
    what: 'avenrun',
    reason: 'this kernel has no variable `avenrun`',
  });
  for (const key of ['host', 'commandLine', 'memory', 'onlineCpus', 'taints', 'uptime', 'time'])
    expect([key, isGap(value(facts, key))]).toEqual([key, true]);
  // A remark on a value stands for nothing where there is none.
  for (const fact of facts.values())
    if (isGap(fact.value)) expect([fact.key, fact.note]).toEqual([fact.key, undefined]);
  expect(value(facts, 'panic')).toMatchObject({
    gap: true,
    reason: "the log can't be read whole: why the kernel stopped is not known",
  });
});
