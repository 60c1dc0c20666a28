import type { SavedRegisters } from '../arch/stack/frame.js';
import type { InterruptionKind } from '../arch/stack/interruption-kind.js';
import { stacksOf } from '../arch/stack/stack-architectures.js';
import type { Kernel } from '../kernel/kernel.js';
import { registersOf } from '../linux/machine/cpu-registers.js';
import type { Gap } from '../words/gap.js';
import { gatherGaps } from '../kernel/gathered-gaps.js';
import { panicOf, type Panic } from '../linux/machine/panic.js';
import { isUnmapped } from '../memory/address-space.js';
import { interruption } from '../locks/findings/interruptions.js';
import { cpuContexts, type Context } from '../locks/contexts.js';
import { defined } from '../words/defined.js';
import { culpritOf, type Culprit } from '../locks/dying/culprit.js';
import { isOops } from '../locks/dying/machinery.js';
import { faulted, warned, type Faulted } from './exception.js';

/** A setting of the kernel that makes a panic of what it would go on after; two where code asks both. */
export type Policy =
  | 'panic_on_oops'
  | 'oops_limit'
  | 'panic_on_oom'
  | 'panic_on_warn or warn_limit'
  | 'softlockup_panic'
  | 'hardlockup_panic'
  | 'hung_task_panic'
  | 'panic_on_rcu_stall'
  | 'unknown_nmi_panic or panic_on_unrecovered_nmi'
  | 'panic_on_unrecovered_nmi'
  | 'panic_on_io_nmi';

/** How the kernel ended, by what its own functions on the stack of the CPU that panicked say. */
export type EndingKind =
  | 'exception'
  | 'bug'
  | 'warning'
  | 'stack protector'
  | 'machine check'
  | 'policy'
  | 'out of memory'
  | 'init killed'
  | 'no root'
  | 'no init'
  | 'by hand'
  | 'panic';

/** The end of a kernel that panicked, or that started its crash kernel. */
export interface Ending {
  readonly kind: EndingKind;
  readonly panic: Panic;
  /** What of the log could not be read: the stacks and registers that all else is made of are elsewhere. */
  readonly logGaps: readonly Gap[];
  readonly context: Context;
  readonly culprit: Culprit;
  /** What made a panic of it, where that is a setting. */
  readonly policy?: Policy;
  /** out_of_memory() found nobody to kill. */
  readonly nobodyLeft?: true;
  /** It died of an oops that the kernel would have gone on after: of what it was in the stack has nothing. */
  readonly rewound?: true;
  readonly exception?: { readonly kind: InterruptionKind; readonly faulted: Faulted };
}

/**
 * How the kernel ended; undefined where it did not panic, or the stack of the CPU that did is not to be had. Of the log
 * the panic's message alone is part of it.
 */
export function endingOf(kernel: Kernel): Ending | undefined {
  return kernel.once('ending', () => {
    const { result: panic, gaps: logGaps } = gatherGaps(kernel, () => panicOf(kernel));
    const context = cpuContexts(kernel).find(({ cpu }) => cpu !== undefined && cpu === panic?.cpu);
    if (panic === undefined || context === undefined) return undefined;
    const culprit = culpritOf(kernel, context);
    const base = { panic, logGaps, context, culprit };
    if (culprit.machinery.length === 0) {
      const exception = atItsRegisters(kernel, context);
      return exception && { ...base, kind: kindOf(exception.faulted), exception };
    }
    return { ...base, ...whichKind(kernel, base) };
  });
}

