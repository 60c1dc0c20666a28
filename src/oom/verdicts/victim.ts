import { exactly } from '../../words/known-facts.js';
import { conclude, findingKind, type Finding } from '../../words/finding.js';
import type { Premise } from '../../words/certainty.js';
import { taskSubject } from '../../words/subject.js';
import { told, type KnownFact, type Told } from '../../words/told.js';
import { badnessOf, footprintPages, tablePages, totalPages } from '../badness.js';
import { ifCounted, pageKB, totalOf, type OomReport, type OomTask } from '../model.js';
import { factsIn } from '../report-facts.js';
import { notSo, so, type Verdict } from '../verdict.js';
import { ownerOfMemory, wholeKB } from '../scope.js';
import { isOfMachine } from '../zones.js';
import { largestTask } from './process-held.js';

const chosenKind = findingKind({
  id: 'oom.victim.chosen',
  meaning:
    'Who was killed, whether it was the right one by badness, who would have been next, and what the kill freed.',
  when: 'the report names a victim',
  moment: 'report',
  step: 'certain',
});

const noneKind = findingKind({
  id: 'oom.victim.none',
  meaning: 'Nobody could be killed, and the machine stopped for it.',
  when: 'the report ends with a panic and no task in its table could be chosen',
  moment: 'report',
  step: 'likely',
});

const panicKind = findingKind({
  id: 'oom.victim.panic',
  meaning: 'Nobody was killed since panic_on_oom is set: who would have been.',
  when: 'the report ends with a panic and has tasks that could be chosen',
  moment: 'report',
  step: 'certain',
});

const hiddenKind = findingKind({
  id: 'oom.victim.hidden',
  meaning: 'The largest process is kept from being chosen by its oom_score_adj.',
  when: 'it has a negative oom_score_adj, more than 10 % of the memory, and is not the first by score',
  moment: 'report',
  step: 'certain',
});

const smallKind = findingKind({
  id: 'oom.victim.small',
  meaning: 'No process is the consumer by its own memory.',
  when: 'the largest has less than 10 % of the memory',
  moment: 'report',
  step: 'certain',
});

const groupKind = findingKind({
  id: 'oom.victim.group',
  meaning: 'All tasks of a cgroup were killed with the victim (memory.oom.group).',
  when: 'the report says so',
  moment: 'report',
  step: 'certain',
});

const notWeighed: Premise = {
  what: 'how much memory there is to measure an oom_score_adj against is not in the report',
  certainty: 'likely',
};

/** A process below this share of what was in use was not what used it up. */
const smallShare = 0.1;
/** Who holds less than this did not use it up alone. */
const mostOfIt = 0.4;
/** Two that differ by less than this are the same to badness: rss is printed a moment before it is weighed. */
const near = 0.02;

/** Whether the right victim was chosen, who else would have been, and what the kill freed. */
export const victim: Verdict = {
  id: 'oom.victim',
  kinds: [chosenKind, noneKind, panicKind, hiddenKind, smallKind, groupKind],
  judge(report) {
    if (report.kind !== 'oom') return notSo('no OOM kill');
    const ranked = badnessOf(report).filter((one) => one.notEligible === undefined);
    // A report filled from memory names whom the kernel would have chosen; panic_on_oom stopped it before.
    // Where the log's end can't be read, it may have been so too.
    const stopped = report.panic !== undefined || (report.kills.length === 0 && report.incomplete?.panic !== undefined);
    const chosen = report.kills[0]?.pid ?? (stopped ? undefined : report.selected?.pid);
    const found = [...choice(report, ranked, chosen), ...hidden(report, ranked[0]?.task), ...group(report)];
    return found.length === 0 ? notSo('neither a victim nor a task table is in the report') : so(...found);
  },
};

type Ranked = ReturnType<typeof badnessOf>;

