import { callerRegisters } from '../debuginfo/dwarf/call-frame.js';
import { NoValue } from '../debuginfo/dwarf/expression-value.js';
import type { Kernel } from '../kernel/kernel.js';
import { byDwarf } from './by-dwarf.js';
import { codeAddressOf, type Caller, type Frame } from '../arch/stack/frame.js';
import { stacksOf } from '../arch/stack/stack-architectures.js';
import type { StackMemory } from '../arch/stack/stack-memory.js';

/**
 * The caller by the compiler's own call frame information, which also tells what registers were saved; undefined where
 * it says nothing.
 */
export function cfiCaller(memory: StackMemory, frame: Frame): Caller | undefined {
  const { kernel } = memory;
  const what = 'call frame information';
  return kernel.attempt(what, () => byDwarf(kernel, what, () => callerByTable(memory, frame)));
}

function callerByTable(memory: StackMemory, frame: Frame): Caller | undefined {
  const { registers: numbers, convention } = stacksOf(memory.kernel);
  try {
    const cfi = memory.kernel.debugInfo()?.cfiFor(codeAddressOf(frame));
    if (cfi === undefined) return undefined;
    const { returnAddress, registers: found } = callerRegisters(
      cfi,
      (number) => frame.registers[number],
      readIn(memory),
      convention,
    );
    if (returnAddress === undefined) return undefined;
    const registers = Array.from({ length: numbers.names.length }, (_, number) => found.get(number));
    registers[numbers.ip] = returnAddress;
    return {
      ip: returnAddress,
      sp: registers[numbers.sp],
      interrupted: cfi.signalFrame,
      registers,
      found: 'unwound',
    };
  } catch (error) {
    if (error instanceof NoValue) return undefined;
    throw error;
  }
}

function readIn(memory: StackMemory) {
  return (address: bigint, length: number) =>
    memory.areaOf(address) ? readMemory(memory.kernel, address, length) : undefined;
}

/** Bytes of the dump, or undefined: for expressions, whose every read may fail. */
export function readMemory(kernel: Kernel, address: bigint, length: number): Uint8Array | undefined {
  return kernel.peek('memory of a frame', () => kernel.memory.read(address, length));
}
