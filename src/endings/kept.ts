import type { Kernel } from '../kernel/kernel.js';
import { latestNs, runqueueClockNs } from '../linux/sched/how-long.js';
import { interruption } from '../locks/findings/interruptions.js';
import type { Activation, Context } from '../locks/contexts.js';
import { culpritOf } from '../locks/dying/culprit.js';
import { anyOf } from '../words/any-of.js';
import { withModule } from '../words/code-name.js';

/** What anybody calls to pass time, to copy or to read a device: their caller is what goes on. */
const PRIMITIVE = anyOf(
  /delay_\w+|_*(?:const_)?[un]delay|__delay|cpu_relax|native_\w+|pv_native_\w+|ktime_get\w*|sched_clock\w*/,
  /local_clock\w*|rdtsc\w*|_*mem(?:cpy|set|move|cmp|chr|scan)\w*|(?:clear|copy)_page\w*|io(?:read|write)\d+\w*/,
  /_raw_(?:spin|read|write)_\w+|queued_\w+|_*pv_queued_\w+|rep_\w+|_*copy_(?:to|from)_user\w*/,
);

/** Where a CPU waits for what another one is to answer: that one is to blame. */
const ANSWER =
  /^(?:smp_call_function\w*|generic_exec_single|csd_lock_wait\w*|multi_cpu_stop|stop_machine\w*|flush_tlb\w*)$/;

/** What a CPU goes on with. */
export interface Kept {
  /** Innermost first. */
  readonly activations: readonly Activation[];
  /** Index of its segment in the context. */
  readonly segment: number;
}

/** It stands below the machinery of dying, and below an interrupt that only came over it and goes again. */
export function keptBy(kernel: Kernel, context: Context): Kept {
  const { activations, segment, machinery } = culpritOf(kernel, context);
  const below = context.segments[segment + 1]?.activations ?? [];
  const isPassing = machinery.length === 0 && below.length > 0 && comesAndGoes(kernel, context, segment);
  return isPassing ? { activations: below, segment: segment + 1 } : { activations, segment };
}

/** A timer's interrupt is no more than that as long as the CPU takes its ticks; what a softirq does, may be long. */
function comesAndGoes(kernel: Kernel, context: Context, segment: number): boolean {
  const own = context.segments[segment]?.activations ?? [];
  if (interruption(kernel, context, segment)?.kind !== 'interrupt' || own.some(({ name }) => SOFTIRQ.test(name)))
    return false;
  const [latest, clock] = [
    latestNs(kernel),
    context.cpu === undefined ? undefined : runqueueClockNs(kernel, context.cpu),
  ];
  return latest !== undefined && clock !== undefined && latest - clock < TICKS_NS;
}

const SOFTIRQ = /^(?:_*do_softirq|handle_softirqs)$/;
/** As long as a CPU in the kernel may go without a tick, many times over. */
const TICKS_NS = 1_000_000_000n;

/** Whether a CPU waits for another one to answer, which is to blame. */
export function awaitsAnswer(kernel: Kernel, context: Context): boolean {
  return keptBy(kernel, context).activations.some(({ name }) => ANSWER.test(name));
}

/** "a CPU kept by acme_spin [acme]": the same at whatever instruction it was met. */
export function keptProblem(kernel: Kernel, contexts: readonly Context[]): string | undefined {
  const found = contexts.map((context) => keptBy(kernel, context).activations);
  const own = found.filter((one) => !one.some(({ name }) => ANSWER.test(name)));
  const [first] = (own.length > 0 ? own : found).flatMap((one) => placeOfProblem(one) ?? []).toSorted();
  return first === undefined ? undefined : `a CPU kept by ${first}`;
}

/** The innermost function of a module, since modules are tried less than the kernel; else one that is no primitive. */
function placeOfProblem(activations: readonly Activation[]): string | undefined {
  const named = activations.filter(({ name }) => name !== '');
  const own =
    named.find(({ place }) => place?.module !== undefined) ??
    named.find(({ name }) => !PRIMITIVE.test(name)) ??
    named[0];
  return own === undefined ? undefined : functionNamed(own);
}

/** "acme_spin [acme]" */
export function functionNamed({ name, place }: Activation): string {
  return withModule(name, place?.module);
}
