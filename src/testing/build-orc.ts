import type { OrcEntry, OrcLayout, OrcRegister } from '../arch/x86_64/stack/orc-entry.js';

/** Bytes at an address of the kernel. */
export interface MemoryPiece {
  readonly at: bigint;
  readonly bytes: Uint8Array;
}

/** An entry of a table of ORC; or its three numbers as they are. */
export interface OrcRow {
  readonly address: bigint;
  readonly entry: OrcEntry | { readonly spOffset: number; readonly bpOffset: number; readonly flags: number };
}

const REGISTERS: Record<'old' | 'new', readonly OrcRegister[]> = {
  old: ['undefined', 'prev sp', 'dx', 'di', 'bp', 'sp', 'r10', 'r13', 'bp indirect', 'sp indirect'],
  new: ['undefined', 'ax', 'dx', 'sp', 'bp', 'di', 'r10', 'r13', 'prev sp', 'sp indirect', 'bp indirect'],
};

/** What a function that has pushed nothing needs. */
export const CALL: OrcEntry = {
  type: 'call',
  spRegister: 'sp',
  spOffset: 8,
  bpRegister: 'undefined',
  bpOffset: 0,
  signal: false,
};

const ADDRESSES = 0xffffffff82000000n;
const ENTRIES = 0xffffffff82100000n;

/** An entry's flags as objtool would write them in that layout. */
export function packOrc(layout: OrcLayout, entry: OrcEntry): number {
  const names = REGISTERS[layout === 'wide type, new registers' ? 'new' : 'old'];
  const registers = names.indexOf(entry.spRegister) | (names.indexOf(entry.bpRegister) << 4);
  if (layout.startsWith('wide')) {
    return (
      registers |
      (['undefined', 'end of stack', 'call', 'regs', 'partial regs'].indexOf(entry.type) << 8) |
      (entry.signal ? 0x800 : 0)
    );
  }
  const ends = entry.type === 'end of stack';
  if (ends) return layout === 'end flag' ? 0x400 : 0x800;
  if (entry.type === 'undefined') return 0;
  const type = ['call', 'regs', 'partial regs'].indexOf(entry.type) << 8;
  return registers | type | (layout !== 'end flag' && entry.signal ? 0x400 : 0);
}

/** `.orc_unwind_ip` and `.orc_unwind`, and the symbols that lead to them. @param rows by address, lowest first */
export function buildOrc(
  layout: OrcLayout,
  rows: readonly OrcRow[],
): { memory: MemoryPiece[]; symbols: [name: string, address: bigint][] } {
  const memory = rows.flatMap(({ address, entry }, index): MemoryPiece[] => {
    const slot = ADDRESSES + BigInt(index * 4);
    const flags = 'flags' in entry ? entry.flags : packOrc(layout, entry);
    return [
      { at: slot, bytes: new Uint8Array(Int32Array.of(Number(address - slot)).buffer) },
      {
        at: ENTRIES + BigInt(index * 6),
        bytes: new Uint8Array(Int16Array.of(entry.spOffset, entry.bpOffset, flags).buffer),
      },
    ];
  });
  return {
    memory,
    symbols: [
      ['__start_orc_unwind_ip', ADDRESSES],
      ['__stop_orc_unwind_ip', ADDRESSES + BigInt(rows.length * 4)],
      ['__start_orc_unwind', ENTRIES],
      ['__stop_orc_unwind', ENTRIES + BigInt(rows.length * 6)],
    ],
  };
}
