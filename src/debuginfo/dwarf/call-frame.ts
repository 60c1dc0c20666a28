import type { Cfi, CfaRule } from './cfi.js';
import { Cursor } from './cursor.js';
import { evaluateNumber, type ExpressionContext } from './expression.js';
import { fromLittleEndian, NoValue } from './expression-value.js';
import type { ReadMemory } from './frame-state.js';

/** What the calling convention says of registers that call frame information does not mention, by DWARF numbers. */
export interface CallingConvention {
  /** Registers that a function leaves as they were. */
  calleeSaved: ReadonlySet<number>;
  /** Is the canonical frame address in the caller. */
  stackPointer: number;
}

/** The caller's frame: its registers as far as they are known. */
export interface CallerRegisters {
  cfa: bigint;
  /** undefined at the end of the stack, where the rule for it says so. */
  returnAddress: bigint | undefined;
  registers: Map<number, bigint>;
}

/** The canonical frame address. @throws NoValue where the frame can't say */
export function frameAddress(
  rule: CfaRule,
  registers: (number: number) => bigint | undefined,
  read: ReadMemory,
): bigint {
  const context = contextOf(registers, read);
  switch (rule.kind) {
    case 'register': {
      const value = registers(rule.register);
      if (value === undefined) throw new NoValue(`the value of register ${rule.register} in this frame is not known`);
      return BigInt.asUintN(64, value + BigInt(rule.offset));
    }
    case 'expression':
      return evaluateNumber(expressionCursor(rule.expression), context);
    case 'undefined':
      throw new NoValue('the frame address is not described here');
    default:
      return rule satisfies never;
  }
}

/**
 * The registers of the caller, by the rules of one address.
 * @throws NoValue where the frame address can't be had; a register that can't is left out
 */
export function callerRegisters(
  cfi: Cfi,
  registers: (number: number) => bigint | undefined,
  read: ReadMemory,
  convention: CallingConvention,
): CallerRegisters {
  const cfa = frameAddress(cfi.cfa, registers, read);
  const context = contextOf(registers, read);
  const found = new Map<number, bigint>([[convention.stackPointer, cfa]]);
  const set = (register: number, value: bigint | undefined): void => {
    if (value === undefined) found.delete(register);
    else found.set(register, value);
  };
  for (const register of convention.calleeSaved) if (!cfi.registers.has(register)) set(register, registers(register));
  for (const [register, rule] of cfi.registers) {
    switch (rule.kind) {
      case 'undefined':
        found.delete(register);
        break;
      case 'same value':
        set(register, registers(register));
        break;
      case 'offset':
        set(register, word(read, cfa + BigInt(rule.offset)));
        break;
      case 'value offset':
        set(register, BigInt.asUintN(64, cfa + BigInt(rule.offset)));
        break;
      case 'register':
        set(register, registers(rule.register));
        break;
      case 'expression':
        set(
          register,
          orUnknown(() => word(read, evaluateNumber(expressionCursor(rule.expression), context, [cfa]))),
        );
        break;
      case 'value expression':
        set(
          register,
          orUnknown(() => evaluateNumber(expressionCursor(rule.expression), context, [cfa])),
        );
        break;
    }
  }
  return { cfa, returnAddress: found.get(cfi.returnRegister), registers: found };
}

function contextOf(register: (number: number) => bigint | undefined, read: ReadMemory): ExpressionContext {
  return { addressSize: 8, offsetSize: 4, version: 5, kaslrOffset: 0n, register, read };
}

function expressionCursor(expression: Uint8Array): Cursor {
  return new Cursor(expression, 0, 'an expression of call frame information', 0);
}

function word(read: ReadMemory, address: bigint): bigint | undefined {
  const bytes = read(BigInt.asUintN(64, address), 8);
  return bytes?.length === 8 ? fromLittleEndian(bytes) : undefined;
}

function orUnknown(value: () => bigint | undefined): bigint | undefined {
  try {
    return value();
  } catch (error) {
    if (error instanceof NoValue) return undefined;
    throw error;
  }
}
