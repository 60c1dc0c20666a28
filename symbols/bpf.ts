/**
 * struct bpf_ksym, include/linux/bpf.h, since 5.7 (535911c80ad4): code that the BPF compiler made, on the list
 * `bpf_kallsyms`.
 */
export const bpfKsym = {
  struct: 'bpf_ksym',
  definedBy: 'btf_put',
  members: { start: 'u64', end: 'u64', name: 'char[]', lnode: 'struct list_head' },
} as const;