/** By a function of the machinery, or the one that called it: the first that is found tells. */
const byMachinery: readonly (readonly [functions: RegExp, kind: EndingKind, policy?: Policy])[] = [
  [/^sysrq_handle_crash$/, 'by hand'],
  [/^(?:mce_panic|do_machine_check)$/, 'machine check'],
  // The buddy detector of 6.5 and later runs in the soft lockup watchdog's timer.
  [
    /^(?:watchdog_(?:overflow_callback|hardlockup_check)|watchdog_buddy_check_hardlockup)$/,
    'policy',
    'hardlockup_panic',
  ],
  [/^watchdog_timer_fn$/, 'policy', 'softlockup_panic'],
  [/^(?:check_hung_task|check_hung_uninterruptible_tasks|hung_task_info)$/, 'policy', 'hung_task_panic'],
  [
    /^(?:panic_on_rcu_stall|print_(?:cpu|other_cpu)_stall|check_cpu_stall|rcu_sched_clock_irq)$/,
    'policy',
    'panic_on_rcu_stall',
  ],
  [/^unknown_nmi_error$/, 'policy', 'unknown_nmi_panic or panic_on_unrecovered_nmi'],
  [/^(?:pci_serr_error|mem_parity_error)$/, 'policy', 'panic_on_unrecovered_nmi'],
  [/^io_check_error$/, 'policy', 'panic_on_io_nmi'],
  [/^__stack_chk_fail$/, 'stack protector'],
  [/^(?:__warn|check_panic_on_warn|warn_slowpath_(?:fmt|null)|__WARN_trap)$/, 'warning', 'panic_on_warn or warn_limit'],
];

/** The same by the function that called panic() itself. */
const callers: readonly (readonly [functions: RegExp, kind: EndingKind, policy?: Policy])[] = [
  [/^watchdog$/, 'policy', 'hung_task_panic'], // of khungtaskd, with what checks inlined
  [/^(?:out_of_memory|mem_cgroup_out_of_memory|pagefault_out_of_memory|check_panic_on_oom)$/, 'out of memory'],
  [/^(?:do_exit|make_task_dead|do_group_exit)$/, 'init killed'],
  [/^(?:mount_(?:block_)?root(?:_generic)?|prepare_namespace|mount_nodev_root)$/, 'no root'],
  [/^kernel_init$/, 'no init'],
  [/^sysrq_handle_crash$/, 'by hand'],
];

/** What a task that oopsed ends in. */
const REWOUND = /^(?:make_task_dead|rewind_stack_and_make_dead)$/;

function whichKind(
  kernel: Kernel,
  { panic, context, culprit }: Pick<Ending, 'panic' | 'context' | 'culprit'>,
): Pick<Ending, 'kind' | 'policy' | 'nobodyLeft' | 'rewound' | 'exception'> {
  const { machinery, activations, by } = culprit;
  // Before 5.0 sysrq-c wrote to address 0, and the oops is what was asked for.
  if (activations[0]?.name === 'sysrq_handle_crash') return { kind: 'by hand' };
  const names = machinery.map(({ name }) => name);
  const saved = activations[0]?.frame.entry;
  const found = byMachinery.find(([pattern]) => names.some((name) => pattern.test(name)));
  if (found !== undefined) {
    const [, kind, policy] = found;
    const isWarned = kind === 'warning' && saved !== undefined && by !== undefined;
    return {
      kind,
      ...defined({ policy, exception: isWarned ? { kind: by.kind, faulted: warned(kernel, saved) } : undefined }),
    };
  }
  if (by !== undefined && saved !== undefined && machinery.some(({ name }) => isOops(kernel, name))) {
    const exception = { kind: by.kind, faulted: faulted(kernel, saved, by.kind) };
    const policy: Policy | undefined = isPanicOnOops(kernel, panic, context, culprit) ? 'panic_on_oops' : undefined;
    return { kind: kindOf(exception.faulted), exception, ...defined({ policy }) };
  }
  // An oops that the kernel would go on after leaves nothing of what it was in: the stack begins anew.
  if (names.some((name) => REWOUND.test(name))) {
    if (names.includes('do_exit') && isInit(kernel, context)) return { kind: 'init killed', rewound: true };
    return isOneTooMany(kernel, panic)
      ? { kind: 'policy', policy: 'oops_limit', rewound: true }
      : { kind: 'panic', rewound: true };
  }
  const [caller] = activations;
  const [, kind = 'panic', policy] =
    callers.find(([pattern]) => caller !== undefined && pattern.test(caller.name)) ?? [];
  if (kind === 'init killed' && !isInit(kernel, context)) return { kind: 'panic' };
  if (kind === 'out of memory') return { kind, ...whyPanicOfOom(kernel, panic) };
  return { kind, ...defined({ policy }) };
}

