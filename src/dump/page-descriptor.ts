/** struct page_desc of a kdump-compressed file: offset u64, size u32, flags u32, page_flags u64. */
export const DESCRIPTOR_BYTES = 24;
