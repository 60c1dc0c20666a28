/** What Linux keeps where: pure readers with typed results, named as the kernel names things. */
export { statesInWords, taskStateWords } from '../words/task-states.js';
export { constant, type Constant, type ConstantName } from './constants.js';
export { cpuRegisters, registersOf, type CpuRegisters } from './machine/cpu-registers.js';
export { currentTask, idleTask, runqueue } from './sched/cpu-tasks.js';
export { cpusIn, type CpuMask } from './machine/cpus.js';
export { loadAverage } from './sched/load-average.js';
export { moduleBtf, moduleTypes, type ModuleBtf } from './module/module-types.js';
export {
  moduleMemory,
  modules,
  moduleState,
  moduleSymbolTable,
  symbolsOfModule,
  type Module,
  type ModuleMemory,
} from './module/modules.js';
export { isLogWhole, kernelRecords, logHoles, type LogHole } from './printk/kernel-records.js';
export { lastLogStamp, panicOf, type Panic } from './machine/panic.js';
export { lossesInWords, withGaps } from '../kernel/gathered-gaps.js';
export { residentPages, rssOf, type Rss, type RssPages } from './mm/rss.js';
export { kernelTaints, taintsOf, type Taint } from './machine/taint.js';
export {
  isExiting,
  isKernelThread,
  mmFlags,
  oomMarks,
  ppidOf,
  taskCpu,
  taskState,
  uidOf,
  type OomMarks,
  type TaskState,
} from './sched/task-state.js';
export {
  allThreads,
  processes,
  surveyTasks,
  taskLabel,
  taskOfPid,
  threadsOf,
  type Task,
  type TaskSurvey,
  type UnreadableTask,
} from './sched/tasks.js';
export { ticksPerSecond } from './time/jiffies.js';
export { crashTime, kernelTime, type KernelTime } from './time/time.js';
export { timeLimit, type LimitSetting, type TimeLimit } from './time/time-limit.js';
export { vmaPages, vmas, type Vma } from './mm/vma.js';
export { commandLine, hardwareName, uts, type Uts } from './machine/uts.js';
export { isRemark, type LogEntry, type LogRecord, type LogRemark } from './printk/log-entry.js';
export { logRecords, logRecordsByVmcoreinfo } from './printk/log.js';
export { memoryNodes, nodesInState, onlineNodes, type NodeRef } from './mm/nodes.js';
export { allZones, everyZoneOf, zoneNames, zonesOf, type Watermarks, type Zone } from './mm/zones.js';
export { perCpuPages } from './mm/per-cpu-pages.js';
export { countFreeLists, freeLists, type FreeOrder } from './mm/free-lists.js';
export { type MemoryTotals, memoryTotals, totalRamPages } from './mm/memory-totals.js';
export {
  globalNodeCounters,
  globalNumaCounters,
  globalZoneCounters,
  nodeCounterDiffs,
  nodeCounters,
  vmEvents,
  zoneCounterDiffs,
  zoneCounters,
  type Counters,
} from './mm/vmstat.js';
export { hugetlbPools, type HugetlbPool } from './mm/hugetlb.js';
export { swapAreas, swapTotals, type SwapArea, type SwapTotals } from './mm/swap.js';
export { zramDevices, type Zram } from './block/zram.js';
export { kernelMemory, type KernelMemory } from './mm/kernel-memory.js';
export { slabCaches, type SlabCache } from './mm/slab.js';
export { cgroupPath } from './cgroup/cgroup-path.js';
export { allMemcgs, memcgOfTask, readMemcg, type Memcg } from './mm/memcg.js';
export { memcgStat } from './mm/memcg-stat.js';
export { readPageCounter, type PageCounter } from './mm/page-counter.js';
export { memsAllowed, oomLockHolder, oomsInProgress, type OomInProgress } from './oom/oom-control.js';
export { oomCaller, type OomCallerFound } from './oom/oom-caller.js';
export { gfpInWords, gfpNames, type GfpName } from './oom/gfp-names.js';
export { dentryName, dentryPath, inodeName, inodePath, isUnlinked, mountPoint } from './fs/dentry-path.js';
export { openedBy } from './fs/open-files.js';
export { tmpfsMounts, type Tmpfs, type TmpfsFile } from './mm/shmem.js';
export {
  oomCandidates,
  sumsRss,
  wouldChoose,
  type OomCandidate,
  type OomCandidates,
  type OomScope,
} from './oom/candidates.js';
export { printkFormats, type FormatSought } from './oom/printed-formats.js';
export { openPipes, type Pipe } from './fs/pipes.js';
export { oomReaperQueue, oomVictims, type OomVictim } from './oom/victims.js';
export { moduleOfCache } from './oom/slab-owner.js';
export { pageKinds, type PageKind } from './mm/pages/page-layout.js';
export { scanPages, type PageCounts } from './mm/pages/scan-pages.js';
export { asleepNs, endNs, latestNs, onCpuNs, queuedNs, runqueueClockNs } from './sched/how-long.js';
export { policyInWords, runQueues, type RunQueue } from './sched/run-queues.js';
export { gracePeriod, type GracePeriod } from './rcu/grace-period.js';
export { slabObject, type SlabObject } from './mm/slab-object.js';
export { secondsInWords } from '../words/quantity.js';
