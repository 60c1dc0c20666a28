import type { Kernel } from '../../kernel/kernel.js';
import type { CodePlace } from '../../stack/code.js';
import { lockFunctionsByAddress, type LockFunction, type LockKind } from '../lock-functions.js';

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

/** A function longer than this is a table that says nonsense. */
const LONGEST_FUNCTION = 1 << 16;
/** How far before a call its first argument may be loaded. */
const ARGUMENT_BYTES = 40;
/** How far an inlined unlock's store may be behind the load of the lock's address. */
const STORE_BYTES = 16;

/**
 * What a function does to locks, in the order of its code, without a disassembler: calls (E8) of the functions that lock and
 * unlock, each with the constant that was loaded into RDI before it; and the store of a zero byte by which a queued spinlock
 * is released where that is inlined; the per-CPU counts of a percpu_rw_semaphore's readers, whose functions are all inlined.
 * Jumps are not followed: what stands first need not run first.
 */
export function lockCalls(kernel: Kernel, place: CodePlace): readonly LockCall[] {
  return kernel.once(`lock calls of ${place.start}`, () => {
    const length = Math.min(place.size, LONGEST_FUNCTION);
    const code = kernel.peek(`code of ${place.function}`, () => kernel.memory.read(place.start, length));
    if (code === undefined) return [];
    return callsIn(code, place.start, { functions: lockFunctionsByAddress(kernel), variable: (name) => kernel.symbols.addressOf(name), ...readCount(kernel) });
  });
}

function readCount(kernel: Kernel): { readCount?: number } {
  return kernel.has('percpu_rw_semaphore', 'read_count') ? { readCount: kernel.offsetOf('percpu_rw_semaphore', 'read_count') } : {};
}

/** What the scanner must know of a kernel. */
export interface KnownLocks {
  readonly functions: ReadonlyMap<bigint, LockFunction>;
  readonly variable?: (name: string) => bigint | undefined;
  /** Offset of `read_count` in a percpu_rw_semaphore. */
  readonly readCount?: number;
}

/** The same on bytes. */
export function callsIn(code: Uint8Array, start: bigint, { functions, variable, readCount: offset }: KnownLocks): LockCall[] {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const calls: LockCall[] = [];
  let barrier = 0;
  for (let at = 0; at + 3 <= code.length; at++) {
    if (code[at] === 0xe8 && at + 5 <= code.length) {
      const target = BigInt.asUintN(64, start + BigInt(at + 5 + view.getInt32(at + 1, true)));
      const callee = functions.get(target);
      if (callee === undefined || callee.does === 'inside') continue;
      const lock = callee.variable !== undefined ? variable?.(callee.variable) : constantArgument(view, start, Math.max(barrier, at - ARGUMENT_BYTES), at);
      calls.push({ after: at + 5, kind: callee.kind, does: callee.does, callee: callee.name, ...(lock === undefined ? {} : { lock }) });
      barrier = at + 5;
      at += 4;
      continue;
    }
    const read = offset === undefined ? undefined : readerCount(view, start, at);
    if (read) {
      calls.push({ after: at + read.length, kind: 'percpu-rwsem', does: read.does, lock: read.pointer - BigInt(offset!) });
      continue;
    }
    const unlock = inlinedUnlock(view, start, at);
    if (unlock) calls.push({ after: at + unlock.length, kind: 'spinlock', does: 'release', lock: unlock.lock });
  }
  return calls;
}

/** The last constant that goes into RDI: `mov $imm32, %rdi` (48 c7 c7) or `lea disp32(%rip), %rdi` (48 8d 3d). */
function constantArgument(view: DataView, start: bigint, from: number, to: number): bigint | undefined {
  for (let at = to - 7; at >= from; at--) {
    const lock = loadsRdi(view, start, at);
    if (lock !== undefined) return lock;
  }
  return undefined;
}

function loadsRdi(view: DataView, start: bigint, at: number): bigint | undefined {
  if (at < 0 || at + 7 > view.byteLength || view.getUint8(at) !== 0x48) return undefined;
  const opcode = view.getUint8(at + 1);
  const modRm = view.getUint8(at + 2);
  if (opcode === 0xc7 && modRm === 0xc7) return BigInt.asUintN(64, BigInt(view.getInt32(at + 3, true)));
  if (opcode === 0x8d && modRm === 0x3d) return BigInt.asUintN(64, start + BigInt(at + 7 + view.getInt32(at + 3, true)));
  return undefined;
}

/** How far the count may be from the load of the pointer to it. */
const COUNT_BYTES = 24;

/**
 * percpu_down_read() and percpu_up_read(): `mov disp32(%rip), %reg` (REX 8b) loads the semaphore's `read_count`, and `incl` or
 * `decl %gs:(%reg)` (65 ff /0, /1) counts.
 */
function readerCount(view: DataView, start: bigint, at: number): { does: 'acquire' | 'release'; pointer: bigint; length: number } | undefined {
  if (view.getUint8(at) !== 0x65) return undefined;
  const wide = view.getUint8(at + 1) === 0x41 ? 1 : 0;
  if (at + 3 + wide > view.byteLength || view.getUint8(at + 1 + wide) !== 0xff) return undefined;
  const modRm = view.getUint8(at + 2 + wide);
  const [mode, does, register] = [modRm >> 6, (modRm >> 3) & 7, modRm & 7];
  if (mode !== 0 || does > 1 || register === 4 || register === 5) return undefined;
  for (let load = at - 7; load >= Math.max(0, at - COUNT_BYTES); load--) {
    const loaded = view.getUint8(load) === (wide ? 0x4c : 0x48) && view.getUint8(load + 1) === 0x8b && view.getUint8(load + 2) === (0x05 | (register << 3));
    if (loaded) return { does: does === 0 ? 'acquire' : 'release', pointer: BigInt.asUintN(64, start + BigInt(load + 7 + view.getInt32(load + 3, true))), length: 3 + wide };
  }
  return undefined;
}

/** `movb $0, (%rdi)` (c6 07 00) behind a load of RDI, or `movb $0, disp32(%rip)` (c6 05 … 00). */
function inlinedUnlock(view: DataView, start: bigint, at: number): { lock: bigint; length: number } | undefined {
  if (view.getUint8(at) !== 0xc6) return undefined;
  if (view.getUint8(at + 1) === 0x07 && view.getUint8(at + 2) === 0) {
    const lock = constantArgument(view, start, at - STORE_BYTES, at);
    return lock === undefined ? undefined : { lock, length: 3 };
  }
  if (at + 7 <= view.byteLength && view.getUint8(at + 1) === 0x05 && view.getUint8(at + 6) === 0) {
    return { lock: BigInt.asUintN(64, start + BigInt(at + 7 + view.getInt32(at + 2, true))), length: 7 };
  }
  return undefined;
}

/** The lock that the call which returns to an offset was given, where the code names it. */
export function lockGivenAt(kernel: Kernel, place: CodePlace, offset: number): bigint | undefined {
  return lockCalls(kernel, place).find(({ after }) => after === offset)?.lock;
}
