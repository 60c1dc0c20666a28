/** struct thread_info, arch/x86/include/asm/thread_info.h. */
export const threadInfo = {
  struct: 'thread_info',
  definedBy: 'out_of_memory',
  members: { flags: 'u64', cpu: { type: 'unsigned int', optional: true } },
} as const;
