import type { Kernel } from '../kernel/kernel.js';
import { watchdogReports, type WatchdogReport } from '../linux/printk/watchdog-reports.js';
import { gracePeriod } from '../linux/rcu/grace-period.js';
import { onCpuNs } from '../linux/sched/how-long.js';
import { taskOfPid, type Task } from '../linux/sched/tasks.js';
import { cpuContexts, type Context } from '../locks/contexts.js';
import { labelOf, placeTold, sinceOnCpu } from '../locks/findings/waits-in-words.js';
import { hungTasks, hungTaskTimeout } from '../locks/waits/hung-tasks.js';
import { timeLimit } from '../linux/time/time-limit.js';
import { contendedLocks } from '../locks/survey.js';
import { duration, number } from '../words/known-facts.js';
import { told, toldList, type KnownFact, type Told } from '../words/told.js';
import type { Ending } from './ending.js';
import { keptBy } from './kept.js';
import { interruptedTold } from './nmi-in-words.js';
import { oopsesTold, oopsedProblem, oopsedTold } from './oopsed-in-words.js';
import { asleepProblem, sleeperTold } from './sleeper-in-words.js';
import { taintInWords } from './taint-in-words.js';

/** What a watchdog met that its setting made a panic of. */
export interface Met {
  /** A clause: who could not go on, where, for how long. */
  readonly what: Told;
  /** The same without whom it met. */
  readonly brief?: string;
  readonly evidence?: readonly Told[];
  /** Which problem that is, where no culprit tells. */
  readonly problem?: string | undefined;
  /** Whose doing it was, where it is known and waits for nobody: the finding is about it. */
  readonly culprits: readonly Context[];
}

/** Who could not go on, by the setting that made a panic of it; of NMIs, what was asked for. */
export function metBy(kernel: Kernel, ending: Ending): Met {
  const { policy, context, culprit } = ending;
  switch (policy) {
    case 'softlockup_panic':
      return kept(kernel, [context]) ?? noted('A CPU did not get to switch tasks');
    case 'hardlockup_panic': {
      // The buddy detector of 6.5 and later panics on the CPU that looks after another.
      const byOther = culprit.by?.kind !== 'NMI';
      const said = watchdogReports(kernel).findLast(({ kind }) => kind === 'hard lockup');
      const cpu = byOther ? said?.cpu : context.cpu;
      const found = cpuContexts(kernel).find((one) => cpu !== undefined && one.cpu === cpu);
      return kept(kernel, found === undefined ? [] : [found]) ?? noted('A CPU took no interrupts');
    }
    case 'panic_on_rcu_stall':
      return rcuStalled(kernel);
    case 'oops_limit':
      return {
        what: oopsedTold(kernel, ending),
        evidence: oopsesTold(kernel, ending),
        culprits: [],
        problem: oopsedProblem(kernel),
      };
    case 'hung_task_panic':
      return hungTasksMet(kernel);
    case 'unknown_nmi_panic or panic_on_unrecovered_nmi':
      return nmi(kernel, ending, 'An NMI came that nobody knew');
    case 'panic_on_unrecovered_nmi':
    case 'panic_on_io_nmi':
      return nmi(kernel, ending, 'An NMI told of an error of the hardware');
    default:
      return noted('What it is set for came to pass');
  }
}

function noted(what: string): Met {
  return { what: told`${what}`, culprits: [] };
}

function nmi(kernel: Kernel, ending: Ending, brief: string): Met {
  return { what: told`${brief}${interruptedTold(kernel, ending)}`, brief, culprits: [] };
}

