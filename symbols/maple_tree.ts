/** include/linux/maple_tree.h, since 6.1 */
export const mapleTree = {
  struct: 'maple_tree',
  optional: true,
  definedBy: 'mas_walk',
  members: { ma_root: 'void *' },
} as const;

/** struct maple_range_64, include/linux/maple_tree.h, since 6.1. */
export const mapleRange64 = {
  struct: 'maple_range_64',
  optional: true,
  definedBy: 'mas_walk',
  members: {
    pivot: 'unsigned long[]',
    slot: 'void *[]',
  },
} as const;

/** struct maple_arange_64, include/linux/maple_tree.h, since 6.1. */
export const mapleArange64 = {
  struct: 'maple_arange_64',
  optional: true,
  definedBy: 'mas_walk',
  members: {
    pivot: 'unsigned long[]',
    slot: 'void *[]',
  },
} as const;
