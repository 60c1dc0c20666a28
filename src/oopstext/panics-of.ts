import type { TextFault } from './oops-text.js';

/** By its message, which report a panic may be about where it follows one. */
const about: Readonly<Partial<Record<TextFault, RegExp>>> = {
  warning: /panic_on_warn|warn_limit|warned too often/,
  corruption: /panic_on_(?:warn|kmsan)|warned too often|kasan|kfence|KASAN|KFENCE|KMSAN/,
  'debug check': /panic_on_warn|warned too often|scheduling while atomic/,
  'soft lockup': /^softlockup/,
  'hard lockup': /LOCKUP|hard lockup/,
  'rcu stall': /RCU [Ss]tall/,
  'hung task': /^hung_task/,
};

/** What comes of itself: no oops before makes it. */
const ofItsOwn =
  /^(?:Out of memory|System is deadlocked|hung_task|softlockup|RCU [Ss]tall|Hard LOCKUP|VFS: Unable to mount|No (?:working )?init|sysrq|SysRq)/;

/** Whether a panic that comes soon behind a report is what it ended in. */
export function isPanicOf(fault: TextFault, message: string): boolean {
  if (fault === 'panic') return false;
  return about[fault]?.test(message) ?? !ofItsOwn.test(message);
}
