import { stacksOf } from '../../arch/stack/stack-architectures.js';
import type { Kernel } from '../../kernel/kernel.js';

/**
 * Functions that stand on a stack because the kernel was dying, and not for what it did: by what the kernel's sources
 * call them, without what a compiler appended. What is of one architecture is in `StackArchitecture.dyingFunctions`.
 */

/** What runs once it is settled that the kernel goes no further: kernel/{panic,crash_core,kexec_core}.c. */
const dying = named(
  'panic|vpanic|nmi_panic|panic_smp_self_stop|nmi_panic_self_stop|panic_other_cpus_shutdown|oops_exit',
  'crash_kexec|__crash_kexec|crash_save_cpu',
);

/** What gives up on the code that an exception came over. */
const oops = named('__warn|report_bug|__report_bug|check_panic_on_warn');

/** What looks after a CPU from an NMI: what interrupted the CPU for it, is not what the CPU did. */
const fromNmi = named('watchdog_overflow_callback|watchdog_hardlockup_check');

/** What stands between that and what went wrong: watchdogs with their timers, and checks. */
const between = named(
  '__perf_event_overflow|perf_event_overflow|nmi_cpu_backtrace\\w*|nmi_trigger_cpumask_backtrace|arch_trigger_cpumask_backtrace',
  'watchdog_timer_fn|watchdog_overflow_callback|watchdog_hardlockup_check|watchdog_buddy_check_hardlockup',
  '(?:__)?run_hrtimer|__hrtimer_run_queues|hrtimer_interrupt|hrtimer_run_queues|tick_sched_timer|tick_nohz_handler',
  'tick_sched_handle|tick_periodic|tick_handle_periodic|update_process_times|scheduler_tick|sched_tick',
  'rcu_sched_clock_irq|(?:__)?rcu_pending|check_cpu_stall|print_cpu_stall|print_other_cpu_stall|panic_on_rcu_stall|rcu_check_callbacks',
  'check_hung_task|check_hung_uninterruptible_tasks|hung_task_info|notify_die|irqentry_\\w+|irq_enter\\w*|irq_exit\\w*|irq_work_run\\w*',
  '__stack_chk_fail|__warn|warn_slowpath_fmt|warn_slowpath_null|__warn_printk|check_panic_on_warn|__WARN_trap|report_bug|__report_bug',
);

function named(...alternatives: readonly string[]): RegExp {
  return new RegExp(`^(?:${alternatives.join('|')})$`);
}

export function isDying(kernel: Kernel, name: string): boolean {
  return dying.test(name) || stacksOf(kernel).dyingFunctions.dying.test(name);
}

/** Whether a function is of the machinery that found the fault or was stopped by it. */
export function isMachinery(kernel: Kernel, name: string): boolean {
  return between.test(name) || stacksOf(kernel).dyingFunctions.handlers.test(name) || isDying(kernel, name);
}

/** Whether a function gives up on the code that an exception came over; what else a handler calls, it does itself. */
export function isOops(kernel: Kernel, name: string): boolean {
  return oops.test(name) || stacksOf(kernel).dyingFunctions.oops.test(name);
}

/** Whether a function that runs in an NMI watches over the code that the NMI came over. */
export function isWatchOfNmi(name: string): boolean {
  return fromNmi.test(name);
}
