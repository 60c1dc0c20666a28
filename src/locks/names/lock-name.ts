import { globals } from '../../../symbols/globals.js';
import type { SymbolInfo } from '../../debuginfo/symbol-table.js';
import type { CType, StructType } from '../../debuginfo/type-source.js';
import { resolveType, sizeOf } from '../../debuginfo/type-walk.js';
import { isPerCpuSymbol } from '../../inspect/symbol-at.js';
import type { Kernel } from '../../kernel/kernel.js';
import { allThreads, taskLabel, type Task } from '../../linux/sched/tasks.js';
import { threadStackBytes } from '../../linux/sched/thread-stack.js';
import { codeRangeOf } from '../../stack/code.js';
import { hex } from '../../words/hex.js';
import { fileName, fileSystemAround, inodeOfLock } from '../../linux/fs/file-objects.js';
import { lockKinds } from '../kinds/all.js';
import type { LockKind, LockName } from '../lock-kind.js';
import { slabObject, type SlabObject } from '../../linux/mm/slab-object.js';
import { withModule, withOffsetInto } from '../../words/code-name.js';

/** Locks within structs, by the tag of their own struct. */
const LOCK_STRUCTS: ReadonlySet<string> = new Set(lockKinds.flatMap(({ tags }) => tags ?? []));

/** A symbol's room reaches to the next symbol: a variable is not that far off. */
const LARGEST_VARIABLE = 1n << 20n;

/**
 * Names a lock: as symbol, as per-CPU variable, as member of a slab object, by the stack that it is on, else by its
 * address.
 */
export function lockName(kernel: Kernel, address: bigint, kind?: LockKind): LockName {
  const noun = kind?.noun ?? 'lock';
  return kernel.once(
    `name of ${noun} ${address}`,
    () =>
      bySymbol(kernel, address, kind) ??
      perCpu(kernel, address, kind) ??
      onStack(kernel, address, noun) ??
      ofFile(kernel, address) ??
      bySlab(kernel, address, noun) ?? { text: `the ${noun} at ${hex(address)}`, about: noun, known: false },
  );
}

function bySymbol(kernel: Kernel, address: bigint, kind?: LockKind): LockName | undefined {
  const found = kernel.symbols.at(address);
  if (
    found === undefined ||
    isCode(kernel, found.symbol) ||
    found.symbol.address < kernel.arch.memory.kernelStart ||
    BigInt(found.offset) >= LARGEST_VARIABLE
  )
    return undefined;
  const { symbol, offset } = found;
  if (symbol.size > 0 && offset >= symbol.size) return undefined;
  return named(kernel, symbol.name, offset, kind, symbol.module);
}

/** By where it lies: kallsyms of 7.x gives variables the letter of code. */
function isCode(kernel: Kernel, { address, type, module }: SymbolInfo): boolean {
  return module === undefined ? codeRangeOf(kernel, address) !== undefined : /[tTwW]/.test(type);
}

function named(kernel: Kernel, symbol: string, offset: number, kind: LockKind | undefined, module?: string): LockName {
  const type = typeOfVariable(kernel, symbol);
  // A semaphore begins with the spinlock that guards it.
  const isItself =
    type?.kind === 'struct' && LOCK_STRUCTS.has(type.name) && offset === 0 && kind?.guardsOthers !== true;
  const path = type?.kind === 'struct' && !isItself && offset < type.size ? lockMember(type, offset)?.path : undefined;
  const at = withOffsetInto(symbol, offset);
  const text = path === undefined ? at : `${symbol}.${path}`;
  return {
    text: withModule(text, module),
    about: path === undefined ? symbol : `${symbol}.${path}`.replaceAll(/\[\d+\]/g, '[]'),
    known: true,
  };
}

/** As the kernel's types say, which know few variables; else as oompm has declared it. */
function typeOfVariable(kernel: Kernel, symbol: string): CType | undefined {
  const type = kernel.types.variable(symbol);
  if (type) return resolveType(type);
  const declared = Object.hasOwn(globals, symbol)
    ? /^struct (\w+)$/.exec(globals[symbol as keyof typeof globals].type)?.[1]
    : undefined;
  return declared === undefined ? undefined : kernel.types.struct(declared);
}

/** Per-CPU areas are as far apart as they are large; a variable's offset is its symbol's address. */
function perCpu(kernel: Kernel, address: bigint, kind?: LockKind): LockName | undefined {
  const cpus = kernel
    .possibleCpus()
    .map((cpu) => ({ cpu, base: kernel.perCpuOffset(cpu) }))
    .filter(({ base }) => base !== 0n && base <= address);
  const nearest = cpus.toSorted((a, b) => (a.base > b.base ? -1 : 1))[0];
  if (nearest === undefined) return undefined;
  const offset = BigInt.asUintN(64, address - nearest.base);
  if (!isPerCpuSymbol(kernel, offset)) return undefined;
  const found = kernel.symbols.at(offset);
  if (found === undefined) return undefined;
  const { text, about } = named(kernel, found.symbol.name, found.offset, kind);
  return { text: `${text} of CPU ${nearest.cpu}`, about, known: true };
}

