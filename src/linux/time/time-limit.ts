import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';

/** After how long a watchdog of the kernel cries. */
export interface TimeLimit {
  readonly ns: number;
  /** It is the usual one, since what this kernel was set to can't be read. */
  readonly unread?: true;
}

/** A kernel's variable with a watchdog's limit, in seconds. */
export interface LimitSetting {
  readonly variable: 'sysctl_hung_task_timeout_secs' | 'watchdog_thresh' | 'rcu_cpu_stall_timeout';
  readonly usual: number;
  /** Nobody sets it to more: that is damage. */
  readonly most?: number;
}

/** What the kernel was set to; the usual limit where its watchdog is off or not built in, or that can't be read. */
export function timeLimit(kernel: Kernel, { variable, usual, most = Infinity }: LimitSetting): TimeLimit {
  if (!kernel.hasGlobal(variable)) return { ns: usual * 1e9 };
  const seconds = kernel.attempt(variable, () => {
    const set = kernel.global(variable);
    if (set < 0 || set > most) throw new Implausible(`${set} s`);
    return set;
  });
  if (seconds === undefined) return { ns: usual * 1e9, unread: true };
  return { ns: (seconds === 0 ? usual : seconds) * 1e9 };
}

/** Of a finding that rests on it: what it was held against. */
export function limitInEvidence({ variable, usual }: LimitSetting, { unread }: TimeLimit): readonly string[] {
  return unread ? [`${variable} can't be read: compared with the default ${usual} s.`] : [];
}
