/** struct taint_flag, include/linux/panic.h: a letter for each bit of `tainted_mask`. */
export const taintFlag = {
  struct: 'taint_flag',
  definedBy: 'print_tainted',
  members: { c_true: 'char' },
} as const;
