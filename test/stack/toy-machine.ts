import {
  ptRegs,
  taskTypes,
  withMembers,
  to,
  toyCode,
  words,
  type MemoryPiece,
  type ToyCode,
  type ToyFunction,
  type ToyKernel,
  type ToyKernelOptions,
  type ToyRegisters,
  type ToyValue,
} from 'oompm/testing';

import { toyTasks } from '../linux/toy-tasks.js';

/** A run of calls on one stack, innermost function first; each calls the one before it. */
export interface ToySegment {
  readonly calls: readonly string[];
  readonly on?: 'task' | 'DF' | 'NMI' | 'IRQ';
  /** Where in its innermost function it is; behind everything that it calls if not given. */
  readonly offset?: number;
  /** Its stack pointer as it was interrupted, where that is not the top of its words. */
  readonly sp?: bigint;
  /** Words of a function's own frame, below its return address: its ORC must say so. */
  readonly locals?: Readonly<Record<string, readonly bigint[]>>;
  /** Further registers as it was interrupted. */
  readonly registers?: Readonly<Record<string, bigint>>;
}

/** What a CPU runs now first, then what that interrupted. The last function of all but the last segment is an entry. */
export interface ToyCpu {
  readonly comm: string;
  readonly pid: number;
  readonly segments: readonly ToySegment[];
  readonly cr2?: bigint;
  /** Further members of its task. */
  readonly task?: Readonly<Record<string, ToyValue>>;
}

/** A task that sleeps. */
export interface ToySleeper {
  readonly comm: string;
  readonly pid: number;
  /** Innermost first; each calls the one before it. */
  readonly calls: readonly string[];
  /** Words of a function's own frame, below its return address: its ORC must say so. */
  readonly locals?: Readonly<Record<string, readonly bigint[]>>;
  readonly task?: Readonly<Record<string, ToyValue>>;
}

export interface ToyMachineOptions extends Partial<ToyKernelOptions> {
  readonly sleepers?: readonly ToySleeper[];
  /** C declarations of further members of a task_struct. */
  readonly taskMembers?: string;
}

const STACK_BYTES = 16384n;
const taskStackOf = (cpu: number): bigint => 0xffffc90000200000n + BigInt(cpu) * 0x10000n;
const exceptionStacksOf = (cpu: number): bigint => 0xfffffe0000216000n + BigInt(cpu) * 0x10000n;
const irqStackOf = (cpu: number): bigint => 0xffffc90000a00000n + BigInt(cpu) * 0x10000n;

const types = `
  struct exception_stacks { char ESTACKS[8]; };
  struct cea_exception_stacks { char DF_stack_guard[4096]; char DF_stack[4096]; char NMI_stack_guard[4096]; char NMI_stack[8192]; };
  struct irq_stack { char stack[16384]; };
  struct inactive_task_frame { unsigned long r15, r14, r13, r12, bx, bp, ret_addr; };
  struct mcs_spinlock { struct mcs_spinlock *next; int locked, count; };
  struct qnode { struct mcs_spinlock mcs; long reserved[2]; };
`;

/** How an entry is unwound: its pt_regs stand right above. */
export const ENTRY: ToyFunction = { orc: { type: 'regs', spOffset: 0, signal: true } };
/** The outermost function of a stack. */
export const BOTTOM: ToyFunction = { orc: { type: 'end of stack', spRegister: 'undefined' } };

/** TASK_UNINTERRUPTIBLE */
const ASLEEP = 2;
const FRAME_WORDS = 7;

/** A stack as __switch_to_asm() leaves it: struct inactive_task_frame, then the frames from the innermost on. */
function sleeping(
  code: ToyCode,
  { comm, pid, calls, locals = {}, task = {} }: ToySleeper,
  number: number,
): { stack: MemoryPiece[]; entry: readonly [string, Readonly<Record<string, ToyValue>> & { pid: number }] } {
  const sp = taskStackOf(number) + STACK_BYTES - DEPTH;
  const frames: bigint[] = [];
  for (const [index, name] of calls.entries()) {
    frames.push(...(locals[name] ?? []));
    const caller = calls[index + 1];
    if (caller !== undefined) frames.push(code.returnTo(caller, name));
  }
  const saved = [0n, 0n, 0n, 0n, 0n, 0n, code.at(calls[0]!, 0x80)];
  return {
    stack: [{ at: taskStackOf(number), bytes: new Uint8Array(Number(STACK_BYTES)) }, words(sp, ...saved, ...frames)],
    entry: [comm, { pid, __state: ASLEEP, stack: taskStackOf(number), thread: { sp }, ...task }],
  };
}

