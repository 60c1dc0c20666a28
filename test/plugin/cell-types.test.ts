import { expectTypeOf, test } from 'vitest';
import { columns, fact, gap, table, type CellOf, type Column, type Gap, type RowOf, type TreeNodeOf } from 'oompm';

const list = columns([
  { key: 'pid', title: 'PID', type: 'pid' },
  { key: 'comm', title: 'COMM', type: 'task', dispensable: 1 },
  { key: 'rss', title: 'RSS', type: 'pages' },
  { key: 'live', title: 'LIVE', type: 'boolean' },
]);

test('a row has a cell of each column’s type, null or a gap', () => {
  expectTypeOf<RowOf<typeof list>['cells']>().toEqualTypeOf<{
    readonly pid: number | bigint | null | Gap;
    readonly comm: string | readonly string[] | null | Gap;
    readonly rss: number | bigint | null | Gap;
    readonly live: boolean | null | Gap;
  }>();
  table('T', list, [{ cells: { pid: 1, comm: 'init', rss: gap('rss', 'lost'), live: null } }]);
  table('T', list, [], { sorted: { column: 'rss', descending: true } });
  fact('a', 'A', 'bytes', 5n);
});

test('another does not compile: of another type, or a cell that is not there', () => {
  type Cells = RowOf<typeof list>['cells'];
  expectTypeOf<{ pid: number; comm: string; rss: number; live: boolean }>().toExtend<Cells>();
  expectTypeOf<{ pid: number; comm: string; rss: string; live: boolean }>().not.toExtend<Cells>();
  expectTypeOf<{ pid: number; comm: number; rss: number; live: boolean }>().not.toExtend<Cells>();
  expectTypeOf<{ pid: number; comm: string; rss: number }>().not.toExtend<Cells>();
  expectTypeOf<TreeNodeOf<typeof list>['cells']>().toEqualTypeOf<Cells>();
  expectTypeOf(fact<'bytes'>)
    .parameter(3)
    .toEqualTypeOf<number | bigint | null | Gap>();
});

test('columns that are made at run time take any cell', () => {
  const made: readonly Column[] = ['a', 'b'].map((key) => ({ key, title: key, type: 'text' }));
  table('T', made, [{ cells: { a: 1, b: 'x' } }]);
  expectTypeOf<CellOf<'flags'>>().toEqualTypeOf<string | readonly string[] | null | Gap>();
});
