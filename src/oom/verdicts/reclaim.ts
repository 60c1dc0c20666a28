import { exactly, rounded } from '../../words/known-facts.js';
import { numbered } from '../../words/quantity.js';
import { told, toldList, type Told } from '../../words/told.js';
import { gfpMeaning } from '../gfp.js';
import { amount, memcgCounter, pageKB, totalOf, type OomReport } from '../model.js';
import { factsIn } from '../report-facts.js';
import { conclude, findingKind } from '../../words/finding.js';
import { notSo, so, type Verdict } from '../verdict.js';
import { ownerOfMemory } from '../scope.js';
import { isOfMachine, managedKB } from '../zones.js';
import { isByHand } from './nothing-wrong.js';

const kind = findingKind({
  id: 'oom.reclaim',
  meaning: 'Why reclaim could not free memory for the request.',
  when: 'there is no swap or it is full, the page cache is exhausted, much is unevictable or waits to be written, kswapd gave up, or the request may not wait',
  moment: 'report',
  step: 'certain',
});

/** File pages below this share of memory are the last that programs run from: reclaim finds nothing there. */
const exhaustedCache = 0.01;
/** On a large machine a hundredth is much: what is more than this is not exhausted. */
const someCacheKB = 512 * 1024;
/** Free swap below this share is as good as none: what is left is in pieces, or goes to others. */
const fullSwap = 0.01;
const muchDirty = 0.5;

/** Why reclaim could not help. */
export const reclaim: Verdict = {
  id: kind.id,
  kinds: [kind],
  judge(report) {
    if (isByHand(report)) return notSo('no page was requested: it was started manually');
    const found = isOfMachine(report) ? ofMachine(report) : ofMemcg(report);
    if (found.reasons.length === 0) return notSo('nothing in the report stands in the way of reclaim');
    return so(
      conclude(kind, {
        subject: ownerOfMemory(report),
        sentence: told`Reclaim could not help: ${toldList(found.reasons)}.`,
        evidence: found.evidence,
      }),
    );
  },
};

interface Found {
  readonly reasons: (string | Told)[];
  readonly evidence: (string | Told)[];
}

function ofMachine(report: OomReport): Found {
  const reasons: (string | Told)[] = [];
  const evidence: (string | Told)[] = [];
  const { kB, managed, number, share } = factsIn(report);
  const page = pageKB(report);
  const whole = managedKB(report, page);
  /** undefined where the report lacks one of them. */
  const inKB = (...names: string[]): number | undefined => {
    const pages = totalOf(names.map((name) => report.memInfo?.[name]));
    return pages === undefined ? undefined : pages * page;
  };
  const anonymous = inKB('active_anon', 'inactive_anon');
  const total = amount(report.swap?.totalKB);
  const free = amount(report.swap?.freeKB);
  if (total === 0) {
    reasons.push(
      anonymous === undefined
        ? 'there is no swap'
        : told`there is no swap, so ${kB('anonymous', anonymous, 'active_anon + inactive_anon')} of anonymous memory and shmem can go nowhere`,
    );
    evidence.push(told`Total swap = ${exactly(kB('swap.total', total, 'Total swap'))}`);
  } else if (total !== undefined && free !== undefined && free <= total * fullSwap) {
    const [left, swap] = [kB('swap.free', free, 'Free swap'), kB('swap.total', total, 'Total swap')];
    reasons.push(told`swap is full (${left} of ${swap} left)`);
    evidence.push(told`Free swap ${exactly(left)} of ${exactly(swap)}`);
  }
  const file = inKB('active_file', 'inactive_file');
  if (file !== undefined && whole !== undefined && file < Math.min(whole * exhaustedCache, someCacheKB)) {
    reasons.push(told`the page cache is exhausted (${kB('page cache', file, 'active_file + inactive_file')} left)`);
    evidence.push(
      told`active_file + inactive_file = ${exactly(kB('page cache', file, 'active_file + inactive_file'))} of ${exactly(managed(whole))} managed`,
    );
  }
  const unevictable = inKB('unevictable');
  if (unevictable !== undefined && whole !== undefined && unevictable > whole * 0.1) {
    const locked = kB('unevictable', unevictable);
    reasons.push(told`${locked} (${share(locked, managed(whole))}) is unevictable`);
    evidence.push(told`unevictable ${exactly(locked)}`);
  }
  const waiting = inKB('dirty', 'writeback');
  if (
    file !== undefined &&
    waiting !== undefined &&
    file > 0 &&
    whole !== undefined &&
    waiting > file * muchDirty &&
    waiting > whole * exhaustedCache
  ) {
    const unwritten = kB('unwritten', waiting, 'dirty + writeback');
    reasons.push(told`${unwritten} of the page cache waits to be written`);
    evidence.push(
      told`dirty + writeback = ${exactly(unwritten)} of ${exactly(kB('page cache', file, 'active_file + inactive_file'))} of file pages`,
    );
  }
  const given = report.nodes?.filter((node) => node.allUnreclaimable === true);
  if (given !== undefined && given.length > 0) {
    reasons.push(
      told`kswapd had given up on ${numbered(given.length, 'node')} ${toldList(given.map(({ node }) => number('node', node, 'all_unreclaimable?')))}`,
    );
    evidence.push(...given.map((node) => `Node ${node.node}: all_unreclaimable? yes`));
  }
  const meaning = report.event.gfp === undefined ? undefined : gfpMeaning(report.event.gfp);
  if (report.kind === 'allocation-failure' && meaning !== undefined && !meaning.directReclaim) {
    reasons.push('the request may not wait for it (no __GFP_DIRECT_RECLAIM)');
    evidence.push(`gfp ${report.event.gfp!.names!.join('|')}`);
  }
  return { reasons, evidence };
}

