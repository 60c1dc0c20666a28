import type { Kernel } from '../../kernel/kernel.js';
import { kernelRecords } from './kernel-records.js';
import type { LogRecord } from './log-entry.js';

/** What a watchdog printed. */
export interface WatchdogReport {
  readonly kind: 'soft lockup' | 'hard lockup' | 'hung task' | 'RCU stall' | 'workqueue lockup' | 'CSD lock';
  readonly record: LogRecord;
  readonly cpu?: number;
  readonly pid?: number;
  readonly seconds?: number;
}

const FORMS: readonly (readonly [WatchdogReport['kind'], RegExp])[] = [
  ['soft lockup', /soft lockup - CPU#(?<cpu>\d+) stuck for (?<seconds>\d+)s/],
  ['hard lockup', /hard LOCKUP on cpu (?<cpu>\d+)/i],
  ['hung task', /^INFO: task .{1,32}:(?<pid>\d+) (?:<\w+> )?blocked for more than (?<seconds>\d+) seconds/],
  ['RCU stall', /INFO: rcu_\w+ (?:self-)?detected (?:expedited )?stalls?/],
  ['workqueue lockup', /BUG: workqueue lockup - pool.* stuck for (?<seconds>\d+)s/],
  ['CSD lock', /csd: Detected (?:non-responsive|CSD lock)/],
];

/** What the kernel's own watchdogs have said, in the order of the log. Only the kernel's own lines count. */
export function watchdogReports(kernel: Kernel): readonly WatchdogReport[] {
  return kernel.once('watchdog reports', () => {
    const found: WatchdogReport[] = [];
    for (const record of kernelRecords(kernel)) {
      for (const [kind, form] of FORMS) {
        const match = form.exec(record.text);
        if (match === null) continue;
        const number = (name: string) =>
          match.groups?.[name] === undefined ? {} : { [name]: Number(match.groups[name]) };
        found.push({ kind, record, ...number('cpu'), ...number('pid'), ...number('seconds') });
        break;
      }
    }
    return found;
  });
}
