import type { LogLine } from '../plugin/views.js';
import { timestamp } from './format-value.js';

/** What stands before a record's text, as dmesg prints it: "[    1.234567][   T12]"; '' where it has neither. */
export function logLead(line: LogLine): string {
  return `${line.timeNs === undefined ? '' : timestamp(line.timeNs)}${afterStamp(line)}`;
}

/** "[   T12]", with CONFIG_PRINTK_CALLER; else ''. */
export function afterStamp({ caller }: LogLine): string {
  return caller === undefined ? '' : `[${caller.padStart(6)}]`;
}
