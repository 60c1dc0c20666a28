import { bundledPlugins } from '../../plugins/index.js';
import type { Plugin } from '../../src/plugin/define-plugin.js';
import { requiredArguments } from '../../src/plugin/options.js';

/** The bundled plugins that can run without being asked of something by its name. */
export async function sections(): Promise<Plugin[]> {
  const loaded = await Promise.all(bundledPlugins.map(async ({ load }) => (await load()).default));
  return loaded.filter((plugin) => requiredArguments(plugin.arguments).length === 0);
}