function choice(report: OomReport, ranked: Ranked, chosen: number | undefined): Finding[] {
  const { kB, number, word } = factsIn(report);
  const first = ranked[0];
  const weighed = isWeighed(ranked);
  if (chosen === undefined) {
    if (first === undefined) {
      if (report.panic === undefined || report.tasks === undefined) return [];
      const why = report.tasks.length === 0 ? 'no process had memory to give' : 'every process is protected';
      const panic = word('panic', report.panic, 'the panic message');
      return [
        conclude(noneKind, {
          subject: ownerOfMemory(report),
          sentence: told`Nobody could be killed: ${why}; the machine ended with "${panic}".`,
          evidence: report.tasks
            .slice(0, 8)
            .map((task) => told`${named(report, task)}: oom_score_adj ${adjOf(report, task)}`),
        }),
      ];
    }
    if (report.panic === undefined) return [];
    const because = 'because panic_on_oom is set and the machine stops at the first OOM';
    const wouldBe = told`${weighed ? 'would' : 'may'} have been ${named(report, first.task)}`;
    return [
      conclude(panicKind, {
        subject: taskSubject({ comm: first.task.name, pid: first.task.pid }),
        restsOn: weighed ? [] : [notWeighed],
        sentence: told`Nobody was killed, ${because}; the victim ${wouldBe} with ${held(report, first.task)}.`,
        evidence: ranking(ranked, report),
      }),
    ];
  }
  const name = nameOf(report, chosen);
  const subject = taskSubject({ pid: chosen, comm: commOf(report, chosen)?.comm });
  const freed = reaped(report, chosen);
  const place = ranked.findIndex((one) => one.task.pid === chosen || one.task.tgid === chosen);
  if (place < 0 || first === undefined) {
    const kill = report.kills[0];
    const size = (): Told | string => {
      if (kill?.anonRssKB === undefined) return '';
      const rssKB = Number(kill.anonRssKB) + ifCounted(kill.shmemRssKB) + ifCounted(kill.fileRssKB);
      return told`, which held ${kB('victim.rss', rssKB, 'anon-rss + shmem-rss + file-rss of the kill line')}`;
    };
    const why = report.tasks === undefined ? 'there is no task table' : 'it is not in the task table';
    return [
      conclude(
        chosenKind,
        {
          subject,
          sentence: told`${name} was chosen${size()}${freed}; whether it was the right one can't be determined: ${why}.`,
          evidence:
            kill?.anonRssKB === undefined
              ? []
              : [
                  told`anon-rss ${exactly(kB('victim.anon-rss', kill.anonRssKB, 'anon-rss of the kill line'))} (kill line)`,
                ],
        },
        'no table to compare',
      ),
    ];
  }
  const task = ranked[place]!;
  const top = largestTask(report.tasks);
  const next = ranked.find((one) => one.task.pid !== task.task.pid);
  const nextWords = (): Told | string => {
    if (!weighed)
      return (
        "who would have been next can't be determined, for the report does not say " +
        'how much memory there is to measure an oom_score_adj against'
      );
    if (next === undefined) return 'no other could be chosen';
    return told`next would have been ${named(report, next.task)} with ${held(report, next.task)}`;
  };
  const right =
    place === 0 ||
    (task.points !== undefined && first.points !== undefined && task.points >= first.points * (1 - near));
  const footprint = footprintOf(report, task.task);
  if (right && top !== undefined && (top.pid === task.task.pid || same(top, task.task))) {
    const whole = wholeKB(report, pageKB(report));
    const which =
      whole !== undefined && Number(footprint.fact.value) >= whole * mostOfIt ? 'the consumer' : 'the largest process';
    return [
      conclude(
        chosenKind,
        {
          subject,
          sentence: told`The victim is ${which}: ${name} held the most (${footprint} with its page tables and swap)${freed}; ${nextWords()}.`,
          evidence: ranking(ranked, report),
        },
        'the largest',
      ),
    ];
  }
  if (right) {
    const chosenFor = told`chosen for its oom_score_adj of ${adjOf(report, task.task)}, holding ${footprint}${freed}`;
    return [
      conclude(
        chosenKind,
        {
          subject,
          sentence: told`${name} was ${chosenFor}; ${named(report, top ?? task.task)} holds the most.`,
          evidence: ranking(ranked, report),
        },
        'for its oom_score_adj',
      ),
    ];
  }
  if (!weighed) {
    const untold =
      "whether an oom_score_adj made the difference can't be determined, " +
      'for the report does not say how much memory there is to measure it against';
    return [
      conclude(
        chosenKind,
        {
          subject,
          restsOn: [notWeighed],
          sentence: told`${name} was killed${freed}, though ${named(report, first.task)} holds more; ${untold}.`,
          evidence: ranking(ranked, report),
        },
        'another had the higher score',
      ),
    ];
  }
  const points = (): Told | string => {
    if (first.points === undefined || task.points === undefined) return '';
    const [more, fewer] = [
      number(`pid ${first.task.pid}.points`, first.points, pointsAre),
      number(`pid ${task.task.pid}.points`, task.points, pointsAre),
    ];
    return told` (${more} points against ${fewer})`;
  };
  const because = whyAnother(report);
  return [
    conclude(
      chosenKind,
      {
        subject,
        restsOn: [{ what: `${because}: the best explanation of several`, certainty: 'likely' }],
        sentence: told`${name} was killed, but ${named(report, first.task)} has the higher score${points()}${freed}: ${because}.`,
        evidence: ranking(ranked, report),
      },
      'another had the higher score',
    ),
  ];
}

