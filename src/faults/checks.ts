import { anyOf } from '../words/any-of.js';

const checks = anyOf(
  /__list_(?:add|del_entry)_valid\w*|refcount_warn_saturate|usercopy_abort|fortify_panic|__fortify_\w+|__check_\w+/,
  /kfree(?:_sensitive)?|kvfree|_*kmem_cache_free\w*|kmem_cache_destroy|cache_from_obj|free_large_kmalloc/,
  /__slab_free|do_slab_free|slab_bug|object_err|__slab_err|slab_err|set_freepointer|debug_spin_\w+/,
  /refcount_(?:inc|dec|add|sub)\w*|debug_print_object|debug_check_no_obj_freed|debug_object_\w+|usercopy_warn/,
  /skb_(?:over_|under_)?panic|skb_(?:push|put|pull)|ass(?:ert)?fail|__phys_addr/,
);

/** Whether a function checks what its caller gave it: the problem is the caller's. */
export function isCheck(name: string): boolean {
  return checks.test(name);
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
