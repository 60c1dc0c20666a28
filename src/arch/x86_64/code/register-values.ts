import type { Origin } from '../../architecture.js';
import { baseOf, bit, indexOf, named, NUMBERED, REX_B, REX_R, REX_W } from './general-registers.js';
import { PREFIX, type Instruction } from './instruction.js';
import { writtenBy } from './written-registers.js';

/** Of each general register by its number; undefined where it is not known. */
export type Values = readonly (Origin | undefined)[];

/** System V ABI for AMD64, 3.2.3. */
export const ARGUMENTS = ['di', 'si', 'dx', 'cx', 'r8', 'r9'];

/** As a function begins: its arguments. */
export const AT_ENTRY: Values = NUMBERED.map((name) => {
  const number = ARGUMENTS.indexOf(name);
  return number < 0 ? undefined : { base: { is: 'argument', number }, loads: [], add: 0 };
});

/** A way through more pointers is told by nobody. */
const MOST_LOADS = 6;
const AX = 0;
const CALL = 0xe8;

/** What both ways to one instruction agree on; `before` itself where that has nothing less. */
export function merged(before: Values, other: Values): Values {
  return before.every((value, n) => value === undefined || isSame(value, other[n]))
    ? before
    : before.map((value, n) => (value !== undefined && isSame(value, other[n]) ? value : undefined));
}

function isSame(a: Origin, b: Origin | undefined): boolean {
  if (b === undefined || a.add !== b.add || a.loads.length !== b.loads.length) return false;
  return isSameBase(a.base, b.base) && a.loads.every((offset, n) => offset === b.loads[n]);
}

function isSameBase(a: Origin['base'], b: Origin['base']): boolean {
  if (a.is === 'argument') return b.is === 'argument' && a.number === b.number;
  if (b.is === 'argument' || a.is !== b.is || a.address !== b.address) return false;
  return a.is !== 'register' || b.is !== 'register' || a.register === b.register;
}

/** Where an instruction ends, and the registers before it as all ways leave them, once that is known. */
export interface Stands {
  readonly end: bigint;
  readonly known?: Values | undefined;
}

/** The registers behind an instruction. */
export function afterwards(values: Values, instruction: Instruction, stands: Stands): Values {
  const written = writtenBy(instruction);
  if (written === 'all') return values.map(() => undefined);
  if (written.length === 0) return values;
  const found = valueWritten(values, instruction, stands);
  const after = values.map((value, n) => (written.includes(n) ? undefined : value));
  if (found !== undefined) after[found.register] = found.value;
  return after;
}

/** What an instruction that copies, loads, adds a constant or calls leaves in which register. */
function valueWritten(
  values: Values,
  instruction: Instruction,
  stands: Stands,
): { register: number; value: Origin | undefined } | undefined {
  const { opcode, rex, mode, reg, rm, immediate } = instruction;
  if (opcode === CALL)
    return {
      register: AX,
      value: { base: { is: 'result', address: ahead(stands.end, immediate) }, loads: [], add: 0 },
    };
  if ((rex & REX_W) === 0 || mode === undefined) return undefined;
  const [own, other] = [reg | bit(rex, REX_R), rm | bit(rex, REX_B)];
  switch (opcode) {
    case 0x89: // mov %own, %other
      return { register: other, value: values[own] };
    case 0x8b: // mov other, %own
      return { register: own, value: mode === 3 ? values[other] : loaded(sourceOf(values, instruction, stands)) };
    case 0x8d: // lea
      return { register: own, value: addressOf(values, instruction, stands.end) };
    case 0xc7: // mov $imm32, %other
      return { register: other, value: constant(BigInt.asUintN(64, BigInt(immediate ?? 0))) };
    case 0x81: // add and sub of a constant
    case 0x83:
      if (reg !== 0 && reg !== 5) return undefined;
      return { register: other, value: added(values[other], reg === 0 ? immediate! : -immediate!) };
    default:
      return undefined;
  }
}

/** The address that is read; through a register that came from several places, by what it has there. */
function sourceOf(values: Values, instruction: Instruction, { end, known }: Stands): Origin | undefined {
  const base = baseOf(instruction);
  if (known === undefined || base === undefined || known[base] !== undefined || !isPlain(instruction))
    return addressOf(values, instruction, end);
  const address = end - BigInt(instruction.length);
  return {
    base: { is: 'register', register: named(NUMBERED[base]!), address },
    loads: [],
    add: instruction.displacement ?? 0,
  };
}

/** Its address is a register and a constant. */
function isPlain(instruction: Instruction): boolean {
  const { prefixes } = instruction;
  return (prefixes & (PREFIX.other | PREFIX.addressSize | PREFIX.gs)) === 0 && indexOf(instruction) === undefined;
}

/** The address of a memory operand. */
function addressOf(values: Values, instruction: Instruction, next: bigint): Origin | undefined {
  const { prefixes, ripRelative, displacement = 0 } = instruction;
  if ((prefixes & (PREFIX.other | PREFIX.addressSize)) !== 0) return undefined;
  const isPerCpu = (prefixes & PREFIX.gs) !== 0;
  if (ripRelative) return constant(ahead(next, displacement), isPerCpu);
  if (indexOf(instruction) !== undefined) return undefined;
  const base = baseOf(instruction);
  if (base === undefined) return constant(BigInt.asUintN(64, BigInt(displacement)), isPerCpu);
  return isPerCpu ? undefined : added(values[base], displacement);
}

function constant(address: bigint, isPerCpu = false): Origin {
  return { base: { is: isPerCpu ? 'per-CPU variable' : 'variable', address }, loads: [], add: 0 };
}

function added(value: Origin | undefined, add: number): Origin | undefined {
  return value && { ...value, add: value.add + add };
}

function loaded(address: Origin | undefined): Origin | undefined {
  if (address === undefined || address.loads.length === MOST_LOADS) return undefined;
  return { base: address.base, loads: [...address.loads, address.add], add: 0 };
}

function ahead(next: bigint, distance = 0): bigint {
  return BigInt.asUintN(64, next + BigInt(distance));
}