function ofMemcg(report: OomReport): Found {
  const { memcg, swap: ofMachineSwap } = report;
  const reasons: (string | Told)[] = [];
  const evidence: (string | Told)[] = [];
  const { kB } = factsIn(report);
  const swap = memcgCounter(memcg, 'swap');
  const both = memcgCounter(memcg, 'memory+swap');
  const memory = memcgCounter(memcg, 'memory');
  if (amount(ofMachineSwap?.totalKB) === 0) {
    reasons.push('the machine has no swap');
    evidence.push(told`Total swap = ${exactly(kB('swap.total', 0, 'Total swap'))}`);
  } else if (swap?.limitKB !== undefined && swap.limitKB !== null && swap.usageKB >= swap.limitKB) {
    const [usage, limit] = [
      kB('swap.usage', swap.usageKB, 'swap: usage'),
      kB('swap.limit', swap.limitKB, 'swap: limit'),
    ];
    reasons.push(
      Number(swap.limitKB) === 0
        ? 'the cgroup may not swap'
        : told`the cgroup's swap is used up (${usage} of ${limit})`,
    );
    evidence.push(told`swap: usage ${exactly(usage)}, limit ${exactly(limit)}`);
  }
  if (both?.limitKB !== undefined && both.limitKB !== null && memory !== undefined && both.usageKB >= both.limitKB) {
    const [usage, limit] = [
      kB('memory+swap.usage', both.usageKB, 'memory+swap: usage'),
      kB('memory+swap.limit', both.limitKB, 'memory+swap: limit'),
    ];
    reasons.push(told`memory and swap together are at their limit (${limit})`);
    evidence.push(told`memory+swap: usage ${exactly(usage)}, limit ${exactly(limit)}`);
  }
  const stat = memcg?.stat;
  if (stat !== undefined && memory !== undefined && Number(memory.usageKB) > 0) {
    const unit = memcg!.statUnit === 'kB' ? 1 : 1024;
    const lists = totalOf([stat['active_file'], stat['inactive_file']]);
    const file = lists === undefined ? undefined : lists / unit;
    if (file !== undefined && file < Number(memory.usageKB) * exhaustedCache) {
      const cache = kB('page cache', file, 'memory.stat: active_file + inactive_file');
      reasons.push(told`its page cache is exhausted (${cache} left)`);
      evidence.push(
        told`active_file + inactive_file = ${rounded(cache)} of ${exactly(kB('memory.usage', memory.usageKB, 'memory: usage'))}`,
      );
    }
  }
  return { reasons, evidence };
}
