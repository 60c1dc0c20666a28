import { exactly } from '../../words/known-facts.js';
import { list, numbered } from '../../words/quantity.js';
import { told, toldJoined, toldList, type KnownFact, type Told } from '../../words/told.js';
import { amount, memcgCounter, pageKB, totalOf, zoneTitle, type OomReport, type ZoneState } from '../model.js';
import { factsIn } from '../report-facts.js';
import { conclude, findingKind, type Finding } from '../../words/finding.js';
import type { Premise } from '../../words/certainty.js';
import { cgroupSubject } from '../scope.js';
import { notSo, so, type Verdict } from '../verdict.js';
import { isOfMachine, zonesAllowed } from '../zones.js';
import { isByHand } from './nothing-wrong.js';

const kind = findingKind({
  id: 'oom.constraint',
  meaning:
    "Whether a limit was the cause while the machine had memory: a cgroup's, a cpuset, a memory policy; or none of them.",
  when: 'the report is of an OOM kill and says its constraint, or leaves out the nodes that the request may not use',
  moment: 'report',
  step: 'certain',
});

/** Counters of the machine and of its zones are read at different moments: a smaller difference says nothing. */
const leastElsewhere = 0.02;

/** Whether a limit was the cause while the machine had memory: a cgroup, a cpuset, a memory policy; or none of them. */
export const constraint: Verdict = {
  id: kind.id,
  kinds: [kind],
  judge(report) {
    if (report.kind !== 'oom') return notSo('no OOM kill');
    if (isByHand(report)) return notSo('it was started manually');
    if (!isOfMachine(report)) return ofMemcg(report);
    const elsewhere = freeElsewhere(report);
    const { event } = report;
    const { word, wordOr } = factsIn(report);
    switch (report.event.constraint) {
      case 'CONSTRAINT_CPUSET': {
        const mems = wordOr('mems_allowed', event.memsAllowed, '?');
        const allows = told`cpuset ${wordOr('cpuset', event.cpuset, 'of the task')} allows node ${mems}`;
        return so(nodesFull(report, 'a cpuset', allows, elsewhere));
      }
      case 'CONSTRAINT_MEMORY_POLICY': {
        const allows = told`the policy's nodemask is ${wordOr('nodemask', event.nodemask, '?')}`;
        return so(nodesFull(report, 'a memory policy', allows, elsewhere));
      }
      case 'CONSTRAINT_NONE': {
        const nodemask = wordOr('nodemask', event.nodemask, 'not printed');
        const mems = wordOr('mems_allowed', event.memsAllowed, 'not printed');
        return so(
          conclude(
            kind,
            {
              subject: { kind: 'machine' },
              sentence: told`No cgroup, cpuset or memory policy limited the request: the machine as a whole was out of memory (constraint none).`,
              evidence: [
                told`constraint=${word('constraint', 'CONSTRAINT_NONE')}, nodemask=${nodemask}, mems_allowed=${mems}`,
              ],
            },
            'no constraint',
          ),
        );
      }
      default:
    }
    if (elsewhere === undefined || !nodesAreMissing(report))
      return notSo('the report does not say, and shows every node');
    return so(
      nodesFull(
        report,
        'a cpuset or a memory policy',
        told`the report leaves out the other nodes, as it does for nodes that the task may not use`,
        elsewhere,
        [
          {
            what: 'which nodes the request may use is concluded from those that the report shows',
            certainty: 'likely',
          },
        ],
      ),
    );
  },
};

function ofMemcg(report: OomReport): ReturnType<Verdict['judge']> {
  const { memcg, event, kills, selected } = report;
  const { kB, count, number, word, wordOr } = factsIn(report);
  const memory = memcgCounter(memcg, 'memory');
  const both = memcgCounter(memcg, 'memory+swap');
  const hit = [memory, both].find(
    (counter) =>
      counter?.limitKB !== undefined &&
      counter.limitKB !== null &&
      Number(counter.usageKB) >= Number(counter.limitKB) * 0.99,
  );
  const path = wordOr('oom_memcg', memcg?.path, 'a memory cgroup');
  const victim =
    (kills[0]?.comm !== undefined && word('victim.comm', kills[0].comm, 'kill line')) ||
    (selected?.comm !== undefined && word('victim.comm', selected.comm, 'the one that was selected')) ||
    (event.comm !== undefined && word('victim.comm', event.comm, 'the task that asked for memory')) ||
    'the victim';
  const below =
    memcg?.taskPath !== undefined && memcg.path !== undefined && memcg.taskPath !== memcg.path
      ? told`; ${victim} runs in ${word('task_memcg', memcg.taskPath)}, below it`
      : '';
  // Only a dump has the machine's counters beside a cgroup's.
  const freePages = totalOf([report.memInfo?.free, report.memInfo?.free_pcp]);
  const free =
    freePages === undefined
      ? undefined
      : kB('free', freePages * pageKB(report), 'NR_FREE_PAGES and pages on per-CPU lists, of all zones');
  if (hit === undefined) {
    const usage = memory && kB('memory.usage', memory.usageKB, 'memory: usage');
    const limit =
      memory === undefined || memory.limitKB === null
        ? ' and it has no limit'
        : told` of ${kB('memory.limit', memory.limitKB, 'memory: limit')}`;
    const how = usage === undefined ? ': its limit was hit' : told`; its own usage is ${usage}${limit}`;
    return so(
      conclude(
        kind,
        {
          subject: cgroupSubject(report),
          restsOn:
            memory === undefined
              ? [{ what: "the cgroup's usage and limit are not in the report", certainty: 'likely' }]
              : [],
          sentence: told`The kill is for ${path}, not for the machine${how}${below}.`,
          evidence: [`constraint=${event.constraint ?? 'not printed'}, oom_memcg=${memcg?.path ?? 'not printed'}`],
        },
        'the limit is not shown',
      ),
    );
  }
  const usage = kB(`${hit.name}.usage`, hit.usageKB, `${hit.name}: usage`);
  const limit = kB(`${hit.name}.limit`, hit.limitKB!, `${hit.name}: limit`);
  const [name, source] = [`${hit.name}.failcnt`, `${hit.name}: failcnt`];
  const used = told`${usage} used of ${limit}`;
  const times = told`it had run into the limit ${count(name, hit.failures, 'time', source)}`;
  const freeTold = free === undefined ? '' : told`; the machine had ${free} free`;
  return so(
    conclude(
      kind,
      {
        subject: cgroupSubject(report),
        sentence: told`The limit of ${path} was hit, not the machine's memory: ${used}, and ${times}${below}${freeTold}.`,
        evidence: [
          told`${hit.name}: usage ${exactly(usage)}, limit ${exactly(limit)}, failcnt ${number(name, hit.failures, source)}`,
          ...(free === undefined
            ? []
            : [told`free on the machine: ${exactly(free)} (no part of the kernel's own report)`]),
        ],
      },
      'a limit was hit',
    ),
  );
}

