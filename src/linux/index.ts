/** What Linux keeps where: pure readers with typed results, named as the kernel names things. */
export { constant, type Constant, type ConstantName } from './constants.js';
export { cpuRegisters, registersOf, type CpuRegisters } from './cpu-registers.js';
export { currentTask, idleTask, runqueue } from './cpu-tasks.js';
export { cpusIn, totalRamPages, type CpuMask } from './cpus.js';
export { loadAverage } from './load-average.js';
export { moduleBtf, moduleTypes, type ModuleBtf } from './module-types.js';
export { moduleMemory, modules, moduleState, moduleSymbolTable, symbolsOfModule, type Module, type ModuleMemory } from './modules.js';
export { isLogWhole, kernelRecords, logHoles, type LogHole } from './kernel-records.js';
export { lastLogStamp, panicOf, type Panic } from './panic.js';
export { readOrGap } from './read-or-gap.js';
export { lossesInWords, withGaps } from '../kernel/gathered-gaps.js';
export { residentPages, rssOf, type Rss, type RssPages } from './rss.js';
export { kernelTaints, taintsOf, type Taint } from './taint.js';
export { isExiting, isKernelThread, mmFlags, oomMarks, ppidOf, taskCpu, taskState, uidOf, type OomMarks, type TaskState } from './task-state.js';
export {
  allThreads, processes, surveyTasks, taskLabel, taskOfPid, threadsOf, type Task, type TaskSurvey, type UnreadableTask,
} from './tasks.js';
export { crashTime, kernelTime, type KernelTime } from './time.js';
export { vmaPages, vmas, type Vma } from './vma.js';
export { commandLine, hardwareName, uts, type Uts } from './uts.js';
export { isRemark, type LogEntry, type LogRecord, type LogRemark } from './log-entry.js';
export { logRecords, logRecordsByVmcoreinfo } from './printk.js';
export { memoryNodes, nodesInState, onlineNodes, type NodeRef } from './nodes.js';
export { allZones, everyZoneOf, zoneNames, zonesOf, type Watermarks, type Zone } from './zones.js';
export { perCpuPages } from './per-cpu-pages.js';
export { countFreeLists, freeLists, type FreeOrder } from './free-lists.js';
export { memoryTotals, type MemoryTotals } from './memory-totals.js';
export {
  globalNodeCounters, globalNumaCounters, globalZoneCounters, nodeCounterDiffs, nodeCounters, vmEvents, zoneCounterDiffs, zoneCounters,
  type Counters,
} from './vmstat.js';
export { hugetlbPools, type HugetlbPool } from './hugetlb.js';
export { swapAreas, swapTotals, type SwapArea, type SwapTotals } from './swap.js';
export { zramDevices, type Zram } from './zram.js';
export { kernelMemory, type KernelMemory } from './kernel-memory.js';
export { slabCaches, type SlabCache } from './slab.js';
export { cgroupPath } from './cgroup-path.js';
export { allMemcgs, memcgOfTask, readMemcg, type Memcg } from './memcg.js';
export { memcgStat } from './memcg-stat.js';
export { readPageCounter, type PageCounter } from './page-counter.js';
export { memsAllowed, oomLockHolder, oomsInProgress, type OomInProgress } from './oom/oom-control.js';
export { oomCaller, type OomCallerFound } from './oom/oom-caller.js';
export { gfpInWords, gfpNames, type GfpName } from './oom/gfp-names.js';
export { dentryName, dentryPath, inodePath, mountPoint } from './dentry-path.js';
export { tmpfsMounts, type Tmpfs, type TmpfsFile } from './shmem.js';
export { oomCandidates, sumsRss, wouldChoose, type OomCandidate, type OomCandidates, type OomScope } from './oom/candidates.js';
export { printkFormats, type FormatSought } from './oom/printed-formats.js';
export { openPipes, type Pipe } from './pipes.js';
export { oomReaperQueue, oomVictims, type OomVictim } from './oom/victims.js';
export { moduleOfCache } from './oom/slab-owner.js';
export { pageKinds, type PageKind } from './pages/page-layout.js';
export { scanPages, type PageCounts } from './pages/scan-pages.js';
