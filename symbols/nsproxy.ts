/** struct nsproxy, include/linux/nsproxy.h. */
export const nsproxy = {
  struct: 'nsproxy',
  definedBy: 'getrusage',
  members: {
    mnt_ns: 'struct mnt_namespace *',
  },
} as const;
