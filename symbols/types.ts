/** include/linux/types.h */
export const listHead = {
  struct: 'list_head',
  definedBy: 'out_of_memory',
  members: { next: 'void *', prev: 'void *' },
} as const;

/** struct hlist_head, include/linux/types.h */
export const hlistHead = {
  struct: 'hlist_head',
  definedBy: 'out_of_memory',
  members: { first: 'void *' },
} as const;
