import type { BundledPlugin } from 'oompm';

/** In the order of their sections in a report; behind them what looks at one thing that is named. */
const ids = [
  'overview',
  'timeline',
  'oom',
  'log',
  'oops',
  'bt',
  'locks',
  'watchdogs',
  'zones',
  'ps',
  'pages',
  'slab',
  'swap',
  'runq',
  'mod',
  'info',
  'read',
  'list',
  'struct',
  'sym',
] as const;

/**
 * The bundled plugins, imported when one is needed: all from one module, for each further one costs a report a
 * millisecond.
 */
export const bundledPlugins: readonly BundledPlugin[] = ids.map((id) => ({
  id,
  load: async () => ({ default: (await import('./all.js'))[id] }),
}));
