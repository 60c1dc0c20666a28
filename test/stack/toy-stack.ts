import { x86_64 } from '../../src/arch/x86_64/x86_64.js';
import { packSymbols, symbolTable } from '../../src/debuginfo/compact-symbols.js';
import { createKernel } from '../../src/kernel/create-kernel.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { Unmapped } from '../../src/memory/address-space.js';
import { mappedSpace } from '../../src/memory/mapped-space.js';
import { noTypes } from '../../src/session/nothing-known.js';
import type { StackArea } from '../../src/arch/stack/stack-area.js';
import type { OrcEntry, OrcLayout } from '../../src/arch/x86_64/stack/orc-entry.js';
import { buildOrc, CALL } from '../../src/testing/build-orc.js';
import { toyMemory } from '../../src/testing/toy-memory.js';

export const TEXT = 0xffffffff81000000n;
const HEADER = 0xffffffff82200000n;
export const STACK = 0xffffc90000100000n;
const STACK_BYTES = 16384n;

export const taskStack: StackArea = { kind: 'task', name: 'task stack', low: STACK, high: STACK + STACK_BYTES };
export const irqStack: StackArea = {
  kind: 'IRQ',
  name: 'IRQ stack of CPU 0',
  low: 0xffffc90000200000n,
  high: 0xffffc90000204000n,
};

/** Functions of 256 bytes each, in this order; before the first lie as many bytes of nothing. */
export const functions = ['bottom', 'outer', 'middle', 'inner', 'entry', 'odd'] as const;
export type FunctionName = (typeof functions)[number];

export function at(name: FunctionName, offset = 0x20): bigint {
  return TEXT + BigInt((functions.indexOf(name) + 1) * 256 + offset);
}

export interface ToyStackOptions {
  layout?: OrcLayout;
  /**
   * What the table says of each function; 'call' frames of eight bytes where it is not given. None at all: a kernel
   * without ORC.
   */
  orc?: Partial<Record<FunctionName, Partial<OrcEntry>>> | 'none';
  /** Flags of one more function's entry, as they are. */
  raw?: { spOffset: number; bpOffset: number; flags: number };
  /** Words by address. */
  words?: readonly (readonly [address: bigint, value: bigint])[];
  /** Bytes of code by address. */
  code?: readonly (readonly [address: bigint, bytes: readonly number[]])[];
  hash?: string;
  lost?: readonly bigint[];
}

/** A kernel of some functions, their ORC table and two stacks; `unwind` needs no more of it. */
export function toyStack(options: ToyStackOptions = {}): Kernel {
  const layout = options.layout ?? 'wide type';
  const memory = toyMemory();
  const frames = new Map<number, number>();
  const frameOf = (pageNumber: number): number => {
    if (!frames.has(pageNumber)) frames.set(pageNumber, frames.size + 1);
    return frames.get(pageNumber)!;
  };
  const write = (address: bigint, bytes: Uint8Array): void => {
    for (const [i, byte] of bytes.entries()) {
      const where = address + BigInt(i);
      memory.write(frameOf(Number(where >> 12n)) * 4096 + Number(where & 0xfffn), Uint8Array.of(byte));
    }
  };
  const word = (address: bigint, value: bigint) =>
    write(address, new Uint8Array(BigUint64Array.of(BigInt.asUintN(64, value)).buffer));
  for (const area of [taskStack, irqStack])
    for (let page = area.low; page < area.high; page += 4096n) write(page, new Uint8Array(1));
  write(TEXT, new Uint8Array(4096).fill(0x90));

  const symbols: [string, bigint][] = [
    ['_stext', TEXT],
    ['_etext', TEXT + 4096n],
    ['__entry_text_start', at('entry', -8)],
    ['__entry_text_end', at('odd', -8)],
  ];
  for (const name of functions) symbols.push([name, at(name, 0)]);
  if (options.orc !== 'none') {
    const given = options.orc ?? {};
    // Filled up with plain functions, as real tables are.
    const entries = Array.from({ length: 64 }, (_, n) => {
      const name = functions[n];
      return {
        address: TEXT + BigInt(n * 64 + (name === undefined ? 0x800 : n * 192 + 256)),
        entry: { ...CALL, ...(name === undefined ? {} : given[name]) },
      };
    });
    const rows = entries.map(({ address, entry }, index) => ({
      address,
      entry: index === functions.indexOf('odd') && options.raw ? options.raw : entry,
    }));
    const tables = buildOrc(layout, rows);
    for (const piece of tables.memory) write(piece.at, piece.bytes);
    symbols.push(...tables.symbols);
  }
  if (options.hash !== undefined) {
    write(HEADER, Buffer.from(options.hash, 'hex'));
    symbols.push(['__start_orc_header', HEADER]);
  }
  for (const [address, value] of options.words ?? []) word(address, value);
  for (const [address, code] of options.code ?? []) write(address, Uint8Array.from(code));
  for (const address of options.lost ?? []) memory.lose(frameOf(Number(address >> 12n)));

  const infos = symbols
    .map(([name, address]) => ({ name, address, size: 256, type: 'T' }))
    .toSorted((a, b) => (a.address < b.address ? -1 : 1));
  return createKernel({
    release: 'toy',
    arch: x86_64,
    memory: mappedSpace(memory, (pageNumber) => frames.get(pageNumber) ?? new Unmapped('the toy has no such page')),
    symbols: symbolTable(packSymbols(infos), 'toy'),
    types: noTypes,
    vmcoreinfo: () => undefined,
  });
}
