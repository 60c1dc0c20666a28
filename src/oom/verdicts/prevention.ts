import { size, sizeOfKB, counted } from '../../words/quantity.js';
import { amount, pageKB, type OomReport } from '../model.js';
import { exactKB, share } from '../quantity.js';
import { notSo, so, type Judgement, type Verdict } from '../verdict.js';
import { isOfMachine, managedKB } from '../zones.js';
import { usedOf } from './kernel-held.js';
import { consumers, largestTask } from './memory-held.js';
import { isByHand } from './nothing-wrong.js';
import { zoneTries } from './watermark.js';

/** A cache that is this much of all unreclaimable slab, and this much of memory, is not a busy machine's: it leaks. */
const leakOfSlab = 0.4;
const leakOfMemory = 0.15;
const notable = 0.15;

/** What an operator can do so that it does not happen again. */
export const prevention: Verdict = {
  id: 'oom.prevention',
  judge(report) {
    const advice = report.kind === 'show-mem' ? [] : [
      ...limitTooSmall(report), ...slabLeak(report), ...hugetlbUnused(report), ...tmpfsFull(report), ...protectedConsumer(report), ...boundToNodes(report),
      ...fragmentation(report), ...noSwap(report), ...byHand(report),
    ];
    return advice.length === 0 ? notSo('nothing in the report suggests a remedy') : so(...advice);
  },
};

function limitTooSmall(report: OomReport): Judgement[] {
  if (isOfMachine(report) || report.kind !== 'oom') return [];
  const memory = report.memcg?.counters.find((counter) => counter.name === 'memory');
  const limit = memory?.limitKB;
  if (limit === undefined || limit === null) return [];
  const top = largestTask(report.tasks);
  const wants = top === undefined ? 'what runs in it' : `${top.name} (virtual size ${sizeOfKB(Number(top.totalVm) * pageKB(report))})`;
  return [advice('limit', 48, 'likely', `Raise the limit of ${report.memcg!.path ?? 'the cgroup'} above ${sizeOfKB(limit)}, or make ${wants} use less: the limit is too small for the workload.`,
    [`limit ${exactKB(limit)}, hit ${counted(memory!.failures, 'time')}`])];
}

function slabLeak(report: OomReport): Judgement[] {
  const whole = managedKB(report, pageKB(report));
  const caches = report.slab?.caches ?? report.beyond?.slabCaches?.filter((cache) => !cache.reclaimable);
  if (whole === undefined || caches === undefined || caches.length === 0) return [];
  const slab = caches.reduce((sum, cache) => sum + Number(cache.totalKB), 0);
  const top = caches.toSorted((a, b) => Number(b.totalKB) - Number(a.totalKB))[0]!;
  const size = Number(top.totalKB);
  if (size < slab * leakOfSlab || size < whole * leakOfMemory) return [];
  const used = top.usedKB === undefined ? 'how much of that is in use can\'t be read' : Number(top.usedKB) >= size * 0.9 ? 'its objects are in use and grow: a leak' : 'many of its objects are free: it is fragmented';
  return [advice('slab', 58, size > slab * 0.6 ? 'likely' : 'possible', `Find who allocates from the slab cache ${top.name}: it alone has ${sizeOfKB(size)} (${share(size, slab)} of all unreclaimable slab), and ${used}.`,
    [`${top.name}: ${usedOf(top)}; all caches in the list ${exactKB(slab)}`])];
}

function hugetlbUnused(report: OomReport): Judgement[] {
  if (!isOfMachine(report)) return [];
  const whole = managedKB(report, pageKB(report));
  const pools = report.hugepages;
  if (whole === undefined || pools === undefined) return [];
  const unused = pools.reduce((sum, pool) => sum + Number(pool.free) * pool.sizeKB, 0);
  if (unused < whole * notable) return [];
  return [advice('hugetlb', 58, 'certain', `Make the hugetlb pool smaller (vm.nr_hugepages): ${sizeOfKB(unused)} of it is free, and closed to all else.`,
    pools.filter((pool) => Number(pool.free) > 0).map((pool) => `node ${pool.node}: ${pool.free} of ${counted(pool.total, 'page')} of ${pool.sizeKB} kB free`))];
}