/** Other code traps with the same instruction: a BUG() has its entry in the table. */
function kindOf({ bug }: Faulted): EndingKind {
  return bug === undefined ? 'exception' : 'bug';
}

/** oops_end(): within an interrupt an oops is a panic whatever is set, and its message is another one. */
function isPanicOnOops(kernel: Kernel, { message }: Panic, context: Context, { segment }: Culprit): boolean {
  if (message !== undefined && message !== 'Fatal exception') return false;
  const below = context.segments.slice(segment, -1).map((_, i) => interruption(kernel, context, segment + i)?.kind);
  if (message === undefined && below.some((kind) => kind === 'interrupt' || kind === 'NMI')) return false;
  return (
    kernel.hasGlobal('panic_on_oops') &&
    kernel.attempt('panic_on_oops', () => kernel.global('panic_on_oops') !== 0) === true
  );
}

/** make_task_dead() counts the oops only after it panicked for the idle task and for what died in an interrupt. */
function isOneTooMany(kernel: Kernel, { message }: Panic): boolean {
  if (message !== undefined) return message.startsWith('Oopsed too often');
  if (!kernel.hasGlobal('oops_limit') || !kernel.hasGlobal('oops_count')) return false;
  const limit = kernel.attempt('oops_limit', () => kernel.global('oops_limit'));
  const count = kernel.attempt('oops_count', () => kernel.global('oops_count'));
  return limit !== undefined && count !== undefined && limit > 0 && count >= limit;
}

/** Since 4.20 (5989ad7b5ede), and before. */
const NOBODY_LEFT = /deadlocked on memory|no killable processes/;

/**
 * check_panic_on_oom(); out_of_memory() panics too where it finds nobody to kill, whatever is set. Neither where that
 * is not known.
 */
function whyPanicOfOom(kernel: Kernel, { message }: Panic): Pick<Ending, 'policy' | 'nobodyLeft'> {
  if (message?.includes('panic_on_oom')) return { policy: 'panic_on_oom' };
  if (message !== undefined) return NOBODY_LEFT.test(message) ? { nobodyLeft: true } : {};
  if (!kernel.hasGlobal('sysctl_panic_on_oom')) return {};
  const set = kernel.attempt('sysctl_panic_on_oom', () => kernel.global('sysctl_panic_on_oom'));
  if (set === undefined) return {};
  return set === 0 ? { nobodyLeft: true } : { policy: 'panic_on_oom' };
}

/** do_exit() panics for others too: the idle task, and within an interrupt. */
function isInit(kernel: Kernel, { task }: Context): boolean {
  return task !== undefined && kernel.attempt('task_struct.tgid', () => task.tgid) === 1;
}

/**
 * An oops that started the crash kernel at once (crash_kexec() in oops_end()) left the exception's own registers as the
 * CPU's: there is no machinery above it. Told only where the instruction there can't but fail.
 */
function atItsRegisters(kernel: Kernel, { cpu }: Context): Ending['exception'] {
  const registers = cpu === undefined ? undefined : registersOf(kernel, cpu)?.registers;
  if (registers === undefined || stacksOf(kernel).isUserMode(registers)) return undefined;
  const saved: SavedRegisters = { address: 0n, registers, user: false };
  const found = faulted(kernel, saved, 'page fault');
  if (found.isTrap) return { kind: 'invalid opcode', faulted: found };
  const address = found.noCode ? found.at : found.access?.address;
  return address !== undefined && isUnmapped(kernel.memory, address)
    ? { kind: 'page fault', faulted: found }
    : undefined;
}
