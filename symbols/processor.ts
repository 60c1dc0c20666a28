/** struct thread_struct, arch/x86/include/asm/processor.h: what a task that sleeps left off with. */
export const threadStruct = {
  struct: 'thread_struct',
  definedBy: 'out_of_memory',
  members: {
    sp: 'void *',
    fsbase: { type: 'u64', optional: true }, // as the task last left the CPU
    gsbase: { type: 'u64', optional: true },
    error_code: { type: 'u64', optional: true },
    pkru: { type: 'unsigned int', optional: true }, // since 5.14
  },
} as const;

/** struct irq_stack, arch/x86/include/asm/processor.h. */
export const irqStack = {
  struct: 'irq_stack',
  definedBy: 'irq_init_percpu_irqstack',
  members: {},
} as const;
