/** include/linux/types.h */
export const listHead = {
  struct: 'list_head',
  definedBy: 'out_of_memory',
  members: { next: 'void *', prev: 'void *' },
} as const;

/** include/linux/cpumask.h */
export const cpumask = {
  struct: 'cpumask',
  definedBy: 'out_of_memory',
  members: { bits: 'u64[]' },
} as const;

/** include/linux/utsname.h */
export const utsNamespace = {
  struct: 'uts_namespace',
  definedBy: 'getrusage',
  members: { name: 'struct new_utsname' },
} as const;

/** include/uapi/linux/utsname.h */
export const newUtsname = {
  struct: 'new_utsname',
  definedBy: 'getrusage',
  members: { sysname: 'char[]', nodename: 'char[]', release: 'char[]', version: 'char[]', machine: 'char[]' },
} as const;

/** include/linux/nodemask.h: a typedef of a struct without a tag. */
export const nodemask = {
  struct: 'nodemask_t',
  definedBy: 'out_of_memory',
  members: { bits: 'u64[]' },
} as const;

/** struct hlist_head, include/linux/types.h */
export const hlistHead = {
  struct: 'hlist_head',
  definedBy: 'out_of_memory',
  members: { first: 'void *' },
} as const;
