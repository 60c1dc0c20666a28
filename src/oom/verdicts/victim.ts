import { sizeOfKB, counted } from '../../words/quantity.js';
import { badnessOf, footprintPages, totalPages } from '../badness.js';
import { amount, ifCounted, pageKB, totalOf, type OomReport, type OomTask } from '../model.js';
import { exactKB, share } from '../quantity.js';
import { notSo, so, type Judgement, type Verdict } from '../verdict.js';
import { isOfMachine, managedKB } from '../zones.js';
import { largestTask } from './memory-held.js';

/** A process below this share of what was in use was not what used it up. */
const smallShare = 0.1;
/** Who holds less than this did not use it up alone. */
const mostOfIt = 0.4;
/** Two that differ by less than this are the same to badness: rss is printed a moment before it is weighed. */
const near = 0.02;

/** Whether the right victim was chosen, who else would have been, and what the kill gave back. */
export const victim: Verdict = {
  id: 'oom.victim',
  judge(report) {
    if (report.kind !== 'oom') return notSo('no OOM kill');
    const ranked = badnessOf(report).filter((one) => one.notEligible === undefined);
    // A report filled from memory names whom the kernel would have chosen; panic_on_oom stopped it before.
    // Where the log's end can't be read, it may have been so too.
    const stopped = report.panic !== undefined || (report.kills.length === 0 && report.incomplete?.panic !== undefined);
    const chosen = report.kills[0]?.pid ?? (stopped ? undefined : report.selected?.pid);
    const judgements = [...choice(report, ranked, chosen), ...hidden(report, ranked[0]?.task), ...group(report)];
    return judgements.length === 0 ? notSo('neither a victim nor a task table is in the report') : so(...judgements);
  },
};

type Ranked = ReturnType<typeof badnessOf>;

function choice(report: OomReport, ranked: Ranked, chosen: number | undefined): Judgement[] {
  const page = pageKB(report);
  const first = ranked[0];
  const weighed = isWeighed(ranked);
  if (chosen === undefined) {
    if (first === undefined) {
      if (report.panic === undefined || report.tasks === undefined) return [];
      return [one('none', 70, 'likely', `Nobody could be killed: ${report.tasks.length === 0 ? 'no process had memory to give' : 'every process is protected'}; the machine ended with "${report.panic}".`,
        report.tasks.slice(0, 8).map((task) => `${task.name} (pid ${task.pid}): oom_score_adj ${task.oomScoreAdj}`))];
    }
    if (report.panic === undefined) return [];
    return [one('panic', 45, weighed ? 'certain' : 'likely', `Nobody was killed, because panic_on_oom is set and the machine stops at the first OOM; the victim ${weighed ? 'would' : 'may'} have been ${named(first.task)} with ${held(first.task, page)}.`, ranking(ranked, report))];
  }
  const name = nameOf(report, chosen);
  const freed = reaped(report, chosen);
  const place = ranked.findIndex((one) => one.task.pid === chosen || one.task.tgid === chosen);
  if (place < 0 || first === undefined) {
    const kill = report.kills[0];
    const size = kill?.anonRssKB === undefined ? '' : `, which held ${sizeOfKB(Number(kill.anonRssKB) + ifCounted(kill.shmemRssKB) + ifCounted(kill.fileRssKB))}`;
    return [one('chosen', 40, 'certain', `${name} was chosen${size}${freed}; whether it was the right one can't be told: ${report.tasks === undefined ? 'there is no task table' : 'it is not in the task table'}.`,
      kill?.anonRssKB === undefined ? [] : [`anon-rss ${exactKB(kill.anonRssKB)} (kill line)`])];
  }
  const task = ranked[place]!;
  const top = largestTask(report.tasks);
  const next = ranked.find((one) => one.task.pid !== task.task.pid);
  const nextWords = !weighed ? 'who would have been next can\'t be told, for the report does not say how much memory there is to measure an oom_score_adj against' : next === undefined ? 'no other could be chosen' : `next would have been ${named(next.task)} with ${held(next.task, page)}`;
  const right = place === 0 || (task.points !== undefined && first.points !== undefined && task.points >= first.points * (1 - near));
  if (right && top !== undefined && (top.pid === task.task.pid || same(top, task.task))) {
    const kB = footprintPages(task.task, page * 1024) * page;
    const whole = wholeKB(report, page);
    const which = whole !== undefined && kB >= whole * mostOfIt ? 'the consumer' : 'the largest process';
    return [one('chosen', 50, 'certain', `The victim is ${which}: ${name} held the most (${sizeOfKB(kB)} with its page tables and swap)${freed}; ${nextWords}.`, ranking(ranked, report))];
  }
  if (right) {
    return [one('chosen', 55, 'certain', `${name} was chosen for its oom_score_adj of ${task.task.oomScoreAdj}, holding ${sizeOfKB(footprintPages(task.task, page * 1024) * page)}${freed}; ${named(top ?? task.task)} holds the most.`, ranking(ranked, report))];
  }
  if (!weighed) {
    return [one('chosen', 60, 'likely', `${name} was killed${freed}, though ${named(first.task)} holds more; whether an oom_score_adj made the difference can't be told, for the report does not say how much memory there is to measure it against.`, ranking(ranked, report))];
  }
  return [one('chosen', 60, 'likely', `${name} was killed, but ${named(first.task)} has the higher score${first.points === undefined || task.points === undefined ? '' : ` (${first.points} points against ${task.points})`}${freed}: ${
    report.groupKill !== undefined ? 'its cgroup is killed as a whole' : boundToNodes(report) ? 'that one may not use the nodes that are short, so it could not be chosen' : 'a child, a task that was already dying, or oom_kill_allocating_task'}.`, ranking(ranked, report))];
}

