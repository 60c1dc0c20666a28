import type { Plugin, UsersPlugin } from './define-plugin.js';

/** A bundled plugin, imported when a command needs it. */
export interface BundledPlugin {
  id: string;
  load: () => Promise<{ default: Plugin }>;
}

/** Any that can be asked: one whose code is here, or a user's, which runs in a worker. */
export type AnyPlugin = Plugin | UsersPlugin;

/** All plugins by id, in the order of a report: the bundled ones as listed, then a user's. */
export interface Registry {
  /** Ids in the order of a report. */
  readonly ids: readonly string[];
  /** One sentence for each plugin that stands in another's place. */
  readonly warnings: readonly string[];
  /** A user's plugin has the path of its file. */
  pathOf(id: string): string | undefined;
  load(id: string): Promise<AnyPlugin | undefined>;
  all(): Promise<readonly AnyPlugin[]>;
  /** The bundled one of that id, also where a user's stands in its place. */
  loadBundled(id: string): Promise<Plugin>;
}

/** Where two plugins have one id, the later stands, in the place of the former. */
export function createRegistry(bundled: readonly BundledPlugin[], users: readonly UsersPlugin[]): Registry {
  const warnings: string[] = [];
  const byId = new Map<string, { load: () => Promise<AnyPlugin>; path?: string }>();
  for (const { id, load } of bundled) byId.set(id, { load: async () => (await load()).default });
  for (const plugin of users) {
    const { path } = plugin;
    const former = byId.get(plugin.id);
    if (former !== undefined)
      warnings.push(
        `${path}: plugin ${plugin.id} replaces ${former.path === undefined ? 'the bundled one' : `the one from ${former.path}`}`,
      );
    byId.set(plugin.id, { load: () => Promise.resolve(plugin), path });
  }
  const ids = [...byId.keys()];
  const load = async (id: string): Promise<AnyPlugin | undefined> => byId.get(id)?.load();
  return {
    ids,
    warnings,
    pathOf: (id) => byId.get(id)?.path,
    load,
    async loadBundled(id) {
      const found = bundled.find((plugin) => plugin.id === id);
      if (found === undefined) throw new Error(`there is no bundled plugin ${id}`);
      return (await found.load()).default;
    },
    all: async () => (await Promise.all(ids.map(load))).filter((plugin) => plugin !== undefined),
  };
}
