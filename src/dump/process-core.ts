import type { ElfNote } from '../bytes/elf.js';
import { latin1 } from './note-reader.js';

/** The process of which a file is the core dump, as far as its notes name it. */
export interface ProcessCore {
  name?: string;
  pid?: number;
}

const NT_PRPSINFO = 3;
/** What only a process has: its auxiliary vector, the files it mapped, the signal that ended it. */
const ofProcesses: readonly number[] = [6, 0x46494c45, 0x53494749];
// struct elf_prpsinfo, the same on all that are 64-bit.
const PRPSINFO_BYTES = 136;
const PR_PID = 24;
const PR_FNAME = 40;
const FNAME_BYTES = 16;

/** Tells the core of a process, told by its notes, from the dump of a kernel; /proc/kcore has an NT_PRPSINFO too. */
export function processCore(notes: Iterable<ElfNote>): ProcessCore | undefined {
  let isProcess = false;
  const process: ProcessCore = {};
  for (const { name, type, desc } of notes) {
    if (name === 'VMCOREINFO' || name === 'QEMU') return undefined;
    if (name !== 'CORE') continue;
    if (ofProcesses.includes(type)) isProcess = true;
    if (type !== NT_PRPSINFO || desc.length !== PRPSINFO_BYTES) continue;
    process.pid = new DataView(desc.buffer, desc.byteOffset, desc.byteLength).getInt32(PR_PID, true);
    process.name = latin1(desc.subarray(PR_FNAME, PR_FNAME + FNAME_BYTES));
  }
  return isProcess ? process : undefined;
}

/** "the core of a process (crashme, pid 12), not of a kernel; gdb reads it". */
export function processCoreInWords({ name, pid }: ProcessCore): string {
  const which = [name || undefined, pid === undefined ? undefined : `pid ${pid}`]
    .filter((part) => part !== undefined)
    .join(', ');
  return `the core of a process${which === '' ? '' : ` (${which})`}, not of a kernel; gdb reads it`;
}
