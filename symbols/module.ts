/** struct module, include/linux/module.h. */
export const moduleShape = {
  struct: 'module',
  definedBy: 'load_module',
  members: {
    state: 'int',
    list: 'struct list_head',
    name: 'char[]',
    kallsyms: { type: 'struct mod_kallsyms *', optional: true },
    core_layout: { type: 'struct module_layout', optional: true }, // up to 6.3
    init_layout: { type: 'struct module_layout', optional: true },
    mem: { type: 'struct module_memory[]', optional: true }, // since 6.4 (ac3b43283923)
    bug_table: { type: 'void *', optional: true }, // GENERIC_BUG
    num_bugs: { type: 'unsigned int', optional: true },
    taints: 'u64', // by the bits of tainted_mask
    refcnt: { type: 'atomic_t', optional: true }, // MODULE_UNLOAD; one more than its users
    version: { type: 'char *', optional: true },
    arch: { type: 'struct mod_arch_specific', optional: true },
    args: { type: 'char *', optional: true }, // gone in 7.3
  },
} as const;

/** struct mod_kallsyms, include/linux/module.h. */
export const modKallsyms = {
  struct: 'mod_kallsyms',
  definedBy: 'load_module',
  members: {
    symtab: 'void *',
    num_symtab: 'unsigned int',
    strtab: 'void *',
    typetab: { type: 'void *', optional: true },
  },
} as const;

/** struct module_layout, up to 6.3. */
export const moduleLayout = {
  struct: 'module_layout',
  optional: true,
  definedBy: 'load_module',
  members: { base: 'void *', size: 'unsigned int', text_size: { type: 'unsigned int', optional: true } },
} as const;

/** struct module_memory, since 6.4: indexed by enum mod_mem_type. */
export const moduleMemory = {
  struct: 'module_memory',
  optional: true,
  definedBy: 'load_module',
  members: { base: 'void *', size: 'unsigned int' },
} as const;

/** struct mod_arch_specific, arch/x86/include/asm/module.h: a module's own ORC tables. */
export const modArchSpecific = {
  struct: 'mod_arch_specific',
  definedBy: 'load_module',
  members: { num_orcs: 'unsigned int', orc_unwind_ip: 'void *', orc_unwind: 'void *' },
} as const;

/** struct mod_unload_taint, kernel/module/internal.h, since 5.18 (MODULE_UNLOAD_TAINT_TRACKING). */
export const modUnloadTaint = {
  struct: 'mod_unload_taint',
  optional: true,
  definedBy: 'try_add_tainted_module',
  members: { list: 'struct list_head', name: 'char[]', taints: 'u64', count: 'u64' },
} as const;
