import { anyOf } from '../words/any-of.js';

const checks = anyOf(
  /__list_(?:add|del_entry)_valid\w*|refcount_warn_saturate|usercopy_abort|fortify_panic|__check_\w+/,
  /kfree|__slab_free|slab_bug|debug_spin_\w+|skb_(?:over_|under_)?panic|skb_(?:push|put|pull)/,
  /ass(?:ert)?fail|__phys_addr/,
);

/** Whether a function checks what its caller gave it: the problem is the caller's. */
export function isCheck(name: string): boolean {
  return checks.test(name);
}
