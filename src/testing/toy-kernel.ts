import { packSymbols, symbolTable } from '../debuginfo/compact-symbols.js';
import { readBtf } from '../debuginfo/btf/read-btf.js';
import type { SymbolInfo } from '../debuginfo/symbol-table.js';
import type { CType } from '../debuginfo/type-source.js';
import { findMember, resolveType, sizeOf } from '../debuginfo/type-walk.js';
import { createKernel } from '../kernel/create-kernel.js';
import type { Kernel } from '../kernel/kernel.js';
import { Unmapped } from '../memory/address-space.js';
import { mappedSpace } from '../memory/mapped-space.js';
import type { Dump } from '../dump/dump.js';
import type { X86Registers } from '../arch/x86_64/pt-regs-order.js';
import { x86_64 } from '../arch/x86_64/x86_64.js';
import type { PhysicalMemory } from '../memory/physical-memory.js';
import { buildBtf } from './build-btf.js';
import type { MemoryPiece } from './build-orc.js';
import { parseCTypes } from './parse-c-types.js';
import { toyMemory } from './toy-memory.js';
import { commonTypes } from './toy-types.js';
import { writeValue, type ToyValue } from './toy-value.js';

/** An object of a C type, with its value. */
export interface ToyObject {
  /** C type: 'struct task_struct', 'unsigned long[3]', 'struct zone *'. */
  type: string;
  /** Zeros where it is not given. */
  value?: ToyValue;
}

/** A global variable. */
export interface ToyVariable extends ToyObject {
  /** One value for each CPU: the symbol is then a per-CPU one. */
  perCpu?: readonly ToyValue[];
  /** Where it stands; somewhere if not given. */
  at?: bigint;
}

/** What the kernel is made of. */
export interface ToyKernelOptions {
  /**
   * C declarations, as the kernel's headers have them: see `parseCTypes`. What any kernel has (`struct list_head`, …)
   * is there.
   */
  types: string;
  /** Global variables: a symbol each. */
  variables?: Readonly<Record<string, ToyVariable>>;
  /** Objects without a symbol, by a name that only the test knows. */
  objects?: Readonly<Record<string, ToyObject>>;
  /**
   * Each a circle of `struct list_head`s: ['init_task.tasks', 'a.tasks', 'b.tasks']; a head alone, ['set.tasks'], is an
   * empty list. One that is in none has NULL links, which is a broken list.
   */
  lists?: readonly (readonly string[])[];
  /** Written last, over all else: { 'b.tasks.next': to('b.tasks') } makes a list go in a circle. */
  overwrite?: Readonly<Record<string, ToyValue>>;
  /** Objects and variables whose pages the dump lacks. */
  lost?: readonly string[];
  /** Further symbols: functions, and variables that are only an address. */
  symbols?: Readonly<Record<string, bigint | { readonly address: bigint; readonly size: number }>>;
  /** Memory anywhere in the kernel: code, stacks. See `toyCode`, `words`, `ptRegs`. */
  memory?: readonly MemoryPiece[];
  /** Registers of the CPUs at the end, as a hypervisor's dump has them. */
  registers?: readonly ToyRegisters[];
  /** Possible CPUs; 1 if not given. */
  cpus?: number;
  vmcoreinfo?: Readonly<Record<string, string>>;
  release?: string;
}

/** One CPU's registers; what is not given is 0. */
export type ToyRegisters = Partial<X86Registers> & { readonly cr2?: bigint };

/** A kernel in memory, to be read as one from a dump is. */
export interface ToyKernel extends Kernel {
  /** Where something stands: 'a', 'a.tasks', 'a.pid_links[1]'. */
  addressOf(place: string): bigint;
}

const PAGE = 4096;
/** The direct map of x86_64 without KASLR: page n of it is page frame n. */
const BASE = 0xffff_8880_0000_0000n;
const DIRECT_MAP_END = BASE + (1n << 32n);
const ELSEWHERE_FRAME = 1 << 19;
/** Per-CPU areas begin at frame 2^16, one each 256 pages. */
const AREA_FRAME = 1 << 16;
const AREA_PAGES = 256;
/** Offset 0 of an area is a NULL pointer to most readers. */
const FIRST_PER_CPU_OFFSET = 64;

/**
 * A kernel made in the test itself: types written in C, variables and objects in JavaScript. Memory, BTF and symbols
 * are built and then read by the production code, so that binding is what is tested. Every object begins on a page of
 * its own: `lost` takes away that one alone.
 *
 * ```ts
 * const kernel = toyKernel({
 *   types: 'struct task_struct { int pid; char comm[16]; struct list_head tasks; };',
 *   variables: { init_task: { type: 'struct task_struct', value: { comm: 'swapper/0' } } },
 *   objects: { a: { type: 'struct task_struct', value: { pid: 1, comm: 'init' } } },
 *   lists: [['init_task.tasks', 'a.tasks']],
 * });
 * ```
 * @throws Error that names what the declarations lack
 */
