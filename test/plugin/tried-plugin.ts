import { columns, definePlugin, type Plugin, type View } from '../../src/index.js';
import type { Kernel } from '../../src/kernel/kernel.js';

export const numbers = columns([{ key: 'n', title: 'N', type: 'integer' }]);

/** A plugin that yields what no declared type lets through, too. */
export function plugin(run: (kernel: Kernel) => Iterable<unknown>, needs: Plugin['needs'] = []): Plugin {
  return definePlugin({
    id: 'tried',
    summary: 'Tried',
    needs,
    *run(kernel) {
      yield* run(kernel) as Iterable<View>;
    },
  });
}

/** @returns a table for what `columns` does not declare */
export const rowsOf = (columns: unknown, ...rows: unknown[]): unknown => ({
  kind: 'table',
  id: 'x',
  title: 'Open files',
  columns,
  rows,
});

export function* count(to: number): Generator<{ cells: { n: number } }> {
  for (let n = 0; n < to; n++) yield { cells: { n } };
}