/**
 * Where a sleeper's words begin, its innermost function's first. @param number how many CPUs and sleepers are before it
 */
export function sleeperSlot(number: number, index: number): bigint {
  return taskStackOf(number) + STACK_BYTES - DEPTH + BigInt((FRAME_WORDS + index) * 8);
}

/** Where the return addresses of what a CPU runs on its task's stack stand. */
export function returnSlot(cpu: number, index: number): bigint {
  return topOf(cpu, 'task') - DEPTH + BigInt(index * 8);
}

/** How far below a stack's top the words of a segment begin that others interrupted. */
const DEPTH = 0x1000n;

/** A machine of CPUs whose stacks are made of calls: production code unwinds them by ORC, and reads their code. */
export function toyMachine(
  functions: Readonly<Record<string, ToyFunction>>,
  cpus: readonly ToyCpu[],
  { taskMembers = '', sleepers = [], ...more }: ToyMachineOptions = {},
): ToyKernel & { code: ToyCode } {
  const code = toyCode(functions);
  const memory: MemoryPiece[] = [...code.memory];
  const registers = cpus.map((cpu, number): ToyRegisters => {
    for (const [low, bytes] of [
      [taskStackOf(number), STACK_BYTES],
      [exceptionStacksOf(number), 0x5000n],
      [irqStackOf(number), STACK_BYTES],
    ] as const)
      memory.push({ at: low, bytes: new Uint8Array(Number(bytes)) });
    let interrupted: ToyRegisters | undefined;
    for (const { calls, on = 'task', offset = 0x80, sp, locals = {}, registers: more } of cpu.segments.toReversed()) {
      const returns = calls
        .slice(1)
        .flatMap((name, index) => [...(locals[calls[index]!] ?? []), code.returnTo(name, calls[index]!)]);
      const base =
        topOf(number, on) - (interrupted === undefined || on === 'task' ? DEPTH : 168n + BigInt(returns.length * 8));
      memory.push(words(base, ...returns));
      if (interrupted) memory.push(ptRegs(base + BigInt(returns.length * 8), interrupted));
      interrupted = { ip: code.at(calls[0]!, offset), sp: sp ?? base, ...more };
    }
    return { ...interrupted!, ...(cpu.cr2 === undefined ? {} : { cr2: cpu.cr2 }) };
  });
  const asleep = sleepers.map((sleeper, index) => sleeping(code, sleeper, cpus.length + index));
  memory.push(...asleep.flatMap(({ stack }) => stack), ...(more.memory ?? []));
  const tasks = Object.fromEntries([
    ...cpus.map(
      ({ comm, pid, task }, number) => [comm, { pid, on_cpu: 1, stack: taskStackOf(number), ...task }] as const,
    ),
    ...asleep.map(({ entry }) => entry),
  ]);
  const kernel = toyTasks(tasks, {
    ...more,
    cpus: cpus.length,
    memory,
    registers,
    types: `${types}${more.types ?? ''}${withMembers(taskTypes, 'task_struct', taskMembers)}`,
    symbols: { ...code.symbols, ...more.symbols },
    variables: {
      runqueues: { type: 'struct rq', perCpu: cpus.map(({ comm }) => ({ curr: to(comm), idle: to('init_task') })) },
      cea_exception_stacks: {
        type: 'struct cea_exception_stacks *',
        perCpu: cpus.map((_, number) => exceptionStacksOf(number)),
      },
      hardirq_stack_ptr: { type: 'void *', perCpu: cpus.map((_, number) => irqStackOf(number) + STACK_BYTES) },
      ...more.variables,
    },
  });
  return Object.assign(kernel, { code });
}

function topOf(cpu: number, on: NonNullable<ToySegment['on']>): bigint {
  switch (on) {
    case 'task':
      return taskStackOf(cpu) + STACK_BYTES;
    case 'DF':
      return exceptionStacksOf(cpu) + 0x2000n;
    case 'NMI':
      return exceptionStacksOf(cpu) + 0x5000n;
    case 'IRQ':
      return irqStackOf(cpu) + STACK_BYTES;
  }
}
