import { anyOf } from '../words/any-of.js';

const checks = anyOf(
  /__list_(?:add|del_entry)_valid\w*|refcount_warn_saturate|usercopy_abort|fortify_panic|__fortify_\w+|__check_\w+/,
  /kfree(?:_sensitive)?|kvfree|_*kmem_cache_free\w*|kmem_cache_destroy|cache_from_obj|free_large_kmalloc|warn_free_bad_obj/,
  /__slab_free|do_slab_free|slab_bug|object_err|__slab_err|slab_err|set_freepointer|debug_spin_\w+/,
  /refcount_(?:inc|dec|add|sub)\w*|debug_print_object|debug_check_no_obj_freed|debug_object_\w+|usercopy_warn/,
  /skb_(?:over_|under_)?panic|skb_(?:push|put|pull)|ass(?:ert)?fail|__phys_addr/,
);

/** Whether a function checks what its caller gave it: the problem is the caller's. */
export function isCheck(name: string): boolean {
  return checks.test(name);
}

/** What the kernel's checks are made of, up to those who called them: by what they look after. */
const checking = anyOf(
  // Lockdep.
  /_{0,2}lock_(?:acquire|release|acquired|set_class|is_held\w*)|lock_map_\w+|__lock_\w+|lockdep_\w+|fs_reclaim_\w+/,
  /check_\w+|mark_\w+|validate_chain\w*|valid_state|register_lock_class|save_trace|__bfs|trace_hardirqs_\w+/,
  /add_lock_to_list|assign_lock_key|debug_\w+/,
  // Who may sleep where, or be preempted.
  /_{0,3}might_\w+|__this_cpu_preempt_check|__schedule_bug|_{0,2}schedule|preempt_schedule\w*|cond_resched\w*/,
  // Locks, which check themselves.
  /spin_(?:dump|bug)|rwlock_bug|do_raw_\w+|_{0,2}raw_(?:spin|read|write)_\w+|rwsem_down_\w+/,
  /_{0,2}(?:rt_)?mutex_(?:lock|trylock)\w*|_{0,2}down_(?:read|write|trylock)\w*/,
  // Pages.
  /bad_page|free_page_is_bad\w*|free_(?:unref_)?page\w*_check\w*/,
  // Slabs, and who allocates from them.
  /slab_(?:bug|err|pad_check)|object_err|on_freelist|print_trailer|verify_mem_not_deleted|free_debug_processing/,
  /(?:alloc|free)_consistency_checks|alloc_debug_processing|free_to_partial_list|get_(?:any_)?partial\w*/,
  /deactivate_slab|_{0,3}slab_(?:alloc|free)\w*|_{0,2}kmem_cache_alloc\w*|_{0,2}(?:do_)?kv?(?:[mzc]|re)alloc\w*/,
  // Sanitizers.
  /__ubsan_\w+|ubsan_\w+|_{0,2}kmsan_\w+|__msan_\w+|_{0,2}kcsan_\w+|__tsan_\w+|_{0,2}kfence_\w+/,
  // What prints the stack.
  /walk_stackframe|arch_stack_walk|save_stack_trace\w*|dump_stack\w*|show_stack\w*/,
);

/** Whether a function is of what checks: who called the first that is not ran into it. */
export function isChecking(name: string): boolean {
  return isCheck(name) || checking.test(name);
}

/** What a check that failed says of what it was given. */
const meanings: readonly (readonly [function_: RegExp, file: RegExp, words: string])[] = [
  [/^__list_add_valid/, /./, 'the neighbours of a list\u2019s new entry do not know each other'],
  [/^__list_del_entry_valid/, /./, 'an entry\u2019s neighbours do not know it: it was deleted before, or overwritten'],
  [/^refcount_warn_saturate$/, /./, 'a reference counter overflowed, or was used after it had come to 0'],
  [/^usercopy_abort$/, /./, 'a copy from or to user space went beyond its object'],
  [
    /^(?:cache_from_obj|_*kmem_cache_free\w*)$/,
    /mm\/sl[au]b\.[ch]$/,
    'an object was freed into a cache that it is not of',
  ],
];

/** The same of a BUG() in what frees. */
const freed: typeof meanings = [
  [
    /^(?:kfree|_*kmem_cache_free\w*|__slab_free|do_slab_free|set_freepointer)$/,
    /mm\/slub\.c$/,
    'an object was freed that was free already, or that is none',
  ],
];

/** undefined where nothing more is known. @param file of the BUG() or WARN(), as the kernel was built */
export function checkInWords(name: string, file: string, isWarning: boolean): string | undefined {
  return [...(isWarning ? [] : freed), ...meanings].find(([pattern, of]) => pattern.test(name) && of.test(file))?.[2];
}
