import type { EntryKind } from '../../stack/stack-architecture.js';

/** What interrupts and exceptions are for, by the functions that handle them. */
export const entries: readonly EntryKind[] = [
  [/double_?fault/, 'double fault', 'a double fault'],
  [/(?:^|_)nmi(?:_|$)|repeat_nmi/, 'NMI', 'an NMI'],
  [/page_fault/, 'page fault', 'a page fault'],
  [/machine_check|_mc(?:e)?$/, 'machine check', 'a machine check'],
  [/^kprobe_optinsn$/, 'exception', 'a kprobe'],
  [/exc_debug|^debug$/, 'exception', 'a debug exception'],
  [/exc_int3|^(?:do_)?int3$/, 'breakpoint', 'a breakpoint'],
  [/general_protection/, 'general protection fault', 'a general protection fault'],
  [/invalid_op/, 'invalid opcode', 'an invalid opcode'],
  [/divide_error/, 'divide error', 'a divide error'],
  [/stack_segment/, 'stack segment fault', 'a stack segment fault'],
  [/exc_overflow|^(?:do_)?overflow$/, 'overflow', 'an overflow'],
  [/exc_bounds|^(?:do_)?bounds$/, 'bounds', 'a bounds exception'],
  [/invalid_tss/i, 'invalid TSS', 'an invalid TSS'],
  [/segment_not_present/, 'segment not present', 'a segment that is not present'],
  [/alignment_check/, 'alignment check', 'an alignment check'],
  [/simd_coprocessor_error/, 'SIMD exception', 'a SIMD exception'],
  [/coprocessor_error/, 'FPU exception', 'an FPU exception'],
  [/vmm_communication/, 'exception', 'a #VC exception'],
  [/sysvec_|common_interrupt|_intr\b|ret_from_intr|apic|spurious|irq|interrupt/, 'interrupt', 'an interrupt'],
];

/** sysvec_apic_timer_interrupt, exc_page_fault: the vector's own function, or its entry. */
export function entryName(name: string): string | undefined {
  return /^(?:asm_)?((?:sysvec|exc)_\w+|common_interrupt)$/.exec(name)?.[1];
}
