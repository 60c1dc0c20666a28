/** struct page, include/linux/mm_types.h: one for each page frame. */
export const page = {
  struct: 'page',
  definedBy: 'out_of_memory',
  members: {
    flags: 'u64',
    compound_info: { type: 'u64', formerly: 'compound_head' }, // renamed in 7.1; bit 0 tells a tail page
    mapping: 'void *',
    private: 'u64',
    page_type: 'unsigned int', // where _mapcount is
    _refcount: 'atomic_t',
  },
} as const;
