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
  { key: 'result', title: 'RESULT', type: 'word' },
  { key: 'source', title: 'IN', type: 'word' },
  { key: 'kernelLine', title: 'LINE', type: 'text' },
]);

/**
 * The rebuilt report and the one in the log, line by line: equal lines once, others under one another.
 */
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
      compared.flatMap((line) => cellsOf(line).map((cells) => ({ cells }))),
      {
        id: 'lines',
        note:
          'In the log is what the kernel printed, in memory what was rebuilt. White space is ignored; the trace and the ' +
          'registers are left out.',
      },
    ),
  ];
}

type Compared = Record<'result' | 'source' | 'kernelLine', string>;

function cellsOf(line: ComparedLine): Compared[] {
  const { result } = line;
  switch (result) {
    case 'equal':
      return [{ result, source: 'both', kernelLine: line.line }];
    case 'differing':
      return [
        { result, source: 'log', kernelLine: line.printed },
        { result, source: 'memory', kernelLine: line.rebuilt },
      ];
    case 'only printed':
      return [{ result, source: 'log', kernelLine: line.line }];
    case 'only rebuilt':
      return [{ result, source: 'memory', kernelLine: line.line }];
    default:
      return line satisfies never;
  }
}
