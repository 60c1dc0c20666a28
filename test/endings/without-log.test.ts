import { expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import { endingFindings } from 'oompm/endings';

import { openDump } from '../../src/dump/open-dump.js';
import { MissingPage } from '../../src/memory/physical-memory.js';
import { bringUp } from '../../src/session/open-kernel.js';
import { dumpFile, unlessMissing } from '../dumps.js';

/** Frames of the log's text: the first 256 KiB of `log_buf`. */
function logPages(kernel: Kernel): Set<number> {
  const { memory } = kernel;
  const start = memory.u64(kernel.symbol('log_buf'));
  const frames = new Set<number>();
  for (let at = 0; at < 256 << 10; at += memory.pageSize) {
    const physical = memory.translate(start + BigInt(at));
    if (typeof physical === 'number') frames.add(Math.floor(physical / memory.pageSize));
  }
  return frames;
}

test.each([
  ['null-6.1', 'certain'],
  ['bug-5.10', 'certain'],
  ['forks', 'certain'],
  // For how long the CPU was kept is told until the panic, and when that was is in the log.
  ['softlockup-6.1', 'likely'],
])('%s without its log ended as it did with it, %s', async (name, certainty) => {
  const file = dumpFile(`${name}/vmcore`);
  if (file === undefined) return console.log(unlessMissing(`${name}/vmcore`));
  const dump = await openDump([file]);
  const { kernel: whole } = await bringUp({ ...dump, close: () => undefined }, undefined, {});
  const lost = logPages(whole);
  expect(lost.size).toBeGreaterThan(0);
  const memory = {
    ...dump.memory,
    ranges: () => dump.memory.ranges(),
    stored: (most: number) => dump.memory.stored(most),
    page: (pfn: number) => (lost.has(pfn) ? new MissingPage('damaged', 'dropped by the test') : dump.memory.page(pfn)),
  };
  const { kernel } = await bringUp({ ...dump, memory, close: () => undefined }, undefined, {});
  const [before, after] = [whole, kernel].map((one) => endingFindings(one)[0]!);
  expect([after!.id, after!.subject, after!.certainty]).toEqual([before!.id, before!.subject, certainty]);
  if (certainty === 'certain') expect(after!.sentence).toBe(before!.sentence);
  expect(kernel.gaps.list.length).toBeGreaterThan(0);
  dump.close();
});
