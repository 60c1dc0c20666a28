/**
 * struct inactive_task_frame, arch/x86/include/asm/switch_to.h: what __switch_to_asm() leaves at a sleeping task's
 * thread.sp.
 */
export const inactiveTaskFrame = {
  struct: 'inactive_task_frame',
  definedBy: 'copy_thread',
  members: { r15: 'u64', r14: 'u64', r13: 'u64', r12: 'u64', bx: 'u64', bp: 'u64', ret_addr: 'u64' },
} as const;
