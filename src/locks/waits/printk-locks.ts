import type { Kernel } from '../../kernel/kernel.js';
import { allContexts, contextOfTask, cpuContexts, type Activation, type Context } from '../contexts.js';
import type { Holding } from '../owners/holders.js';
import { lockName } from '../names/lock-name.js';
import type { Lock, Wait } from '../wait.js';

/** Locks of printk that have no lock's type: each is a variable that names who has it. */
export type PrintkLockKind = 'console owner' | 'printk CPU lock';

/** printk's CPU lock: the number of the CPU that has it, or FREE. Its name, release by release; the newest first. */
const CPU_LOCKS = ['printk_cpu_sync_owner', 'printk_cpulock_owner', 'dump_lock'] as const;
const FREE = -1;

/** Where a CPU waits for that lock; where it has no function of its own, the one that dumps a stack does it itself. */
const CPU_LOCK_WAITS: ReadonlySet<string> = new Set(['__printk_cpu_sync_wait', '__printk_wait_on_cpu_lock', 'dump_stack', 'dump_stack_lvl']);

/** Where a CPU waits to take over the printing: console_trylock_spinning() is inlined in vprintk_emit(). */
const CONSOLE_WAITS: ReadonlySet<string> = new Set(['console_trylock_spinning', 'vprintk_emit']);

/** Functions that let the console semaphore go, or print with it: who is in one has it still. */
const CONSOLE_PRINTS: ReadonlySet<string> = new Set([
  'console_unlock', '__console_unlock', 'console_flush_all', 'console_flush_one_record', 'console_emit_next_record', 'console_cont_flush', 'call_console_driver', 'call_console_drivers',
]);

/** What CPUs spin on in printk, mirroring __printk_cpu_sync_wait() and console_trylock_spinning(). */
export function printkWaits(kernel: Kernel): readonly Wait[] {
  return kernel.once('waits in printk', () => [
    ...spinnersIn(kernel, CPU_LOCK_WAITS, 'printk CPU lock', ({ cpu }) => {
      const owner = cpuLockOwner(kernel);
      return owner !== undefined && owner !== FREE && owner !== cpu;
    }),
    ...spinnersIn(kernel, CONSOLE_WAITS, 'console owner', ({ task }) => {
      const owner = consoleOwner(kernel);
      return owner !== undefined && owner !== task?.$address && consoleWaiter(kernel);
    }),
  ]);
}

function spinnersIn(kernel: Kernel, functions: ReadonlySet<string>, kind: PrintkLockKind, mustWait: (context: Context) => boolean): Wait[] {
  const lock = printkLock(kernel, kind);
  if (lock === undefined) return [];
  return cpuContexts(kernel).flatMap((waiter) => waiter.segments.flatMap(({ activations }, segment): Wait[] => {
    const [first] = activations;
    if (first === undefined || !functions.has(first.name) || !isInPauseLoop(kernel, first) || !mustWait(waiter)) return [];
    const taker = activations[1];
    return [{
      lock, waiter, segment, spinning: true, takerIndex: 1, ...(taker ? { taker } : {}),
      how: [`the code of ${first.name} spins there (pause), and ${kind === 'console owner' ? 'console_waiter is set' : 'the lock is another CPU\'s'}`],
    }];
  }));
}

/** How far the `pause` of cpu_relax() is from any place of so short a loop. */
const LOOP_BYTES = 24;

/** cpu_relax() is `pause` (f3 90): both functions do more than wait. */
function isInPauseLoop(kernel: Kernel, { frame, place }: Activation): boolean {
  const { ip } = frame;
  if (place === undefined) return false;
  const code = kernel.peek('code', () => kernel.memory.read(ip - BigInt(Math.min(LOOP_BYTES, Number(ip - place.start))), 2 * LOOP_BYTES));
  return code !== undefined && code.some((byte, at) => byte === 0xf3 && code[at + 1] === 0x90);
}

function printkLock(kernel: Kernel, kind: PrintkLockKind): Lock | undefined {
  const variable = kind === 'console owner' ? 'console_owner' : CPU_LOCKS.find((name) => kernel.hasGlobal(name));
  const address = variable === undefined ? undefined : kernel.symbols.addressOf(variable);
  if (address === undefined) return undefined;
  const name = lockName(kernel, address, kind);
  return { kind, address, name: kind === 'console owner' ? name : { ...name, text: `printk's CPU lock (${name.text})` } };
}

function cpuLockOwner(kernel: Kernel): number | undefined {
  const name = CPU_LOCKS.find((candidate) => kernel.hasGlobal(candidate));
  return name === undefined ? undefined : kernel.attempt(name, () => kernel.global(name));
}

/** Who prints, and would hand the console semaphore over; undefined where nobody does. Mirrors console_lock_spinning_enable(). */
function consoleOwner(kernel: Kernel): bigint | undefined {
  if (!kernel.hasGlobal('console_owner')) return undefined;
  return kernel.attempt('console_owner', () => kernel.global('console_owner')?.$address);
}

function consoleWaiter(kernel: Kernel): boolean {
  return kernel.hasGlobal('console_waiter') && kernel.attempt('console_waiter', () => kernel.global('console_waiter')) === true;
}

/** What such a lock says of itself. */
export function printkLockInWords(kernel: Kernel, kind: PrintkLockKind): string {
  if (kind === 'console owner') {
    const task = consoleOwner(kernel);
    const owner = task === undefined ? undefined : contextOfTask(kernel, task);
    return task === undefined ? '' : `${owner?.label ?? 'a task that is in no list'}, which prints${consoleWaiter(kernel) ? '; one CPU waits to take over (console_waiter)' : ''}`;
  }
  const owner = cpuLockOwner(kernel);
  return owner === undefined ? '' : owner === FREE ? 'free' : `held by CPU ${owner}`;
}

/** Who has such a lock: its own word says so. */
export function printkHolders(kernel: Kernel, lock: Lock): readonly Holding[] {
  if (lock.kind === 'console owner') return printer(kernel, lock);
  const owner = cpuLockOwner(kernel);
  const holder = owner === undefined ? undefined : cpuContexts(kernel).find(({ cpu }) => cpu === owner);
  return holder === undefined ? [] : [{ lock, holder, certainty: 'certain', evidence: [`its word is ${owner}, the number of the CPU that has it`] }];
}

/** The task that console_owner names: it prints, with the console semaphore taken. */
function printer(kernel: Kernel, lock: Lock): Holding[] {
  const task = consoleOwner(kernel);
  const holder = task === undefined ? undefined : contextOfTask(kernel, task);
  return holder === undefined ? [] : [{ lock, holder, certainty: 'certain', evidence: [`console_owner names ${holder.label}: who is named there prints, with console_sem taken`] }];
}

/** Who has the console semaphore: the one that console_owner names, else whose stack shows that it prints. */
export function consoleSemHolders(kernel: Kernel, lock: Lock): readonly Holding[] {
  if (lock.kind !== 'semaphore' || lock.address !== kernel.symbols.addressOf('console_sem')) return [];
  const named = printer(kernel, lock);
  if (named.length > 0) return named;
  return allContexts(kernel).flatMap((holder) => {
    const prints = holder.segments.flatMap(({ activations }) => activations).find(({ name }) => CONSOLE_PRINTS.has(name));
    return prints === undefined ? [] : [{ lock, holder, certainty: 'likely' as const, evidence: [`${prints.name} is on its stack, which prints with the semaphore taken`] }];
  });
}