/** Why the victim need not have had the highest score. */
function whyAnother(report: OomReport): string {
  if (report.groupKill !== undefined) return 'its cgroup is killed as a whole';
  if (boundToNodes(report)) return 'that one may not use the nodes that are short, so it could not be chosen';
  return 'a child, a task that was already dying, or oom_kill_allocating_task';
}

const pointsAre = 'oom_badness(): rss + swap + page tables, in pages, and oom_score_adj';

/** Whether it is known who comes before whom: an oom_score_adj that all have makes no difference. */
function isWeighed(ranked: Ranked): boolean {
  return (
    ranked.every(({ points }) => points !== undefined) || new Set(ranked.map(({ task }) => task.oomScoreAdj)).size === 1
  );
}

/** oom_cpuset_eligible(): only tasks that may use the same nodes are looked at. */
function boundToNodes({ event }: OomReport): boolean {
  return event.constraint === 'CONSTRAINT_CPUSET' || event.constraint === 'CONSTRAINT_MEMORY_POLICY';
}

/** The largest consumer is kept from being chosen by its oom_score_adj, or no process is large at all. */
function hidden(report: OomReport, first: OomTask | undefined): Finding[] {
  const top = largestTask(report.tasks);
  if (top === undefined) return [];
  const page = pageKB(report);
  const size = (Number(top.exact?.rss ?? top.rss) + ifCounted(top.swapents)) * page;
  const whole = wholeKB(report, page);
  if (whole === undefined || whole === 0) return [];
  const { kB, word, share } = factsIn(report);
  const [holds, all] = [
    kB('process.rss + swap', size, 'rss + swapents of the task table'),
    kB('in use', whole, isOfMachine(report) ? 'managed' : 'memory: usage'),
  ];
  const comm = word('process.comm', top.name, 'the task table');
  if (top.oomScoreAdj < 0 && first?.pid !== top.pid && size > whole * smallShare) {
    const kept = told`is kept from being chosen by its oom_score_adj of ${adjOf(report, top)}`;
    return [
      conclude(hiddenKind, {
        subject: taskSubject({ comm: top.name, pid: top.pid }),
        sentence: told`${named(report, top)} holds ${holds} (${share(holds, all)}) and ${kept}; others are killed in its place.`,
        evidence: [
          told`${comm}: rss + swap ${exactly(holds)}, oom_score_adj ${adjOf(report, top)}`,
          ...(first === undefined
            ? ['no other task can be chosen']
            : [told`first by score: ${named(report, first)}, oom_score_adj ${adjOf(report, first)}`]),
        ],
      }),
    ];
  }
  if (size < whole * smallShare) {
    return [
      conclude(smallKind, {
        subject: ownerOfMemory(report),
        sentence: told`No process is the consumer by its own memory: the largest, ${named(report, top)}, holds ${holds} (${share(holds, all)} of ${all}).`,
        evidence: [told`${comm}: rss + swap ${exactly(holds)}`],
      }),
    ];
  }
  return [];
}

function group(report: OomReport): Finding[] {
  if (report.groupKill === undefined) return [];
  const { number, pid, word } = factsIn(report);
  const group = word('group', report.groupKill, 'memory.oom.group');
  // The victim is killed with its group once more, and both are printed.
  const killed = report.kills.filter((kill, i) => report.kills.findIndex(({ pid }) => pid === kill.pid) === i);
  const kills = number('kills', killed.length, 'kill lines');
  return [
    conclude(groupKind, {
      subject: { kind: 'cgroup', name: report.groupKill },
      sentence: told`All tasks of ${group} were killed with it (memory.oom.group): ${kills} in all.`,
      evidence: killed
        .slice(0, 20)
        .map(
          (kill) =>
            told`killed ${pid('killed.pid', kill.pid, 'kill line')} (${kill.comm === undefined ? '?' : word('killed.comm', kill.comm, 'kill line')})`,
        ),
    }),
  ];
}

