import { duration } from '../../words/known-facts.js';
import { list, numbered, secondsInWords } from '../../words/quantity.js';
import { told, toldList, type Told } from '../../words/told.js';
import { pageKB, type OomReport, type VictimState } from '../model.js';
import { factsIn } from '../report-facts.js';
import { conclude, findingKind, type Finding } from '../../words/finding.js';
import { taskSubject } from '../../words/subject.js';
import { notSo, so, type Verdict } from '../verdict.js';

const there = findingKind({
  id: 'oom.still-there',
  meaning: 'A victim of the OOM killer has not exited: what it still holds, and the thread that keeps it.',
  when:
    'a task that the OOM killer marked still has its memory or threads, and was killed a second or more before the end' +
    ' or is in uninterruptible sleep for as long',
  moment: 'dump',
  step: 'certain',
});

const zombie = findingKind({
  id: 'oom.still-there.zombies',
  meaning: 'Victims have exited with all their memory and are zombies that no parent has waited for.',
  when: 'a task that the OOM killer marked is a zombie and holds nothing',
  moment: 'dump',
  step: 'certain',
});

/** How the kernel marks a function that may only have left its address on the stack. */
const notSure = /^\? /;
/** Functions that every sleeping or preempted thread is in: where it waits comes after them. */
const scheduling =
  /^(?:__)?schedule(?:_timeout\w*|_idle|_preempt_disabled)?$|^context_switch$|^__switch_to|^preempt_schedule|^io_schedule/;

const stateWords: Readonly<Record<string, string>> = {
  D: 'in uninterruptible sleep',
  S: 'asleep',
  R: 'running or waiting for a CPU',
  T: 'stopped',
  t: 'stopped by a debugger',
  Z: 'a zombie',
  X: 'dead',
};

/**
 * A killed thread that nothing keeps is gone within milliseconds of getting a CPU; short of this it is no finding that
 * it is still there.
 */
const LONG_NS = 1e9;

/** Victims that did not die: what they still hold, and the thread that keeps them, with its state and place. */
export const stillThere: Verdict = {
  id: there.id,
  kinds: [there, zombie],
  judge(report) {
    const victims = report.beyond?.victims;
    if (victims === undefined) return notSo('only a dump tells what has become of the victims');
    if (victims.length === 0) return notSo('no victim of the OOM killer is left');
    const zombies = victims.filter(isZombie);
    const others = victims.filter((victim) => !isZombie(victim));
    const standing = others.filter((victim) => !isJustKilled(victim));
    if (zombies.length + standing.length === 0) return notSo(justKilledInWords(others));
    return so(
      ...standing.map((victim) => stands(report, victim)),
      ...(zombies.length === 0 ? [] : [waitedForByNobody(report, zombies)]),
    );
  },
};

function isJustKilled({ killedNs, threads }: VictimState): boolean {
  return killedNs !== undefined && killedNs < LONG_NS && !threads.some(isBlocked);
}

/** It can't act on the signal for as long as what it waits for does not come. */
function isBlocked({ state, asleepNs }: VictimState['threads'][number]): boolean {
  return state === 'D' && asleepNs !== undefined && asleepNs >= LONG_NS;
}

function justKilledInWords(victims: readonly VictimState[]): string {
  const shortest = secondsInWords(Math.min(...victims.map(({ killedNs }) => killedNs!)));
  const names = victims.slice(0, NAMED).map(({ comm, pid }) => `${comm} (pid ${pid})`);
  const more = victims.length > NAMED ? [`${victims.length - NAMED} more`] : [];
  const were = numbered(victims.length, 'was', 'were');
  return `${list([...names, ...more])} ${were} killed only ${shortest} before the machine stopped`;
}

