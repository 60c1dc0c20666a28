import { describe, expect, test } from 'vitest';
import { endingFindings } from 'oompm/endings';
import { perCpu, type ToyFunction } from 'oompm/testing';

import { deaths, pageFault } from '../stack/toy-deaths.js';
import { BOTTOM, toyMachine } from '../stack/toy-machine.js';
import { amissIn } from '../words/untold.js';

const READ = [0x48, 0x8b, 0x19]; // mov (%rcx),%rbx
const functions = {
  ...deaths,
  kmem_cache_alloc_noprof: { code: [{ bytes: READ }] },
  reads: { code: [{ bytes: READ }] },
  worker: { ...BOTTOM, code: [{ call: 'kmem_cache_alloc_noprof' }, { call: 'reads' }] },
} satisfies Record<string, ToyFunction>;

const types = `
  struct kmem_cache_order_objects { unsigned int x; };
  struct kmem_cache_cpu { void **freelist; };
  struct kmem_cache { struct kmem_cache_cpu *cpu_slab; unsigned int flags, size, object_size, offset; struct kmem_cache_order_objects oo; char *name; struct list_head list; };`;

const FIRST = 0x96c1_70cb_78c4_84d0n;
const OFFSET = 48n;

/** A CPU that died reading where rcx leads, and a cache whose free list there begins with FIRST. */
function told({ cx, by = 'kmem_cache_alloc_noprof' }: { cx: bigint; by?: 'kmem_cache_alloc_noprof' | 'reads' }) {
  const dies = { calls: [by, 'worker'], offset: 0, registers: { cx } };
  const value = {
    cpu_slab: perCpu({ freelist: FIRST }),
    name: 'kmalloc-96',
    size: 96,
    object_size: 96,
    offset: Number(OFFSET),
  };
  const kernel = toyMachine(functions, [{ comm: 'dying', pid: 100, segments: [pageFault, dies] }], {
    types,
    variables: {
      panic_cpu: { type: 'atomic_t', value: { counter: 0 } },
      slab_caches: { type: 'struct list_head' },
    },
    objects: { cache: { type: 'struct kmem_cache', value } },
    lists: [['slab_caches', 'cache.list']],
  });
  const [finding] = endingFindings(kernel);
  expect(amissIn(finding!)).toEqual([]);
  return finding!;
}

const overwritten = ': the free list of kmalloc-96 was overwritten';

describe('a fault in the allocator', () => {
  test('where the CPU’s free list leads to: an object was overwritten while it was free', () => {
    const { sentence, evidence, problem } = told({ cx: FIRST + OFFSET });
    expect(sentence).toContain(`which is 0x96c170cb78c48500, no canonical address${overwritten}`);
    expect(evidence).toContainEqual(
      expect.stringMatching(
        /^The free list of kmalloc-96 on CPU 0 goes on at 0x96c170cb78c484d0, which is no object of it: .* and worker\+0x\w+, which allocates next, need not have done it\.$/,
      ),
    );
    expect(problem).toBe('the free list of kmalloc-96 overwritten');
  });

  test('elsewhere: nothing is said of the list', () => {
    const { sentence, evidence, problem } = told({ cx: FIRST + OFFSET + 8n });
    expect([sentence, ...evidence].filter((line) => line.includes('free list'))).toEqual([]);
    expect(problem).toBe('an oops in kmem_cache_alloc_noprof');
  });
});

test('other code that meets the same address is not the allocator', () => {
  expect(told({ cx: FIRST + OFFSET, by: 'reads' }).sentence).not.toContain(overwritten);
});
