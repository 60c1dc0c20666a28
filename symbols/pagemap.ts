/** struct wait_page_queue, include/linux/pagemap.h: a waiter for a bit of a page. */
export const waitPageQueue = {
  struct: 'wait_page_queue',
  definedBy: 'filemap_fault',
  members: { folio: { type: 'void *', formerly: 'page' }, bit_nr: 'int', wait: 'struct wait_queue_entry' },
} as const;
