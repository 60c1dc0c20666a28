import { exactly } from '../../words/known-facts.js';
import { told, type Told } from '../../words/told.js';
import { amount, memcgCounter, pageKB, type OomReport, type TmpfsState } from '../model.js';
import { factsIn } from '../report-facts.js';
import { conclude, findingKind, type Finding } from '../../words/finding.js';
import { taskSubject } from '../../words/subject.js';
import { cgroupSubject, wholeKB } from '../scope.js';
import { notSo, so, type Verdict } from '../verdict.js';
import { isOfMachine, managedKB } from '../zones.js';
import { usedOf } from './kernel-held.js';
import { consumers } from './consumers.js';
import { largestTask } from './process-held.js';
import { isByHand } from './nothing-wrong.js';
import { holdersOf, isSysV, livesByItsHolders } from './shmem-held.js';
import { zoneTries } from './watermark.js';

const limitAdvice = findingKind({
  id: 'oom.prevention.limit',
  meaning: 'Raise the limit of the cgroup, or make what runs in it use less.',
  when: "a cgroup's limit was hit and is known",
  moment: 'report',
  step: 'likely',
});

const slabAdvice = findingKind({
  id: 'oom.prevention.slab',
  meaning: 'Find who allocates from the largest slab cache.',
  when: 'one cache is 40 % or more of the slab listed, and 15 % or more of the memory',
  moment: 'report',
  step: 'likely',
});

const hugetlbAdvice = findingKind({
  id: 'oom.prevention.hugetlb',
  meaning: 'Make the hugetlb pool smaller.',
  when: '15 % of the memory or more is free in hugetlb pools',
  moment: 'report',
  step: 'certain',
});

const tmpfsAdvice = findingKind({
  id: 'oom.prevention.tmpfs',
  meaning: 'Limit a tmpfs and remove files there, or see to those that hold what has no name any more.',
  when: 'shmem and tmpfs are 30 % of the memory or more',
  moment: 'report',
  step: 'likely',
});

const adjAdvice = findingKind({
  id: 'oom.prevention.adj',
  meaning: 'Give the largest process a limit of its own, or take its negative oom_score_adj away.',
  when: 'the largest process holds 15 % or more and has a negative oom_score_adj',
  moment: 'report',
  step: 'likely',
});

const cpusetAdvice = findingKind({
  id: 'oom.prevention.cpuset',
  meaning: 'Let the cpuset use more memory nodes, or spread its tasks.',
  when: 'the constraint is a cpuset',
  moment: 'report',
  step: 'certain',
});

const policyAdvice = findingKind({
  id: 'oom.prevention.policy',
  meaning: 'Let the task prefer its nodes rather than be bound to them.',
  when: 'the constraint is a memory policy',
  moment: 'report',
  step: 'certain',
});

const orderAdvice = findingKind({
  id: 'oom.prevention.order',
  meaning: 'Request smaller contiguous allocations, or keep more large blocks free.',
  when: 'a zone had the pages but no block of the order asked for',
  moment: 'report',
  step: 'likely',
});

const swapAdvice = findingKind({
  id: 'oom.prevention.swap',
  meaning: 'Add swap or zram, or memory.',
  when: 'the machine has no swap, and 30 % of its memory or more is anonymous or shared',
  moment: 'report',
  step: 'possible',
});

const sysrqAdvice = findingKind({
  id: 'oom.prevention.sysrq',
  meaning: 'Ask who started the OOM killer manually (sysrq-f).',
  when: 'it was started manually',
  moment: 'report',
  step: 'certain',
});

/** A cache that is this much of all unreclaimable slab, and this much of memory, is not a busy machine's: it leaks. */
const leakOfSlab = 0.4;
const leakOfMemory = 0.15;
const notable = 0.15;

/** What an operator can do so that it does not happen again. */
export const prevention: Verdict = {
  id: 'oom.prevention',
  kinds: [
    limitAdvice,
    slabAdvice,
    hugetlbAdvice,
    tmpfsAdvice,
    adjAdvice,
    cpusetAdvice,
    policyAdvice,
    orderAdvice,
    swapAdvice,
    sysrqAdvice,
  ],
  judge(report) {
    const advice =
      report.kind === 'show-mem'
        ? []
        : [
            ...limitTooSmall(report),
            ...slabLeak(report),
            ...hugetlbUnused(report),
            ...tmpfsFull(report),
            ...protectedConsumer(report),
            ...boundToNodes(report),
            ...fragmentation(report),
            ...noSwap(report),
            ...byHand(report),
          ];
    return advice.length === 0 ? notSo('nothing in the report suggests a remedy') : so(...advice);
  },
};

