import type { SymbolInfo } from '../debuginfo/symbol-table.js';
import type { CType, StructType } from '../debuginfo/type-source.js';
import { resolveType, sizeOf } from '../debuginfo/type-walk.js';
import { isPerCpuSymbol } from '../kernel/inspect/symbol-at.js';
import type { Kernel } from '../kernel/kernel.js';
import { allThreads, taskLabel, type Task } from '../linux/tasks.js';
import { threadStackBytes } from '../stack/areas.js';
import { codeRangeOf } from '../stack/code.js';
import { hex } from '../stack/stack-memory.js';
import { fileName, fileSystemAround, inodeOfLock } from './file-objects.js';
import type { LockKind } from './lock-functions.js';
import { slabObject, type SlabObject } from './slab-object.js';

/** What a lock is called. */
export interface LockName {
  /** For people: "logbuf_lock", "&inode.i_rwsem at 0x…", "lab_mutex_a [stuck]". */
  readonly text: string;
  /** Without addresses and numbers, for the problem's signature. */
  readonly about: string;
  /** False where only its address is known. */
  readonly known: boolean;
}

/** What a thing is that has no name of its own. */
const NOUNS: Readonly<Partial<Record<LockKind | 'wait queue', string>>> = { completion: 'completion', 'wait queue': 'wait queue', mutex: 'mutex', spinlock: 'spinlock', rwlock: 'rwlock', rwsem: 'rwsem', rtmutex: 'rt_mutex', semaphore: 'semaphore', 'percpu-rwsem': 'percpu-rwsem' };

/** Locks within structs, by the tag of their own struct. */
const LOCK_STRUCTS: ReadonlySet<string> = new Set([
  'spinlock', 'raw_spinlock', 'qspinlock', 'mutex', 'rw_semaphore', 'semaphore', 'completion', 'rt_mutex', 'rt_mutex_base', 'percpu_rw_semaphore',
  'wait_queue_head', 'swait_queue_head', 'ww_mutex', 'qrwlock',
]);

/** A symbol's room reaches to the next symbol: a variable is not that far off. */
const LARGEST_VARIABLE = 1n << 20n;

/** Names a lock: as symbol, as per-CPU variable, as member of a slab object, by the stack that it is on, else by its address. */
export function lockName(kernel: Kernel, address: bigint, kind?: LockKind | 'wait queue'): LockName {
  const noun = (kind && NOUNS[kind]) ?? 'lock';
  return kernel.once(`name of ${noun} ${address}`, () =>
    bySymbol(kernel, address) ?? perCpu(kernel, address) ?? onStack(kernel, address, noun) ?? ofFile(kernel, address) ?? bySlab(kernel, address, noun)
      ?? { text: `the ${noun} at ${hex(address)}`, about: noun, known: false });
}

function bySymbol(kernel: Kernel, address: bigint): LockName | undefined {
  const found = kernel.symbols.at(address);
  if (found === undefined || isCode(kernel, found.symbol) || found.symbol.address < 1n << 63n || BigInt(found.offset) >= LARGEST_VARIABLE) return undefined;
  const { symbol, offset } = found;
  if (symbol.size > 0 && offset >= symbol.size) return undefined;
  return named(kernel, symbol.name, offset, symbol.module);
}

/** By where it lies: kallsyms of 7.x gives variables the letter of code. */
function isCode(kernel: Kernel, { address, type, module }: SymbolInfo): boolean {
  return module === undefined ? codeRangeOf(kernel, address) !== undefined : /[tTwW]/.test(type);
}

function named(kernel: Kernel, symbol: string, offset: number, module?: string): LockName {
  const type = kernel.types.variable(symbol);
  const resolved = type && resolveType(type);
  const member = resolved?.kind === 'struct' && offset < resolved.size ? lockMember(resolved, offset) : undefined;
  const text = offset === 0 && member === undefined ? symbol : member ? `${symbol}.${member.member}` : `${symbol}+0x${offset.toString(16)}`;
  return { text: module === undefined ? text : `${text} [${module}]`, about: member ? `${symbol}.${member.member}` : symbol, known: true };
}

/** Per-CPU areas are as far apart as they are large; a variable's offset is its symbol's address. */
function perCpu(kernel: Kernel, address: bigint): LockName | undefined {
  const cpus = kernel.possibleCpus().map((cpu) => ({ cpu, base: kernel.perCpuOffset(cpu) })).filter(({ base }) => base !== 0n && base <= address);
  const nearest = cpus.toSorted((a, b) => (a.base > b.base ? -1 : 1))[0];
  if (nearest === undefined) return undefined;
  const offset = BigInt.asUintN(64, address - nearest.base);
  if (!isPerCpuSymbol(kernel, offset)) return undefined;
  const found = kernel.symbols.at(offset);
  if (found === undefined) return undefined;
  const { text, about } = named(kernel, found.symbol.name, found.offset);
  return { text: `${text} of CPU ${nearest.cpu}`, about, known: true };
}

