/**
 * One instruction of 64-bit code, as far as its bytes say it without a disassembler: how long it is, what it is by
 * number, and its operands' constants. Intel's manual, volume 2, chapter 2 and appendix A.
 */
export interface Instruction {
  /** In bytes, all of which were there. */
  readonly length: number;
  /** One byte; 0x0fXX, 0x0f38XX and 0x0f3aXX of the other maps, also where VEX or EVEX stand for the map. */
  readonly opcode: number;
  /** Legacy prefixes: the bits of `PREFIX`. */
  readonly prefixes: number;
  /** The REX prefix, 0 without. */
  readonly rex: number;
  /** ModRM's mode; undefined without a ModRM byte. */
  readonly mode: number | undefined;
  /** ModRM's register, or more of the opcode, without the bit of REX; 0 without a ModRM byte. */
  readonly reg: number;
  readonly rm: number;
  /** Scale, index and base of the address, without the bits of REX; undefined without such a byte. */
  readonly sib: number | undefined;
  /** The displacement counts from the end of the instruction. */
  readonly ripRelative: boolean;
  /** Sign-extended. */
  readonly displacement: number | undefined;
  /** The constant at its end, sign-extended from at most 32 bits: the distance of a jump or call too. */
  readonly immediate: number | undefined;
}

export const LONGEST_INSTRUCTION = 15;

export const PREFIX = { lock: 1, ds: 2, gs: 4, repeat: 8, operandSize: 16, addressSize: 32, other: 64 } as const;

/** By their byte; 0 for all that are none. */
const LEGACY_PREFIXES = new Uint8Array(256);
for (const [byte, bit] of [
  [0xf0, PREFIX.lock],
  [0x3e, PREFIX.ds],
  [0x65, PREFIX.gs],
  [0xf3, PREFIX.repeat],
  [0x66, PREFIX.operandSize],
  [0x67, PREFIX.addressSize],
  ...[0x26, 0x2e, 0x36, 0x64, 0xf2].map((other) => [other, PREFIX.other] as const),
] as const)
  LEGACY_PREFIXES[byte] = bit;

const REX_W = 8;

/**
 * What stands behind an opcode: a ModRM byte, an immediate of one byte, of two, of "z" (four; two with an operand size
 * prefix), of four whatever the prefixes, of the operand's own size up to eight ("v"), or an address of eight.
 */
const OPERANDS = ['none', 'byte', 'word', 'z', 'long', 'v', 'address', 'enter', 'invalid'] as const;
type Operands = (typeof OPERANDS)[number];

const INVALID: ReadonlySet<number> = new Set([
  0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0x60, 0x61, 0x82, 0x9a, 0xce, 0xd4, 0xd5, 0xd6,
  0xea, 0x0f04, 0x0f0a, 0x0f0c, 0x0f24, 0x0f25, 0x0f26, 0x0f27, 0x0f36, 0x0f39, 0x0f3b, 0x0f3c, 0x0f3d, 0x0f3e, 0x0f3f,
]);

/** What stands behind each opcode of the first two maps: an index of OPERANDS, and whether a ModRM byte does. */
const WITH_MOD_RM = 0x80;
const FIRST_MAP = Uint8Array.from({ length: 256 }, (_, opcode) => form(opcode));
const SECOND_MAP = Uint8Array.from({ length: 256 }, (_, second) => form(0x0f00 | second));

function form(opcode: number): number {
  return OPERANDS.indexOf(operandsOf(opcode)) | (hasModRm(opcode) ? WITH_MOD_RM : 0);
}

