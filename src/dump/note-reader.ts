import { elfNotes } from '../bytes/elf.js';
import type { RegisterNotes } from '../arch/architecture.js';
import type { RegisterNote } from '../arch/registers.js';

/** What a dump's notes say, in ELF files and kdump files alike. */
export interface Notes {
  registers: RegisterNote[];
  vmcoreinfo?: string;
  /** What stands where VMCOREINFO should be is none. */
  damagedVmcoreinfo?: boolean;
  eraseinfo?: string;
  /** QEMU wrote notes of its own. */
  fromHypervisor: boolean;
  /** Bytes of an NT_PRSTATUS, which tell the architecture. */
  prstatusBytes?: number;
  /** Some note, or all of them, can't be read: what stands there is not what was written. */
  damaged: boolean;
}

/** 8192 CPUs, QEMU's and the kernel's note for each, take 7 MB. */
export const MAX_NOTES_BYTES = 64 << 20;

const NT_PRSTATUS = 1;
/** Of struct elf_prstatus, the same on all that are 64-bit. */
const PR_PID = 32;

/** @param stated how many bytes of notes the file says that it has, where that may be more than `bytes` */
export function readNotes(bytes: Uint8Array, format: RegisterNotes, stated = bytes.length): Notes {
  const notes: Notes = { registers: [], fromHypervisor: false, damaged: bytes.length < stated };
  const hypervisors: Uint8Array[] = [];
  let end = 0;
  for (const { name, type, desc } of elfNotes(bytes, true)) {
    end = Math.ceil((desc.byteOffset - bytes.byteOffset + desc.length) / 4) * 4;
    if (name === 'CORE' && type === NT_PRSTATUS) {
      notes.prstatusBytes ??= desc.length;
      if (desc.length === format.prstatusBytes)
        notes.registers.push(registerNote(format, desc, notes.registers.length));
    } else if (name === 'QEMU') {
      notes.fromHypervisor = true;
      hypervisors.push(desc);
    } else if (name === 'VMCOREINFO') {
      addVmcoreinfo(notes, desc);
    } else if (name === 'ERASEINFO') {
      notes.eraseinfo ??= latin1(desc);
    } else if (desc.length === format.prstatusBytes) {
      notes.damaged = true; // nothing else is as long: the note's header is not what it was
    }
  }
  // Nothing but padding follows the last note, and who states notes has one.
  if ((end === 0 && stated > 0) || bytes.subarray(end).some((byte) => byte !== 0)) notes.damaged = true;
  if (notes.fromHypervisor && hypervisors.length !== notes.registers.length) notes.damaged = true;
  addControlRegisters(format, notes.registers, hypervisors);
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
function addControlRegisters(
  format: RegisterNotes,
  notes: readonly RegisterNote[],
  hypervisors: readonly Uint8Array[],
): void {
  for (const [i, note] of notes.entries()) {
    const own = hypervisors.length === notes.length ? hypervisors[i] : samePlace(format, note, hypervisors);
    const control = own && format.control(own);
    if (control !== undefined) note.control = control;
  }
}

function samePlace(
  format: RegisterNotes,
  { registers }: RegisterNote,
  hypervisors: readonly Uint8Array[],
): Uint8Array | undefined {
  const same = hypervisors.filter((desc) => format.isSamePlace(desc, registers));
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

function registerNote(format: RegisterNotes, desc: Uint8Array, index: number): RegisterNote {
  const view = new DataView(desc.buffer, desc.byteOffset, desc.byteLength);
  return { index, pid: view.getInt32(PR_PID, true), registers: format.registers(desc), prstatus: desc };
}
