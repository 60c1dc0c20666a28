import type { Architecture } from '../arch/architecture.js';
import type { Dump } from '../dump/dump.js';
import type { DebugInfo } from '../debuginfo/dwarf/debug-info.js';
import type { SymbolTable } from '../debuginfo/symbol-table.js';
import type { CType, StructType, TypeSource } from '../debuginfo/type-source.js';
import { findMember, resolveType } from '../debuginfo/type-walk.js';
import type { AddressSpace } from '../memory/address-space.js';
import { physicalOfDirectMap, type Bases } from '../memory/bases.js';
import type { KernelSpace } from '../memory/kernel-space.js';
import { anchors, generalAnchor } from '../../symbols/enums.js';
import { bindShape, unboundRef, type BoundShape } from './bind-shape.js';
import { setBits } from './containers/bitmap.js';
import { list } from './containers/list.js';
import { scalarByName, tagOf } from './declared-type.js';
import { GapLog, gapOf, Implausible, isGapError, isLoss, ShapeError, whileReading } from './gaps.js';
import { bindGlobal, type BoundGlobal, type GlobalName, type GlobalValue } from './globals.js';
import { Guard } from './guard.js';
import { Kept } from './kept.js';
import type { Kernel } from './kernel.js';
import { knownShape } from './known-shapes.js';
import type { ReaderHost } from './readers.js';
import type { MemberPath, Ref, RefBase, Shape, StructName } from './shape.js';
import { noSuchStruct, noSuchSymbol, tellingSymbols, tellingTypes } from './unreadable-names.js';
import { didYouMean } from '../words/nearest-word.js';
import { defined } from '../words/defined.js';

export interface KernelParts {
  release: string;
  arch: Architecture;
  dump?: Dump;
  memory: AddressSpace;
  /** A real dump's memory has page tables and RAM; a toy's may be a plain map. */
  machine?: { space: KernelSpace; bases: Bases };
  symbols: SymbolTable;
  types: TypeSource;
  /** Opens the DWARF of a vmlinux; called once, when it is first asked for. */
  openDebugInfo?: () => DebugInfo | undefined;
  vmcoreinfo: (key: string) => string | undefined;
  cancelFlag?: Int32Array;
}

