import type { SymbolName } from '../../symbols/symbol-names.js';
import type { CodeAction } from '../arch/architecture.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Frozen } from '../linux/fs/file-objects.js';
import type { Task } from '../linux/sched/tasks.js';
import type { CodePlace } from '../stack/code.js';
import type { Certainty } from '../words/certainty.js';
import type { Activation, Context } from './contexts.js';
import type { SpinQueue } from './state/spin-queue.js';
import type { SpinWord } from './state/words/queued-spinlock.js';

/** What a lock is called. */
export interface LockName {
  /** For people: "logbuf_lock", "&inode.i_rwsem at 0x…", "lab_mutex_a [stuck]". */
  readonly text: string;
  /** Without addresses and numbers, for the problem's signature. */
  readonly about: string;
  /** False where only its address is known. */
  readonly known: boolean;
}

/** Something that is waited for. */
export interface Lock {
  readonly kind: LockKind;
  readonly address: bigint;
  readonly name: LockName;
  /** Of a page bit: its number in page.flags. */
  readonly bit?: number;
  /** Of what is no lock and yet waited for: the task that must get on with it, where that was found along with it. */
  readonly heldBy?: { readonly task: bigint; readonly evidence: string };
}

/** Somebody who waits for a lock, at the moment of the dump. */
export interface Wait {
  readonly lock: Lock;
  readonly waiter: Context;
  /** Which of the context's segments waits: 0 is what runs now, others were interrupted while they waited. */
  readonly segment: number;
  /** It keeps its CPU busy. */
  readonly spinning: boolean;
  readonly mode?: 'read' | 'write';
  /** The function that wants the lock, and its place in the segment. */
  readonly taker?: Activation;
  readonly takerIndex: number;
  /** What tells that it is this lock, a phrase each. */
  readonly how: readonly string[];
  /** The waiter's own struct, where it has one: its place in the lock's list. */
  readonly node?: bigint;
}

/** A wait with its place in the lock's order: "pending", "queued 1", "1", … ; none where the lock keeps no order. */
export interface QueuedWait extends Wait {
  readonly place?: string;
}

/** Somebody who has a lock. */
export interface Holding {
  readonly lock: Lock;
  readonly holder: Context;
  readonly certainty: Certainty;
  /** The function that took it, where the stack shows it. */
  readonly taker?: Activation;
  /** Which of the holder's segments has it. */
  readonly segment?: number;
  readonly evidence: readonly string[];
}

/** A lock that somebody waits for. */
export interface ContendedLock {
  readonly lock: Lock;
  /** What the lock's own words say: "locked and pending", "held, with waiters". */
  readonly state: string;
  readonly spin?: { readonly word: SpinWord; readonly queue: SpinQueue; readonly asleep?: number };
  /** First to get it first, as far as the lock tells; `place` says what it is in the queue. */
  readonly waits: readonly QueuedWait[];
  readonly holders: readonly Holding[];
  /** Who took it, and is no task any more. */
  readonly exited?: string;
  /** The file system that it keeps frozen. */
  readonly frozen?: Frozen;
  /** Remarks that the words of the lock lead to. */
  readonly remarks: readonly string[];
}

/** What a lock with an owner or a count says of itself. */
export interface LockState {
  /** "held", "read by 2", "free", with its flags. */
  readonly words: string;
  readonly held: boolean;
  /** Whom the lock names as its owner. */
  readonly owner?: bigint;
  /** It names the last reader that came in, which may be gone. */
  readonly ownerIsReader?: boolean;
  readonly readers?: number;
}

/**
 * Functions by what they do to a lock. `acquire` and `release` take the lock as their first argument; `inside` are
 * those that acquiring may be found in. Names as the source has them: a compiler's suffix (".constprop.0") does not
 * count.
 */
interface FunctionsByUse {
  readonly acquire?: readonly string[];
  readonly trylock?: readonly string[];
  readonly release?: readonly string[];
  readonly inside?: readonly string[];
}

/** The same where a lock has readers: which take it for reading only, and which for writing. */
export interface LockFunctions extends FunctionsByUse {
  readonly read?: FunctionsByUse;
  readonly write?: FunctionsByUse;
}

/** How a kind of waiter is laid out: the struct that stands on a waiting task's stack. */
export interface WaiterForm {
  readonly struct: string;
  /** Offset of the pointer to the task. */
  readonly task: number;
  /** Offset of the list_head that links it. */
  readonly node: number;
  /** Offset of the list's head in the lock; undefined where the list has none. */
  readonly head?: number;
}

/** The frames of a segment that acquire a lock: from the innermost up to, but without, the function that wants it. */
export interface Acquiring {
  readonly kind: LockKind;
  /** In the slow path: it did not get the lock at once. */
  readonly slow: boolean;
  /** Spins for a sleeping lock while its owner runs. */
  readonly optimistic: boolean;
  readonly mode?: 'read' | 'write';
  readonly frames: readonly Activation[];
  /** Index of `taker` in the segment. */
  readonly takerIndex: number;
  readonly taker?: Activation;
}

/** A task that sleeps for a lock. */
export interface Sleeper {
  readonly task: Task;
  readonly acquiring: Acquiring;
  /** The lock that the taker's code gives to the call, where it names one. */
  given(): bigint | undefined;
}

/** The lock that a task sleeps for; its name, where it is not that of any other lock. */
export type FoundLock = Pick<Wait, 'how' | 'node' | 'mode'> &
  Pick<Lock, 'address' | 'bit'> & { readonly name?: LockName };

/** A way to tell which lock a sleeper waits for. @throws ReadError, ShapeError */
export type Finder = (kernel: Kernel, sleeper: Sleeper) => FoundLock | undefined;

