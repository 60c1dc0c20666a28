import type { Frame } from './frame.js';
import { codePlace } from './code.js';
import type { Caller } from './orc-step.js';
import { PT_REGS_BYTES, readPtRegs } from './pt-regs.js';
import { DWARF, onlyKnown, registerFile } from './registers.js';
import type { StackMemory } from './stack-memory.js';
import { Implausible } from '../kernel/gaps.js';

/**
 * The caller by frame pointers: of all frames in a kernel with CONFIG_UNWINDER_FRAME_POINTER, and where ORC has
 * nothing. A frame pointer with its lowest bit set is the address of a pt_regs (ENCODE_FRAME_POINTER).
 * @returns undefined at the bottom, where the frame pointer is 0
 * @throws ReadError, Implausible
 */
export function framePointerCaller(memory: StackMemory, frame: Frame): Caller | undefined {
  const [sp, bp] = [frame.registers[DWARF.sp], frame.registers[DWARF.bp]];
  if (sp !== undefined && frame.interrupted && codePlace(memory.kernel, frame.ip)?.offset === 0) {
    // Nothing has been pushed yet: the return address is on top.
    const ip = memory.word(sp);
    return { ip, interrupted: false, registers: onlyKnown(ip, sp + 8n, bp), found: 'framePointer' };
  }
  if (bp === undefined) throw new Implausible('the frame pointer is not known');
  if (bp === 0n) return undefined;
  if ((bp & 1n) === 1n) return encodedRegisters(memory, bp - 1n);
  const ip = memory.word(bp + 8n);
  return { ip, interrupted: false, registers: onlyKnown(ip, bp + 16n, memory.word(bp)), found: 'framePointer' };
}

function encodedRegisters(memory: StackMemory, address: bigint): Caller {
  memory.require(address, PT_REGS_BYTES);
  const entry = readPtRegs(memory.kernel, address);
  return {
    ip: entry.registers.ip,
    interrupted: true,
    registers: registerFile(entry.registers),
    found: 'framePointer',
    entry,
    ...(entry.user ? { user: true } : {}),
  };
}
