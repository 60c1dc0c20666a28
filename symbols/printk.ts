/** struct printk_ringbuffer, kernel/printk/printk_ringbuffer.h: since 5.10. VMCOREINFO has its layout too. */
export const printkRingbuffer = {
  struct: 'printk_ringbuffer',
  definedBy: 'prb_reserve',
  members: { desc_ring: 'struct prb_desc_ring', text_data_ring: 'struct prb_data_ring' },
} as const;
