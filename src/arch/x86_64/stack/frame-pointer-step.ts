import type { Caller, Frame } from '../../stack/frame.js';
import { PT_REGS_BYTES, readPtRegs } from './pt-regs.js';
import { DWARF, frameOf, onlyKnown } from './registers.js';
import type { StackMemory } from '../../stack/stack-memory.js';
import { Implausible } from '../../../kernel/gaps.js';

/**
 * The caller by frame pointers: of all frames in a kernel with CONFIG_UNWINDER_FRAME_POINTER, and where ORC has
 * nothing. A frame pointer with its lowest bit set is the address of a pt_regs (ENCODE_FRAME_POINTER).
 * @returns undefined at the bottom, where the frame pointer is 0
 * @throws ReadError, Implausible
 */
export function framePointerCaller(memory: StackMemory, frame: Frame, pushed: 'nothing' | 'all'): Caller | undefined {
  const [sp, bp] = [frame.registers[DWARF.sp], frame.registers[DWARF.bp]];
  if (sp !== undefined && pushed === 'nothing') {
    // The return address is on top.
    const ip = memory.word(sp);
    return { ...onlyKnown(ip, sp + 8n, bp), interrupted: false, found: 'framePointer' };
  }
  if (bp === undefined) throw new Implausible('the frame pointer is not known');
  if (bp === 0n) return undefined;
  if ((bp & 1n) === 1n) return encodedRegisters(memory, bp - 1n);
  const ip = memory.word(bp + 8n);
  return { ...onlyKnown(ip, bp + 16n, memory.word(bp)), interrupted: false, found: 'framePointer' };
}

function encodedRegisters(memory: StackMemory, address: bigint): Caller {
  memory.require(address, PT_REGS_BYTES);
  const entry = readPtRegs(memory.kernel, address);
  return {
    ...frameOf(entry.registers),
    interrupted: true,
    found: 'framePointer',
    entry,
    ...(entry.user ? { user: true } : {}),
  };
}
