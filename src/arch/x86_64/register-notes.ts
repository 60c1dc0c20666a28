import type { RegisterNotes } from '../architecture.js';
import { PT_REGS_ORDER, type X86Registers } from './pt-regs-order.js';

/** struct elf_prstatus, and pr_reg in it: struct user_regs_struct, arch/x86/include/asm/user_64.h. */
const PRSTATUS_BYTES = 336;
const PR_REG = 112;

/**
 * QEMUCPUState, target/i386/arch_dump.c: version and size, rax, rbx, rcx, rdx, rsi, rdi, rsp, rbp, r8 to r15, rip,
 * rflags, ten segments of 24 bytes, cr0 to cr4, kernel_gs_base.
 */
const QEMU_RSP = 8 + 6 * 8;
const QEMU_RIP = 8 + 16 * 8;
const QEMU_SEGMENTS = 8 + 18 * 8;
/** cs, ds, es, fs, gs: selector, limit, flags, pad, base. */
const QEMU_SEGMENT_BYTES = 24;
const QEMU_SEGMENT_BASE = 16;
const QEMU_CR = QEMU_SEGMENTS + 10 * 24;

/** Control registers that only QEMU's own note has. */
export interface X86ControlRegisters {
  readonly cr0: bigint;
  readonly cr2: bigint;
  readonly cr3: bigint;
  readonly cr4: bigint;
  readonly gsBase: bigint;
  readonly kernelGsBase: bigint;
  readonly fsBase?: bigint;
  /** Selectors. */
  readonly ds?: bigint;
  readonly es?: bigint;
  readonly fs?: bigint;
  readonly gs?: bigint;
}

export const registerNotes: RegisterNotes = {
  prstatusBytes: PRSTATUS_BYTES,
  registers(desc) {
    const view = viewOf(desc);
    const registers = Object.fromEntries(
      PT_REGS_ORDER.map((name, i) => [name, view.getBigUint64(PR_REG + i * 8, true)]),
    );
    return registers as unknown as X86Registers;
  },
  isSamePlace(desc, { ip, sp }) {
    if (desc.length < QEMU_RIP + 8) return false;
    const view = viewOf(desc);
    return view.getBigUint64(QEMU_RIP, true) === ip && view.getBigUint64(QEMU_RSP, true) === sp;
  },
  control(desc) {
    if (desc.length < 432) return undefined;
    const view = viewOf(desc);
    const u64 = (at: number) => view.getBigUint64(at, true);
    const segment = (index: number) => QEMU_SEGMENTS + index * QEMU_SEGMENT_BYTES;
    const selector = (index: number) => BigInt(view.getUint16(segment(index), true));
    return {
      cr0: u64(QEMU_CR),
      cr2: u64(QEMU_CR + 16),
      cr3: u64(QEMU_CR + 24),
      cr4: u64(QEMU_CR + 32),
      ds: selector(1),
      es: selector(2),
      fs: selector(3),
      gs: selector(4),
      fsBase: u64(segment(3) + QEMU_SEGMENT_BASE),
      gsBase: u64(segment(4) + QEMU_SEGMENT_BASE),
      kernelGsBase: desc.length >= QEMU_CR + 48 ? u64(QEMU_CR + 40) : 0n, // since QEMU 3.0
    };
  },
  /** In the kernel GS is the per-CPU area; in user mode the other GS base has it. */
  hasPerCpuArea: ({ gsBase, kernelGsBase }, area) => area === gsBase || area === kernelGsBase,
};

/** What struct user_regs_struct has behind pt_regs: segments, as crash_save_cpu() read them of the CPU and its task. */
export function segmentsIn(
  prstatus: Uint8Array,
): Readonly<Record<'fsBase' | 'gsBase' | 'ds' | 'es' | 'fs' | 'gs', bigint>> {
  const view = viewOf(prstatus);
  const word = (index: number) => view.getBigUint64(PR_REG + (PT_REGS_ORDER.length + index) * 8, true);
  return { fsBase: word(0), gsBase: word(1), ds: word(2), es: word(3), fs: word(4), gs: word(5) };
}

function viewOf(desc: Uint8Array): DataView {
  return new DataView(desc.buffer, desc.byteOffset, desc.byteLength);
}