/** "acme_hog+0x7 [acme] (out of tree) kept CPU 0 (init (103)) for 13.2 s" */
function kept(kernel: Kernel, contexts: readonly Context[]): (Met & { readonly named: number }) | undefined {
  const parts = contexts.flatMap((context, i): Told[] => {
    const role = contexts.length === 1 ? 'task' : `task ${i + 1}`;
    const [first] = keptBy(kernel, context).activations;
    if (first === undefined) return [];
    const long = context.task === undefined ? undefined : onCpuNs(kernel, context.task);
    const time = long === undefined ? '' : told` for ${duration(`${role}.same task`, long, sinceOnCpu)}`;
    const place = told`${placeTold(first, `${role}.in`)}${taintInWords(kernel, first)}`;
    return [told`${place} kept ${labelOf(kernel, context, role)}${time}`];
  });
  if (parts.length === 0) return undefined;
  return {
    what: toldList(parts),
    named: parts.length,
    culprits: contexts.filter((context) => !waits(kernel, context)),
  };
}

/** "2 more" */
function more(count: number, source: string): Told | undefined {
  return count > 0 ? told`${number('more', count, source)} more` : undefined;
}

/** Who waits for a lock is no culprit: that is told of the lock. */
function waits(kernel: Kernel, context: Context): boolean {
  return contendedLocks(kernel).some((lock) => lock.waits.some(({ waiter }) => waiter === context));
}

function rcuStalled(kernel: Kernel): Met {
  const period = gracePeriod(kernel);
  const long =
    period?.forNs === undefined
      ? ''
      : told` for ${duration('grace period.running', period.forNs, 'jiffies − rcu_state.gp_start')}`;
  const cpus = cpuContexts(kernel).filter(({ cpu }) => cpu !== undefined && period?.waitsFor.includes(cpu));
  const behind = kept(kernel, cpus.slice(0, MOST_NAMED));
  const what = told`A grace period of RCU did not end${long}`;
  if (behind === undefined) return { what, culprits: [] };
  const others = more(cpus.length - behind.named, 'CPUs without a quiescent state that are not named here');
  const waits = others === undefined ? '' : told`; it waits for ${others}`;
  return { what: told`${what}: ${behind.what}${waits}`, culprits: behind.culprits };
}

/** CPUs and tasks that are named. */
const MOST_NAMED = 3;

/** check_hung_task() reports the tasks before it panics: the log has who they were, else memory who they would be. */
function hungTasksMet(kernel: Kernel): Met {
  const reports = watchdogReports(kernel).filter(({ kind }) => kind === 'hung task');
  const last = reports.at(-1);
  // A pass comes once in so many seconds, and reports one behind the other.
  const pass = reports.filter(({ record }) => last !== undefined && mayBeOfOnePass(record, last));
  const pids = new Set(pass.flatMap(({ pid }) => pid ?? []));
  const said = [...pids].flatMap((pid) => taskOfPid(kernel, pid) ?? []);
  if (said.length > 0 && last?.seconds !== undefined)
    return asleep(
      kernel,
      said,
      duration('tasks.blocked', last.seconds * 1e9, 'what khungtaskd said of them in the log'),
    );
  const found = hungTasks(kernel).map(({ task }) => task);
  const limit = timeLimit(kernel, hungTaskTimeout);
  if (found.length === 0) return noted('A task was in uninterruptible sleep for too long');
  return asleep(
    kernel,
    found,
    duration('hung_task_timeout', limit.ns, limit.unread ? 'the default' : hungTaskTimeout.variable),
  );
}

function asleep(kernel: Kernel, tasks: readonly Task[], long: KnownFact): Met {
  const named = tasks.slice(0, MOST_NAMED).map((task, i) => sleeperTold(kernel, task, `task ${i + 1}`));
  const others = more(tasks.length - MOST_NAMED, 'tasks that are not named here');
  const were = tasks.length === 1 ? 'was' : 'were';
  const who = toldList([...named, ...(others === undefined ? [] : [others])]);
  return {
    what: told`${who} ${were} in uninterruptible sleep for more than ${long}`,
    problem: asleepProblem(kernel, tasks),
    culprits: [],
  };
}

/** Within half of the seconds that lie between two passes; also where a record has no stamp. */
function mayBeOfOnePass({ timeNs }: WatchdogReport['record'], { record, seconds }: WatchdogReport): boolean {
  if (seconds === undefined) return false;
  return timeNs === undefined || record.timeNs === undefined || record.timeNs - timeNs < (seconds * 1e9) / 2;
}
