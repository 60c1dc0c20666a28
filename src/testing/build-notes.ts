import { PT_REGS_ORDER, type GeneralRegister } from '../arch/x86_64/pt-regs-order.js';

/** One CPU's registers, by the names of `struct pt_regs`; what is not given is 0. */
export type TestRegisters = Partial<Record<GeneralRegister, bigint>> & { pid?: number };

/** The notes of a dump: an NT_PRSTATUS for each CPU, then VMCOREINFO where given. */
export function buildNotes({
  cpus = [],
  vmcoreinfo,
}: {
  cpus?: readonly TestRegisters[];
  vmcoreinfo?: string;
}): Uint8Array {
  const notes = cpus.map((cpu) => note('CORE', 1, prstatus(cpu)));
  if (vmcoreinfo !== undefined) notes.push(note('VMCOREINFO', 0, Buffer.from(vmcoreinfo, 'latin1')));
  return Buffer.concat(notes);
}

/** One ELF note, little-endian, padded to 4 bytes. */
export function note(name: string, type: number, desc: Uint8Array): Uint8Array {
  const padded = (length: number) => Math.ceil(length / 4) * 4;
  const bytes = Buffer.alloc(12 + padded(name.length + 1) + padded(desc.length));
  bytes.writeUInt32LE(name.length + 1, 0);
  bytes.writeUInt32LE(desc.length, 4);
  bytes.writeUInt32LE(type, 8);
  bytes.write(name, 12, 'latin1');
  bytes.set(desc, 12 + padded(name.length + 1));
  return bytes;
}

/** struct elf_prstatus of x86_64. */
function prstatus(cpu: TestRegisters): Uint8Array {
  const bytes = Buffer.alloc(336);
  bytes.writeInt32LE(cpu.pid ?? 0, 32);
  for (const [i, name] of PT_REGS_ORDER.entries())
    bytes.writeBigUInt64LE(BigInt.asUintN(64, cpu[name] ?? 0n), 112 + i * 8);
  return bytes;
}
