import type { Kernel } from '../kernel/kernel.js';
import { Implausible } from '../kernel/gaps.js';
import type { Ref } from '../kernel/shape.js';
import { resolveType, sizeOf } from '../debuginfo/type-walk.js';

/** A piece of memory that is used as a stack: [low, high). */
export interface StackArea {
  /** "task stack", "IRQ stack of CPU 1", "DF stack of CPU 1". */
  readonly name: string;
  readonly low: bigint;
  readonly high: bigint;
}

const END_OF_ADDRESSES = 1n << 64n;

/** @throws Implausible where no stack can be so long, or lie there: past the last address all would begin anew at 0 */
function stackArea(name: string, low: bigint, bytes: number): StackArea {
  const high = low + BigInt(bytes);
  if (bytes <= 0 || bytes > LARGEST_STACK_BYTES || low < 0n || high > END_OF_ADDRESSES)
    throw new Implausible(
      `a ${name} of ${bytes} bytes at 0x${BigInt.asUintN(64, low).toString(16)}`,
      BigInt.asUintN(64, low),
    );
  return { name, low, high };
}

export function inArea({ low, high }: StackArea, address: bigint, length = 8): boolean {
  return address >= low && address + BigInt(length) <= high;
}

/** THREAD_SIZE and IRQ_STACK_SIZE of x86_64, but for kernels with KASAN, whose types or symbols say more. */
const USUAL_STACK_BYTES = 16384;
const LARGEST_STACK_BYTES = 1 << 20;
const PAGE = 4096n;

/** THREAD_SIZE, in bytes: the linker script gives init's stack just so much. */
export function threadStackBytes(kernel: Kernel): number {
  return kernel.once('THREAD_SIZE', () => {
    for (const [start, end] of [
      ['__start_init_stack', '__end_init_stack'],
      ['__start_init_task', '__end_init_task'],
    ] as const) {
      const [low, high] = [kernel.findSymbol(start), kernel.findSymbol(end)];
      if (low !== undefined && high !== undefined && isStackSize(high - low)) return Number(high - low);
    }
    return USUAL_STACK_BYTES;
  });
}

function isStackSize(bytes: bigint): boolean {
  return bytes >= PAGE && bytes <= BigInt(LARGEST_STACK_BYTES) && (bytes & (bytes - 1n)) === 0n;
}

/**
 * A task's kernel stack; undefined for one that has none any more (a zombie's is freed early). @throws ReadError,
 * Implausible
 */
export function taskStack(kernel: Kernel, task: Ref<'task_struct'>): StackArea | undefined {
  const low = task.stack;
  return low === 0n ? undefined : stackArea('task stack', low, threadStackBytes(kernel));
}

/**
 * The stacks that a CPU has beside those of tasks: IRQ, exceptions, entry trampoline. What can't be told is left out,
 * with a gap.
 */
export function cpuStacks(kernel: Kernel, cpu: number): readonly StackArea[] {
  return kernel.once(`stacks of CPU ${cpu}`, () =>
    [['IRQ stack', irqStack] as const, ['exception stacks', exceptionStacks] as const].flatMap(
      ([what, read]) => kernel.attempt(`${what} of CPU ${cpu}`, () => read(kernel, cpu)) ?? [],
    ),
  );
}

/** hardirq_stack_ptr is the top, or (since 5.12, 951c2a51ae75) the word below; from 6.2 to 6.14 it lay in pcpu_hot. */
function irqStack(kernel: Kernel, cpu: number): StackArea[] {
  const pointer = kernel.findSymbol('hardirq_stack_ptr');
  const hot = kernel.findSymbol('pcpu_hot');
  let top: bigint;
  if (pointer !== undefined) top = kernel.memory.u64(perCpu(kernel, pointer, cpu));
  else if (hot !== undefined && kernel.missing('pcpu_hot') === undefined)
    top = kernel.ref('pcpu_hot', perCpu(kernel, hot, cpu)).hardirq_stack_ptr;
  else return [];
  if (top === 0n) return [];
  const high = (top + PAGE - 1n) & ~(PAGE - 1n);
  const bytes = kernel.has('irq_stack') ? kernel.sizeOf('irq_stack') : USUAL_STACK_BYTES;
  return [stackArea(`IRQ stack of CPU ${cpu}`, high - BigInt(bytes), bytes)];
}

/**
 * struct cea_exception_stacks in the CPU's entry area: one stack for each kind of exception that must not use the
 * task's.
 */
function exceptionStacks(kernel: Kernel, cpu: number): StackArea[] {
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
    areas.push(stackArea(`${exceptionName(kind)} stack of CPU ${cpu}`, base + BigInt(member.bitOffset >> 3), bytes));
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
  return [stackArea(`entry stack of CPU ${cpu}`, low, sizeOf(page.type()) ?? 4096)];
}

function exceptionName(kind: string): string {
  return { DF: '#DF', DB: '#DB', MCE: '#MC', VC: '#VC', VC2: 'second #VC' }[kind] ?? kind;
}

function perCpu(kernel: Kernel, offset: bigint, cpu: number): bigint {
  return BigInt.asUintN(64, offset + kernel.perCpuOffset(cpu));
}
