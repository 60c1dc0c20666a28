import { addressOf } from './address-key.js';
import { callSiteBefore, calleeName, passedValue } from './call-sites.js';
import { frameAddress } from './call-frame.js';
import type { CfiLookup } from './cfi.js';
import { AT, TAG } from './constants.js';
import { Cursor } from './cursor.js';
import { Die } from './die.js';
import { evaluateNumber, type ExpressionContext } from './expression.js';
import { NoValue, type ScalarType } from './expression-value.js';
import { codeAddress, type FrameState, type ReadMemory } from './frame-state.js';
import type { CodeAt, CodeLookup } from './inline-chain.js';
import { expressionAt } from './location-lists.js';

/** What expressions of a frame are evaluated with. */
export interface FrameSurroundings {
  code: CodeLookup;
  cfi: CfiLookup;
  read: ReadMemory;
  kaslrOffset: bigint;
  /** How many entry values may still be asked for: each may ask for more in the caller. */
  entryValues: { left: number };
}

/** A value of the entry may itself rest on one of the caller's entry, and so on. */
const MAX_CALLERS = 8;

/** Variables of one frame that ask for one or two each. */
export const MAX_ENTRY_VALUES = 1000;

/** DW_ATE_*: encodings of integers, and whether they are signed. */
const INTEGERS: ReadonlyMap<number, boolean> = new Map([
  [2, false],
  [5, true],
  [6, true],
  [7, false],
  [8, false],
  [0x10, false],
]);

/** The context for expressions of the code that a frame runs. */
export function frameContext(code: CodeAt, frame: FrameState, around: FrameSurroundings, depth = 0): ExpressionContext {
  const { unit, scopes, address } = code;
  const { file } = scopes[0] ?? { file: undefined };
  const context: ExpressionContext = {
    addressSize: unit.addressSize,
    offsetSize: unit.offsetSize,
    version: unit.version,
    kaslrOffset: around.kaslrOffset,
    register: (number) => frame.register(number),
    read: around.read,
    cfa() {
      if (frame.cfa !== undefined) return frame.cfa;
      const rules = around.cfi(codeAddress(frame) - around.kaslrOffset);
      return rules === undefined ? undefined : frameAddress(rules.cfa, (number) => frame.register(number), around.read);
    },
    frameBase() {
      const expression = scopes[0] === undefined ? undefined : expressionAt(scopes[0], AT.frame_base, address);
      if (expression === undefined) return undefined;
      // A frame base may not rest on itself.
      return evaluateNumber(new Cursor(expression, 0, 'a frame base', 0), { ...context, frameBase: () => undefined });
    },
    entryValue: (expression) => (depth < MAX_CALLERS ? entryValue(code, expression, frame, around, depth) : undefined),
    scalarType: (at) => scalarType(code, at),
  };
  if (file !== undefined) context.indexedAddress = (index) => addressOf(file.indexedAddress(unit, index));
  return context;
}

/** What the caller passed: its call site says how to calculate it from registers that the call has left alone. */
function entryValue(
  code: CodeAt,
  expression: Uint8Array,
  frame: FrameState,
  around: FrameSurroundings,
  depth: number,
): bigint | undefined {
  if (around.entryValues.left-- <= 0) return undefined;
  const caller = frame.caller?.();
  if (caller === undefined || caller.interrupted) return undefined;
  const callerCode = around.code.at(codeAddress(caller) - around.kaslrOffset);
  const subprogram = callerCode?.scopes[0];
  if (callerCode === undefined || subprogram === undefined) return undefined;
  const site = callSiteBefore(subprogram, caller.pc - around.kaslrOffset);
  if (site === undefined) return undefined;
  // A call of another function that ended in a jump to this one passed what that one made of it.
  const callee = calleeName(site);
  if (callee !== undefined && callee !== code.scopes[0]?.name()) return undefined;
  const value = passedValue(site, expression);
  if (value === undefined) return undefined;
  try {
    return evaluateNumber(
      new Cursor(value, 0, 'the expression of a call site', 0),
      frameContext(callerCode, caller, around, depth + 1),
    );
  } catch (error) {
    if (error instanceof NoValue) return undefined;
    throw error;
  }
}

function scalarType({ unit, scopes }: CodeAt, at: number): ScalarType | undefined {
  const file = scopes[0]?.file;
  const die = file === undefined ? undefined : Die.read(file, unit, at);
  if (die === undefined || die.tag !== TAG.base_type) return undefined;
  const signed = INTEGERS.get(die.number(AT.encoding) ?? 0);
  const bytes = die.number(AT.byte_size) ?? 0;
  return signed === undefined || bytes < 1 || bytes > 16 ? undefined : { bits: bytes * 8, signed };
}
