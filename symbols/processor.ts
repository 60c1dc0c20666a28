/** struct thread_struct, arch/x86/include/asm/processor.h: what a task that sleeps left off with. */
export const threadStruct = {
  struct: 'thread_struct',
  definedBy: 'out_of_memory',
  members: { sp: 'void *' },
} as const;

/** struct irq_stack, arch/x86/include/asm/processor.h. */
export const irqStack = {
  struct: 'irq_stack',
  definedBy: 'irq_init_percpu_irqstack',
  members: {},
} as const;
