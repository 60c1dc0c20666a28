import { afterEach, describe, expect, test } from 'vitest';
import type { Kernel } from 'oompm';

import { eventsOf } from '../../plugins/oom/events.js';
import { kernelLines } from '../../plugins/oom/from-memory/report.js';
import { comparedView } from '../../plugins/oom/views/kernel-format.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { dumpFile } from '../dumps.js';

const file = dumpFile('6.1-global-panic/vmcore');
const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));

describe.skipIf(file === undefined)('the rebuilt report beside the printed one', () => {
  test('lines that differ stand under one another, equal ones once', async () => {
    const kernel = await openKernel({ dump: [file!] });
    opened.push(kernel);
    const rebuilt = eventsOf(kernel).current.at(-1)!;
    const { lines } = kernelLines(rebuilt);
    const at = lines.findIndex((line) => line.startsWith('Node 0 Normal free:'));
    const other = lines[at]!.replace(/free:\d+kB/, 'free:4kB');
    const cellsIn = (printed: readonly string[]) =>
      [...comparedView(rebuilt, printed)[1].rows].map(({ cells }) => cells);
    expect(cellsIn(lines)).toEqual(lines.map((kernelLine) => ({ result: 'equal', source: 'both', kernelLine })));
    const cells = cellsIn(lines.with(at, other));
    expect(cells.filter(({ result }) => result !== 'equal')).toEqual([
      { result: 'differing', source: 'log', kernelLine: other },
      { result: 'differing', source: 'memory', kernelLine: lines[at] },
    ]);
    expect(cells).toHaveLength(lines.length + 1);
  });
});
