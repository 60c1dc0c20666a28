/** What people type who know crash, drgn, gdb or a live machine's tools, and the commands that answer it here. */
export const elsewhere: Readonly<Record<string, readonly string[]>> = {
  // crash
  sys: ['info', 'overview'],
  mach: ['info'],
  kmem: ['slab', 'zones', 'pages'],
  task: ['ps', 'struct'],
  foreach: ['bt', 'ps'],
  dmesg: ['log'],
  waitq: ['locks'],
  union: ['struct'],
  whatis: ['struct', 'sym'],
  p: ['read'],
  px: ['read'],
  pd: ['read'],
  tree: ['ps'],
  // gdb, drgn
  backtrace: ['bt'],
  where: ['bt'],
  stack: ['bt'],
  trace: ['bt'],
  print: ['read'],
  x: ['read'],
  ptype: ['struct'],
  threads: ['ps'],
  // a live machine
  uname: ['info'],
  journalctl: ['log'],
  top: ['ps'],
  free: ['overview', 'pages'],
  meminfo: ['overview', 'pages'],
  vmstat: ['pages'],
  slabtop: ['slab'],
  slabinfo: ['slab'],
  zoneinfo: ['zones'],
  buddyinfo: ['zones'],
  lsmod: ['mod'],
  swapon: ['swap'],
  zram: ['swap'],
  lockdep: ['locks'],
  deadlock: ['locks'],
  lockup: ['watchdogs'],
  softlockup: ['watchdogs'],
  hungtask: ['watchdogs'],
  rcu: ['watchdogs'],
};

/** `; here that is oompm log`, or nothing for a word of no other tool. */
export function hereThatIs(word: string): string {
  const commands = Object.hasOwn(elsewhere, word) ? elsewhere[word]! : [];
  return commands.length === 0 ? '' : `; here that is ${commands.map((command) => `oompm ${command}`).join(' or ')}`;
}
