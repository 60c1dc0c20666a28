/** struct idr, include/linux/idr.h. */
export const idr = {
  struct: 'idr',
  definedBy: 'find_pid_ns',
  members: { idr_base: 'unsigned int', idr_rt: 'struct xarray' },
} as const;