function limitTooSmall(report: OomReport): Finding[] {
  if (isOfMachine(report) || report.kind !== 'oom') return [];
  const memory = memcgCounter(report.memcg, 'memory');
  const limit = memory?.limitKB;
  if (limit === undefined || limit === null) return [];
  const top = largestTask(report.tasks);
  const { kB, count, word, wordOr } = factsIn(report);
  const wants = (): Told | string => {
    if (top === undefined) return 'what runs in it';
    const size = kB('process.total_vm', Number(top.totalVm) * pageKB(report), 'total_vm of the task table');
    return told`${word('process.comm', top.name, 'the task table')} (virtual size ${size})`;
  };
  const [path, limitTold] = [
    wordOr('oom_memcg', report.memcg!.path, 'the cgroup'),
    kB('memory.limit', limit, 'memory: limit'),
  ];
  return [
    conclude(limitAdvice, {
      subject: cgroupSubject(report),
      sentence: told`Raise the limit of ${path} above ${limitTold}, or make ${wants()} use less: the limit is too small for the workload.`,
      evidence: [
        told`limit ${exactly(limitTold)}, hit ${count('memory.failcnt', memory!.failures, 'time', 'memory: failcnt')}`,
      ],
    }),
  ];
}

/** Caches that grow with the number of tasks: who makes these is sought, not who allocates. */
const ofTasks = new RegExp(
  [
    '^(?:task_struct|thread_stack|cred_jar|signal_cache|sighand_cache|files_cache|fs_cache|mm_struct|vm_area_struct',
    'vma_lock|maple_node|anon_vma(?:_chain)?|pid(?:_\\d+)?|task_group|nsproxy)$',
  ].join('|'),
);

function slabLeak(report: OomReport): Finding[] {
  const whole = managedKB(report, pageKB(report));
  const caches = report.slab?.caches ?? report.beyond?.slabCaches?.filter((cache) => !cache.reclaimable);
  if (whole === undefined || caches === undefined || caches.length === 0) return [];
  const slab = caches.reduce((sum, cache) => sum + Number(cache.totalKB), 0);
  const top = caches.toSorted((a, b) => Number(b.totalKB) - Number(a.totalKB))[0]!;
  const size = Number(top.totalKB);
  if (size < slab * leakOfSlab || size < whole * leakOfMemory || ofTasks.test(top.name)) return [];
  const used = (): string => {
    if (top.usedKB === undefined) return "how much of that is in use can't be read";
    const isLeak = Number(top.usedKB) >= size * 0.9;
    return isLeak ? 'its objects are in use and grow: a leak' : 'many of its objects are free: it is fragmented';
  };
  const { kB, word, share } = factsIn(report);
  const [cache, total, all] = [
    word('cache', top.name, 'the list of slab caches'),
    kB('cache.total', top.totalKB, 'slabs of the cache'),
    kB('slab listed', slab, 'all caches in the list'),
  ];
  return [
    conclude(slabAdvice, {
      subject: { kind: 'slab cache', name: top.name },
      restsOn:
        size > slab * 0.6
          ? []
          : [{ what: 'the cache has less than 60 % of the slab listed: others grow too', certainty: 'possible' }],
      sentence: told`Find who allocates from the slab cache ${cache}: it alone has ${total} (${share(total, all)} of all unreclaimable slab), and ${used()}.`,
      evidence: [told`${cache}: ${usedOf(report, top)}; all caches in the list ${exactly(all)}`],
    }),
  ];
}

