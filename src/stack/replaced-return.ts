import { hlistNodes, llistNodes } from '../kernel/containers/list.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../linux/sched/tasks.js';
import { spOf, type Caller, type Frame } from '../arch/stack/frame.js';
import { stacksOf } from '../arch/stack/stack-architectures.js';

/** Where functions return to that a tracer has got hold of: the function graph tracer, kretprobes. */
const TRAMPOLINES = [
  'return_to_handler',
  'arch_rethook_trampoline',
  '__kretprobe_trampoline',
  'kretprobe_trampoline',
] as const;

/** One function may be traced by each of them. */
const MOST_LAYERS = 4;

/**
 * The caller as it is without tracers, which put their own trampoline in place of a return address and keep the real
 * one: the kernel's unwind_recover_ret_addr(). Where none is kept, the trampoline itself is the
 * caller.
 */
export function pastTrampolines(kernel: Kernel, caller: Caller, task: Task | undefined): Caller {
  const sp = spOf(caller);
  if (caller.interrupted || caller.entry !== undefined || sp === undefined) return caller;
  const trampolines: string[] = [];
  let { ip } = caller;
  for (let layer = 0; layer < MOST_LAYERS; layer++) {
    const trampoline = trampolineAt(kernel, ip);
    if (trampoline === undefined) break;
    const real = keptReturn(kernel, task, stacksOf(kernel).returnSlot(sp), ip);
    // A call does not lie before it: it is not to be taken for what stands there.
    if (real === undefined) return { ...caller, interrupted: true, ip, registers: withIp(kernel, caller, ip) };
    trampolines.push(trampoline);
    ip = real;
  }
  return trampolines.length === 0 ? caller : { ...caller, ip, registers: withIp(kernel, caller, ip), trampolines };
}

function withIp(kernel: Kernel, { registers }: Pick<Frame, 'registers'>, ip: bigint): Frame['registers'] {
  return registers.with(stacksOf(kernel).registers.ip, ip);
}

function trampolineAt(kernel: Kernel, address: bigint): string | undefined {
  return kernel
    .once(
      'trampolines of tracers',
      () =>
        new Map(
          TRAMPOLINES.flatMap((name) => {
            const found = kernel.findSymbol(name);
            return found === undefined ? [] : [[found, name] as const];
          }),
        ),
    )
    .get(address);
}

/** The return address that was put aside for a place on the stack; `trampoline` is what stands there. */
function keptReturn(kernel: Kernel, task: Task | undefined, slot: bigint, trampoline: bigint): bigint | undefined {
  for (const ways of [byGraphTracer, byRethook, byKretprobe]) {
    const found = kernel.peek('return addresses that tracers keep', () => ways(kernel, task, slot));
    if (found !== undefined && found !== trampoline) return found;
  }
  return undefined;
}

/** SHADOW_STACK_SIZE; before 6.11 50 entries, which are less. */
const SHADOW_STACK_BYTES = 4096;

/** Entries stand at any word since 6.11, with other words between them: the place on the stack tells. */
function byGraphTracer(kernel: Kernel, task: Task | undefined, slot: bigint): bigint | undefined {
  if (task === undefined || !kernel.has('task_struct', 'ret_stack') || kernel.missing('ftrace_ret_stack') !== undefined)
    return undefined;
  const stack = kernel.memory.u64(task.$address + BigInt(kernel.offsetOf('task_struct', 'ret_stack')));
  if (stack === 0n) return undefined;
  const [ret, retp] = [kernel.offsetOf('ftrace_ret_stack', 'ret'), kernel.offsetOf('ftrace_ret_stack', 'retp')];
  const own = kernel.findSymbol('return_to_handler');
  let found: bigint | undefined;
  for (let at = BigInt(retp); at + 8n <= SHADOW_STACK_BYTES; at += 8n) {
    kernel.guard.step();
    if (kernel.memory.u64(stack + at) !== slot) continue;
    // A function that was jumped to has the trampoline itself for its return address, and its caller the real one.
    const kept = kernel.memory.u64(stack + at - BigInt(retp - ret));
    if (kept !== own) found = kept;
  }
  return found;
}

function byRethook(kernel: Kernel, task: Task | undefined, slot: bigint): bigint | undefined {
  if (task === undefined || !kernel.has('task_struct', 'rethooks') || kernel.missing('rethook_node') !== undefined)
    return undefined;
  const head = task.$address + BigInt(kernel.offsetOf('task_struct', 'rethooks'));
  const link = BigInt(kernel.offsetOf('rethook_node', 'llist'));
  for (const node of llistNodes(kernel, head, 'rethooks of a task')) {
    const { frame, ret_addr: kept } = kernel.ref('rethook_node', node - link);
    if (frame === slot && kept !== kernel.findSymbol('arch_rethook_trampoline')) return kept;
  }
  return undefined;
}

/** KPROBE_TABLE_SIZE: up to 5.10 all instances are in one hash table. */
const KRETPROBE_BUCKETS = 64;

function byKretprobe(kernel: Kernel, task: Task | undefined, slot: bigint): bigint | undefined {
  if (!kernel.has('kretprobe_instance', 'fp')) return undefined;
  for (const address of kretprobeInstances(kernel, task)) {
    const { fp, ret_addr: kept } = kernel.ref('kretprobe_instance', address);
    if (fp === slot && kept !== undefined && trampolineAt(kernel, kept) === undefined) return kept;
  }
  return undefined;
}

function* kretprobeInstances(kernel: Kernel, task: Task | undefined): Generator<bigint> {
  if (kernel.has('task_struct', 'kretprobe_instances')) {
    if (task === undefined) return;
    const link = BigInt(kernel.offsetOf('kretprobe_instance', 'llist'));
    for (const node of llistNodes(
      kernel,
      task.$address + BigInt(kernel.offsetOf('task_struct', 'kretprobe_instances')),
      'kretprobes of a task',
    ))
      yield node - link;
    return;
  }
  const table = kernel.findSymbol('kretprobe_inst_table');
  if (table === undefined) return;
  const link = BigInt(kernel.offsetOf('kretprobe_instance', 'hlist'));
  for (let bucket = 0; bucket < KRETPROBE_BUCKETS; bucket++) {
    for (const node of hlistNodes(kernel, table + BigInt(bucket * 8), 'kretprobe_inst_table')) yield node - link;
  }
}
