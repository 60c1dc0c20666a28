import { expect, test } from 'vitest';
import type { MemcgCounter, OomReport } from '../../src/oom/model.js';
import { wholeKB } from '../../src/oom/scope.js';
import { memcgReport } from './text.js';
import { reportsIn } from '../../src/oom/index.js';

const report = reportsIn(memcgReport)[0]!;
const counter = (name: string, usageKB: number): MemcgCounter => ({ name, usageKB, limitKB: null, failures: 0 });
const withCounters = (...counters: MemcgCounter[]): OomReport => ({ ...report, memcg: { ...report.memcg, counters } });

test("a cgroup's memory is what its counter memory says, wherever it stands", () => {
  expect(wholeKB(withCounters(counter('memory', 4096), counter('swap', 8)), 4)).toBe(4096);
  expect(wholeKB(withCounters(counter('memory+swap', 8192), counter('memory', 4096)), 4)).toBe(4096);
});

test("where the line of memory is lost another counter's usage does not stand for it", () => {
  expect(wholeKB(withCounters(counter('memory+swap', 8192), counter('kmem', 12)), 4)).toBeUndefined();
});
