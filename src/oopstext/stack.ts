import { isCheck, isChecking } from '../faults/checks.js';
import type { Place } from '../timeline/event.js';
import { anyOf } from '../words/any-of.js';
import type { OopsText } from './oops-text.js';
import { PANICKING } from './panic-in-words.js';

/** What runs because a watchdog or a check reports, above what it found. */
const WATCHING = anyOf(
  /show_\w+|dump_\w+|\w*backtrace\w*|nmi_\w+|(?:default_)?do_nmi|\w*_nmi|end_repeat_nmi|warn_slowpath_\w+|__warn/,
  /watchdog_\w+|__perf_event_overflow|perf_event_\w+|intel_pmu_handle_irq|x86_pmu_handle_irq|kasan_\w+|__kasan_\w+/,
  /print_\w+|check_cpu_stall|rcu_\w+|sched_show_task|update_process_times|tick_\w+|_{0,2}hrtimer_\w+/,
  /\w*timer_interrupt|(?:asm_)?sysvec_\w+|__asan_\w+/,
);

/** What prints a report of the exception that it handles. */
export const REPORTING = anyOf(
  /_{0,2}die\w*|show_regs\w*|page_fault_oops|no_context|kernelmode_fixup_or_oops|\w*bad_area\w*|fixup_exception/,
  /(?:asm_)?exc_\w+|do_(?:user_addr_fault|kern_addr_fault|trap|error_trap|general_protection)|search_\w+/,
  /(?:(?:_{0,2}do|async)_)?page_fault/,
);

/** Where kernel code begins: what it ran into is no doing of these. */
const ENTERING = anyOf(
  /entry_\w+|ret_from_\w+|do_syscall_\w+|system_call\w*|kthread|worker_thread|process_(?:one_work|scheduled_works)|kthread_worker_fn/,
);

/** A report begins so far above where its place stands at most. */
const mostAbove = 32;

/** Who called what the report is of, innermost first: of what a check found who ran into it. */
export function stackOf({ trace, place, interrupted, fault }: OopsText): readonly Place[] {
  const top = place ?? interrupted?.place;
  // Of an exhausted stack the innermost function may stand on it many times; above where a task waits is for what.
  const isWhole = fault === 'stack guard page' || fault === 'hung task';
  const at = isWhole ? -1 : trace.findIndex((one, i) => i < mostAbove && one.function === top?.function);
  const below = trace.slice(at + 1);
  if (at >= 0) return below;
  const isOfCheck = top === undefined && (fault === 'debug check' || fault === 'corruption');
  return below.slice(below.findIndex((one) => !isOfReport(one) && !(isOfCheck && isChecking(one.function))) >>> 0);
}

/**
 * Who called a check; undefined where the stack does not say. A frame at the very beginning of a function is where a
 * call would have come back to that never does: the caller is of what stands before it.
 */
export function callerOfCheck(oops: OopsText): Place | undefined {
  const caller = stackOf(oops).find((one) => !isCheck(one.function));
  return caller === undefined || caller.offset === 0 || ENTERING.test(caller.function) ? undefined : caller;
}

/** Whether it ran because something was reported. */
export function isOfReport({ function: name }: Place): boolean {
  return PANICKING.test(name) || WATCHING.test(name);
}
