import { form, inOrder, numberIn, withoutNumbers, type EventKind } from '../event-kind.js';

/** khungtaskd. */
export const hungTask: EventKind = {
  name: 'hung task',
  report: 'stack',
  forms: [
    form(
      'INFO: task ',
      /^INFO: task (?<comm>.{1,64}):(?<pid>\d+) (?:<\w+> )?(?:(?<blocked>blocked)(?<how>[\w /]{0,40}?)|can't die) for more than (?<seconds>\d+) seconds/,
      ({ comm, pid, blocked, how = '', seconds }) => ({
        what: `${blocked === undefined ? 'was killed and does not die' : `blocked${how}`} for more than ${seconds} s`,
        about: withoutNumbers(comm!),
        comm,
        pid: numberIn(pid),
      }),
    ),
  ],
};

/** watchdog_timer_fn(). */
export const softLockup: EventKind = {
  name: 'soft lockup',
  report: 'place',
  forms: [
    form(
      'soft lockup',
      /^(?:NMI )?(?:watchdog: )?BUG: soft lockup - CPU#(?<cpu>\d+) stuck for (?<seconds>\d+)s! \[(?<comm>.{1,64}):(?<pid>\d+)\]/,
      ({ cpu, seconds, comm, pid }) => ({
        what: `CPU ${cpu} stuck for ${seconds} s`,
        about: `CPU ${cpu} ${withoutNumbers(comm!)}`,
        cpu: numberIn(cpu),
        comm,
        pid: numberIn(pid),
      }),
    ),
    form('soft lockup', /^BUG: soft lockup(?: detected on|.{0,3}) CPU#(?<cpu>\d+)/, ({ cpu }) => ({
      what: `CPU ${cpu} stuck`,
      cpu: numberIn(cpu),
    })),
  ],
};

/** The NMI watchdog, powerpc's own, and that of another CPU (buddy). */
export const hardLockup: EventKind = {
  name: 'hard lockup',
  report: 'place',
  forms: [
    form('LOCKUP on cpu', /^(?:NMI )?(?:watchdog: )?Watchdog detected hard LOCKUP on cpu (?<cpu>\d+)/, ({ cpu }) => ({
      what: `CPU ${cpu} takes no interrupts`,
      cpu: numberIn(cpu),
    })),
    form(
      'LOCKUP',
      inOrder(/^(?:BUG: )?(?:NMI )?[Ww]atchdog:? /, {
        how: [
          /CPU (?<cpu>\d+) (?:self-detected hard|Hard) LOCKUP/,
          /CPU \d+ detected hard LOCKUP on other CPUs (?<cpus>[\d,-]+)/,
          /detected LOCKUP on CPU(?<old>\d+)/,
        ],
      }),
      ({ cpu, cpus, old }) => ({
        what: `CPU ${cpu ?? cpus ?? old} takes no interrupts`,
        // Of several the first.
        cpu: numberIn(cpu ?? old ?? /^\d+/.exec(cpus ?? '')?.[0]),
      }),
    ),
  ],
};

/** RCU's own watchdogs, of each flavour. */
export const rcuStall: EventKind = {
  name: 'rcu stall',
  report: 'place',
  forms: [
    form(
      'stall',
      /^(?:rcu: )?INFO: (?<flavour>rcu_\w{1,32}|RCU) (?<self>self-)?detected (?:expedited )?(?:CPU (?<cpu>\d+) )?stalls?\b(?: on CPU (?<old>\d+))?/,
      ({ flavour, cpu, old }) => ({ what: `${flavour} is stalled`, about: flavour!, cpu: numberIn(cpu ?? old) }),
    ),
    form('kthread starved', /^(?:rcu: )?(?<flavour>rcu_\w{1,32}) kthread starved for (?<n>\d+) jiffies/, (groups) => ({
      what: `${groups['flavour']}'s own thread starved for ${groups['n']} jiffies`,
      about: groups['flavour']!,
    })),
  ],
};

/** Pools that do not get on, works that keep a CPU, and calls to other CPUs that are not answered. */
export const workqueue: EventKind = {
  name: 'workqueue',
  forms: [
    form(
      'workqueue lockup',
      /^BUG: workqueue lockup - pool(?<pool>.{0,120}?) stuck for (?<seconds>\d+)s!/,
      ({ pool = '', seconds }) => ({
        what: `the pool${pool} stuck for ${seconds} s`,
        about: `lockup${pool}`,
      }),
    ),
    form(
      'hogged CPU',
      /^workqueue: (?<fn>\S{1,100}(?: \[\w+\])?) hogged CPU for >(?<us>\d+)us (?<times>\d+) times/,
      ({ fn, us, times }) => ({
        what: `${fn} kept a CPU for more than ${us} µs, ${times} times`,
        about: `hog ${fn}`,
        gravity: 'notice',
      }),
    ),
    form(
      'CSD lock',
      /^(?:smp: )?csd: Detected (?:non-responsive )?CSD lock \(#\d+\) on CPU#(?<from>-?\d+), waiting (?<ns>\d+) ns for CPU#(?<cpu>\d+)/,
      ({ from, cpu, ns }) => ({
        what: `CPU ${Number(cpu)} has not answered a call of CPU ${Number(from)} for ${Math.round(Number(ns) / 1e9)} s`,
        about: `csd ${Number(cpu)}`,
        gravity: 'grave',
        cpu: Number(cpu),
      }),
    ),
  ],
};

export const scheduler: EventKind = {
  name: 'scheduler',
  forms: [
    form(
      'RT throttling',
      /^(?:\[?sched(?:_delayed)?\]?: )?\[?(?:sched_delayed\] )?(?:sched: )?RT throttling activated/,
      () => ({
        what: 'real-time tasks took all of a CPU: RT throttling activated',
      }),
    ),
    form('DL replenish', /^(?:sched: )?DL replenish lagged too much/, () => ({ what: 'deadline tasks lag' })),
  ],
};
