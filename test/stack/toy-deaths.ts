import type { ToyFunction } from 'oompm/testing';

import { ENTRY, type ToySegment } from './toy-machine.js';

/** What a CPU runs from an exception to its panic; each calls what stands before it in a segment. */
export const deaths = {
  delay: {},
  panic: { code: [{ call: 'delay' }] },
  oops_end: { code: [{ call: 'panic' }] },
  page_fault_oops: { code: [{ call: 'oops_end' }] },
  exc_page_fault: { code: [{ call: 'page_fault_oops' }] },
  asm_exc_page_fault: { ...ENTRY, code: [{ call: 'exc_page_fault' }] },
  exc_general_protection: { code: [{ call: 'oops_end' }] },
  asm_exc_general_protection: { ...ENTRY, code: [{ call: 'exc_general_protection' }] },
  exc_invalid_op: { code: [{ call: 'oops_end' }] },
  asm_exc_invalid_op: { ...ENTRY, code: [{ call: 'exc_invalid_op' }] },
  exc_divide_error: { code: [{ call: 'oops_end' }] },
  asm_exc_divide_error: { ...ENTRY, code: [{ call: 'exc_divide_error' }] },
  exc_int3: { code: [{ call: 'oops_end' }] },
  asm_exc_int3: { ...ENTRY, code: [{ call: 'exc_int3' }] },
  exc_stack_segment: { code: [{ call: 'oops_end' }] },
  asm_exc_stack_segment: { ...ENTRY, code: [{ call: 'exc_stack_segment' }] },
  exc_alignment_check: { code: [{ call: 'oops_end' }] },
  asm_exc_alignment_check: { ...ENTRY, code: [{ call: 'exc_alignment_check' }] },
  __warn: { code: [{ call: 'panic' }] },
  warn_op: { code: [{ call: '__warn' }] },
  asm_exc_invalid_op_warn: { ...ENTRY, code: [{ call: 'warn_op' }] },
  sysrq_handle_crash: { code: [{ call: 'panic' }] },
} satisfies Record<string, ToyFunction>;

/** An exception's way to panic(), innermost of these calls first. */
export function over(entry: string, ...calls: string[]): ToySegment {
  return { calls: ['delay', 'panic', ...calls, entry], on: 'IRQ' };
}

export const pageFault = over('asm_exc_page_fault', 'oops_end', 'page_fault_oops', 'exc_page_fault');
