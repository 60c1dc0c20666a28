import type { LogLine } from '../words/views.js';
import { timestamp } from './format-value.js';

/** What stands before a record's text, as dmesg prints it: "[    1.234567][   T12]"; '' where it has neither. */
export function logLead(line: LogLine): string {
  return `${line.timeNs === undefined ? '' : timestamp(line.timeNs)}${afterStamp(line)}`;
}

/** How a record of this level is painted: KERN_EMERG to KERN_ERR, and KERN_WARNING. */
export function meaningOfLevel(level: number | undefined): 'bad' | 'warning' | undefined {
  if (level === undefined || level > 4) return undefined;
  return level === 4 ? 'warning' : 'bad';
}

/** "[   T12]", with CONFIG_PRINTK_CALLER; else ''. */
export function afterStamp({ caller }: LogLine): string {
  return caller === undefined ? '' : `[${caller.padStart(6)}]`;
}
