/** struct mcs_spinlock, kernel/locking/mcs_spinlock.h, x86 and asm-generic. */
export const mcsSpinlock = {
  struct: 'mcs_spinlock',
  definedBy: 'native_queued_spin_lock_slowpath',
  members: { next: 'void *', count: 'int' },
} as const;

/** struct pv_node, kernel/locking/qspinlock_paravirt.h: an mcs_spinlock with what its CPU does. */
export const pvNode = {
  struct: 'pv_node',
  optional: true,
  definedBy: 'native_queued_spin_lock_slowpath',
  members: { cpu: 'int', state: 'u8' },
} as const;

/** struct pv_hash_entry, kernel/locking/qspinlock_paravirt.h: which queue's head sleeps for which lock. */
export const pvHashEntry = {
  struct: 'pv_hash_entry',
  optional: true,
  definedBy: 'native_queued_spin_lock_slowpath',
  members: { lock: 'void *', node: 'void *' },
} as const;

/**
 * struct qnode, kernel/locking/qspinlock.h, since 4.20 (0fa809ca7f81): an mcs_spinlock with room for paravirtual locks.
 */
export const qnode = {
  struct: 'qnode',
  definedBy: 'native_queued_spin_lock_slowpath',
  members: {},
} as const;