function hugetlbUnused(report: OomReport): Finding[] {
  if (!isOfMachine(report)) return [];
  const whole = managedKB(report, pageKB(report));
  const pools = report.hugepages;
  if (whole === undefined || pools === undefined) return [];
  const unused = pools.reduce((sum, pool) => sum + Number(pool.free) * pool.sizeKB, 0);
  if (unused < whole * notable) return [];
  const { kB, count, number } = factsIn(report);
  const free = kB('hugepages.free', unused, 'hugepages_free × hugepages_size of each pool');
  return [
    conclude(hugetlbAdvice, {
      subject: { kind: 'memory', name: 'hugetlb' },
      sentence: told`Make the hugetlb pool smaller (vm.nr_hugepages): ${free} of it is free, and unavailable to anything else.`,
      evidence: pools
        .filter((pool) => Number(pool.free) > 0)
        .map((pool) => {
          const of = `node ${pool.node}`;
          const pages = count(`${of}.hugepages_total`, pool.total, 'page');
          const size = exactly(kB(`${of}.hugepages_size`, pool.sizeKB));
          return told`${of}: ${number(`${of}.hugepages_free`, pool.free)} of ${pages} of ${size} free`;
        }),
    }),
  ];
}

function tmpfsFull(report: OomReport): Finding[] {
  if (!isOfMachine(report)) return [];
  const shares = consumers(report);
  const shmem = shares?.consumers.find((consumer) => consumer.kind === 'shmem')?.kB;
  if (shares === undefined || shmem === undefined || shmem < shares.managedKB * notable * 2) return [];
  const mount = report.beyond?.tmpfs?.toSorted((a, b) => b.usedPages - a.usedPages)[0];
  const { kB, managed } = factsIn(report);
  return [
    conclude(tmpfsAdvice, {
      subject: { kind: 'memory', name: 'shmem' },
      restsOn:
        mount === undefined ? [{ what: 'which mount holds it is not in the report', certainty: 'possible' }] : [],
      sentence: mount === undefined ? told`${limitTmpfs}; no kill frees it.` : againstTmpfs(report, mount),
      evidence: [told`shmem ${exactly(kB('shmem', shmem))} of ${exactly(managed(shares.managedKB))}`],
    }),
  ];
}

const limitTmpfs = 'Put a limit on the tmpfs mounts (and /dev/shm), and remove files there';

/** A limit is for what is mounted, and removing for what has a name: the rest goes with those that hold it. */
function againstTmpfs(report: OomReport, mount: TmpfsState): Told {
  const { kB, bytes, word } = factsIn(report);
  const file = mount.largest?.[0];
  const path = file && word('file', file.path, 'dentries of the mount');
  const size = file && bytes('file.size', file.bytes, 'pages of the file');
  const tmpfs = word('tmpfs', mount.mount, 'mounts');
  const limitIt = (): Told => {
    if (mount.limitPages === null) return told`Put a limit on the tmpfs ${tmpfs}`;
    const has = kB('tmpfs.limit', mount.limitPages * pageKB(report), 'shmem_sb_info.max_blocks');
    return told`Lower the limit of the tmpfs ${tmpfs} (${has})`;
  };
  if (file !== undefined && livesByItsHolders(mount, file)) {
    const holders = holdersOf(report, file);
    const find = mount.internal ? '/proc/PID/fd and /proc/PID/maps name it' : 'lsof +L1 lists such files';
    const begin =
      holders === undefined
        ? told`Find who has ${path!} open or mapped (${find})`
        : told`Make ${holders} close ${path!}, or restart ${file.holders!.length === 1 ? 'it' : 'them'}`;
    const end = 'is freed with the last that has it open or mapped';
    const limit = mount.limitPages === null ? told`; put a limit on the tmpfs ${tmpfs}` : '';
    return mount.internal
      ? told`${begin}: it has ${size!} and ${end}; memory.max of a cgroup limits such memory, a tmpfs's size does not.`
      : told`${begin}: it is deleted, has ${size!} and ${end}${limit}.`;
  }
  const alone = file === undefined ? '' : told`: ${path!} alone has ${size!}`;
  if (mount.internal && file !== undefined && isSysV(file.path))
    return told`Remove SysV segments that nobody needs (ipcs -m, ipcrm)${alone}; no kill frees it.`;
  if (mount.internal) return told`Find who uses shared memory: ${tmpfs}${alone}.`;
  return told`${limitIt()}, and remove files there${alone}; no kill frees it.`;
}

