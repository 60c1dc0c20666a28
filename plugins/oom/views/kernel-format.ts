import { columns, fact, facts, log, table, type FactsView, type LogLine, type LogView, type TableView } from 'oompm';
import { compareReports, type ComparedLine } from 'oompm/oom';

import { kernelLines, type RebuiltReport } from '../from-memory/report.js';

/** The report in this kernel's own layout; what panic_on_oom cut off comes after a marker. */
export function kernelFormatView(rebuilt: RebuiltReport): LogView {
  const { lines, after } = kernelLines(rebuilt);
  const marker =
    after.length === 0
      ? []
      : [{ text: 'here panic_on_oom ends the report; without it there would follow:', remark: true as const }];
  // The kernel's own facility: its words may stand where names are hidden.
  const line = (text: string): LogLine => ({ text, facility: 0 });
  return log('As the kernel prints it', [...lines.map(line), ...marker, ...after.map(line)], { id: 'kernel-format' });
}

const comparedColumns = columns([
  { key: 'result', title: 'RESULT', type: 'text' },
  { key: 'printed', title: 'PRINTED BY THE KERNEL', type: 'text' },
  { key: 'rebuilt', title: 'REBUILT FROM MEMORY', type: 'text' },
]);

/** The rebuilt report beside the one in the log, line by line; equal lines are shown once. */
export function comparedView(rebuilt: RebuiltReport, printed: readonly string[]): [FactsView, TableView] {
  const compared = compareReports(kernelLines(rebuilt).lines, printed);
  const count = (result: ComparedLine['result']): number => compared.filter((line) => line.result === result).length;
  return [
    facts(
      'Rebuilt and printed',
      [
        fact('equal', 'Equal lines', 'integer', count('equal')),
        fact('differing', 'Lines with other values', 'integer', count('differing')),
        fact('onlyRebuilt', 'Only rebuilt', 'integer', count('only rebuilt')),
        fact('onlyPrinted', 'Only printed', 'integer', count('only printed')),
      ],
      { id: 'compared' },
    ),
    table(
      'Line by line',
      comparedColumns,
      compared.map((line) => ({ cells: cellsOf(line) })),
      { id: 'lines', note: 'White space is ignored; the trace and the registers are left out.' },
    ),
  ];
}

function cellsOf(line: ComparedLine): { result: string; printed: string | null; rebuilt: string | null } {
  switch (line.result) {
    case 'equal':
      return { result: 'equal', printed: line.line, rebuilt: null };
    case 'differing':
      return { result: 'differing', printed: line.printed, rebuilt: line.rebuilt };
    case 'only printed':
      return { result: 'only printed', printed: line.line, rebuilt: null };
    case 'only rebuilt':
      return { result: 'only rebuilt', printed: null, rebuilt: line.line };
    default:
      return line satisfies never;
  }
}
