import { Implausible } from '../../../kernel/gaps.js';
import type { Caller, Frame, SavedRegisters } from '../../stack/frame.js';
import type { OrcEntry, OrcRegister } from './orc-entry.js';
import { IRET_FRAME_BYTES, PT_REGS_BYTES, readIretFrame, readPtRegs } from './pt-regs.js';
import { DWARF, onlyKnown, registerFile } from './registers.js';
import { type StackMemory } from '../../stack/stack-memory.js';
import { hex } from '../../../words/hex.js';

/** unwind_next_frame() of arch/x86/kernel/unwind_orc.c, for an entry that leads on. @throws ReadError, Implausible */
export function orcCaller(memory: StackMemory, frame: Frame, orc: OrcEntry): Caller {
  const sp = stackPointer(memory, frame, orc);
  switch (orc.type) {
    case 'call': {
      const ip = memory.word(sp - 8n);
      return {
        ...onlyKnown(ip, sp, basePointer(memory, frame, orc, sp)),
        interrupted: false,
        found: 'unwound',
      };
    }
    case 'regs': {
      memory.require(sp, PT_REGS_BYTES);
      return entered(readPtRegs(memory.kernel, sp), frame, orc.signal);
    }
    case 'partial regs': {
      memory.require(sp, IRET_FRAME_BYTES);
      return entered(readIretFrame(memory.kernel, sp), frame, orc.signal);
    }
    default:
      throw new Implausible(`the ORC entry for ${hex(frame.ip)} leads nowhere`, frame.ip);
  }
}

/** What the entry has not saved yet still stands in the registers. */
function entered(entry: SavedRegisters, frame: Frame, signal: boolean): Caller {
  const saved = registerFile(entry.registers);
  const registers = saved.map((value, number) => value ?? frame.registers[number]);
  // Registers of a process are its own affair, and exact in any case.
  return {
    ip: entry.registers.ip,
    sp: entry.registers.sp,
    interrupted: signal || entry.user,
    registers,
    found: 'unwound',
    entry,
    ...(entry.user ? { user: true } : {}),
  };
}

function stackPointer(memory: StackMemory, frame: Frame, { spRegister, spOffset }: OrcEntry): bigint {
  const offset = BigInt(spOffset);
  switch (spRegister) {
    case 'sp':
    case 'bp':
    case 'r10':
    case 'r13':
    case 'di':
    case 'dx':
    case 'ax':
      return wrap(known(frame, spRegister) + offset);
    case 'bp indirect':
      return memory.word(wrap(known(frame, 'bp') + offset));
    case 'sp indirect': {
      // Since 5.12 (aa5cacdc29d7) the offset counts from what stands at the stack pointer, before from the stack
      // pointer.
      const sp = known(frame, 'sp');
      const after = wrap(memory.word(sp) + offset);
      return memory.areaOf(after) || offset === 0n ? after : memory.word(wrap(sp + offset));
    }
    default:
      throw new Implausible(
        `the ORC entry for ${hex(frame.ip)} is based on ${spRegister}, which is no register`,
        frame.ip,
      );
  }
}

function basePointer(
  memory: StackMemory,
  frame: Frame,
  { bpRegister, bpOffset }: OrcEntry,
  sp: bigint,
): bigint | undefined {
  switch (bpRegister) {
    case 'prev sp':
      return memory.word(wrap(sp + BigInt(bpOffset)));
    case 'bp':
      return memory.word(wrap(known(frame, 'bp') + BigInt(bpOffset)));
    default:
      return frame.registers[DWARF.bp];
  }
}

function known(frame: Frame, register: OrcRegister & keyof typeof DWARF): bigint {
  const value = frame.registers[DWARF[register]];
  if (value === undefined)
    throw new Implausible(
      `register ${register}, on which the frame at ${hex(frame.ip)} is based, is not known`,
      frame.ip,
    );
  return value;
}

function wrap(address: bigint): bigint {
  return BigInt.asUintN(64, address);
}