function ranking(ranked: Ranked, report: OomReport): Told[] {
  const { kB, count, number } = factsIn(report);
  const page = pageKB(report);
  const total = totalPages(report);
  return [
    ...ranked.slice(0, 3).map(({ task, points }) => {
      const of = `pid ${task.pid}`;
      const swap =
        task.swapents === undefined
          ? ''
          : told`, swap ${exactly(kB(`${of}.swap`, Number(task.swapents) * page, 'swapents of the task table'))}`;
      const rss = exactly(kB(`${of}.rss`, Number(task.rss) * page, 'rss of the task table'));
      const tablesKB = tablePages(task, page * 1024) * page;
      const tables =
        tablesKB === 0
          ? ''
          : told`, page tables ${exactly(kB(`${of}.pgtables`, tablesKB, 'pgtables of the task table'))}`;
      const scored = points === undefined ? '' : told`: ${number(`${of}.points`, points, pointsAre)} points (pages)`;
      return told`${named(report, task)}: rss ${rss}${swap}${tables}, oom_score_adj ${adjOf(report, task)}${scored}`;
    }),
    ...(total === undefined
      ? []
      : [told`measured against ${count('totalpages', Math.trunc(total), 'page', 'oc->totalpages')}`]),
  ];
}

function reaped(report: OomReport, pid: number): string | Told {
  const line = report.reaped.find((one) => one.pid === pid);
  if (line === undefined) return '';
  if (!line.done) return ', and its memory could not be reaped';
  const left = totalOf([line.anonRssKB, ifCounted(line.shmemRssKB)]);
  if (left === undefined) return ', and it was reaped';
  const leftTold = factsIn(report).kB('left by the reaper', left, 'anon-rss + shmem-rss after oom_reaper');
  return left === 0
    ? told`, and it was reaped to ${leftTold}`
    : told`, and was reaped to ${leftTold} (anonymous and shared memory)`;
}

/** With its oom_score_adj, where that counted too. */
function held(report: OomReport, task: OomTask): Told {
  const adj = task.oomScoreAdj === 0 ? '' : told` and an oom_score_adj of ${adjOf(report, task)}`;
  return told`${footprintOf(report, task)}${adj}`;
}

/** What a kill of it would free. */
function footprintOf(report: OomReport, task: OomTask): KnownFact {
  const page = pageKB(report);
  return factsIn(report).kB(
    `pid ${task.pid}.footprint`,
    footprintPages(task, page * 1024) * page,
    'rss + swapents + pgtables of the task table',
  );
}

function adjOf(report: OomReport, task: OomTask): KnownFact {
  return factsIn(report).number(`pid ${task.pid}.oom_score_adj`, task.oomScoreAdj, 'oom_score_adj of the task table');
}

function nameOf(report: OomReport, pid: number): Told {
  const facts = factsIn(report);
  const called = commOf(report, pid);
  if (called !== undefined) return facts.task('victim', { comm: called.comm, pid }, called.what);
  return told`pid ${facts.pid('victim.pid', pid, report.kills[0]?.pid === pid ? 'kill line' : 'the one that was selected')}`;
}

/** What the victim is called, and by which part of the report. */
function commOf(report: OomReport, pid: number): { comm: string; what: string } | undefined {
  const named = [
    { comm: report.kills.find((kill) => kill.pid === pid)?.comm, what: 'kill line' },
    { comm: report.selected?.pid === pid ? report.selected.comm : undefined, what: 'the one that was selected' },
    { comm: report.tasks?.find((one) => one.pid === pid)?.name, what: 'the task table' },
  ];
  return named.flatMap(({ comm, what }) => (comm === undefined ? [] : [{ comm, what }]))[0];
}

function named(report: OomReport, task: OomTask): Told {
  return factsIn(report).task(`pid ${task.pid}`, { comm: task.name, pid: task.pid });
}

/** Two rows of one size are processes that share their memory, or a fork that has not written yet. */
function same(a: OomTask, b: OomTask): boolean {
  return Math.abs(Number(a.rss) - Number(b.rss)) <= Number(a.rss) * near;
}
