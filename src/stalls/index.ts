/** Who makes no progress: hung tasks, stuck CPUs, and what the watchdogs said and would say of them. */
export { stallFindingKinds, stallFindings } from './judge-stalls.js';
export {
  cpuProgress,
  hungTasks,
  hungTaskTimeout,
  watchdogReports,
  type CpuProgress,
  type HungTask,
  type WatchdogReport,
} from './watchdogs.js';