function tmpfsFull(report: OomReport): Judgement[] {
  if (!isOfMachine(report)) return [];
  const shares = consumers(report);
  const shmem = shares?.consumers.find((consumer) => consumer.kind === 'shmem')?.kB;
  if (shares === undefined || shmem === undefined || shmem < shares.managedKB * notable * 2) return [];
  const mount = report.beyond?.tmpfs?.toSorted((a, b) => b.usedPages - a.usedPages)[0];
  const file = mount?.largest?.[0];
  const what = mount === undefined ? 'the tmpfs mounts (and /dev/shm)' : `the tmpfs ${mount.mount}`;
  return [advice('tmpfs', 54, mount === undefined ? 'possible' : 'likely', `Put a limit on ${what}, and remove what lies there${file === undefined ? '' : `: ${file.path} alone has ${size(file.bytes)}`}; no kill frees it.`,
    [`shmem ${exactKB(shmem)} of ${exactKB(shares.managedKB)}`])];
}

function protectedConsumer(report: OomReport): Judgement[] {
  const top = largestTask(report.tasks);
  const whole = isOfMachine(report) ? managedKB(report, pageKB(report)) : amount(report.memcg?.counters[0]?.usageKB);
  if (top === undefined || whole === undefined || top.oomScoreAdj >= 0) return [];
  const size = Number(top.rss) * pageKB(report);
  if (size < whole * notable) return [];
  return [advice('adj', 52, 'likely', `Give ${top.name} (pid ${top.pid}) a limit of its own, or take its oom_score_adj of ${top.oomScoreAdj} away: the OOM killer passes over what holds ${sizeOfKB(size)}.`,
    [`${top.name}: rss ${exactKB(size)}, oom_score_adj ${top.oomScoreAdj}`])];
}

function boundToNodes({ event }: OomReport): Judgement[] {
  if (event.constraint === 'CONSTRAINT_CPUSET') {
    return [advice('cpuset', 56, 'certain', `Let the cpuset ${event.cpuset ?? 'of the task'} use more memory nodes (cpuset.mems is ${event.memsAllowed ?? 'not printed'}), or spread its tasks.`, [`mems_allowed=${event.memsAllowed ?? '?'}`])];
  }
  if (event.constraint === 'CONSTRAINT_MEMORY_POLICY') {
    return [advice('policy', 56, 'certain', `Let the task prefer its nodes rather than be bound to them (MPOL_PREFERRED in place of MPOL_BIND; nodemask ${event.nodemask ?? 'not printed'}).`, [`nodemask=${event.nodemask ?? '?'}`])];
  }
  return [];
}

function fragmentation(report: OomReport): Judgement[] {
  const tries = zoneTries(report);
  const { order } = report.event;
  if (tries === undefined || order === undefined || order <= 0 || !tries.some((one) => one.fragmented)) return [];
  return [advice('order', 50, 'likely', `Request smaller contiguous allocations: memory is there, but not ${2 ** order} contiguous pages; a larger vm.min_free_kbytes keeps more large blocks.`, tries.map((one) => one.arithmetic))];
}

function noSwap(report: OomReport): Judgement[] {
  if (!isOfMachine(report) || report.kind !== 'oom' || isByHand(report) || amount(report.swap?.totalKB) !== 0) return [];
  // Where the other nodes have memory, the binding is to be changed, not the machine.
  if (boundToNodes(report).length > 0) return [];
  const shares = consumers(report);
  if (shares === undefined) return [];
  const movable = shares.consumers.filter(({ kind }) => kind === 'anon' || kind === 'shmem').reduce((sum, consumer) => sum + consumer.kB, 0);
  if (movable < shares.managedKB * 0.3) return [];
  return [advice('swap', 40, 'possible', `Add swap or zram, or memory: ${sizeOfKB(movable)} of anonymous and shared memory had nowhere to go; swap gives time, not a cure, where a process grows without end.`, ['Total swap = 0 kB'])];
}

function byHand(report: OomReport): Judgement[] {
  if (!isByHand(report)) return [];
  return [advice('sysrq', 50, 'certain', 'Ask who wrote "f" to /proc/sysrq-trigger or pressed SysRq-f: the kernel did not start this by itself.', [report.event.caller.because])];
}

function advice(part: string, weight: number, certainty: Judgement['certainty'], sentence: string, evidence: readonly string[]): Judgement {
  return { id: `oom.prevention.${part}`, weight, certainty, moment: 'report', sentence, evidence };
}