/** Whether it is known who comes before whom: an oom_score_adj that all have makes no difference. */
function isWeighed(ranked: Ranked): boolean {
  return ranked.every(({ points }) => points !== undefined) || new Set(ranked.map(({ task }) => task.oomScoreAdj)).size === 1;
}

/** oom_cpuset_eligible(): only tasks that may use the same nodes are looked at. */
function boundToNodes({ event }: OomReport): boolean {
  return event.constraint === 'CONSTRAINT_CPUSET' || event.constraint === 'CONSTRAINT_MEMORY_POLICY';
}

/** The largest consumer is kept from being chosen by its oom_score_adj, or no process is large at all. */
function hidden(report: OomReport, first: OomTask | undefined): Judgement[] {
  const top = largestTask(report.tasks);
  if (top === undefined) return [];
  const page = pageKB(report);
  const size = (Number(top.exact?.rss ?? top.rss) + ifCounted(top.swapents)) * page;
  const whole = wholeKB(report, page);
  if (whole === undefined || whole === 0) return [];
  if (top.oomScoreAdj < 0 && first?.pid !== top.pid && size > whole * smallShare) {
    return [one('hidden', 78, 'certain', `${named(top)} holds ${sizeOfKB(size)} (${share(size, whole)}) and is kept from being chosen by its oom_score_adj of ${top.oomScoreAdj}; others are killed in its place.`,
      [`${top.name}: rss + swap ${exactKB(size)}, oom_score_adj ${top.oomScoreAdj}`, ...(first === undefined ? ['no other task can be chosen'] : [`first by score: ${named(first)}, oom_score_adj ${first.oomScoreAdj}`])])];
  }
  if (size < whole * smallShare) {
    return [one('small', 68, 'certain', `No process is the consumer by its own memory: the largest, ${named(top)}, holds ${sizeOfKB(size)} (${share(size, whole)} of ${sizeOfKB(whole)}).`,
      [`${top.name}: rss + swap ${exactKB(size)}`])];
  }
  return [];
}

/** What there is to be used up: the machine's memory, or what the cgroup is charged with. */
function wholeKB(report: OomReport, page: number): number | undefined {
  return isOfMachine(report) ? managedKB(report, page) : amount(report.memcg?.counters[0]?.usageKB);
}

function group(report: OomReport): Judgement[] {
  if (report.groupKill === undefined) return [];
  return [one('group', 45, 'certain', `All tasks of ${report.groupKill} were killed with it (memory.oom.group): ${report.kills.length} in all.`, report.kills.slice(0, 20).map((kill) => `killed ${kill.pid} (${kill.comm ?? '?'})`))];
}

function ranking(ranked: Ranked, report: OomReport): string[] {
  const page = pageKB(report);
  const total = totalPages(report);
  return [
    ...ranked.slice(0, 3).map(({ task, points }) => `${named(task)}: rss ${exactKB(Number(task.rss) * page)}${task.swapents === undefined ? '' : `, swap ${exactKB(Number(task.swapents) * page)}`}, oom_score_adj ${task.oomScoreAdj}${points === undefined ? '' : `: ${points} points (pages)`}`),
    ...(total === undefined ? [] : [`measured against ${counted(Math.trunc(total), 'page')}`]),
  ];
}

function reaped(report: OomReport, pid: number): string {
  const line = report.reaped.find((one) => one.pid === pid);
  if (line === undefined) return '';
  if (!line.done) return ', and its memory could not be reaped';
  const left = totalOf([line.anonRssKB, ifCounted(line.shmemRssKB)]);
  return left === undefined ? ', and it was reaped' : left === 0 ? ', and it was reaped to 0 kB' : `, and was reaped to ${sizeOfKB(left)} (anonymous and shared memory)`;
}

/** With its oom_score_adj, where that counted too. */
function held(task: OomTask, page: number): string {
  const adj = task.oomScoreAdj === 0 ? '' : ` and an oom_score_adj of ${task.oomScoreAdj}`;
  return `${sizeOfKB(footprintPages(task, page * 1024) * page)}${adj}`;
}

function nameOf(report: OomReport, pid: number): string {
  const comm = report.kills.find((kill) => kill.pid === pid)?.comm ?? (report.selected?.pid === pid ? report.selected.comm : undefined) ?? report.tasks?.find((task) => task.pid === pid)?.name;
  return comm === undefined ? `pid ${pid}` : `${comm} (pid ${pid})`;
}

function named(task: OomTask): string {
  return `${task.name} (pid ${task.pid})`;
}

/** Two rows of one size are processes that share their memory, or a fork that has not written yet. */
function same(a: OomTask, b: OomTask): boolean {
  return Math.abs(Number(a.rss) - Number(b.rss)) <= Number(a.rss) * near;
}

function one(part: string, weight: number, certainty: Judgement['certainty'], sentence: string, evidence: readonly string[]): Judgement {
  return { id: `oom.victim.${part}`, weight, certainty, moment: 'report', sentence, evidence };
}

