/** struct zs_pool, mm/zsmalloc.c. */
export const zsPool = {
  struct: 'zs_pool',
  optional: true,
  definedBy: 'zs_create_pool',
  members: { pages_allocated: 'atomic_long_t' },
} as const;
