import type { BundledPlugin } from 'oompm';

/** The bundled plugins, in the order of their sections in a report; each is imported when it is needed. */
export const bundledPlugins: readonly BundledPlugin[] = [
  { id: 'ps', load: () => import('./ps/index.js') },
];
