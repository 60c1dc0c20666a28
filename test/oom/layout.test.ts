import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  compareReports,
  featuresOf,
  kernelReport,
  printedReport,
  reportsIn,
  type OomReport,
} from '../../src/oom/index.js';
import { dumpsDir } from '../dumps.js';
import { globalReport, memcgReport } from './text.js';

const dir = dumpsDir();
const logs = readdirSync(dir)
  .map((name) => join(dir, name, 'kernel.log'))
  .filter((file) => existsSync(file))
  .filter((file) => readFileSync(file, 'utf8').includes('invoked oom-killer'));
if (logs.length === 0) console.log('skipped: the dumps with their kernel.log are not there');

function differences(text: string): unknown[] {
  return reportsIn(text).flatMap((report) => {
    const printed = printedReport(text, report);
    // Of many kills in a row the kernel prints the line of the kill alone (oom_rs).
    if (printed.length === 1 && report.kind === 'oom') return [];
    expect(printed.length).toBeGreaterThan(8);
    return compareReports(kernelReport(report, featuresOf(report, printed)), printed).filter(
      (line) => line.result !== 'equal',
    );
  });
}

describe.skipIf(logs.length === 0)(
  'a report that a kernel printed, read and printed again, is the same line by line',
  () => {
    test.each(logs)('%s', (file) => {
      expect(differences(readFileSync(file, 'utf8'))).toEqual([]);
    });
  },
);

describe.skipIf(logs.length === 0)('a rebuilt report, read as a log, is the same model', () => {
  test.each(logs)('%s', (file) => {
    const text = readFileSync(file, 'utf8');
    const [report] = reportsIn(text);
    const [again] = reportsIn(kernelReport(report!, featuresOf(report!, printedReport(text, report!))).join('\n'));
    const state = ({
      event: { comm, gfp, order, oomScoreAdj, constraint },
      memcg,
      memInfo,
      nodes,
      zones,
      freeLists,
      hugepages,
      pageCachePages,
      swap,
      totals,
      slab,
      tasks,
      taskColumns,
    }: OomReport): unknown => ({
      comm,
      gfp,
      order,
      oomScoreAdj,
      constraint,
      memcg,
      memInfo,
      nodes,
      zones,
      freeLists,
      hugepages,
      pageCachePages,
      swap,
      totals,
      slab,
      tasks,
      taskColumns,
    });
    expect(state(again!)).toEqual(state(report!));
  });
});

describe('printed again', () => {
  test('a global report', () => {
    expect(differences(globalReport)).toEqual([]);
  });
  test("a cgroup's report", () => {
    expect(differences(memcgReport)).toEqual([]);
  });
});

describe('compareReports', () => {
  test('tells what differs and what stands only in one', () => {
    const rebuilt = [
      'Mem-Info:',
      'Node 0 DMA free:4kB',
      '12 pages RAM',
      'Node 1 DMA free:4kB',
      '[    7]     0     7 a',
    ];
    const printed = ['Mem-Info:', 'Node 0 DMA free:8kB', 'lowmem_reserve[]: 0', '12  pages RAM', '[   7]  0  7 a'];
    expect(compareReports(rebuilt, printed)).toEqual([
      { result: 'equal', line: 'Mem-Info:' },
      { result: 'differing', rebuilt: 'Node 0 DMA free:4kB', printed: 'Node 0 DMA free:8kB' },
      { result: 'only printed', line: 'lowmem_reserve[]: 0' },
      { result: 'equal', line: '12  pages RAM' },
      { result: 'only rebuilt', line: 'Node 1 DMA free:4kB' },
      { result: 'equal', line: '[   7]  0  7 a' },
    ]);
  });
});
