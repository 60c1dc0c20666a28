import { isOfNoModule } from '../faults/bad-pointer.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Activation } from '../locks/contexts.js';
import { lastUnloadedModule } from '../linux/module/unloaded-modules.js';
import { spacesOf } from './address-spaces.js';
import type { Ending } from './ending.js';

/** What a module has to take back before it goes, by who comes across it afterwards. */
const left: readonly (readonly [by: RegExp, what: string])[] = [
  [/^(?:__run_timers|run_timer_base|call_timer_fn|expire_timers|timer_expire_remote)$/, 'a timer'],
  [/^(?:__hrtimer_run_queues|__run_hrtimer)$/, 'a high-resolution timer'],
  [/^(?:process_one_work|process_scheduled_works|worker_thread|__queue_work)$/, 'a work item'],
  [/^tasklet_action\w*$/, 'a tasklet'],
  [/^(?:rcu_do_batch|rcu_core|rcu_cpu_kthread)$/, 'a callback of RCU'],
  [/^(?:kthread|ret_from_fork|ret_from_fork_asm)$/, 'a kernel thread'],
  [/^(?:__handle_irq_event_percpu|irq_thread_fn|irq_thread)$/, 'an interrupt handler'],
  [/^(?:notifier_call_chain|(?:blocking|atomic|raw|srcu)_notifier_\w+)$/, 'a notifier'],
  [/^(?:proc_reg_\w+|proc_single_\w+)$/, 'a file in /proc'],
  [/^(?:seq_\w+|full_proxy_\w+|debugfs_\w+)$/, 'a file in debugfs'],
  [/^(?:kernfs_fop_\w+|sysfs_\w+|dev_attr_\w+|kobj_attr_\w+)$/, 'a file in sysfs'],
  [/^(?:chrdev_open|cdev_get)$/, 'a character device'],
  [/^(?:nf_hook_slow\w*|nf_iterate)$/, 'a netfilter hook'],
];

/** "a timer": of an access to, or a call into, where a module was; undefined where nothing tells. */
export function leftBehind(kernel: Kernel, { exception, culprit }: Ending): string | undefined {
  const found = exception?.faulted;
  if (found === undefined) return undefined;
  const spaces = spacesOf(kernel);
  const values = found.noCode
    ? [found.at]
    : [found.access?.address, ...(found.access?.parts ?? []).map(({ value }) => value)];
  if (!values.some((value) => value !== undefined && isOfNoModule(spaces, value))) return undefined;
  const by = (pattern: RegExp) => culprit.activations.some(({ name }: Activation) => pattern.test(name));
  return left.find(([pattern]) => by(pattern))?.[1];
}

/** "a timer left behind by acme": whatever came across it first. */
export function leftBehindProblem(kernel: Kernel, ending: Ending): string | undefined {
  const what = leftBehind(kernel, ending);
  if (what === undefined) return undefined;
  const name = kernel.peek('last_unloaded_module', () => lastUnloadedModule(kernel))?.name;
  return `${what} left behind by ${name ?? 'a module'}`;
}
