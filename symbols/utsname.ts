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