/** Something that a function's code does to a lock. */
export interface LockCall {
  /** Offset in the function of what runs after it. */
  readonly after: number;
  readonly kind: LockKind;
  readonly does: 'acquire' | 'trylock' | 'release';
  /** The function that is called; undefined for what is inlined. */
  readonly callee?: string;
  /** The lock, where the code names it by its address. */
  readonly lock?: bigint;
}

/** What code does to a lock without a call; undefined for what is nothing to the lock. */
export type InlinedLock = (
  action: CodeAction,
) => { readonly does: 'acquire' | 'release'; readonly lock: bigint } | undefined;

/** A frame whose function has taken the lock and has not come to where it lets it go. */
export interface HoldingFrame {
  readonly activation: Activation;
  readonly segment: number;
  readonly evidence: string;
  /** The code names the lock; else only the stack does. */
  readonly byCode: boolean;
  /** It has tried to take it, and may have failed: where nobody else can have it, it did not. */
  readonly tried: boolean;
}

/** What can be asked of code, which knows the functions of all kinds. */
export interface CodeSearch {
  calls(place: CodePlace): readonly LockCall[];
  holdingFrame(lock: Lock, holder: Context, waits: readonly Wait[]): HoldingFrame | undefined;
}

/**
 * A kind of lock: all that oompm knows of it. A file of `kinds/` has one, and `kinds/all.ts` lists them; everything
 * else asks these members. What a kind leaves out is not so of it, or not known.
 */
export interface LockKind {
  /** "mutex": in the reports, and what tells locks at the same address apart. */
  readonly name: string;
  /** What one is called that has no name of its own; else "lock". */
  readonly noun?: string;
  /** The type that its address is shown as. */
  readonly struct?: string;
  /** Tags of the structs by which it stands within others, for its name as a member. */
  readonly tags?: readonly string[];
  /** It stands first in other locks and guards them: their variable is not its own name. */
  readonly guardsOthers?: true;
  readonly functions?: LockFunctions;
  /** Functions that need not be told which lock: it is always the same variable. */
  readonly variables?: Readonly<Partial<Record<SymbolName, LockFunctions>>>;
  /** What it is in code where the functions are inlined. */
  inlined?(kernel: Kernel): InlinedLock | undefined;

  /** An event that somebody must bring about: it is delayed, where locks are held. */
  readonly event?: true;
  /** One waits for it asleep. */
  readonly sleeps?: true;
  /** One waits for it with the CPU busy, and whoever has it does not sleep. */
  readonly spins?: true;
  /** It never names who has it. */
  readonly ownerless?: true;
  /** Servers wait for it all day: with nobody to name it says nothing. */
  readonly idle?: true;

  /**
   * What its words say of owner and readers; undefined where this kernel's has another form. @throws ReadError,
   * ShapeError
   */
  state?(kernel: Kernel, address: bigint): LockState | undefined;
  /** What it says of itself, where that is no `state`; '' where it can't be read. */
  words?(kernel: Kernel, lock: Lock): string;
  /** Readers inside, where `state` does not count them. */
  readers?(kernel: Kernel, address: bigint): number | undefined;
  /** Whether what stands at an address can be such a lock that somebody spins for; unless it is one that `sleeps`. */
  couldBe?(kernel: Kernel, address: bigint): boolean;
  /** The CPU that the lock's word names as the last to wait. */
  lastCpu?(kernel: Kernel, address: bigint): number | undefined;
  /** The file system that it keeps frozen. */
  frozen?(kernel: Kernel, address: bigint): Frozen | undefined;
  /** Offset of the rt_mutex that PREEMPT_RT makes it of; undefined where this kernel's has none. */
  rtMutex?(kernel: Kernel): bigint | undefined;

  /** The struct of its waiters, as far as this kernel has it. */
  waiter?(kernel: Kernel): WaiterForm | undefined;
  /** Its struct, which in 7.x points to the first waiter: the list then has no head. */
  readonly pointsToFirst?: 'mutex' | 'rw_semaphore' | 'semaphore';
  /** Ways to tell the lock that a task sleeps for; the first that does counts. */
  readonly finders?: readonly Finder[];
  /** Waiters may stand in any frame of a task in uninterruptible sleep, whatever functions it is in. */
  readonly anywhere?: true;
  /** CPUs that spin for it, where no functions of its own show that. */
  spinners?(kernel: Kernel, named: (address: bigint) => LockName): readonly Wait[];
  /** All that its words tell once somebody waits for it, and the waits in their order. */
  contended?(
    kernel: Kernel,
    lock: Lock,
    waits: readonly Wait[],
  ): Pick<ContendedLock, 'state' | 'spin' | 'waits' | 'remarks'>;

  /** It stands for something else, which the functions that wait for it may tell; else this says for what. */
  standsFor?(kernel: Kernel, lock: Lock): Lock;
  /** This, where a completion at an address stands for it. */
  behindCompletion?(
    kernel: Kernel,
    completion: bigint,
    activations: readonly Activation[],
    takerIndex: number,
  ): Lock | undefined;
  /** This, where a task on a wait queue waits for it. */
  behindQueue?(kernel: Kernel, activations: readonly Activation[]): Lock | undefined;

  /** Who has it, where its own way tells; else by its owner, or by code. */
  holders?(kernel: Kernel, lock: Lock, waits: readonly Wait[], code: CodeSearch): readonly Holding[];
  /** Why nobody is named, where that is the kind's own way: ": a semaphore …". @param state its words */
  unnamed?(state: string): string;
  /** Something else tells of it: a watchdog. */
  toldElsewhere?(kernel: Kernel): boolean;
}

/** Events that somebody must bring about are held up; locks are had. */
export function isHeld({ kind }: Lock): boolean {
  return kind.event !== true;
}
