/** Who makes no progress: hung tasks, stuck CPUs, and what the watchdogs said and would say of them. */
export { stallFindingKinds, stallFindings } from './judge-stalls.js';
export { cpuProgress, hungTasks, hungTaskTimeout, type CpuProgress, type HungTask } from './watchdogs.js';
export { watchdogReports, type WatchdogReport } from '../linux/printk/watchdog-reports.js';
