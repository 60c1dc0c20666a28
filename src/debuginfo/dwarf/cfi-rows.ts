import type { AddressKey } from './address-key.js';
import type { Cursor } from './cursor.js';
import { encodedPointer, type Cie, type CfiSection, type Fde } from './cfi-entries.js';

/** How the canonical frame address is found. */
export type CfaRule =
  | { kind: 'register'; register: number; offset: number }
  | { kind: 'expression'; expression: Uint8Array }
  | { kind: 'undefined' };

/** How a register of the caller is found, DWARF 5 section 6.4.1. */
export type RegisterRule =
  | { kind: 'undefined' }
  | { kind: 'same value' }
  /** Saved at this offset from the CFA. */
  | { kind: 'offset'; offset: number }
  /** Is the CFA and this offset. */
  | { kind: 'value offset'; offset: number }
  | { kind: 'register'; register: number }
  /** Saved at the address that the expression gives. */
  | { kind: 'expression'; expression: Uint8Array }
  /** Is what the expression gives. */
  | { kind: 'value expression'; expression: Uint8Array };

/** The rules that hold at one address. */
export interface CfiRow {
  cfa: CfaRule;
  registers: Map<number, RegisterRule>;
}

const MAX_REMEMBERED = 256;
/** The largest machines number to 96. */
const MAX_REGISTERS = 128;

/** Runs a function's instructions up to an address. */
export function rowAt(section: CfiSection, fde: Fde, address: AddressKey): CfiRow {
  const { cie } = fde;
  const initial: CfiRow = { cfa: { kind: 'undefined' }, registers: new Map() };
  run(section, cie.instructions.slice(), cie, initial, undefined, fde.low, Infinity);
  const row: CfiRow = { cfa: initial.cfa, registers: new Map(initial.registers) };
  run(section, fde.instructions.slice(), cie, row, initial.registers, fde.low, address);
  return row;
}

/** @param initial the registers' rules of the CIE, which DW_CFA_restore goes back to; undefined while these are made */
function run(
  section: CfiSection,
  cursor: Cursor,
  cie: Cie,
  row: CfiRow,
  initial: ReadonlyMap<number, RegisterRule> | undefined,
  low: AddressKey,
  address: AddressKey,
): void {
  const remembered: CfiRow[] = [];
  const { registers } = row;
  let at = low;

  const set = (register: number, rule: RegisterRule): void => {
    if (registers.size >= MAX_REGISTERS && !registers.has(register))
      throw cursor.damaged('gives rules for too many registers');
    registers.set(register, rule);
  };
  const restore = (register: number): void => {
    const rule = initial?.get(register);
    if (rule === undefined) registers.delete(register);
    else registers.set(register, rule);
  };
  const withRegister = (change: { register?: number; offset?: number }): void => {
    if (row.cfa.kind !== 'register') throw cursor.damaged('changes a frame address that is not set');
    row.cfa = { ...row.cfa, ...change };
  };
  const expression = (): Uint8Array => cursor.take(cursor.uleb());
  const factored = (): number => cursor.uleb() * cie.dataAlignment;
  const signedFactored = (): number => cursor.sleb() * cie.dataAlignment;

  while (!cursor.done) {
    const opcode = cursor.u8();
    const operand = opcode & 0x3f;
    // The row ends where the next one starts above the address.
    let advance = 0;
    switch (opcode >> 6 === 0 ? operand : opcode & 0xc0) {
      case 0x40:
        advance = operand * cie.codeAlignment;
        break; // advance_loc
      case 0x80:
        set(operand, { kind: 'offset', offset: factored() });
        break; // offset
      case 0xc0:
        restore(operand);
        break;
      case 0x00:
        break; // nop
      case 0x01:
        at = section.exceptionFrames
          ? encodedPointer(cursor, cie.pointerEncoding, cie.addressSize, section.address)
          : cursor.address(cie.addressSize);
        break; // set_loc
      case 0x02:
        advance = cursor.u8() * cie.codeAlignment;
        break;
      case 0x03:
        advance = cursor.u16() * cie.codeAlignment;
        break;
      case 0x04:
        advance = cursor.u32() * cie.codeAlignment;
        break;
      case 0x05:
        set(cursor.uleb(), { kind: 'offset', offset: factored() });
        break; // offset_extended
      case 0x06:
        restore(cursor.uleb());
        break; // restore_extended
      case 0x07:
        set(cursor.uleb(), { kind: 'undefined' });
        break;
      case 0x08:
        set(cursor.uleb(), { kind: 'same value' });
        break;
      case 0x09:
        set(cursor.uleb(), { kind: 'register', register: cursor.uleb() });
        break;
      case 0x0a: // remember_state
        if (remembered.length === MAX_REMEMBERED) throw cursor.damaged('remembers too many states');
        remembered.push({ cfa: row.cfa, registers: new Map(registers) });
        break;
      case 0x0b: {
        // restore_state
        const state = remembered.pop();
        if (state === undefined) throw cursor.damaged('restores a state that was not remembered');
        row.cfa = state.cfa;
        registers.clear();
        for (const [register, rule] of state.registers) registers.set(register, rule);
        break;
      }
      case 0x0c:
        row.cfa = { kind: 'register', register: cursor.uleb(), offset: cursor.uleb() };
        break; // def_cfa
      case 0x0d:
        withRegister({ register: cursor.uleb() });
        break; // def_cfa_register
      case 0x0e:
        withRegister({ offset: cursor.uleb() });
        break; // def_cfa_offset
      case 0x0f:
        row.cfa = { kind: 'expression', expression: expression() };
        break; // def_cfa_expression
      case 0x10:
        set(cursor.uleb(), { kind: 'expression', expression: expression() });
        break;
      case 0x11:
        set(cursor.uleb(), { kind: 'offset', offset: signedFactored() });
        break; // offset_extended_sf
      case 0x12:
        row.cfa = { kind: 'register', register: cursor.uleb(), offset: signedFactored() };
        break; // def_cfa_sf
      case 0x13:
        withRegister({ offset: signedFactored() });
        break; // def_cfa_offset_sf
      case 0x14:
        set(cursor.uleb(), { kind: 'value offset', offset: factored() });
        break;
      case 0x15:
        set(cursor.uleb(), { kind: 'value offset', offset: signedFactored() });
        break;
      case 0x16:
        set(cursor.uleb(), { kind: 'value expression', expression: expression() });
        break;
      case 0x2d:
        break; // AARCH64_negate_ra_state: pointer authentication is stripped by whoever reads the address
      case 0x2e:
        cursor.skipLeb();
        break; // GNU_args_size
      case 0x2f:
        set(cursor.uleb(), { kind: 'offset', offset: -factored() });
        break; // GNU_negative_offset_extended
      default:
        throw cursor.damaged(`has the unknown instruction 0x${opcode.toString(16)}`);
    }
    at += advance;
    if (at > address) return;
  }
}
