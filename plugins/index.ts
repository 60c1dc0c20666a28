import type { BundledPlugin } from 'oompm';

/** The bundled plugins, in the order of their sections in a report; each is imported when it is needed. */
export const bundledPlugins: readonly BundledPlugin[] = [
  { id: 'overview', load: () => import('./overview/index.js') },
  { id: 'oom', load: () => import('./oom/index.js') },
  { id: 'log', load: () => import('./log/index.js') },
  { id: 'bt', load: () => import('./bt/index.js') },
  { id: 'locks', load: () => import('./locks/index.js') },
  { id: 'watchdogs', load: () => import('./watchdogs/index.js') },
  { id: 'zones', load: () => import('./zones/index.js') },
  { id: 'pages', load: () => import('./pages/index.js') },
  { id: 'slab', load: () => import('./slab/index.js') },
  { id: 'swap', load: () => import('./swap/index.js') },
  { id: 'ps', load: () => import('./ps/index.js') },
  { id: 'runq', load: () => import('./runq/index.js') },
  { id: 'mod', load: () => import('./mod/index.js') },
];