function nodesFull(
  report: OomReport,
  by: string,
  because: Told,
  elsewhere: Elsewhere | undefined,
  restsOn: readonly Premise[] = [],
): Finding {
  const zones = zonesAllowed(report)?.zones ?? report.zones;
  const here = freeIn(report, zones);
  const closed = zones?.length === 0 ? freeIn(report, report.zones) : [];
  const state = (): Told | string => {
    if (here.length > 0) return told`are full (${toldList(here)})`;
    if (closed.length === 0) return 'were full (their zones are not in the report)';
    return told`have only zones that it may not use (${toldList(closed)}; it asks for a page that can't be moved)`;
  };
  const there =
    elsewhere === undefined
      ? 'what the other nodes have is not in the report'
      : told`${elsewhere.where} ${elsewhere.free} free`;
  if (report.zones === undefined && elsewhere === undefined) {
    return conclude(
      kind,
      {
        subject: { kind: 'nodes' },
        restsOn,
        sentence: told`The request was limited by ${by} (${because}); what its nodes and the others had left is not in the report.`,
        evidence: [because],
      },
      'the nodes are not shown',
    );
  }
  return conclude(
    kind,
    {
      subject: { kind: 'nodes', ...(zones === undefined || zones.length === 0 ? {} : { name: nodesOf(zones) }) },
      restsOn,
      sentence: told`${by[0]!.toUpperCase()}${by.slice(1)} is the cause: the nodes that the request may use ${state()}, while ${there}.`,
      evidence: [because, ...(elsewhere === undefined ? [] : [elsewhere.arithmetic])],
    },
    'its nodes are full',
  );
}

/** "node 0 and 1" */
function nodesOf(zones: readonly ZoneState[]): string {
  return `node ${list([...new Set(zones.flatMap(({ node }) => (node === undefined ? [] : [String(node)])))])}`;
}

function freeIn(report: OomReport, zones: readonly ZoneState[] | undefined): Told[] {
  const { kB } = factsIn(report);
  return [...(zones ?? [])].flatMap((zone) =>
    zone.kB.free === undefined ? [] : [told`${zoneTitle(zone)} ${kB(`${zoneTitle(zone)} free`, zone.kB.free)} free`],
  );
}

interface Elsewhere {
  readonly free: KnownFact;
  readonly where: string;
  readonly arithmetic: Told;
}

/** Free memory that the report's zones do not show: of nodes that were left out. */
function freeElsewhere(report: OomReport): Elsewhere | undefined {
  const page = pageKB(report);
  const { kB } = factsIn(report);
  const others = report.beyond?.otherNodes;
  if (others !== undefined && others.length > 0) {
    const free = others.reduce((sum, node) => sum + node.freePages, 0) * page;
    const parts = others.map(
      ({ node, freePages, managedPages }) =>
        told`node ${String(node)}: ${exactly(kB(`node ${node} free`, freePages * page))} free of ${exactly(kB(`node ${node} managed`, managedPages * page))}`,
    );
    return {
      free: kB('free elsewhere', free, 'free of the other nodes'),
      where: `node ${list(others.map((node) => String(node.node)))} ${numbered(others.length, 'has', 'have')}`,
      arithmetic: toldJoined(parts),
    };
  }
  const all = amount(report.memInfo?.free);
  const shown = report.zones && totalOf(report.zones.map((zone) => zone.kB.free));
  if (all === undefined || shown === undefined) return undefined;
  const rest = all * page - shown;
  const ram = amount(report.totals?.ram);
  if (rest <= 0 || (ram !== undefined && rest < ram * page * leastElsewhere)) return undefined;
  const free = kB('free elsewhere', rest, 'free in all − free of the zones shown');
  const inAll = exactly(kB('free in all', all * page, 'free of Mem-Info'));
  const inZones = exactly(kB('free of the zones shown', shown, 'free'));
  return {
    free,
    where: 'other nodes have',
    arithmetic: told`free in all ${inAll} − in the zones shown ${inZones} = ${exactly(free)} elsewhere`,
  };
}

/** Zones above what the request may use are left out too (since 6.1): only nodes that are not there tell of a limit. */
function nodesAreMissing(report: OomReport): boolean {
  const nodes = report.nodes?.map((node) => node.node);
  if (nodes === undefined || nodes.length === 0) return false;
  return nodes.some((node, i) => node !== i) || zonesAllowed(report)?.highest === 'Movable';
}
