import { readNotes } from '../../dump/note-reader.js';
import type { RegisterNote } from '../../arch/registers.js';
import type { Kernel } from '../../kernel/kernel.js';
import { cpusIn } from './cpus.js';
import { gatherGaps } from '../../kernel/gathered-gaps.js';

/** A CPU's registers at the end, or why there are none. */
export type CpuRegisters =
  | {
      readonly cpu: number;
      readonly note: RegisterNote;
      /** How the note was found to be this CPU's. */
      readonly by: 'crash_notes' | 'gs base' | 'order of the notes';
    }
  | {
      readonly cpu: number;
      readonly reason: string;
      /** They may have been saved: the notes of the dump are damaged. */
      readonly lost?: true;
    };

const LOST = {
  reason: "the dump's register notes are damaged, and none that can be read is its own",
  lost: true,
} as const;

/** note_buf_t: an ELF note with an NT_PRSTATUS and an end mark; some 400 bytes. */
const NOTE_BYTES = 512;

/**
 * Registers of each possible CPU. Which note is whose: a hypervisor's notes have the register that points to the CPU's
 * per-CPU area; a kdump's are what the CPUs wrote into `crash_notes` as they stopped (crash_save_cpu()). A CPU that was
 * offline has none.
 */
export function cpuRegisters(kernel: Kernel): readonly CpuRegisters[] {
  return kernel.once('CPU registers', () => {
    const { dump } = kernel;
    if (dump === undefined) return byCrashNotes(kernel, []);
    return dump.fromHypervisor
      ? byHypervisor(kernel, dump.registers)
      : byCrashNotes(kernel, dump.registers, dump.damagedNotes);
  });
}

/** The registers of one CPU; undefined where there are none. */
export function registersOf(kernel: Kernel, cpu: number): RegisterNote | undefined {
  const found = cpuRegisters(kernel)[kernel.possibleCpus().indexOf(cpu)];
  return found && 'note' in found ? found.note : undefined;
}

function byHypervisor(kernel: Kernel, notes: readonly RegisterNote[]): CpuRegisters[] {
  const owners = new Map(notes.map((note) => [note, ownerByGs(kernel, note)]));
  const isDamaged = kernel.dump?.damagedNotes === true;
  const hasOneEach = !isDamaged && notes.length === kernel.possibleCpus().length;
  return kernel.possibleCpus().map((cpu): CpuRegisters => {
    const own = notes.find((note) => owners.get(note) === cpu);
    if (own) return { cpu, note: own, by: 'gs base' };
    const inOrder = hasOneEach ? notes[cpu] : undefined;
    // In user mode after SWAPGS either register may hold something else: the notes then stand in the order of the CPUs.
    if (inOrder && owners.get(inOrder) === undefined) return { cpu, note: inOrder, by: 'order of the notes' };
    if (isDamaged) return { cpu, ...LOST };
    // One that nobody owns may be its own.
    const isOwned = notes.every((note) => owners.get(note) !== undefined);
    return {
      cpu,
      reason: isOwned ? 'the dump has no registers for it' : 'no register note can be identified as its own',
    };
  });
}

/** The CPU whose per-CPU area the note names. */
function ownerByGs(kernel: Kernel, { control }: RegisterNote): number | undefined {
  if (!control) return undefined;
  return kernel.possibleCpus().find((cpu) => {
    const area = kernel.perCpuOffset(cpu);
    return area !== 0n && kernel.arch.notes.hasPerCpuArea(control, area);
  });
}

function byCrashNotes(kernel: Kernel, notes: readonly RegisterNote[], isDamaged = false): CpuRegisters[] {
  const online = kernel.attempt('cpu_online_mask', () => cpusIn(kernel, 'online'));
  const inMemory = kernel.possibleCpus().map((cpu) => ({ cpu, ...crashNote(kernel, cpu) }));
  const someRead = inMemory.some(({ saved }) => saved !== undefined);
  return inMemory.map(({ cpu, saved, reason }): CpuRegisters => {
    if (saved) {
      const inFile = notes.find(
        ({ prstatus }) =>
          prstatus !== undefined && saved.prstatus !== undefined && Buffer.compare(prstatus, saved.prstatus) === 0,
      );
      return { cpu, note: inFile ?? saved, by: 'crash_notes' };
    }
    const inOrder = notes[cpu];
    // Where no CPU's buffer can be read at all, there is one note for each CPU or there is no telling.
    if (!isDamaged && !someRead && reason !== undefined && inOrder && notes.length === inMemory.length)
      return { cpu, note: inOrder, by: 'order of the notes' };
    // Who saved nothing is told by those who did: without any, the notes may have been a hypervisor's.
    if (isDamaged && !someRead) return { cpu, ...LOST };
    if (reason !== undefined) return { cpu, reason };
    return {
      cpu,
      reason:
        online && !online.includes(cpu)
          ? 'it was offline'
          : 'it saved no registers: it did not answer, or was not asked to',
    };
  });
}

/** What a CPU saved into its buffer of `crash_notes`; neither where the buffer is empty. */
function crashNote(kernel: Kernel, cpu: number): { saved?: RegisterNote; reason?: string } {
  const { result: bytes, gaps } = gatherGaps(kernel, () =>
    kernel.attempt('crash_notes', () => {
      const pointer = kernel.global('crash_notes');
      return kernel.memory.read(BigInt.asUintN(64, pointer + kernel.perCpuOffset(cpu)), NOTE_BYTES);
    }),
  );
  if (bytes === undefined) return { reason: `its buffer in crash_notes can't be read: ${gaps[0]!.reason}` };
  const saved = readNotes(endOfNotes(bytes), kernel.arch.notes).registers[0];
  return saved ? { saved } : {};
}

/** The notes end with an empty one; what stands behind them is another CPU's. */
function endOfNotes(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + 12 <= bytes.length) {
    const [name, desc] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    if (name === 0 && desc === 0) break;
    if (name > NOTE_BYTES || desc > NOTE_BYTES) break;
    at += 12 + Math.ceil(name / 4) * 4 + Math.ceil(desc / 4) * 4;
  }
  return bytes.subarray(0, Math.min(at, bytes.length));
}
