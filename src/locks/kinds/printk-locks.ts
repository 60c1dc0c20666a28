import type { Kernel } from '../../kernel/kernel.js';
import { allContexts, contextOfTask, cpuContexts, type Activation, type Context } from '../contexts.js';
import type { Holding, Lock, LockKind, LockName, Wait } from '../lock-kind.js';
import { defined } from '../../words/defined.js';

/**
 * printk's lock of a CPU, a variable that names the CPU that has it: kernel/printk/printk.c, lib/dump_stack.c before.
 */
export const printkCpuLock: LockKind = {
  name: 'printk CPU lock',
  words: cpuLockInWords,
  spinners: cpuLockSpinners,
  holders: cpuLockHolders,
};

/** Who prints, a variable that names the task: kernel/printk/printk.c. */
export const consoleOwner: LockKind = {
  name: 'console owner',
  words: printerInWords,
  spinners: consoleSpinners,
  holders: printer,
};

/** printk's CPU lock: the number of the CPU that holds it, or FREE. Its name, release by release; the newest first. */
const CPU_LOCKS = ['printk_cpu_sync_owner', 'printk_cpulock_owner', 'dump_lock'] as const;
const FREE = -1;

/** Where a CPU waits for that lock; where it has no function of its own, the one that dumps a stack does it itself. */
const CPU_LOCK_WAITS: ReadonlySet<string> = new Set([
  '__printk_cpu_sync_wait',
  '__printk_wait_on_cpu_lock',
  'dump_stack',
  'dump_stack_lvl',
]);

/** Where a CPU waits to take over the printing: console_trylock_spinning() is inlined in vprintk_emit(). */
const CONSOLE_WAITS: ReadonlySet<string> = new Set(['console_trylock_spinning', 'vprintk_emit']);

/** Functions that let the console semaphore go, or print with it: who is in one has it still. */
const CONSOLE_PRINTS: ReadonlySet<string> = new Set([
  'console_unlock',
  '__console_unlock',
  'console_flush_all',
  'console_flush_one_record',
  'console_emit_next_record',
  'console_cont_flush',
  'call_console_driver',
  'call_console_drivers',
]);

/** Mirrors __printk_cpu_sync_wait(). */
function cpuLockSpinners(kernel: Kernel, named: (address: bigint) => LockName): readonly Wait[] {
  const variable = CPU_LOCKS.find((name) => kernel.hasGlobal(name));
  const address = variable === undefined ? undefined : kernel.findSymbol(variable);
  if (address === undefined) return [];
  const name = named(address);
  const lock: Lock = { kind: printkCpuLock, address, name: { ...name, text: `printk's CPU lock (${name.text})` } };
  return spinnersIn(kernel, lock, CPU_LOCK_WAITS, "the lock is another CPU's", ({ cpu }) => {
    const owner = cpuLockOwner(kernel);
    return owner !== undefined && owner !== FREE && owner !== cpu;
  });
}

/** Mirrors console_trylock_spinning(). */
function consoleSpinners(kernel: Kernel, named: (address: bigint) => LockName): readonly Wait[] {
  const address = kernel.findSymbol('console_owner');
  if (address === undefined) return [];
  return spinnersIn(
    kernel,
    { kind: consoleOwner, address, name: named(address) },
    CONSOLE_WAITS,
    'console_waiter is set',
    ({ task }) => {
      const owner = printingTask(kernel);
      return owner !== undefined && owner !== task?.$address && consoleWaiter(kernel);
    },
  );
}

function spinnersIn(
  kernel: Kernel,
  lock: Lock,
  functions: ReadonlySet<string>,
  why: string,
  mustWait: (context: Context) => boolean,
): readonly Wait[] {
  return cpuContexts(kernel).flatMap((waiter) =>
    waiter.segments.flatMap(({ activations }, segment): Wait[] => {
      const [first] = activations;
      if (first === undefined || !functions.has(first.name) || !isInPauseLoop(kernel, first) || !mustWait(waiter))
        return [];
      const taker = activations[1];
      return [
        {
          lock,
          waiter,
          segment,
          spinning: true,
          takerIndex: 1,
          ...defined({ taker }),
          how: [`the code of ${first.name} spins there (pause), and ${why}`],
        },
      ];
    }),
  );
}

