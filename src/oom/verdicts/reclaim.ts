import { list, sizeOfKB, numbered } from '../../words/quantity.js';
import { gfpMeaning } from '../gfp.js';
import { amount, pageKB, totalOf, type OomReport } from '../model.js';
import { exactKB, share } from '../quantity.js';
import { notSo, so, type Verdict } from '../verdict.js';
import { isOfMachine, managedKB } from '../zones.js';
import { isByHand } from './nothing-wrong.js';

/** File pages below this share of memory are the last that programs run from: reclaim finds nothing there. */
const exhaustedCache = 0.01;
/** On a large machine a hundredth is much: what is more than this is not exhausted. */
const someCacheKB = 512 * 1024;
/** Free swap below this share is as good as none: what is left is in pieces, or goes to others. */
const fullSwap = 0.01;
const muchDirty = 0.5;

/** Why reclaim could not help. */
export const reclaim: Verdict = {
  id: 'oom.reclaim',
  judge(report) {
    if (isByHand(report)) return notSo('nobody needed a page: it was by hand');
    const found = isOfMachine(report) ? ofMachine(report) : ofMemcg(report);
    if (found.reasons.length === 0) return notSo('nothing in the report stands in the way of reclaim');
    return so({
      id: this.id, weight: 65, certainty: 'certain', moment: 'report',
      sentence: `Reclaim could not help: ${list(found.reasons)}.`,
      evidence: found.evidence,
    });
  },
};

interface Found { readonly reasons: string[]; readonly evidence: string[] }

function ofMachine(report: OomReport): Found {
  const reasons: string[] = [];
  const evidence: string[] = [];
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
    reasons.push(anonymous === undefined ? 'there is no swap' : `there is no swap, so ${sizeOfKB(anonymous)} of anonymous memory and shmem can go nowhere`);
    evidence.push('Total swap = 0 kB');
  } else if (total !== undefined && free !== undefined && free <= total * fullSwap) {
    reasons.push(`swap is full (${sizeOfKB(free)} of ${sizeOfKB(total)} left)`);
    evidence.push(`Free swap ${exactKB(free)} of ${exactKB(total)}`);
  }
  const file = inKB('active_file', 'inactive_file');
  if (file !== undefined && whole !== undefined && file < Math.min(whole * exhaustedCache, someCacheKB)) {
    reasons.push(`the page cache is exhausted (${sizeOfKB(file)} left)`);
    evidence.push(`active_file + inactive_file = ${exactKB(file)} of ${exactKB(whole)} managed`);
  }
  const unevictable = inKB('unevictable');
  if (unevictable !== undefined && whole !== undefined && unevictable > whole * 0.1) {
    reasons.push(`${sizeOfKB(unevictable)} (${share(unevictable, whole)}) is unevictable`);
    evidence.push(`unevictable ${exactKB(unevictable)}`);
  }
  const waiting = inKB('dirty', 'writeback');
  if (file !== undefined && waiting !== undefined && file > 0 && whole !== undefined && waiting > file * muchDirty && waiting > whole * exhaustedCache) {
    reasons.push(`${sizeOfKB(waiting)} of the page cache waits to be written`);
    evidence.push(`dirty + writeback = ${exactKB(waiting)} of ${exactKB(file)} of file pages`);
  }
  const given = report.nodes?.filter((node) => node.allUnreclaimable === true);
  if (given !== undefined && given.length > 0) {
    reasons.push(`kswapd had given up on ${numbered(given.length, 'node')} ${list(given.map((node) => String(node.node)))}`);
    evidence.push(...given.map((node) => `Node ${node.node}: all_unreclaimable? yes`));
  }
  const meaning = report.event.gfp === undefined ? undefined : gfpMeaning(report.event.gfp);
  if (report.kind === 'allocation-failure' && meaning !== undefined && !meaning.directReclaim) {
    reasons.push('the request may not wait for it (no __GFP_DIRECT_RECLAIM)');
    evidence.push(`gfp ${report.event.gfp!.names!.join('|')}`);
  }
  return { reasons, evidence };
}

function ofMemcg({ memcg, swap: ofMachineSwap }: OomReport): Found {
  const reasons: string[] = [];
  const evidence: string[] = [];
  const counter = (name: string) => memcg?.counters.find((one) => one.name === name);
  const swap = counter('swap');
  const both = counter('memory+swap');
  const memory = counter('memory');
  if (amount(ofMachineSwap?.totalKB) === 0) {
    reasons.push('the machine has no swap');
    evidence.push('Total swap = 0 kB');
  } else if (swap?.limitKB !== undefined && swap.limitKB !== null && swap.usageKB >= swap.limitKB) {
    reasons.push(Number(swap.limitKB) === 0 ? 'the cgroup may not swap' : `the cgroup's swap is used up (${sizeOfKB(swap.usageKB)} of ${sizeOfKB(swap.limitKB)})`);
    evidence.push(`swap: usage ${exactKB(swap.usageKB)}, limit ${exactKB(swap.limitKB)}`);
  }
  if (both?.limitKB !== undefined && both.limitKB !== null && memory !== undefined && both.usageKB >= both.limitKB) {
    reasons.push(`memory and swap together are at their limit (${sizeOfKB(both.limitKB)})`);
    evidence.push(`memory+swap: usage ${exactKB(both.usageKB)}, limit ${exactKB(both.limitKB)}`);
  }
  const stat = memcg?.stat;
  if (stat !== undefined && memory !== undefined && Number(memory.usageKB) > 0) {
    const unit = memcg!.statUnit === 'kB' ? 1 : 1024;
    const lists = totalOf([stat['active_file'], stat['inactive_file']]);
    const file = lists === undefined ? undefined : lists / unit;
    if (file !== undefined && file < Number(memory.usageKB) * exhaustedCache) {
      reasons.push(`its page cache is exhausted (${sizeOfKB(file)} left)`);
      evidence.push(`active_file + inactive_file = ${exactKB(Math.round(file))} of ${exactKB(memory.usageKB)}`);
    }
  }
  return { reasons, evidence };
}
