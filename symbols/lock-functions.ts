/**
 * Functions by what they do to a lock. `acquire` and `release` take the lock as their first argument; `inside` are those
 * that acquiring may be found in. Names as the source has them: a compiler's suffix (".constprop.0") does not count.
 */
export const lockFunctions = {
  spinlock: {
    acquire: [
      '_raw_spin_lock', '_raw_spin_lock_irq', '_raw_spin_lock_irqsave', '_raw_spin_lock_bh', '_raw_spin_lock_nested',
      '_raw_spin_lock_irqsave_nested', '_raw_spin_lock_nest_lock', 'do_raw_spin_lock', 'raw_spin_rq_lock_nested',
    ],
    trylock: ['_raw_spin_trylock', '_raw_spin_trylock_bh'],
    release: [
      '_raw_spin_unlock', '_raw_spin_unlock_irq', '_raw_spin_unlock_irqrestore', '_raw_spin_unlock_bh', 'do_raw_spin_unlock',
      'raw_spin_rq_unlock',
    ],
    inside: ['queued_spin_lock_slowpath', 'native_queued_spin_lock_slowpath', '__pv_queued_spin_lock_slowpath', 'pv_queued_spin_lock_slowpath'],
  },
  rwlock: {
    acquire: [
      '_raw_read_lock', '_raw_read_lock_irq', '_raw_read_lock_irqsave', '_raw_read_lock_bh',
      '_raw_write_lock', '_raw_write_lock_irq', '_raw_write_lock_irqsave', '_raw_write_lock_bh', '_raw_write_lock_nested',
      'rt_read_lock', 'rt_write_lock',
    ],
    trylock: ['_raw_read_trylock', '_raw_write_trylock', 'rt_read_trylock', 'rt_write_trylock'],
    release: [
      '_raw_read_unlock', '_raw_read_unlock_irq', '_raw_read_unlock_irqrestore', '_raw_read_unlock_bh',
      '_raw_write_unlock', '_raw_write_unlock_irq', '_raw_write_unlock_irqrestore', '_raw_write_unlock_bh',
      'rt_read_unlock', 'rt_write_unlock',
    ],
    inside: ['queued_read_lock_slowpath', 'queued_write_lock_slowpath'],
  },
  mutex: {
    acquire: [
      'mutex_lock', 'mutex_lock_interruptible', 'mutex_lock_killable', 'mutex_lock_io', 'mutex_lock_nested', 'mutex_lock_interruptible_nested',
      'mutex_lock_killable_nested', 'mutex_lock_io_nested', '_mutex_lock_nest_lock', '_mutex_lock_killable', 'ww_mutex_lock', 'ww_mutex_lock_interruptible',
    ],
    trylock: ['mutex_trylock', 'ww_mutex_trylock'],
    release: ['mutex_unlock', 'ww_mutex_unlock'],
    inside: [
      '__mutex_lock', '__mutex_lock_common', '__mutex_lock_slowpath', '__mutex_lock_killable_slowpath', '__mutex_lock_interruptible_slowpath',
      '__ww_mutex_lock', '__ww_mutex_lock_slowpath', '__ww_mutex_lock_interruptible_slowpath',
    ],
  },
  rwsem: {
    acquire: [
      'down_read', 'down_read_interruptible', 'down_read_killable', 'down_read_nested', 'down_read_killable_nested', 'down_read_non_owner',
      'down_write', 'down_write_killable', 'down_write_nested', 'down_write_killable_nested', '_down_write_nest_lock',
    ],
    trylock: ['down_read_trylock', 'down_write_trylock'],
    release: ['up_read', 'up_write', 'up_read_non_owner'],
    inside: ['rwsem_down_read_slowpath', 'rwsem_down_write_slowpath', '__down_read', '__down_write', '__down_read_common', '__down_write_common', 'rwbase_read_lock', '__rwbase_read_lock', 'rwbase_write_lock'],
  },
  semaphore: {
    acquire: ['down', 'down_interruptible', 'down_killable', 'down_timeout'],
    trylock: ['down_trylock'],
    release: ['up'],
    inside: ['__down', '__down_common', '___down_common', '__down_interruptible', '__down_killable', '__down_timeout'],
  },
  rtmutex: {
    acquire: ['rt_mutex_lock', 'rt_mutex_lock_interruptible', 'rt_mutex_lock_killable', 'rt_spin_lock'],
    trylock: ['rt_mutex_trylock'],
    release: ['rt_mutex_unlock', 'rt_spin_unlock'],
    inside: ['rt_mutex_slowlock', '__rt_mutex_slowlock', '__rt_mutex_slowlock_locked', 'rt_mutex_slowlock_block', 'rtlock_slowlock_locked', '__rt_mutex_lock'],
  },
  'percpu-rwsem': {
    acquire: ['percpu_down_write', 'percpu_down_read', '__percpu_down_read'],
    trylock: [],
    release: ['percpu_up_write', 'percpu_up_read', '__percpu_up_read'],
    inside: ['percpu_rwsem_wait', '__percpu_rwsem_wait'],
  },
  completion: {
    acquire: [
      'wait_for_completion', 'wait_for_completion_timeout', 'wait_for_completion_io', 'wait_for_completion_io_timeout',
      'wait_for_completion_interruptible', 'wait_for_completion_interruptible_timeout', 'wait_for_completion_killable',
      'wait_for_completion_killable_timeout', 'wait_for_completion_state',
    ],
    trylock: [],
    release: [],
    inside: ['__wait_for_common', 'wait_for_common', 'do_wait_for_common', '__wait_for_completion'],
  },
  'page bit': {
    acquire: ['__lock_page', '__folio_lock', '__lock_page_killable', '__folio_lock_killable', '__lock_page_or_retry', '__folio_lock_or_retry', 'wait_on_page_bit', 'folio_wait_bit', 'wait_on_page_bit_killable', 'folio_wait_bit_killable', 'wait_on_page_writeback', 'folio_wait_writeback'],
    trylock: [],
    release: [],
    inside: ['wait_on_page_bit_common', 'folio_wait_bit_common', '__wait_on_page_locked_async', 'migration_entry_wait_on_locked'],
  },
} as const;

