/** struct pcpu_hot, arch/x86/include/asm/current.h: from 6.2 to 6.14; hardirq_stack_ptr is the top of the IRQ stack. */
export const pcpuHot = {
  struct: 'pcpu_hot',
  optional: true,
  definedBy: 'out_of_memory',
  members: { current_task: 'struct task_struct *', hardirq_stack_ptr: 'void *' },
} as const;
