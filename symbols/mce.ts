/** struct mce, arch/x86/include/uapi/asm/mce.h: what the processor said of an error. */
export const mce = {
  struct: 'mce',
  optional: true,
  definedBy: 'do_machine_check',
  members: {
    status: 'u64', // MCi_STATUS
    misc: 'u64',
    addr: 'u64',
    ip: 'u64',
    tsc: 'u64',
    time: 'u64', // seconds since 1970
    bank: 'u8',
    extcpu: 'u32',
    severity: { type: 'u8', optional: true },
  },
} as const;

/** struct mce_hw_err, arch/x86/include/asm/mce.h, since 6.13 (750fd23926f1). */
export const mceHwErr = {
  struct: 'mce_hw_err',
  optional: true,
  definedBy: 'do_machine_check',
  members: { m: 'struct mce' },
} as const;

/** struct mce_evt_llist, arch/x86/kernel/cpu/mce/internal.h: a record in the pool. */
export const mceEvtLlist = {
  struct: 'mce_evt_llist',
  optional: true,
  definedBy: 'mce_gen_pool_add',
  members: {
    mce: { type: 'struct mce', optional: true }, // up to 6.12
    err: { type: 'struct mce_hw_err', optional: true },
  },
} as const;

/** struct gen_pool, include/linux/genalloc.h. */
export const genPool = {
  struct: 'gen_pool',
  optional: true,
  definedBy: 'gen_pool_create',
  members: { chunks: 'struct list_head', min_alloc_order: 'int' },
} as const;

/** struct gen_pool_chunk, include/linux/genalloc.h. */
export const genPoolChunk = {
  struct: 'gen_pool_chunk',
  optional: true,
  definedBy: 'gen_pool_create',
  members: { next_chunk: 'struct list_head', start_addr: 'u64', end_addr: 'u64' },
} as const;

/** struct hwerr_info, kernel/vmcore_info.c, since 6.18: errors of the hardware that the kernel went on after. */
export const hwerrInfo = {
  struct: 'hwerr_info',
  optional: true,
  definedBy: 'hwerr_log_error_type',
  members: { count: 'atomic_t', timestamp: 's64' },
} as const;
