/**
 * Kinds of events with what they are called in a table. grave: the kernel, or a part of it, could not go on as before;
 * trouble: something went wrong that may matter; notice: the machine's life.
 */
export const eventNames = {
  boot: ['boot', 'notice'],
  'task start': ['task', 'notice'],
  panic: ['panic', 'grave'],
  end: ['the end', 'notice'],
  oops: ['oops', 'grave'],
  bug: ['BUG', 'grave'],
  warning: ['WARNING', 'trouble'],
  corruption: ['corruption', 'grave'],
  'debug check': ['debug check', 'trouble'],
  oom: ['OOM', 'trouble'],
  'allocation failure': ['allocation failure', 'trouble'],
  'daemon kill': ['OOM daemon', 'trouble'],
  'hung task': ['hung task', 'trouble'],
  'soft lockup': ['soft lockup', 'grave'],
  'hard lockup': ['hard lockup', 'grave'],
  'rcu stall': ['RCU stall', 'trouble'],
  workqueue: ['workqueue', 'trouble'],
  scheduler: ['scheduler', 'trouble'],
  'user fault': ['user fault', 'notice'],
  'io error': ['I/O error', 'trouble'],
  'file system': ['file system', 'trouble'],
  'device reset': ['device', 'trouble'],
  'hardware error': ['hardware', 'grave'],
  nmi: ['NMI', 'trouble'],
  thermal: ['thermal', 'trouble'],
  link: ['network link', 'notice'],
  server: ['server', 'trouble'],
  limit: ['limit', 'trouble'],
  taint: ['taint', 'notice'],
  swap: ['swap', 'notice'],
  hotplug: ['hotplug', 'notice'],
  suspend: ['suspend', 'notice'],
  clock: ['clock', 'notice'],
  sysrq: ['SysRq', 'notice'],
  shutdown: ['shutdown', 'notice'],
} as const satisfies Readonly<Record<string, readonly [title: string, gravity: 'grave' | 'trouble' | 'notice']>>;

/** One of them. */
export type EventName = keyof typeof eventNames;

/** How much an event may matter. */
export type Gravity = (typeof eventNames)[EventName][1];