/** Completions often stand on the stack of whoever waits for them. */
function onStack(kernel: Kernel, address: bigint, noun: string): LockName | undefined {
  const bytes = BigInt(threadStackBytes(kernel));
  const owner = tasksByStack(kernel).get(address & ~(bytes - 1n));
  return owner && { text: `the ${noun} at ${hex(address)}, on the stack of ${taskLabel(kernel, owner)}`, about: noun, known: false };
}

/** Stacks begin at multiples of their size. */
function tasksByStack(kernel: Kernel): ReadonlyMap<bigint, Task> {
  return kernel.once('tasks by stack', () => new Map(allThreads(kernel).map((task) => [kernel.attempt('task_struct.stack', () => task.stack) ?? 0n, task])));
}

/** What belongs to a file, or to a file system, is told with its name. */
function ofFile(kernel: Kernel, address: bigint): LockName | undefined {
  const system = fileSystemAround(kernel, address);
  if (system) return memberOf(kernel, 'super_block', system.superBlock, address, system.text);
  const inode = inodeOfLock(kernel, address);
  if (inode === undefined) return undefined;
  const file = fileName(kernel, inode);
  return file === undefined ? undefined : memberOf(kernel, 'inode', inode, address, file);
}

function memberOf(kernel: Kernel, name: string, object: bigint, address: bigint, whose: string): LockName | undefined {
  const struct = kernel.types.struct(name);
  const member = struct && lockMember(struct, Number(address - object));
  return member && { text: `&${member.struct}.${member.member} at ${hex(address)} (${whose})`, about: `${member.struct}.${member.member}`, known: true };
}

function bySlab(kernel: Kernel, address: bigint, noun: string): LockName | undefined {
  const object = slabObject(kernel, address);
  if (object === undefined) return undefined;
  const struct = structOfCache(kernel, object);
  const member = struct && lockMember(struct, object.offset);
  if (member) return { text: `&${member.struct}.${member.member} at ${hex(address)}`, about: `${member.struct}.${member.member}`, known: true };
  return { text: `the ${noun} at ${hex(address)}, 0x${object.offset.toString(16)} bytes into an object of ${object.cache}`, about: object.cache, known: false };
}

/** Caches whose objects are of a struct of another name. */
const STRUCT_OF_CACHE: Readonly<Record<string, string>> = {
  filp: 'file', signal_cache: 'signal_struct', sighand_cache: 'sighand_struct', files_cache: 'files_struct', fs_cache: 'fs_struct',
  sock_inode_cache: 'socket_alloc', bdev_cache: 'bdev_inode', TCP: 'tcp_sock', TCPv6: 'tcp6_sock', UDP: 'udp_sock', UNIX: 'unix_sock', mnt_cache: 'mount',
};

/** The struct that a cache's objects are, by its name, and only where the sizes agree. */
function structOfCache(kernel: Kernel, { cache, objectBytes }: SlabObject): StructType | undefined {
  const stem = cache.replace(/_cachep?$/, '');
  const names = [STRUCT_OF_CACHE[cache], cache, stem, `${stem}_info`, `${stem}_struct`].filter((name): name is string => name !== undefined);
  for (const name of names) {
    const struct = kernel.types.struct(name);
    if (struct && struct.size <= objectBytes && objectBytes - struct.size < 64) return struct;
  }
  return undefined;
}

/** Which element of an array of locks begins at an offset. */
function indexOfLock(of: CType, offset: number): number | undefined {
  const element = resolveType(of);
  if (element.kind !== 'struct' || !LOCK_STRUCTS.has(element.name) || element.size === 0 || offset % element.size !== 0) return undefined;
  return offset / element.size;
}

/** Deepest nesting of structs that is followed. */
const DEEPEST = 8;

/** The lock at an offset of a struct, as the innermost struct that has a name calls it. */
export function lockMember(struct: StructType, offset: number): { struct: string; member: string } | undefined {
  let at: { struct: StructType; offset: number; named: string; path: string }[] = [{ struct, offset, named: struct.name, path: '' }];
  for (let depth = 0; depth < DEEPEST && at.length > 0; depth++) {
    const inner: typeof at = [];
    for (const { struct: outer, offset: from, named: tag, path } of at) {
      for (const member of outer.members) {
        const type = resolveType(member.type());
        const start = member.bitOffset >> 3;
        if (from < start || from >= start + (sizeOf(type) ?? 0)) continue;
        const name = member.name === '' ? path : path === '' ? member.name : `${path}.${member.name}`;
        const index = type.kind === 'array' ? indexOfLock(type.element(), from - start) : undefined;
        if (index !== undefined) return { struct: tag, member: `${name}[${index}]` };
        if (type.kind !== 'struct' && type.kind !== 'union') continue;
        if (LOCK_STRUCTS.has(type.name) && from === start) return { struct: tag, member: name };
        // Within a struct that has a name of its own, that one tells more: inode.i_rwsem, not ext4_inode_info.vfs_inode.i_rwsem.
        inner.push({ struct: type, offset: from - start, named: type.name === '' ? tag : type.name, path: type.name === '' ? name : '' });
      }
    }
    at = inner;
  }
  return undefined;
}
