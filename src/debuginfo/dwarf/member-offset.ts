import { Cursor } from './cursor.js';

const DW_OP_plus_uconst = 0x23;
const DW_OP_constu = 0x10;
const DW_OP_plus = 0x22;

/**
 * The offset that a member's location adds to its struct's address, as compilers before DWARF 3 wrote it; undefined for
 * any other expression.
 */
export function evaluateOffset(expression: Uint8Array): number | undefined {
  const cursor = new Cursor(expression, 0, 'an expression', 0);
  if (cursor.done) return undefined;
  const operation = cursor.u8();
  if (operation !== DW_OP_plus_uconst && operation !== DW_OP_constu) return undefined;
  const offset = cursor.uleb();
  if (operation === DW_OP_constu && (cursor.done || cursor.u8() !== DW_OP_plus)) return undefined;
  return cursor.done ? offset : undefined;
}
