/** struct printk_ringbuffer, kernel/printk/printk_ringbuffer.h: since 5.10. VMCOREINFO has its layout too. */
export const printkRingbuffer = {
  struct: 'printk_ringbuffer',
  definedBy: 'prb_reserve',
  members: { desc_ring: 'struct prb_desc_ring', text_data_ring: 'struct prb_data_ring' },
} as const;

/**
 * struct printk_safe_seq_buf, kernel/printk/printk_safe.c, up to 5.14: what a CPU said in an NMI, or while the log was
 * locked.
 */
export const printkSafeSeqBuf = {
  struct: 'printk_safe_seq_buf',
  optional: true,
  definedBy: 'printk_safe_flush',
  members: {
    len: 'int',
    buffer: 'char[]',
  },
} as const;
