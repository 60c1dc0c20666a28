import { expect, test } from 'vitest';

import { checkInWords, isCheck } from '../../src/faults/checks.js';

test.each([
  ['kfree', 'mm/slub.c', false, 'an object was freed that was free already, or that is none'],
  ['__kmem_cache_free', 'mm/slub.c', false, 'an object was freed that was free already, or that is none'],
  ['kmem_cache_free', 'mm/slub.c', true, 'an object was freed into a cache that it is not of'],
  ['cache_from_obj', 'mm/slab.h', true, 'an object was freed into a cache that it is not of'],
  [
    'refcount_warn_saturate',
    'lib/refcount.c',
    true,
    'a reference counter overflowed, or was used after it had come to 0',
  ],
  ['kfree', 'drivers/acme.c', false, undefined],
  ['acme_free', 'mm/slub.c', false, undefined],
] as const)('%s at %s (a warning: %s) says %s', (name, file, isWarning, words) => {
  expect(checkInWords(name, file, isWarning)).toBe(words);
  expect(isCheck(name)).toBe(name !== 'acme_free');
});