/** Functions that need not be told which lock: it is always the same variable. */
export const fixedLockFunctions = {
  console_sem: { kind: 'semaphore', acquire: ['console_lock'], trylock: ['console_trylock'], release: ['console_unlock'] },
  cpu_hotplug_lock: { kind: 'percpu-rwsem', acquire: ['cpus_read_lock', 'cpus_write_lock'], trylock: ['cpus_read_trylock'], release: ['cpus_read_unlock', 'cpus_write_unlock'] },
  mem_hotplug_lock: { kind: 'percpu-rwsem', acquire: ['get_online_mems', 'mem_hotplug_begin'], trylock: [], release: ['put_online_mems', 'mem_hotplug_done'] },
  rtnl_mutex: { kind: 'mutex', acquire: ['rtnl_lock', 'rtnl_lock_killable'], trylock: ['rtnl_trylock'], release: ['rtnl_unlock', '__rtnl_unlock'] },
} as const;

/** What a CPU that waits for a paravirtual lock may be found in: it has given its time back to the hypervisor. */
export const spinIdleFunctions = [
  'kvm_wait', 'xen_qlock_wait', 'hv_qlock_wait', 'pv_wait', 'native_halt', 'native_safe_halt', 'pv_native_safe_halt', 'halt', 'xen_poll_irq', 'virt_spin_lock', 'pv_wait_head_or_lock', 'pv_wait_node',
] as const;

/** Spinning for a sleeping lock while its owner runs. */
export const optimisticSpinFunctions = ['osq_lock', 'mutex_spin_on_owner', 'mutex_optimistic_spin', 'rwsem_spin_on_owner', 'rwsem_optimistic_spin'] as const;