/** The instruction that begins at a byte; undefined where none does, or it is cut off. */
export function instructionAt(code: Uint8Array, start: number): Instruction | undefined {
  const end = Math.min(code.length, start + LONGEST_INSTRUCTION);
  let at = start;
  let prefixes = 0;
  for (; at < end; at++) {
    const prefix = LEGACY_PREFIXES[code[at]!]!;
    if (prefix === 0) break;
    prefixes |= prefix;
  }
  let rex = 0;
  if (at < end && (code[at]! & 0xf0) === 0x40) rex = code[at++]!;
  if (at >= end) return undefined;

  let opcode = code[at]!;
  let behind: number;
  if (opcode === 0x0f || opcode === 0xc4 || opcode === 0xc5 || opcode === 0x62) {
    const map = otherMap(code, at, end);
    if (map === undefined) return undefined;
    ({ opcode, behind, next: at } = map);
  } else {
    behind = FIRST_MAP[opcode]!;
    at++;
  }
  const operands = OPERANDS[behind & ~WITH_MOD_RM]!;
  if (operands === 'invalid') return undefined;

  let mode: number | undefined;
  let [reg, rm, ripRelative] = [0, 0, false];
  let [displacement, sib]: (number | undefined)[] = [];
  if ((behind & WITH_MOD_RM) !== 0) {
    if (at >= end) return undefined;
    const byte = code[at++]!;
    // mov to and from control and debug registers takes its mode for 3, whatever it says.
    mode = opcode >= 0x0f20 && opcode <= 0x0f23 ? 3 : byte >> 6;
    reg = (byte >> 3) & 7;
    rm = byte & 7;
    if (mode !== 3) {
      // Volume 2, tables 2-2 and 2-3.
      let base = rm;
      if (rm === 4) {
        if (at >= end) return undefined;
        sib = code[at++]!;
        base = sib & 7;
      }
      ripRelative = mode === 0 && rm === 5;
      const bytes = mode === 1 ? 1 : mode === 2 || base === 5 ? 4 : 0;
      if (at + bytes > end) return undefined;
      if (bytes > 0) displacement = signed(code, at, bytes);
      at += bytes;
    }
  }
  const isTest = opcode === 0xf6 || opcode === 0xf7;
  const bytes = isTest && reg > 1 ? 0 : immediateBytes(operands, rex, prefixes);
  if (at + bytes > end) return undefined;
  const immediate = bytes === 0 || bytes === 8 ? undefined : signed(code, at, Math.min(bytes, 4));
  return {
    length: at + bytes - start,
    opcode,
    prefixes,
    rex,
    mode,
    reg,
    rm,
    sib,
    ripRelative,
    displacement,
    immediate,
  };
}

/** An opcode of another map than the first: by 0f, VEX or EVEX; where the bytes behind it begin, and what they are. */
function otherMap(
  code: Uint8Array,
  at: number,
  end: number,
): { opcode: number; behind: number; next: number } | undefined {
  const first = code[at]!;
  if (first !== 0x0f) {
    const vexBytes = first === 0xc5 ? 2 : first === 0xc4 ? 3 : 4;
    if (at + vexBytes >= end) return undefined;
    const map = first === 0xc5 ? 1 : code[at + 1]! & (first === 0xc4 ? 0x1f : 7);
    const base = { 1: 0x0f00, 2: 0x0f_3800, 3: 0x0f_3a00 }[map];
    if (base === undefined) return undefined;
    const opcode = base | code[at + vexBytes]!;
    const behind = OPERANDS.indexOf(vectorOperands(opcode)) | (opcode === 0x0f77 ? 0 : WITH_MOD_RM);
    return { opcode, behind, next: at + vexBytes + 1 };
  }
  if (at + 1 >= end) return undefined;
  const second = code[at + 1]!;
  if (second !== 0x38 && second !== 0x3a) return { opcode: 0x0f00 | second, behind: SECOND_MAP[second]!, next: at + 2 };
  if (at + 2 >= end) return undefined;
  const behind = OPERANDS.indexOf(second === 0x3a ? 'byte' : 'none') | WITH_MOD_RM;
  return { opcode: 0x0f_0000 | (second << 8) | code[at + 2]!, behind, next: at + 3 };
}

