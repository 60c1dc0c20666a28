/** Which bits of an entry mean what; arch/x86/include/asm/orc_types.h names no versions, these are ours. */
export type OrcLayout =
  /** 4.14 to 6.2: type in two bits, then `end`. */
  | 'end flag'
  /** 6.3: type in two bits, then `signal`, then `end` (ffb1b4a41016). */
  | 'signal and end flags'
  /** 6.4 to 7.0: type in three bits, END_OF_STACK and UNDEFINED among them (fb799447ae29). */
  | 'wide type'
  /** Since 7.1: the same bits, registers numbered anew. */
  | 'wide type, new registers';

export type OrcRegister =
  | 'undefined'
  | 'prev sp'
  | 'ax'
  | 'dx'
  | 'di'
  | 'bp'
  | 'sp'
  | 'r10'
  | 'r13'
  | 'bp indirect'
  | 'sp indirect';

/** How the caller's frame is found at one address. */
export interface OrcEntry {
  readonly type: 'undefined' | 'end of stack' | 'call' | 'regs' | 'partial regs';
  readonly spRegister: OrcRegister;
  readonly spOffset: number;
  readonly bpRegister: OrcRegister;
  readonly bpOffset: number;
  /** The caller was interrupted: its ip is the next instruction. */
  readonly signal: boolean;
}

const REGISTERS: readonly OrcRegister[] = [
  'undefined',
  'prev sp',
  'dx',
  'di',
  'bp',
  'sp',
  'r10',
  'r13',
  'bp indirect',
  'sp indirect',
];
const NEW_REGISTERS: readonly OrcRegister[] = [
  'undefined',
  'ax',
  'dx',
  'sp',
  'bp',
  'di',
  'r10',
  'r13',
  'prev sp',
  'sp indirect',
  'bp indirect',
];

const NARROW_TYPES = ['call', 'regs', 'partial regs', 'undefined'] as const;
const WIDE_TYPES = [
  'undefined',
  'end of stack',
  'call',
  'regs',
  'partial regs',
  'undefined',
  'undefined',
  'undefined',
] as const;

/** Takes an entry apart. A register that this layout does not have is 'undefined': such an entry leads nowhere. */
export function decodeOrc(layout: OrcLayout, spOffset: number, bpOffset: number, flags: number): OrcEntry {
  const registers = layout === 'wide type, new registers' ? NEW_REGISTERS : REGISTERS;
  const spRegister = registers[flags & 0xf] ?? 'undefined';
  const bpRegister = registers[(flags >> 4) & 0xf] ?? 'undefined';
  const entry = { spRegister, spOffset, bpRegister, bpOffset };
  if (layout === 'wide type' || layout === 'wide type, new registers') {
    return { ...entry, type: WIDE_TYPES[(flags >> 8) & 7]!, signal: (flags & 0x800) !== 0 };
  }
  const type = NARROW_TYPES[(flags >> 8) & 3]!;
  const end = (flags & (layout === 'end flag' ? 0x400 : 0x800)) !== 0;
  // unwind_next_frame() looked at `end` only where the stack pointer is undefined up to 6.2, and first since 6.3.
  const ends = end && (layout !== 'end flag' || spRegister === 'undefined');
  return {
    ...entry,
    type: ends ? 'end of stack' : spRegister === 'undefined' ? 'undefined' : type,
    signal: layout === 'end flag' ? type !== 'call' : (flags & 0x400) !== 0,
  };
}

/** `.orc_header`: a hash over the struct's definition, since 6.4 (and 6.3.10). */
const HASHES: Readonly<Record<string, OrcLayout>> = {
  db84aed4103b31dd51e017f8f79783ca985c2c51: 'signal and end flags',
  fe5d32bf581bd63b2ca9a5c65ba5a625eab3fe24: 'wide type',
  '137c36ad7627c4dd55932176bb0ecdbd5041fc82': 'wide type, new registers',
};

export function layoutOfHash(header: Uint8Array): OrcLayout | undefined {
  return HASHES[Buffer.from(header).toString('hex')];
}

/**
 * Which layout a table has, by what its entries say: nearly all are calls with the stack pointer as their base.
 * @param sample flags from all over the table
 * @param entryCode flags of the entry code, where interrupted code's registers are described
 */
export function layoutOfFlags(sample: readonly number[], entryCode: readonly number[]): OrcLayout | undefined {
  if (sample.length === 0) return undefined;
  const most = (matches: (flags: number) => boolean) => sample.filter(matches).length * 2 > sample.length;
  if (most((flags) => ((flags >> 8) & 7) === 2)) {
    const old = sample.filter((flags) => (flags & 0xf) === REGISTERS.indexOf('sp')).length;
    const renumbered = sample.filter((flags) => (flags & 0xf) === NEW_REGISTERS.indexOf('sp')).length;
    return renumbered > old ? 'wide type, new registers' : 'wide type';
  }
  if (!most((flags) => ((flags >> 8) & 3) === 0)) return undefined;
  // `end` in the eleventh bit of the one stands with no type and no register; where `signal` is, a type of registers
  // stands beside it.
  const signals = entryCode.some((flags) => (flags & 0x800) !== 0 || ((flags & 0x400) !== 0 && (flags & 0x300) !== 0));
  return signals ? 'signal and end flags' : 'end flag';
}
