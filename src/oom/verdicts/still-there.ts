import { list, sizeOfKB, counted, numbered } from '../../words/quantity.js';
import { pageKB, type OomReport, type VictimState } from '../model.js';
import { notSo, so, type Judgement, type Verdict } from '../verdict.js';

/** How the kernel marks a function that may only have left its address on the stack. */
const notSure = /^\? /;
/** Functions that every sleeping or preempted thread is in: where it waits comes after them. */
const scheduling = /^(?:__)?schedule(?:_timeout\w*|_idle|_preempt_disabled)?$|^context_switch$|^__switch_to|^preempt_schedule|^io_schedule/;

const stateWords: Readonly<Record<string, string>> = {
  D: 'in uninterruptible sleep', S: 'asleep', R: 'running or waiting for a CPU', T: 'stopped', t: 'stopped by a debugger', Z: 'a zombie', X: 'dead',
};

/** Victims that did not die: what they still hold, and the thread that keeps them, with its state and place. */
export const stillThere: Verdict = {
  id: 'oom.still-there',
  judge(report) {
    const victims = report.beyond?.victims;
    if (victims === undefined) return notSo('only a dump tells what has become of the victims');
    if (victims.length === 0) return notSo('no victim of the OOM killer is left');
    return so(...victims.map((victim) => standing(report, victim)));
  },
};

function standing(report: OomReport, victim: VictimState): Judgement {
  const page = pageKB(report);
  const name = `${victim.comm} (pid ${victim.pid})`;
  const held = victim.heldPages === undefined ? "memory that can't be counted" : sizeOfKB(victim.heldPages * page);
  const reap = victim.reaped
    ? victim.heldPages === 0 ? 'its memory has been reaped' : `its memory has been reaped but for ${held}`
    : victim.queued ? `it waits for the OOM reaper with ${held}` : `it still holds ${held}`;
  const blocked = victim.threads.filter((thread) => !thread.exiting);
  const keeps = blocked.length > 0 ? blocked : victim.threads;
  const because = keeps.length === 0 ? 'none of its threads has memory any more: it is about to go'
    : `${numbered(keeps.length, 'its thread')} ${list(keeps.slice(0, 3).map((thread) => `${thread.comm} (pid ${thread.pid})`))} ${numbered(keeps.length, 'is', 'are')} ${
      list([...new Set(keeps.slice(0, 3).map((thread) => `${stateWords[thread.state] ?? thread.state}${placeOf(thread.where)}`))])}`;
  return {
    id: 'oom.still-there', weight: 89, certainty: 'certain', moment: 'dump',
    sentence: `${name} was killed by the OOM killer and is still there: ${reap}, but it can't exit, for ${because}.`,
    evidence: [
      `${name}: ${victim.reaped ? 'MMF_OOM_SKIP is set' : 'MMF_OOM_SKIP is not set'}, ${victim.queued ? 'on oom_reaper_list' : 'not on oom_reaper_list'}, rss ${victim.heldPages === undefined ? 'not known' : counted(victim.heldPages, 'page')}`,
      ...keeps.map((thread) => `${thread.comm} (pid ${thread.pid}), state ${thread.state}: ${thread.where.length === 0 ? 'its stack can\'t be read' : thread.where.join(' < ')}`),
    ],
  };
}

function placeOf(where: readonly string[]): string {
  const place = where.find((name) => !scheduling.test(name) && !notSure.test(name));
  return place === undefined ? '' : ` in ${place}()`;
}