/** A kernel from its parts: a real dump's, or a toy's. */
export function createKernel(given: KernelParts): Kernel {
  const symbols = tellingSymbols(given.symbols, (reason) => kernel.gap("the kernel's symbols", reason));
  const types = tellingTypes(given.types, (reason) => kernel.gap("the kernel's types", reason));
  const parts = { ...given, symbols, types };
  const { memory } = parts;
  const holder: { gaps: GapLog } = {
    get gaps() {
      return kernel.gaps;
    },
    set gaps(log) {
      kernel.gaps = log;
    },
  };
  const shared = new Kept<string>(holder);
  const once = <T>(key: string, make: () => T): T => shared.get(key, make);
  const { bind, missing, host } = shapeBinder(parts, holder);
  const ownSymbols = symbols.kernelOnly ?? symbols;
  const global = globalBinder(host, ownSymbols, types, holder);
  const sharedPlaces = (offset: readonly bigint[]) =>
    once('places of several CPUs', () => {
      const places = kernel.possibleCpus().map((cpu) => offset[cpu]);
      const last = new Map(places.map((place, n) => [place, n]));
      return new Set(places.filter((place, n) => last.get(place) !== n));
    });
  const perCpuOffset = (cpu: number): bigint => {
    const offset = once('__per_cpu_offset', () =>
      global('__per_cpu_offset', true) ? kernel.global('__per_cpu_offset') : undefined,
    );
    // A kernel without SMP has no such table: its per-CPU variables are plain ones.
    if (offset === undefined) return 0n;
    const own = offset[cpu];
    if (own === undefined) throw new Implausible(`CPU ${cpu}, of which __per_cpu_offset has no entry`);
    if (sharedPlaces(offset).has(own))
      throw new Implausible(`__per_cpu_offset has CPU ${cpu} and another in one place`);
    return own;
  };
  const structOf = (name: string) => {
    const struct = types.struct(name, anchorOf(name));
    if (!struct) throw noSuchStruct(types, name);
    return struct;
  };

  const kernel: Kernel = {
    release: parts.release,
    architecture: parts.arch.name,
    arch: parts.arch,
    dump: parts.dump,
    memory,
    symbols,
    types,
    debugInfo: () => once('debug information', () => parts.openDebugInfo?.()),
    physical: parts.machine?.space.physical,
    bases: parts.machine?.bases ?? {},
    userSpace: (pgd) => processSpace(parts.machine, pgd),
    vmcoreinfo: parts.vmcoreinfo,
    gaps: new GapLog(),
    guard: new Guard(parts.cancelFlag),
    attempt(what, read) {
      try {
        return read();
      } catch (error) {
        if (!isGapError(error)) throw error;
        kernel.gaps.record(gapOf(what, error));
        return undefined;
      }
    },
    peek(what, read) {
      try {
        return read();
      } catch (error) {
        if (!isGapError(error)) throw error;
        if (isLoss(error)) kernel.gaps.record(gapOf(what, error));
        return undefined;
      }
    },
    gap: (what, reason, address) => kernel.gaps.record({ gap: true, what, reason, ...defined({ address }) }),
    once,
    bind,
    missing,
    has: (shape, member) => kernel.hasNamed(tagIn(shape), member),
    hasNamed(name, member) {
      const struct = types.struct(name, anchorOf(name));
      return struct !== undefined && (member === undefined || memberIn(struct, name, member) !== undefined);
    },
    ref: <S extends Shape | StructName>(shape: S, address: bigint) => bind(shape).ref(address) as Ref<S>,
    containerOf: <S extends Shape | StructName>(shape: S, address: bigint, member: MemberPath<S>) =>
      bind(shape).ref(address - BigInt(kernel.offsetOf(shape, member))) as Ref<S>,
    offsetOf: (shape, member) => kernel.offsetNamed(tagIn(shape), member),
    sizeOf: (shape) => kernel.sizeNamed(tagIn(shape)),
    offsetNamed: (struct, member) =>
      once(`offsetof ${struct}.${member}`, () => offsetIn(structOf(struct), struct, member)),
    sizeNamed: (struct) => structOf(struct).size,
    hasGlobal: (name) => ownSymbols.addressOf(name) !== undefined,
    global<N extends GlobalName>(name: N) {
      const bound = global(name);
      return whileReading(`the variable \`${name}\``, () => bound.read(bound.address)) as GlobalValue<N>;
    },
    symbol: (name) => kernel.symbolNamed(name),
    findSymbol: (name) => symbols.addressOf(name),
    findSymbols: (name) => symbols.lookup(name),
    symbolNamed(name) {
      const address = symbols.addressOf(name);
      if (address === undefined) throw noSuchSymbol(symbols, 'symbol', name);
      return address;
    },
    perCpu(pointer, cpu) {
      // Its offset would lead to whatever stands first in the CPU's area.
      if (pointer === null) throw new Implausible('a NULL per-CPU pointer');
      return pointer.read(BigInt.asUintN(64, pointer.offset + perCpuOffset(cpu)));
    },
    perCpuGlobal<N extends GlobalName>(name: N, cpu: number) {
      const bound = global(name);
      return whileReading(`the variable \`${name}\` of CPU ${cpu}`, () =>
        bound.read(BigInt.asUintN(64, bound.address + perCpuOffset(cpu))),
      ) as GlobalValue<N>;
    },
    perCpuOffset,
    possibleCpus: () => once('possible CPUs', () => possibleCpus(kernel)),
    enumerator: (name) => {
      const value = types.enumerator(name, anchors[name] ?? generalAnchor);
      return value === undefined ? undefined : Number(value);
    },
    enumValues: (name) =>
      once(
        `enum ${name}`,
        () => new Map([...(types.enum(name, anchors[name])?.values ?? [])].map(([key, value]) => [key, Number(value)])),
      ),
    list: (head, shape, member) => list(kernel, head, shape, member),
    *array<S extends Shape | StructName>(first: RefBase | bigint, shape: S, length: number) {
      const bound = bind(shape);
      let at = typeof first === 'bigint' ? first : first.$address;
      for (let index = 0; index < length; index++, at += BigInt(bound.size)) {
        kernel.guard.step();
        yield bound.ref(at) as Ref<S>;
      }
    },
    close: () => parts.dump?.close(),
  };
  return kernel;
}

function processSpace(machine: KernelParts['machine'], pgd: bigint): AddressSpace {
  const physical = machine && physicalOfDirectMap(machine.bases, pgd);
  if (machine === undefined || physical === undefined)
    throw new Implausible(`a page table at 0x${pgd.toString(16)}, which is not in the direct map`, pgd);
  return machine.space.userSpace(physical);
}