function hasModRm(opcode: number): boolean {
  if (opcode >= 0x0f00) return !isPlainOfSecondMap(opcode & 0xff);
  if (opcode < 0x40) return (opcode & 7) < 4;
  return (
    opcode === 0x63 ||
    opcode === 0x69 ||
    opcode === 0x6b ||
    (opcode >= 0x80 && opcode <= 0x8f) ||
    (opcode >= 0xd0 && opcode <= 0xd3) ||
    (opcode >= 0xd8 && opcode <= 0xdf) ||
    [0xc0, 0xc1, 0xc6, 0xc7, 0xf6, 0xf7, 0xfe, 0xff].includes(opcode)
  );
}

/** syscall, ud2, wrmsr and their like, jumps, pushes of fs and gs, bswap. */
function isPlainOfSecondMap(second: number): boolean {
  return (
    (second >= 0x05 && second <= 0x0e && second !== 0x0d) ||
    (second >= 0x30 && second <= 0x37) ||
    second === 0x77 ||
    (second >= 0x80 && second <= 0x8f) ||
    (second >= 0xa0 && second <= 0xa2) ||
    (second >= 0xa8 && second <= 0xaa) ||
    (second >= 0xc8 && second <= 0xcf)
  );
}

function operandsOf(opcode: number): Operands {
  if (INVALID.has(opcode)) return 'invalid';
  if (opcode >= 0x0f00) return secondMapOperands(opcode & 0xff);
  if (opcode < 0x40) return { 4: 'byte' as const, 5: 'z' as const }[opcode & 7] ?? 'none';
  if (opcode >= 0x70 && opcode <= 0x7f) return 'byte';
  if (opcode >= 0xa0 && opcode <= 0xa3) return 'address';
  if (opcode >= 0xb0 && opcode <= 0xb7) return 'byte';
  if (opcode >= 0xb8 && opcode <= 0xbf) return 'v';
  if (opcode >= 0xe0 && opcode <= 0xe7) return 'byte';
  switch (opcode) {
    case 0x6a:
    case 0x6b:
    case 0x80:
    case 0x83:
    case 0xa8:
    case 0xc0:
    case 0xc1:
    case 0xc6:
    case 0xcd:
    case 0xeb:
    case 0xf6:
      return 'byte';
    case 0x68:
    case 0x69:
    case 0x81:
    case 0xa9:
    case 0xc7:
    case 0xf7:
      return 'z';
    case 0xe8:
    case 0xe9:
      return 'long';
    case 0xc2:
    case 0xca:
      return 'word';
    case 0xc8:
      return 'enter';
    default:
      return 'none';
  }
}

function secondMapOperands(second: number): Operands {
  if (second >= 0x80 && second <= 0x8f) return 'long';
  if (second >= 0x70 && second <= 0x73) return 'byte';
  return [0x0f, 0xa4, 0xac, 0xba, 0xc2, 0xc4, 0xc5, 0xc6].includes(second) ? 'byte' : 'none';
}

/** Vector instructions have none of the jumps and bit tests of the second map. */
function vectorOperands(opcode: number): Operands {
  if (opcode >= 0x0f_3a00) return 'byte';
  return (opcode >= 0x0f70 && opcode <= 0x0f73) || [0x0fc2, 0x0fc4, 0x0fc5, 0x0fc6].includes(opcode) ? 'byte' : 'none';
}

function immediateBytes(operands: Operands, rex: number, prefixes: number): number {
  const isShort = (rex & REX_W) === 0 && (prefixes & PREFIX.operandSize) !== 0;
  switch (operands) {
    case 'byte':
      return 1;
    case 'word':
      return 2;
    case 'enter':
      return 3;
    case 'long':
      return 4;
    case 'z':
      return isShort ? 2 : 4;
    case 'v':
      if ((rex & REX_W) !== 0) return 8;
      return isShort ? 2 : 4;
    case 'address':
      return (prefixes & PREFIX.addressSize) === 0 ? 8 : 4;
    default:
      return 0;
  }
}

function signed(code: Uint8Array, at: number, bytes: number): number {
  let value = 0;
  for (let n = 0; n < bytes; n++) value |= code[at + n]! << (n * 8);
  const unused = 32 - bytes * 8;
  return (value << unused) >> unused;
}
