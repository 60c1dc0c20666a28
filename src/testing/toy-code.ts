import { PT_REGS_ORDER, type X86Registers } from '../arch/x86_64/pt-regs-order.js';
import type { OrcEntry } from '../arch/x86_64/stack/orc-entry.js';
import { buildOrc, CALL, type MemoryPiece } from './build-orc.js';

/**
 * One instruction of a toy function: `mov $address, %rdi`, `call function`, or bytes as they are. With `by` the call's
 * own bytes: of one that goes by a pointer.
 */
export type ToyInstruction =
  | { readonly load: bigint }
  | { readonly call: string; readonly by?: readonly number[] }
  | { readonly bytes: readonly number[] };

/** A function: its instructions, and how it is unwound. */
export interface ToyFunction {
  readonly code?: readonly ToyInstruction[];
  /** How it is unwound; a function that pushes nothing where it is not given. */
  readonly orc?: Partial<OrcEntry>;
}

/** Functions laid out in memory, with their symbols and ORC tables. */
export interface ToyCode {
  readonly memory: readonly MemoryPiece[];
  /** The functions, and what bounds the kernel's code and its tables. */
  readonly symbols: Readonly<Record<string, { readonly address: bigint; readonly size: number }>>;
  at(name: string, offset?: number): bigint;
  /**
   * Where a call of a function returns to: the first one, or one behind an offset. @throws Error where there is none
   */
  returnTo(name: string, callee: string): bigint;
}

const TEXT = 0xffffffff81000000n;
const FUNCTION_BYTES = 256;
/** Tables of ORC are longer than a few functions: they are filled up. */
const FEWEST_ROWS = 64;

/** Functions of a toy kernel, 256 bytes each in the order in which they are given: `nop`s behind their instructions. */
export function toyCode(functions: Readonly<Record<string, ToyFunction>>): ToyCode {
  const names = Object.keys(functions);
  const at = (name: string, offset = 0): bigint => {
    const index = names.indexOf(name);
    if (index < 0) throw new Error(`toyCode: there is no function "${name}"`);
    return TEXT + BigInt((index + 1) * FUNCTION_BYTES + offset);
  };
  const returns = new Map<string, bigint>();
  const bytes = new Uint8Array((Math.max(names.length, FEWEST_ROWS) + 2) * FUNCTION_BYTES).fill(0x90);
  for (const name of names) {
    let offset = Number(at(name) - TEXT);
    for (const instruction of functions[name]!.code ?? []) {
      const encoded = encode(instruction, TEXT + BigInt(offset), at);
      bytes.set(encoded, offset);
      offset += encoded.length;
      const key = 'call' in instruction ? `${name} ${instruction.call}` : undefined;
      if (key !== undefined && !returns.has(key)) returns.set(key, TEXT + BigInt(offset));
    }
  }
  const rows = Array.from({ length: Math.max(names.length, FEWEST_ROWS) }, (_, index) => {
    const name = names[index];
    return {
      address: TEXT + BigInt((index + 1) * FUNCTION_BYTES),
      entry: { ...CALL, ...(name === undefined ? {} : functions[name]!.orc) },
    };
  });
  const orc = buildOrc('wide type', rows);
  const end = TEXT + BigInt(bytes.length);
  return {
    memory: [{ at: TEXT, bytes }, ...orc.memory],
    symbols: {
      _stext: { address: TEXT, size: 0 },
      _etext: { address: end, size: 0 },
      ...Object.fromEntries(orc.symbols.map(([name, address]) => [name, { address, size: 0 }])),
      ...Object.fromEntries(names.map((name) => [name, { address: at(name), size: FUNCTION_BYTES }])),
    },
    at,
    returnTo(name, callee) {
      const address = returns.get(`${name} ${callee}`);
      if (address === undefined) throw new Error(`toyCode: ${name} does not call ${callee}`);
      return address;
    },
  };
}

function encode(instruction: ToyInstruction, address: bigint, at: (name: string) => bigint): Uint8Array {
  if ('bytes' in instruction) return Uint8Array.from(instruction.bytes);
  if ('call' in instruction && instruction.by) return Uint8Array.from(instruction.by);
  if ('call' in instruction) return Uint8Array.of(0xe8, ...int32(Number(at(instruction.call) - address - 5n)));
  return Uint8Array.of(0x48, 0xc7, 0xc7, ...int32(Number(BigInt.asIntN(32, instruction.load))));
}

function int32(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}

/** Words of memory, one behind the other. */
export function words(at: bigint, ...values: readonly bigint[]): MemoryPiece {
  return { at, bytes: new Uint8Array(BigUint64Array.from(values, (value) => BigInt.asUintN(64, value)).buffer) };
}

/** A struct pt_regs of x86_64, as entry code leaves it: in the kernel, where `cs` does not say otherwise. */
export function ptRegs(at: bigint, registers: Partial<X86Registers>): MemoryPiece {
  const all: typeof registers = { cs: 0x10n, flags: 0x246n, ss: 0x18n, ...registers };
  return words(at, ...PT_REGS_ORDER.map((name) => all[name] ?? 0n));
}
