/** struct btf_module, kernel/bpf/btf.c: a module's own types. */
export const btfModule = {
  struct: 'btf_module',
  optional: true,
  definedBy: 'btf_put',
  members: { list: 'struct list_head', module: 'struct module *', btf: 'struct btf *' },
} as const;

/** struct btf, kernel/bpf/btf.c. */
export const btf = {
  struct: 'btf',
  definedBy: 'btf_put',
  members: { data: 'void *', data_size: 'unsigned int' },
} as const;