function shapeBinder(
  parts: KernelParts,
  holder: { gaps: GapLog },
): { bind: Kernel['bind']; missing: Kernel['missing']; host: ReaderHost } {
  const { types } = parts;
  const bound = new Kept<Shape>(holder);
  const opaque = new Map<string, Shape>();
  const shapeNamed = (struct: string): Shape => {
    const known = knownShape(struct) ?? opaque.get(struct);
    if (known) return known;
    const made: Shape = { struct, members: {} };
    opaque.set(struct, made);
    return made;
  };
  const bindOrSay = (shape: Shape): BoundShape | ShapeError => {
    try {
      return bindShape(host, types, shape, knownShape(shape.struct) !== shape);
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      return error;
    }
  };
  const tryBind = (shape: Shape): BoundShape | ShapeError => bound.get(shape, bindOrSay);
  const bind: Kernel['bind'] = (shape) => {
    const found = tryBind(typeof shape === 'string' ? shapeNamed(shape) : shape);
    if (found instanceof ShapeError) throw found;
    return found;
  };
  const host: ReaderHost = {
    memory: parts.memory,
    refTo: (struct, address) => {
      const shape = knownShape(struct);
      // A struct that no shape describes is a door only: it needs no types.
      if (!shape) return { $struct: struct, $address: address };
      const found = tryBind(shape);
      return found instanceof ShapeError ? unboundRef(shape, address, found) : found.ref(address);
    },
    typeNamed: (base) => typeNamed(types, base),
  };
  return {
    bind,
    host,
    missing: (shape) => {
      const found = tryBind(typeof shape === 'string' ? shapeNamed(shape) : shape);
      return found instanceof ShapeError ? found.message : found.lack?.message;
    },
  };
}

/** A function whose DWARF unit has the struct. */
function anchorOf(struct: string): string | undefined {
  return knownShape(struct)?.definedBy ?? anchors[struct];
}

function typeNamed(types: TypeSource, base: string): CType | undefined {
  const tag = tagOf(base);
  if (tag !== undefined) return types.struct(tag, anchorOf(tag)) ?? types.typedef(tag);
  if (base.startsWith('enum ')) return types.enum(base.slice(5), anchors[base.slice(5)]);
  const scalar = scalarByName(base);
  if (scalar) return { kind: 'int', name: base, ...scalar, bool: base === 'bool', char: base === 'char' };
  return types.typedef(base, anchors[base]);
}

/** Binds each global once. With `probe`, a missing one is undefined instead of an error. */
function globalBinder(host: ReaderHost, symbols: SymbolTable, types: TypeSource, holder: { gaps: GapLog }) {
  const bound = new Kept<GlobalName>(holder);
  const bindOne = (name: GlobalName): BoundGlobal | undefined => bindGlobal(host, symbols, types, name);
  function find(name: GlobalName, probe: true): BoundGlobal | undefined;
  function find(name: GlobalName): BoundGlobal;
  function find(name: GlobalName, probe?: true): BoundGlobal | undefined {
    const found = bound.get(name, bindOne);
    if (!found && !probe) throw noSuchSymbol(symbols, 'variable', name);
    return found;
  }
  return find;
}

function tagIn(shape: Shape | StructName): string {
  return typeof shape === 'string' ? shape : shape.struct;
}

/** By its name, or by the one that its shape says it had in other eras. */
function memberIn(struct: StructType, tag: string, name: string): ReturnType<typeof findMember> {
  const spec = knownShape(tag)?.members[name];
  const formerly = typeof spec === 'object' ? spec.formerly : undefined;
  return findMember(struct, name) ?? (formerly === undefined ? undefined : findMember(struct, formerly));
}

function offsetIn(struct: StructType, tag: string, path: string): number {
  let bits = 0;
  let at = struct;
  const names = path.split('.');
  for (const [i, name] of names.entries()) {
    const found = i === 0 ? memberIn(at, tag, name) : findMember(at, name);
    if (!found)
      throw new ShapeError(
        `\`struct ${at.name}\` has no member \`${name}\` in this kernel${didYouMean(
          name,
          at.members.map((member) => member.name),
        )}`,
      );
    bits += found.bitOffset;
    if (i === names.length - 1) break;
    const inner = resolveType(found.type);
    if (inner.kind !== 'struct' && inner.kind !== 'union')
      throw new ShapeError(`\`${at.name}.${name}\` is no struct in this kernel`);
    at = inner;
  }
  return bits >> 3;
}

function possibleCpus(kernel: Kernel): readonly number[] {
  const limit = kernel.attempt('nr_cpu_ids', () => {
    const ids = kernel.global('nr_cpu_ids');
    if (ids < 1 || ids > MOST_CPUS) throw new Implausible(`nr_cpu_ids is ${ids}`);
    return ids;
  });
  const cpus = kernel.attempt('cpu_possible_mask', () => {
    const set = [...setBits(kernel.global('__cpu_possible_mask').bits, limit)];
    if (set.length === 0) throw new Implausible('no CPU is in it');
    return set;
  });
  // nr_cpu_ids is one more than the last possible CPU, and mostly there is none missing below.
  return cpus ?? Array.from({ length: limit ?? 1 }, (_, cpu) => cpu);
}

/** NR_CPUS is at most 8192. */
const MOST_CPUS = 8192;
