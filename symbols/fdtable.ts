/** struct files_struct, include/linux/fdtable.h: a process's open files. */
export const filesStruct = {
  struct: 'files_struct',
  definedBy: 'alloc_fdtable',
  members: { fdt: 'struct fdtable *' },
} as const;

/** struct fdtable, include/linux/fdtable.h. */
export const fdtable = {
  struct: 'fdtable',
  definedBy: 'alloc_fdtable',
  members: { max_fds: 'unsigned int', fd: 'void *' },
} as const;