/** How far the cpu_relax() is from any place of so short a loop. */
const LOOP_BYTES = 24;

/** Both functions do more than wait, for which there is cpu_relax(). */
function isInPauseLoop(kernel: Kernel, { frame, place }: Activation): boolean {
  const { ip } = frame;
  if (place === undefined) return false;
  const code = kernel.peek('code', () =>
    kernel.memory.read(ip - BigInt(Math.min(LOOP_BYTES, Number(ip - place.start))), 2 * LOOP_BYTES),
  );
  return code !== undefined && kernel.arch.code.pauses(code);
}

function cpuLockOwner(kernel: Kernel): number | undefined {
  const name = CPU_LOCKS.find((candidate) => kernel.hasGlobal(candidate));
  return name === undefined ? undefined : kernel.attempt(name, () => kernel.global(name));
}

/**
 * Who prints, and would hand the console semaphore over; undefined where nobody does. Mirrors
 * console_lock_spinning_enable().
 */
function printingTask(kernel: Kernel): bigint | undefined {
  if (!kernel.hasGlobal('console_owner')) return undefined;
  return kernel.attempt('console_owner', () => kernel.global('console_owner')?.$address);
}

function consoleWaiter(kernel: Kernel): boolean {
  return (
    kernel.hasGlobal('console_waiter') &&
    kernel.attempt('console_waiter', () => kernel.global('console_waiter')) === true
  );
}

function cpuLockInWords(kernel: Kernel): string {
  const owner = cpuLockOwner(kernel);
  if (owner === undefined) return '';
  return owner === FREE ? 'free' : `held by CPU ${owner}`;
}

function printerInWords(kernel: Kernel): string {
  const task = printingTask(kernel);
  if (task === undefined) return '';
  const who = contextOfTask(kernel, task)?.label ?? 'a task that is in no list';
  return `${who}, which prints${consoleWaiter(kernel) ? '; one CPU waits to take over (console_waiter)' : ''}`;
}

/** The lock's own word says who has it. */
function cpuLockHolders(kernel: Kernel, lock: Lock): readonly Holding[] {
  const owner = cpuLockOwner(kernel);
  const holder = owner === undefined ? undefined : cpuContexts(kernel).find(({ cpu }) => cpu === owner);
  return holder === undefined
    ? []
    : [{ lock, holder, certainty: 'certain', evidence: [`its word is ${owner}, the number of the CPU that holds it`] }];
}

/** The task that console_owner names: it prints, with the console semaphore taken. */
function printer(kernel: Kernel, lock: Lock): Holding[] {
  const task = printingTask(kernel);
  const holder = task === undefined ? undefined : contextOfTask(kernel, task);
  return holder === undefined
    ? []
    : [
        {
          lock,
          holder,
          certainty: 'certain',
          evidence: [`console_owner names ${holder.label}: who is named there prints, with console_sem taken`],
        },
      ];
}

/** Who has the console semaphore: the one that console_owner names, else whose stack shows that it prints. */
export function consoleSemHolders(kernel: Kernel, lock: Lock): readonly Holding[] {
  if (lock.address !== kernel.findSymbol('console_sem')) return [];
  const named = printer(kernel, lock);
  if (named.length > 0) return named;
  return allContexts(kernel).flatMap((holder) => {
    const prints = holder.segments
      .flatMap(({ activations }) => activations)
      .find(({ name }) => CONSOLE_PRINTS.has(name));
    return prints === undefined
      ? []
      : [
          {
            lock,
            holder,
            certainty: 'likely' as const,
            evidence: [`${prints.name} is on its stack, which prints with the semaphore taken`],
          },
        ];
  });
}