function protectedConsumer(report: OomReport): Finding[] {
  const top = largestTask(report.tasks);
  const whole = wholeKB(report, pageKB(report));
  if (top === undefined || whole === undefined || top.oomScoreAdj >= 0) return [];
  const size = Number(top.rss) * pageKB(report);
  if (size < whole * notable) return [];
  const { kB, number, task, word } = factsIn(report);
  const who = task('process', { comm: top.name, pid: top.pid });
  const [rss, adj] = [
    kB('process.rss', size, 'rss of the task table'),
    number('process.oom_score_adj', top.oomScoreAdj, 'oom_score_adj of the task table'),
  ];
  return [
    conclude(adjAdvice, {
      subject: taskSubject({ comm: top.name, pid: top.pid }),
      sentence: told`Give ${who} a limit of its own, or take its oom_score_adj of ${adj} away: the OOM killer passes over what holds ${rss}.`,
      evidence: [told`${word('process.comm', top.name, 'the task table')}: rss ${exactly(rss)}, oom_score_adj ${adj}`],
    }),
  ];
}

function boundToNodes(report: OomReport): Finding[] {
  const { event } = report;
  const { wordOr } = factsIn(report);
  if (event.constraint === 'CONSTRAINT_CPUSET') {
    const cpuset = wordOr('cpuset', event.cpuset, 'of the task');
    const mems = wordOr('mems_allowed', event.memsAllowed, 'not printed');
    return [
      conclude(cpusetAdvice, {
        subject: { kind: 'nodes' },
        sentence: told`Let the cpuset ${cpuset} use more memory nodes (cpuset.mems is ${mems}), or spread its tasks.`,
        evidence: [`mems_allowed=${event.memsAllowed ?? '?'}`],
      }),
    ];
  }
  if (event.constraint === 'CONSTRAINT_MEMORY_POLICY') {
    const policy = told`MPOL_PREFERRED in place of MPOL_BIND; nodemask ${wordOr('nodemask', event.nodemask, 'not printed')}`;
    return [
      conclude(policyAdvice, {
        subject: { kind: 'nodes' },
        sentence: told`Let the task prefer its nodes rather than be bound to them (${policy}).`,
        evidence: [`nodemask=${event.nodemask ?? '?'}`],
      }),
    ];
  }
  return [];
}

function fragmentation(report: OomReport): Finding[] {
  const tries = zoneTries(report);
  const { order } = report.event;
  if (tries === undefined || order === undefined || order <= 0 || !tries.some((one) => one.fragmented)) return [];
  const pages = factsIn(report).number('pages asked for', 2 ** order, '2^order');
  const keeps = 'a larger vm.min_free_kbytes keeps more large blocks';
  return [
    conclude(orderAdvice, {
      subject: { kind: 'zones' },
      sentence: told`Request smaller contiguous allocations: memory is there, but not ${pages} contiguous pages; ${keeps}.`,
      evidence: tries.map((one) => one.arithmetic),
    }),
  ];
}

function noSwap(report: OomReport): Finding[] {
  if (!isOfMachine(report) || report.kind !== 'oom' || isByHand(report) || amount(report.swap?.totalKB) !== 0)
    return [];
  // Where the other nodes have memory, the binding is to be changed, not the machine.
  if (boundToNodes(report).length > 0) return [];
  const shares = consumers(report);
  if (shares === undefined) return [];
  const movable = shares.consumers
    .filter(({ kind }) => kind === 'anon' || kind === 'shmem')
    .reduce((sum, consumer) => sum + consumer.kB, 0);
  if (movable < shares.managedKB * 0.3) return [];
  const { kB } = factsIn(report);
  const stuck = kB('anonymous and shmem', movable, 'active_anon + inactive_anon + isolated_anon');
  const swapGives = 'swap gives time, not a cure, where a process grows without end';
  return [
    conclude(swapAdvice, {
      subject: { kind: 'machine' },
      sentence: told`Add swap or zram, or memory: ${stuck} of anonymous and shared memory had nowhere to go; ${swapGives}.`,
      evidence: [told`Total swap = ${exactly(kB('swap.total', 0, 'Total swap'))}`],
    }),
  ];
}

function byHand(report: OomReport): Finding[] {
  if (!isByHand(report)) return [];
  return [
    conclude(sysrqAdvice, {
      subject: { kind: 'machine' },
      sentence: told`Ask who wrote "f" to /proc/sysrq-trigger or pressed SysRq-f: the kernel did not start this by itself.`,
      evidence: [report.event.caller.because],
    }),
  ];
}
