import { elfNotes } from '../bytes/elf.js';
import type { RegisterNote, X86ControlRegisters, X86Registers } from './notes.js';

/** What a dump's notes say, in ELF files and kdump files alike. */
export interface Notes {
  registers: RegisterNote[];
  vmcoreinfo?: string;
  eraseinfo?: string;
  /** QEMU wrote notes of its own. */
  fromHypervisor: boolean;
  /** Bytes of an NT_PRSTATUS: 336 on x86_64, 392 on aarch64. */
  prstatusBytes?: number;
}

/** 8192 CPUs, QEMU's and the kernel's note for each, take 7 MB. */
export const MAX_NOTES_BYTES = 64 << 20;

const NT_PRSTATUS = 1;
const PRSTATUS_BYTES = 336; // struct elf_prstatus of x86_64
const PR_PID = 32;
const PR_REG = 112;
/** struct user_regs_struct, arch/x86/include/asm/user_64.h; segment bases and data segments follow. */
const PR_REG_ORDER = [
  'r15', 'r14', 'r13', 'r12', 'bp', 'bx', 'r11', 'r10', 'r9', 'r8', 'ax', 'cx', 'dx', 'si', 'di', 'orig_ax', 'ip', 'cs', 'flags', 'sp', 'ss',
] as const satisfies readonly (keyof X86Registers)[];

export function readNotes(bytes: Uint8Array, littleEndian = true): Notes {
  const notes: Notes = { registers: [], fromHypervisor: false };
  const controls: X86ControlRegisters[] = [];
  for (const { name, type, desc } of elfNotes(bytes, littleEndian)) {
    if (name === 'CORE' && type === NT_PRSTATUS) {
      notes.prstatusBytes ??= desc.length;
      if (desc.length === PRSTATUS_BYTES) notes.registers.push(registerNote(desc, notes.registers.length));
    } else if (name === 'QEMU') {
      notes.fromHypervisor = true;
      const control = qemuControlRegisters(desc);
      if (control !== undefined) controls.push(control);
    } else if (name === 'VMCOREINFO') {
      notes.vmcoreinfo ??= latin1(desc);
    } else if (name === 'ERASEINFO') {
      notes.eraseinfo ??= latin1(desc);
    }
  }
  // QEMU writes both kinds of notes for each of its CPUs, in their order.
  if (controls.length === notes.registers.length) {
    for (const [i, control] of controls.entries()) notes.registers[i]!.control = control;
  }
  return notes;
}

export function latin1(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('latin1');
}

function registerNote(desc: Uint8Array, index: number): RegisterNote {
  const view = new DataView(desc.buffer, desc.byteOffset, desc.byteLength);
  const registers = Object.fromEntries(PR_REG_ORDER.map((name, i) => [name, view.getBigUint64(PR_REG + i * 8, true)]));
  return { index, pid: view.getInt32(PR_PID, true), registers: registers as unknown as X86Registers, prstatus: desc };
}

/** QEMUCPUState, target/i386/arch_dump.c: version, size, 18 registers, 10 segments of 24 bytes, cr0…cr4, kernel_gs_base. */
function qemuControlRegisters(desc: Uint8Array): X86ControlRegisters | undefined {
  if (desc.length < 432) return undefined;
  const view = new DataView(desc.buffer, desc.byteOffset, desc.byteLength);
  const u64 = (at: number) => view.getBigUint64(at, true);
  const segments = 8 + 18 * 8;
  const gsBase = segments + 4 * 24 + 16; // cs, ds, es, fs, gs: selector, limit, flags, pad, base
  const cr = segments + 10 * 24;
  return {
    cr0: u64(cr), cr2: u64(cr + 16), cr3: u64(cr + 24), cr4: u64(cr + 32),
    gsBase: u64(gsBase),
    kernelGsBase: desc.length >= cr + 48 ? u64(cr + 40) : 0n, // since QEMU 3.0
  };
}
