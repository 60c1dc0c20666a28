/**
 * The public doors for plugins, each the package's export of that name as the running copy has it: a plugin sees the same
 * classes as its host. 'oompm/testing' is none of them: it serves a plugin's tests, which have a runner of their own.
 */
export const doors = {
  oompm: () => import('oompm'),
  'oompm/linux': () => import('oompm/linux'),
  'oompm/stack': () => import('oompm/stack'),
  'oompm/locks': () => import('oompm/locks'),
  'oompm/oom': () => import('oompm/oom'),
} satisfies Readonly<Record<string, () => Promise<object>>>;
