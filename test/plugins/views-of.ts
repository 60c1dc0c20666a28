import type { Kernel, Plugin, Row, TableView, View } from 'oompm';

import { defaultValues, type OptionValues } from '../../src/plugin/options.js';

/** What a plugin yields, with values other than its flags' defaults where given. */
export function viewsOf(plugin: Plugin, kernel: Kernel, values: OptionValues = {}): View[] {
  return [...plugin.run(kernel, { ...defaultValues(plugin.flags, plugin.arguments), ...values })];
}

/** A plugin's table, its rows pulled. */
export function tableOf(
  plugin: Plugin,
  kernel: Kernel,
  values: OptionValues = {},
  id?: string,
): TableView & { rows: Row[] } {
  const view = viewsOf(plugin, kernel, values).find(
    (view): view is TableView => view.kind === 'table' && (id === undefined || view.id === id),
  );
  if (!view) throw new Error(`plugin ${plugin.id} yields no table${id === undefined ? '' : ` ${id}`}`);
  return { ...view, rows: [...view.rows] };
}
