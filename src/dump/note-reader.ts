import { elfNotes } from '../bytes/elf.js';
import type { RegisterNote, X86ControlRegisters, X86Registers } from './notes.js';

/** What a dump's notes say, in ELF files and kdump files alike. */
export interface Notes {
  registers: RegisterNote[];
  vmcoreinfo?: string;
  /** What stands where VMCOREINFO should be is none. */
  damagedVmcoreinfo?: boolean;
  eraseinfo?: string;
  /** QEMU wrote notes of its own. */
  fromHypervisor: boolean;
  /** Bytes of an NT_PRSTATUS: 336 on x86_64, 392 on aarch64. */
  prstatusBytes?: number;
  /** Some note, or all of them, can't be read: what stands there is not what was written. */
  damaged: boolean;
}

/** 8192 CPUs, QEMU's and the kernel's note for each, take 7 MB. */
export const MAX_NOTES_BYTES = 64 << 20;

const NT_PRSTATUS = 1;
const PRSTATUS_BYTES = 336; // struct elf_prstatus of x86_64
const PR_PID = 32;
const PR_REG = 112;
/** struct user_regs_struct, arch/x86/include/asm/user_64.h; segment bases and data segments follow. */
const PR_REG_ORDER = [
  'r15',
  'r14',
  'r13',
  'r12',
  'bp',
  'bx',
  'r11',
  'r10',
  'r9',
  'r8',
  'ax',
  'cx',
  'dx',
  'si',
  'di',
  'orig_ax',
  'ip',
  'cs',
  'flags',
  'sp',
  'ss',
] as const satisfies readonly (keyof X86Registers)[];

/** @param stated how many bytes of notes the file says that it has, where that may be more than `bytes` */
export function readNotes(bytes: Uint8Array, stated = bytes.length): Notes {
  const notes: Notes = { registers: [], fromHypervisor: false, damaged: bytes.length < stated };
  const hypervisors: Uint8Array[] = [];
  let end = 0;
  for (const { name, type, desc } of elfNotes(bytes, true)) {
    end = Math.ceil((desc.byteOffset - bytes.byteOffset + desc.length) / 4) * 4;
    if (name === 'CORE' && type === NT_PRSTATUS) {
      notes.prstatusBytes ??= desc.length;
      if (desc.length === PRSTATUS_BYTES) notes.registers.push(registerNote(desc, notes.registers.length));
    } else if (name === 'QEMU') {
      notes.fromHypervisor = true;
      hypervisors.push(desc);
    } else if (name === 'VMCOREINFO') {
      addVmcoreinfo(notes, desc);
    } else if (name === 'ERASEINFO') {
      notes.eraseinfo ??= latin1(desc);
    } else if (desc.length === PRSTATUS_BYTES) {
      notes.damaged = true; // nothing else is as long: the note's header is not what it was
    }
  }
  // Nothing but padding follows the last note, and who states notes has one.
  if ((end === 0 && stated > 0) || bytes.subarray(end).some((byte) => byte !== 0)) notes.damaged = true;
  if (notes.fromHypervisor && hypervisors.length !== notes.registers.length) notes.damaged = true;
  addControlRegisters(notes.registers, hypervisors);
  // No CPU stands at 0 without a stack.
  const real = notes.registers.filter(({ registers }) => Object.values(registers).some((value) => value !== 0n));
  if (real.length < notes.registers.length) notes.damaged = true;
  notes.registers = real;
  return notes;
}

/**
 * QEMU writes both kinds of notes for each of its CPUs, in their order; where one is lost, those belong together that
 * state the same place.
 */
function addControlRegisters(notes: readonly RegisterNote[], hypervisors: readonly Uint8Array[]): void {
  for (const [i, note] of notes.entries()) {
    const own = hypervisors.length === notes.length ? hypervisors[i] : samePlace(note, hypervisors);
    const control = own && qemuControlRegisters(own);
    if (control !== undefined) note.control = control;
  }
}

function samePlace({ registers }: RegisterNote, hypervisors: readonly Uint8Array[]): Uint8Array | undefined {
  const same = hypervisors.filter((desc) => {
    if (desc.length < QEMU_RIP + 8) return false;
    const view = new DataView(desc.buffer, desc.byteOffset, desc.byteLength);
    return view.getBigUint64(QEMU_RIP, true) === registers.ip && view.getBigUint64(QEMU_RSP, true) === registers.sp;
  });
  return same.length === 1 ? same[0] : undefined;
}

/** Takes the text where it is VMCOREINFO, which is lines of KEY=VALUE and nothing else; the first that is holds. */
export function addVmcoreinfo(notes: Notes, bytes: Uint8Array): void {
  const text = latin1(bytes);
  if (/^[\w()./]+=/m.test(text)) notes.vmcoreinfo ??= text;
  else notes.damagedVmcoreinfo = true;
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

/** Of QEMUCPUState, behind its version and size: rax, rbx, rcx, rdx, rsi, rdi, rsp, rbp, r8 to r15, rip, rflags. */
const QEMU_RSP = 8 + 6 * 8;
const QEMU_RIP = 8 + 16 * 8;

/**
 * QEMUCPUState, target/i386/arch_dump.c: version, size, 18 registers, 10 segments of 24 bytes, cr0…cr4, kernel_gs_base.
 */
function qemuControlRegisters(desc: Uint8Array): X86ControlRegisters | undefined {
  if (desc.length < 432) return undefined;
  const view = new DataView(desc.buffer, desc.byteOffset, desc.byteLength);
  const u64 = (at: number) => view.getBigUint64(at, true);
  const segments = 8 + 18 * 8;
  const gsBase = segments + 4 * 24 + 16; // cs, ds, es, fs, gs: selector, limit, flags, pad, base
  const cr = segments + 10 * 24;
  return {
    cr0: u64(cr),
    cr2: u64(cr + 16),
    cr3: u64(cr + 24),
    cr4: u64(cr + 32),
    gsBase: u64(gsBase),
    kernelGsBase: desc.length >= cr + 48 ? u64(cr + 40) : 0n, // since QEMU 3.0
  };
}
