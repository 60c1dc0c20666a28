import { x86_64 } from '../../src/arch/x86_64/x86_64.js';
import { describe, expect, test } from 'vitest';
import { toyKernel } from 'oompm/testing';

import { createKernel } from '../../src/kernel/create-kernel.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { noSymbols, noTypes, unreadableSymbols } from '../../src/session/nothing-known.js';

const { memory } = toyKernel({ types: '' });

function kernelOf(unreadable?: string): Kernel {
  return createKernel({
    release: 'toy',
    arch: x86_64,
    memory,
    symbols: unreadable === undefined ? noSymbols : unreadableSymbols(unreadable),
    types: { ...noTypes, ...(unreadable === undefined ? {} : { unreadable }) },
    vmcoreinfo: () => undefined,
  });
}

describe('a kernel of which nothing is known', () => {
  test('for want of types and symbols: it has none, and that is no gap', () => {
    const kernel = kernelOf();
    expect(kernel.missing('zone')).toBe('this kernel has no `struct zone` in its types');
    expect(() => kernel.symbol('jiffies')).toThrow('this kernel has no symbol `jiffies`');
    expect([kernel.has('zone'), kernel.hasGlobal('init_task'), kernel.gaps.list]).toEqual([false, false, []]);
  });

  test('because they can’t be read: it may have any, and who asks is told', () => {
    const kernel = kernelOf('0x1000: page damaged');
    expect(kernel.missing('zone')).toBe("`struct zone` is not known: the kernel's types can't be read");
    expect(() => kernel.symbol('jiffies')).toThrow(
      "the symbol `jiffies` is not known: the kernel's symbols can't be read",
    );
    expect(() => kernel.global('init_task')).toThrow(
      "the variable `init_task` is not known: the kernel's symbols can't be read",
    );
    expect(() => kernel.sizeOf('zone')).toThrow("`struct zone` is not known: the kernel's types can't be read");
    expect(kernel.gaps.list.map(({ what, reason }) => [what, reason])).toEqual([
      ["the kernel's types", '0x1000: page damaged'],
      ["the kernel's symbols", '0x1000: page damaged'],
    ]);
  });
});
