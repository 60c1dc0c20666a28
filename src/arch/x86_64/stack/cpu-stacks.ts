import { resolveType, sizeOf } from '../../../debuginfo/type-walk.js';
import type { Kernel } from '../../../kernel/kernel.js';
import { LARGEST_STACK_BYTES } from '../../../linux/sched/thread-stack.js';
import { stackArea, type StackArea } from '../../stack/stack-area.js';

/** IRQ_STACK_SIZE, but for kernels with KASAN, whose types say more. */
const IRQ_STACK_BYTES = 16384;
const PAGE = 4096n;

/** hardirq_stack_ptr is the top, or (since 5.12, 951c2a51ae75) the word below; from 6.2 to 6.14 it lay in pcpu_hot. */
export function irqStack(kernel: Kernel, cpu: number): StackArea[] {
  const pointer = kernel.findSymbol('hardirq_stack_ptr');
  const hot = kernel.findSymbol('pcpu_hot');
  let top: bigint;
  if (pointer !== undefined) top = kernel.memory.u64(perCpu(kernel, pointer, cpu));
  else if (hot !== undefined && kernel.missing('pcpu_hot') === undefined)
    top = kernel.ref('pcpu_hot', perCpu(kernel, hot, cpu)).hardirq_stack_ptr;
  else return [];
  if (top === 0n) return [];
  const high = (top + PAGE - 1n) & ~(PAGE - 1n);
  const bytes = kernel.has('irq_stack') ? kernel.sizeOf('irq_stack') : IRQ_STACK_BYTES;
  return [stackArea('IRQ', high - BigInt(bytes), bytes, `IRQ stack of CPU ${cpu}`)];
}

/**
 * struct cea_exception_stacks in the CPU's entry area: one stack for each kind of exception that must not use the
 * task's.
 */
export function exceptionStacks(kernel: Kernel, cpu: number): StackArea[] {
  const pointer = kernel.findSymbol('cea_exception_stacks');
  const layout =
    kernel.types.struct('cea_exception_stacks', 'cpu_init_exception_handling') ??
    kernel.types.struct('cea_exception_stacks', 'get_stack_info');
  if (pointer === undefined || layout === undefined) return [];
  const base = kernel.memory.u64(perCpu(kernel, pointer, cpu));
  if (base === 0n) return [];
  const areas: StackArea[] = [];
  for (const member of layout.members) {
    const kind = /^(\w+)_stack$/.exec(member.name)?.[1];
    const bytes = kind === undefined ? undefined : sizeOf(member.type());
    if (kind === undefined || bytes === undefined || bytes <= 0 || bytes > LARGEST_STACK_BYTES) continue;
    const printed = printedName(kind);
    const name = printed === '#VC2' ? 'second #VC' : printed;
    areas.push(stackArea(printed, base + BigInt(member.bitOffset >> 3), bytes, `${name} stack of CPU ${cpu}`));
  }
  return [...areas, ...entryStack(kernel, base, cpu)];
}

/** The few words that the entry code runs on before it moves to the task's stack. */
function entryStack(kernel: Kernel, exceptionStacks: bigint, cpu: number): StackArea[] {
  const area = kernel.types.struct('cpu_entry_area', 'cpu_init_exception_handling');
  const page = area?.members.find(({ name }) => name === 'entry_stack_page');
  const stacks = area?.members.find(({ name }) => name === 'estacks');
  if (!page || !stacks || resolveType(page.type()).kind !== 'struct') return [];
  const low = exceptionStacks - BigInt(stacks.bitOffset >> 3) + BigInt(page.bitOffset >> 3);
  return [stackArea('ENTRY_TRAMPOLINE', low, sizeOf(page.type()) ?? 4096, `entry stack of CPU ${cpu}`)];
}

/** exception_stack_names, arch/x86/kernel/dumpstack_64.c. */
function printedName(kind: string): string {
  return { DF: '#DF', DB: '#DB', MCE: '#MC', VC: '#VC', VC2: '#VC2' }[kind] ?? kind;
}

function perCpu(kernel: Kernel, offset: bigint, cpu: number): bigint {
  return BigInt.asUintN(64, offset + kernel.perCpuOffset(cpu));
}
