import { conclude, findingKind, type Finding } from '../../words/finding.js';
import { exactly } from '../../words/known-facts.js';
import { told, type Told } from '../../words/told.js';
import type { OomReport } from '../model.js';
import { factsIn } from '../report-facts.js';
import { placeOf } from './consumers.js';
import { notable } from './held.js';

const pageTables = findingKind({
  id: 'oom.memory-held.page-tables',
  meaning: 'Page tables alone take much of the memory.',
  when: 'they take more than 15 % of it',
  moment: 'report',
  step: 'certain',
});

const kernelStacks = findingKind({
  id: 'oom.memory-held.kernel-stacks',
  meaning: 'Stacks of threads in the kernel take much of the memory.',
  when: 'they take more than 15 % of it',
  moment: 'report',
  step: 'certain',
});

/** What the kernel holds for tasks. */
export const taskHeldKinds = [pageTables, kernelStacks];

export function tablesHeld(report: OomReport, tablesKB: number, wholeKB: number): Finding[] {
  if (tablesKB <= wholeKB * notable) return [];
  const { kB, managed, share } = factsIn(report);
  const [tables, whole] = [kB('page-tables', tablesKB, placeOf['page-tables']), managed(wholeKB)];
  return [
    conclude(pageTables, {
      subject: { kind: 'memory', name: 'page-tables' },
      share: tablesKB / wholeKB,
      sentence: told`Page tables alone take ${tables} of ${whole} (${share(tables, whole)})${mostTables(report)}.`,
      evidence: [told`pagetables: ${exactly(tables)}`],
    }),
  ];
}

export function stacksHeld(report: OomReport, stacksKB: number, wholeKB: number): Finding[] {
  if (stacksKB <= wholeKB * notable) return [];
  const { kB, managed, share } = factsIn(report);
  const [stacks, whole] = [kB('kernel-stacks', stacksKB, placeOf['kernel-stacks']), managed(wholeKB)];
  const lives = 'each thread has one, for as long as it lives';
  return [
    conclude(kernelStacks, {
      subject: { kind: 'memory', name: 'kernel-stacks' },
      share: stacksKB / wholeKB,
      sentence: told`Kernel stacks alone take ${stacks} of ${whole} (${share(stacks, whole)}): ${lives}.`,
      evidence: [told`kernel_stack: ${exactly(stacks)}`],
    }),
  ];
}

/** Whose page tables are the largest: one process's, or a little of everybody's. */
function mostTables(report: OomReport): Told | string {
  const { tasks = [] } = report;
  const [most] = tasks
    .filter(({ pgtablesBytes }) => pgtablesBytes !== undefined)
    .toSorted((a, b) => Number(b.pgtablesBytes) - Number(a.pgtablesBytes));
  if (most === undefined) return '';
  const { bytes, task, count } = factsIn(report);
  const own = bytes('process.page-tables', Number(most.pgtablesBytes), 'pgtables_bytes of the task table');
  const many = count('processes', tasks.length, 'process', 'rows of the task table');
  return told`; of ${many} in the task table ${task('process', { comm: most.name, pid: most.pid })} has the most, ${own}`;
}
