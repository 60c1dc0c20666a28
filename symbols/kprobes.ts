/** struct kretprobe_instance, include/linux/kprobes.h: the same before rethook. */
export const kretprobeInstance = {
  struct: 'kretprobe_instance',
  optional: true,
  definedBy: 'register_kretprobe',
  members: {
    ret_addr: { type: 'u64', optional: true },
    fp: { type: 'u64', optional: true },
    llist: { type: 'struct llist_node', optional: true }, // since 5.11
    hlist: { type: 'struct hlist_node', optional: true }, // before
  },
} as const;

/** struct kprobe_insn_page, kernel/kprobes.c: code that kprobes made, on the list `pages` of a kprobe_insn_cache. */
export const kprobeInsnPage = {
  struct: 'kprobe_insn_page',
  optional: true,
  definedBy: 'register_kprobe',
  members: { list: 'struct list_head', insns: 'u64' },
} as const;

/** struct kprobe_insn_cache, include/linux/kprobes.h. */
export const kprobeInsnCache = {
  struct: 'kprobe_insn_cache',
  optional: true,
  definedBy: 'register_kprobe',
  members: {
    pages: 'struct list_head',
  },
} as const;
