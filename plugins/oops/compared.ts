import { columns, fact, facts, table, type FactsView, type TableView } from 'oompm';
import { compareRecord, type ComparedOopsLine, type OopsRecord } from 'oompm/oops';

import { idOf, titles } from './record-views.js';

const comparedColumns = columns([
  { key: 'result', title: 'RESULT', type: 'word' },
  { key: 'source', title: 'IN', type: 'word' },
  { key: 'kernelLine', title: 'LINE', type: 'text' },
]);

/** A record that the log has too. */
export type PrintedToo = OopsRecord & Required<Pick<OopsRecord, 'printed'>>;

/** Rebuilt records and those in the log, line by line: equal lines once, others under one another. */
export function comparedViews(records: readonly PrintedToo[]): (FactsView | TableView)[] {
  const compared = records.map(({ lines, printed }) => compareRecord(lines, printed.lines));
  const count = (result: ComparedOopsLine['result']): number =>
    compared.flat().filter((line) => line.result === result).length;
  return [
    facts(
      'Rebuilt and printed',
      [
        fact('equal', 'Equal lines', 'integer', count('equal')),
        fact('notInMemory', 'Equal but for what the dump lacks', 'integer', count('not in memory')),
        fact('differing', 'Lines with other values', 'integer', count('differing')),
        fact('onlyRebuilt', 'Only rebuilt', 'integer', count('only rebuilt')),
        fact('onlyPrinted', 'Only printed', 'integer', count('only printed')),
      ],
      { id: 'compared' },
    ),
    ...records.map(({ kind }, i) =>
      table(
        titles[kind],
        comparedColumns,
        compared[i]!.flatMap((line) => cellsOf(line).map((cells) => ({ cells }))),
        {
          id: idOf(kind),
          note:
            'In the log is what the kernel printed, in memory what was rebuilt. White space is ignored. At the top of a ' +
            'trace lines may be in the log alone: what stood there has been overwritten since.',
        },
      ),
    ),
  ];
}

type Compared = Record<'result' | 'source' | 'kernelLine', string>;

function cellsOf(line: ComparedOopsLine): Compared[] {
  const { result } = line;
  switch (result) {
    case 'equal':
      return [{ result, source: 'both', kernelLine: line.printed }];
    case 'not in memory':
      return [{ result: `no ${line.what.join(', ')}`, source: 'both', kernelLine: line.printed }];
    case 'differing':
      return [
        { result, source: 'log', kernelLine: line.printed },
        { result, source: 'memory', kernelLine: line.rebuilt },
      ];
    case 'only printed':
      return [{ result, source: 'log', kernelLine: line.printed }];
    case 'only rebuilt':
      return [{ result, source: 'memory', kernelLine: line.rebuilt }];
    default:
      return line satisfies never;
  }
}
