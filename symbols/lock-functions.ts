/** What a CPU that waits for a paravirtual lock may be found in: it has given its time back to the hypervisor. */
export const spinIdleFunctions = [
  'kvm_wait',
  'xen_qlock_wait',
  'hv_qlock_wait',
  'pv_wait',
  'native_halt',
  'native_safe_halt',
  'pv_native_safe_halt',
  'halt',
  'xen_poll_irq',
  'virt_spin_lock',
  'pv_wait_head_or_lock',
  'pv_wait_node',
] as const;

/** Spinning for a sleeping lock while its owner runs. */
export const optimisticSpinFunctions = [
  'osq_lock',
  'mutex_spin_on_owner',
  'mutex_optimistic_spin',
  'rwsem_spin_on_owner',
  'rwsem_optimistic_spin',
] as const;
