/** Who makes no progress: hung tasks, stuck CPUs, and what the watchdogs said and would say of them. */
export { stallFindingKinds, stallFindings } from './judge-stalls.js';
export { cpuProgress, type CpuProgress } from './watchdogs.js';
export { hungTasks, hungTaskTimeout, type HungTask } from '../locks/waits/hung-tasks.js';
export { watchdogReports, type WatchdogReport } from '../linux/printk/watchdog-reports.js';