/** Completions often stand on the stack of whoever waits for them. */
function onStack(kernel: Kernel, address: bigint, noun: string): LockName | undefined {
  const bytes = BigInt(threadStackBytes(kernel));
  const owner = tasksByStack(kernel).get(address & ~(bytes - 1n));
  return (
    owner && {
      text: `the ${noun} at ${hex(address)}, on the stack of ${taskLabel(kernel, owner)}`,
      about: noun,
      known: false,
    }
  );
}

/** Stacks begin at multiples of their size. */
function tasksByStack(kernel: Kernel): ReadonlyMap<bigint, Task> {
  return kernel.once(
    'tasks by stack',
    () =>
      new Map(
        allThreads(kernel).flatMap((task) => {
          const stack = kernel.attempt('task_struct.stack', () => task.stack);
          return stack === undefined ? [] : [[stack, task] as const];
        }),
      ),
  );
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
  return (
    member && {
      text: `&${member.struct}.${member.member} at ${hex(address)} (${whose})`,
      about: `${member.struct}.${member.member}`,
      known: true,
    }
  );
}

function bySlab(kernel: Kernel, address: bigint, noun: string): LockName | undefined {
  const object = slabObject(kernel, address);
  if (object === undefined) return undefined;
  const struct = structOfCache(kernel, object);
  const member = struct && lockMember(struct, object.offset);
  if (member)
    return {
      text: `&${member.struct}.${member.member} at ${hex(address)}`,
      about: `${member.struct}.${member.member}`,
      known: true,
    };
  return {
    text: `the ${noun} at ${hex(address)}, 0x${object.offset.toString(16)} bytes into an object of ${object.cache}`,
    about: object.cache,
    known: false,
  };
}

/** Caches whose objects are of a struct of another name. */
const STRUCT_OF_CACHE: Readonly<Record<string, string>> = {
  filp: 'file',
  signal_cache: 'signal_struct',
  sighand_cache: 'sighand_struct',
  files_cache: 'files_struct',
  fs_cache: 'fs_struct',
  sock_inode_cache: 'socket_alloc',
  bdev_cache: 'bdev_inode',
  TCP: 'tcp_sock',
  TCPv6: 'tcp6_sock',
  UDP: 'udp_sock',
  UNIX: 'unix_sock',
  mnt_cache: 'mount',
};

/** The struct that a cache's objects are, by its name, and only where the sizes agree. */
function structOfCache(kernel: Kernel, { cache, objectBytes }: SlabObject): StructType | undefined {
  const stem = cache.replace(/_cachep?$/, '');
  const names = [STRUCT_OF_CACHE[cache], cache, stem, `${stem}_info`, `${stem}_struct`].filter(
    (name): name is string => name !== undefined,
  );
  for (const name of names) {
    const struct = kernel.types.struct(name);
    if (struct && struct.size <= objectBytes && objectBytes - struct.size < 64) return struct;
  }
  return undefined;
}

/** Deepest nesting of structs that is followed. */
const DEEPEST = 8;

/** A lock within a struct. */
export interface LockMember {
  /**
   * The innermost struct around it that has a name: inode.i_rwsem tells more than ext4_inode_info.vfs_inode.i_rwsem.
   */
  readonly struct: string;
  /** Its path in that struct. */
  readonly member: string;
  /** Its path in the outermost. */
  readonly path: string;
}

/** The lock at an offset of a struct. */
export function lockMember(struct: StructType, offset: number): LockMember | undefined {
  let at: { struct: StructType; offset: number; named: string; member: string; path: string }[] = [
    { struct, offset, named: struct.name, member: '', path: '' },
  ];
  for (let depth = 0; depth < DEEPEST && at.length > 0; depth++) {
    const inner: typeof at = [];
    for (const outer of at) {
      for (const { name, type: typeOf, bitOffset } of outer.struct.members) {
        const whole = resolveType(typeOf());
        const start = bitOffset >> 3;
        const size = sizeOf(whole);
        if (size === undefined || outer.offset < start || outer.offset >= start + size) continue;
        const { type, index, offset: within } = elementAt(whole, outer.offset - start);
        if (type.kind !== 'struct' && type.kind !== 'union') continue;
        const member = joined(outer.member, name, index);
        const path = joined(outer.path, name, index);
        if (LOCK_STRUCTS.has(type.name) && within === 0) return { struct: outer.named, member, path };
        inner.push({
          struct: type,
          offset: within,
          path,
          ...(type.name === '' ? { named: outer.named, member } : { named: type.name, member: '' }),
        });
      }
    }
    at = inner;
  }
  return undefined;
}

function joined(path: string, name: string, index: number | undefined): string {
  if (name === '') return path;
  return `${path === '' ? '' : `${path}.`}${name}${index === undefined ? '' : `[${index}]`}`;
}

/** What an offset of an array is in; anything else is its own element. */
function elementAt(type: CType, offset: number): { type: CType; index?: number; offset: number } {
  if (type.kind !== 'array') return { type, offset };
  const element = resolveType(type.element());
  const size = sizeOf(element);
  return size === undefined || size === 0
    ? { type, offset }
    : { type: element, index: Math.floor(offset / size), offset: offset % size };
}