export function toyKernel(options: ToyKernelOptions): ToyKernel {
  const cpus = options.cpus ?? 1;
  const variables: Record<string, ToyVariable> = {
    __cpu_possible_mask: { type: 'struct cpumask', value: { bits: [(1n << BigInt(cpus)) - 1n] } },
    nr_cpu_ids: { type: 'unsigned int', value: cpus },
    __per_cpu_offset: { type: `u64[${cpus}]`, value: Array.from({ length: cpus }, (_, cpu) => areaOf(cpu)) },
    ...options.variables,
  };
  const objects = { ...variables, ...options.objects };
  const { types, typeOf } = declare(options.types, objects);
  const memory = toyMemory();
  const places = new Map<string, { address: bigint; size: number; type: CType }>();
  const symbols: SymbolInfo[] = Object.entries(options.symbols ?? {}).map(([name, place]) => ({
    name,
    type: 't',
    ...(typeof place === 'bigint' ? { address: place, size: 16 } : place),
  }));
  let nextFrame = 16;
  let nextPerCpu = FIRST_PER_CPU_OFFSET;

  const elsewhere = new Map<number, number>();
  const frameOf = (pageNumber: number): number => elsewhere.get(pageNumber) ?? pageNumber - Number(BASE >> 12n);
  /** Pages that are not of the direct map have frames behind all others. */
  const write = (address: bigint, bytes: Uint8Array): void => {
    if (address >= BASE && address < DIRECT_MAP_END) return memory.write(Number(address - BASE), bytes);
    for (let done = 0; done < bytes.length;) {
      const pageNumber = Number((address + BigInt(done)) >> 12n);
      const offset = Number((address + BigInt(done)) & 4095n);
      if (!elsewhere.has(pageNumber)) elsewhere.set(pageNumber, ELSEWHERE_FRAME + elsewhere.size);
      const part = bytes.subarray(done, done + PAGE - offset);
      memory.write(elsewhere.get(pageNumber)! * PAGE + offset, part);
      done += part.length;
    }
  };
  const allocate = (size: number): bigint => {
    const address = BASE + BigInt(nextFrame * PAGE);
    const pages = Math.max(1, Math.ceil(size / PAGE));
    write(address, new Uint8Array(pages * PAGE));
    // A page between two objects is not there: what runs over an object's end is seen.
    nextFrame += pages + 1;
    return address;
  };
  const allocatePerCpu = (size: number): bigint => {
    const offset = BigInt(nextPerCpu);
    nextPerCpu += Math.ceil(Math.max(size, 1) / 64) * 64;
    if (nextPerCpu > AREA_PAGES * PAGE) throw new Error('toyKernel: more per-CPU variables than an area has room for');
    for (let cpu = 0; cpu < cpus; cpu++) write(areaOf(cpu) + offset, new Uint8Array(size));
    return offset;
  };
  const addressOf = (place: string): bigint => locate(place).address;
  const locate = (place: string): { address: bigint; type: CType } => {
    const [name = '', ...path] = place.split(/[.[\]]+/).filter((part) => part !== '');
    const found = places.get(name);
    if (!found) throw new Error(`toyKernel: there is no "${name}" for "${place}"`);
    return path.reduce((at, part) => memberOf(at, part, place), { address: found.address, type: found.type });
  };
  const put = (address: bigint, type: CType, value: ToyValue): void =>
    writeValue({ write, allocate, allocatePerCpu, areaOf, addressOf, cpus }, address, type, value);

  for (const { at, bytes } of options.memory ?? []) write(at, bytes);
  for (const [name, { perCpu, at }] of Object.entries<ToyVariable>(objects)) {
    const type = typeOf(name);
    const size = sizeOf(type) ?? 0;
    const address = perCpu ? allocatePerCpu(size) : (at ?? allocate(size));
    if (at !== undefined) write(at, new Uint8Array(size));
    places.set(name, { address: perCpu ? areaOf(0) + address : address, size, type });
    if (name in variables) symbols.push({ name, address, size, type: perCpu ? 'A' : 'D' });
  }
  for (const [name, { value, perCpu }] of Object.entries<ToyVariable>(objects)) {
    const { address, type } = places.get(name)!;
    if (value !== undefined) put(address, type, value);
    for (const [cpu, own] of (perCpu ?? []).entries()) put(address - areaOf(0) + areaOf(cpu), type, own);
  }
  for (const ring of options.lists ?? []) {
    for (const [i, place] of ring.entries()) {
      const next = addressOf(ring[(i + 1) % ring.length]!);
      write(addressOf(place), word(next));
      write(next + 8n, word(addressOf(place)));
    }
  }
  for (const [place, value] of Object.entries(options.overwrite ?? {})) {
    const { address, type } = locate(place);
    put(address, type, value);
  }
  for (const name of options.lost ?? []) {
    const found = places.get(name);
    if (!found) throw new Error(`toyKernel: there is no "${name}" to be lost`);
    for (let done = 0; done < Math.max(found.size, 1); done += PAGE)
      memory.lose(Math.floor((Number(found.address - BASE) + done) / PAGE));
  }

  const space = mappedSpace(memory, (pageNumber) => {
    const frame = frameOf(pageNumber);
    return frame > 0 && frame < 1 << 20 ? frame : new Unmapped('no page of this toy kernel');
  });
  const kernel = createKernel({
    release: options.release ?? '6.1.0-toy',
    arch: x86_64,
    memory: space,
    symbols: symbolTable(packSymbols(symbols.toSorted((a, b) => (a.address < b.address ? -1 : 1))), 'a toy kernel'),
    types,
    vmcoreinfo: (key) => options.vmcoreinfo?.[key],
    ...(options.registers ? { dump: toyDump(memory, options.registers) } : {}),
  });
  return Object.assign(kernel, { addressOf });
}

