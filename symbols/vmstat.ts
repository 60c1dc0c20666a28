/** struct vm_event_state, include/linux/vmstat.h: one for each CPU, by enum vm_event_item. */
export const vmEventState = {
  struct: 'vm_event_state',
  definedBy: 'out_of_memory',
  members: { event: 'unsigned long[]' },
} as const;