function stands(report: OomReport, victim: VictimState): Finding {
  const page = pageKB(report);
  const { kB, count, task, word } = factsIn(report);
  const name = task('victim', victim, 'list of tasks');
  const held =
    victim.heldPages === undefined
      ? "memory that can't be counted"
      : kB('victim.rss', victim.heldPages * page, 'rss of the victim');
  const reap = (): Told | string => {
    if (victim.reaped && victim.heldPages === 0) return 'its memory has been reaped';
    if (victim.reaped) return told`its memory has been reaped but for ${held}`;
    return victim.queued ? told`it waits for the OOM reaper with ${held}` : told`it still holds ${held}`;
  };
  const blocked = victim.threads.filter((thread) => !thread.exiting);
  const keeps = blocked.length > 0 ? blocked : victim.threads;
  const named = (thread: { comm: string; pid: number }): Told => task('thread', thread, "the victim's threads");
  const cause = (): Told | string => {
    if (victim.zombieOf !== undefined) return 'it has exited, and something else keeps its memory';
    if (keeps.length === 0) return 'none of its threads has memory any more';
    const some = keeps.slice(0, 3);
    const states = some.map(({ state, where }) => `${stateWords[state] ?? state}${placeOf(where)}`);
    const are = numbered(keeps.length, 'is', 'are');
    return told`${numbered(keeps.length, 'its thread')} ${toldList(some.map(named))} ${are} ${list([...new Set(states)])}`;
  };
  const because = cause();
  const rss =
    victim.heldPages === undefined
      ? 'not known'
      : count('victim.rss in pages', victim.heldPages, 'page', 'rss of the victim');
  const why = (): Told | string => {
    if (victim.zombieOf !== undefined) return because;
    return keeps.some(isBlocked) ? told`it can't exit, for ${because}` : told`it has not exited: ${because}`;
  };
  const before =
    victim.killedNs === undefined
      ? ''
      : told` ${duration('victim.killed', victim.killedNs, 'its line in the log to the end of the machine')} before the machine stopped`;
  const skip = victim.reaped ? 'MMF_OOM_SKIP is set' : 'MMF_OOM_SKIP is not set';
  const onList = victim.queued ? 'on oom_reaper_list' : 'not on oom_reaper_list';
  return conclude(there, {
    subject: taskSubject(victim),
    sentence: told`${name} was killed by the OOM killer${before} and is still there: ${reap()}, but ${why()}.`,
    evidence: [
      told`${name}: ${skip}, ${onList}, rss ${rss}`,
      ...keeps.map((thread) => {
        const state = word('thread.state', thread.state, 'task_struct.__state');
        const where = thread.where.length === 0 ? "its stack can't be read" : thread.where.join(' < ');
        const since =
          thread.asleepNs === undefined
            ? ''
            : told` for ${duration('thread.asleep', thread.asleepNs, 'exec_start of the task to the end of the machine')}`;
        return told`${named(thread)}, state ${state}${since}: ${where}`;
      }),
    ],
  });
}

/** Its entry in the list of tasks is all that is left of it. */
function isZombie({ zombieOf, heldPages }: VictimState): boolean {
  return zombieOf !== undefined && heldPages === 0;
}

function waitedForByNobody(report: OomReport, zombies: readonly VictimState[]): Finding {
  const { number, task } = factsIn(report);
  const parents = [
    ...new Map(
      zombies.map(({ zombieOf }) => [zombieOf!.pid, task('parent', zombieOf!, 'real_parent of the victim')]),
    ).values(),
  ];
  const names = zombies.slice(0, NAMED).map((zombie) => task('victim', zombie, 'list of tasks'));
  const more =
    zombies.length > NAMED
      ? [told`${number('more victims', zombies.length - NAMED, 'zombies that were killed')} more`]
      : [];
  const many = number('victims', zombies.length, 'zombies that were killed');
  const parentsWait = parents.length === 1 ? told`their parent, ${parents[0]!}, waits` : 'their parents wait';
  return conclude(zombie, {
    subject: {
      kind: 'tasks',
      name: zombies.map(({ comm }) => comm).toSorted()[0]!,
      pids: zombies.map(({ pid }) => pid),
    },
    sentence:
      zombies.length === 1
        ? told`${names[0]!} was killed by the OOM killer and has exited, with all its memory; it is a zombie until its parent, ${parents[0]!}, waits for it.`
        : told`${many} processes that the OOM killer killed have exited, with all their memory; they are zombies until ${parentsWait} for them.`,
    evidence: [
      told`zombies: ${toldList([...names, ...more])}`,
      ...(parents.length === 1 ? [] : [told`parents: ${toldList(parents.slice(0, NAMED))}`]),
    ],
  });
}

/** Of many zombies. */
const NAMED = 6;

function placeOf(where: readonly string[]): string {
  const place = where.find((name) => !scheduling.test(name) && !notSure.test(name));
  return place === undefined ? '' : ` in ${place}()`;
}