/** A dump that a hypervisor took: each CPU's GS base is its per-CPU area. */
function toyDump(memory: PhysicalMemory, registers: readonly ToyRegisters[]): Dump {
  const none = {
    r15: 0n,
    r14: 0n,
    r13: 0n,
    r12: 0n,
    bp: 0n,
    bx: 0n,
    r11: 0n,
    r10: 0n,
    r9: 0n,
    r8: 0n,
    ax: 0n,
    cx: 0n,
    dx: 0n,
    si: 0n,
    di: 0n,
    orig_ax: 0n,
    ip: 0n,
    cs: 0x10n,
    flags: 0x46n,
    sp: 0n,
    ss: 0x18n,
  };
  return {
    path: 'a toy kernel',
    format: 'elf',
    formatName: 'toy',
    architecture: 'x86_64',
    memory,
    fromHypervisor: true,
    completeness: { kind: 'whole' },
    defects: [],
    close: () => undefined,
    registers: registers.map(({ cr2 = 0n, ...own }, cpu) => ({
      index: cpu,
      pid: 0,
      registers: { ...none, ...own },
      control: { cr0: 0n, cr2, cr3: 0n, cr4: 0n, gsBase: areaOf(cpu), kernelGsBase: 0n },
    })),
  };
}

/**
 * The BTF of the declarations, and each object's type in it: a typedef of its own, since BTF has no types for
 * variables.
 */
function declare(declarations: string, objects: Readonly<Record<string, ToyObject>>) {
  const source = Object.entries(objects).map(([name, { type }]) => {
    const [, base = type, lengths = ''] = /^(.*?)((?:\[\d*\])*)$/.exec(type.trim()) ?? [];
    return `typedef ${base} __toy_${name}${lengths};`;
  });
  const types = readBtf(buildBtf(parseCTypes(`${commonTypes}${declarations}${source.join('\n')}`)), 'a toy kernel');
  return {
    types,
    typeOf: (name: string): CType => {
      const type = types.typedef(`__toy_${name}`);
      if (!type) throw new Error(`toyKernel: the type of "${name}" can't be found`);
      return resolveType(type);
    },
  };
}

function memberOf(
  { address, type }: { address: bigint; type: CType },
  part: string,
  place: string,
): { address: bigint; type: CType } {
  const resolved = resolveType(type);
  if (resolved.kind === 'array' && /^\d+$/.test(part)) {
    const element = resolved.element();
    return { address: address + BigInt(Number(part) * (sizeOf(element) ?? 0)), type: element };
  }
  const found = resolved.kind === 'struct' || resolved.kind === 'union' ? findMember(resolved, part) : undefined;
  if (!found) throw new Error(`toyKernel: "${place}" has no "${part}"`);
  return { address: address + BigInt(found.bitOffset >> 3), type: found.type };
}

function areaOf(cpu: number): bigint {
  return BASE + BigInt((AREA_FRAME + cpu * AREA_PAGES) * PAGE);
}

function word(value: bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt.asUintN(64, value)).buffer);
}
