import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Page } from '../../src/memory/physical-memory.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { allThreads, type Task } from '../../src/linux/sched/tasks.js';
import { addressOfPage, pageNumberOf, type AddressSpace } from '../../src/memory/address-space.js';
import { mappedSpace } from '../../src/memory/mapped-space.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { cpuStacks, taskStack } from '../../src/stack/areas.js';
import { nameFrames } from '../../src/stack/name-frames.js';
import { cpuStack, stackOf } from '../../src/stack/stacks.js';
import { toyMemory } from '../../src/testing/toy-memory.js';
import { dumpFile } from '../dumps.js';

/** The dump's memory, but for pages that are overlaid. */
function overlaid(memory: AddressSpace, pages: ReadonlyMap<number, Page>): AddressSpace {
  const physical = { ...toyMemory(), page: (number: number) => pages.get(number) ?? (memory.page(number) as Page) };
  return { ...mappedSpace(physical, (number) => number), translate: (address) => memory.translate(address) };
}

const dumps = ['5.10-lockstuck', '6.1-lock-irq', '6.12-global-panic', '7.2-slab-panic']
  .map((name) => join(name, 'vmcore'))
  .filter((name) => dumpFile(name) !== undefined);

describe.skipIf(dumps.length === 0).each(dumps)('%s, with its stacks overwritten here and there', (dump) => {
  let kernel: Kernel;
  let tasks: readonly Task[];
  beforeAll(async () => {
    kernel = await openKernel({ dump: [dumpFile(dump)!] });
    tasks = allThreads(kernel);
  });
  afterAll(() => kernel.close());

  /** Pages of every stack, as the dump has them. */
  function stackPages(): Map<number, Page> {
    const areas = [
      ...tasks.map((task) => taskStack(kernel, task)).filter((area) => area !== undefined),
      ...kernel.possibleCpus().flatMap((cpu) => cpuStacks(kernel, cpu)),
    ];
    const pages = new Map<number, Page>();
    for (const { low, high } of areas) {
      for (let number = pageNumberOf(low, kernel.memory); addressOfPage(number, kernel.memory) < high; number++) {
        const page = kernel.memory.page(number);
        if (page instanceof Page) pages.set(number, page);
      }
    }
    return pages;
  }

  test('every stack ends, and what it says can be named', () => {
    const pages = stackPages();
    const numbers = [...pages.keys()];
    const words = [
      ...new Set(
        [...pages.values()].flatMap((page) =>
          Array.from({ length: 512 }, (_, n) => page.view.getBigUint64(n * 8, true)),
        ),
      ),
    ];
    const change = fc.record({
      page: fc.nat(numbers.length - 1),
      word: fc.nat(511),
      // A bit, or a word that stands on some stack: a wild pointer into the right places is the worst there is.
      to: fc.oneof(
        fc.nat(63).map((bit) => ({ bit })),
        fc.nat(words.length - 1).map((index) => ({ index })),
      ),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 400, maxLength: 4000 }), (changes) => {
        const broken = new Map(pages);
        for (const { page, word, to } of changes) {
          const number = numbers[page]!;
          if (broken.get(number) === pages.get(number)) broken.set(number, new Page(pages.get(number)!.bytes.slice()));
          const { view } = broken.get(number)!;
          view.setBigUint64(
            word * 8,
            'bit' in to ? view.getBigUint64(word * 8, true) ^ (1n << BigInt(to.bit)) : words[to.index]!,
            true,
          );
        }
        const sabotaged: Kernel = { ...kernel, memory: overlaid(kernel.memory, broken) };
        for (const stack of [
          ...kernel.possibleCpus().map((cpu) => cpuStack(sabotaged, cpu)),
          ...tasks.map((task) => stackOf(sabotaged, task)),
        ]) {
          expect(stack.frames.length).toBeLessThan(2048);
          if (stack.end === undefined) expect(stack.frames.every(({ found }) => found !== 'scanned')).toBe(true);
          else expect(stack.end).not.toBe('');
          nameFrames(sabotaged, stack.frames);
        }
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });

  test('undisturbed, they end as the kernel’s own', () => {
    const undisturbed: Kernel = { ...kernel, memory: overlaid(kernel.memory, stackPages()) };
    for (const task of tasks)
      expect(stackOf(undisturbed, task).frames.map(({ ip }) => ip)).toEqual(
        stackOf(kernel, task).frames.map(({ ip }) => ip),
      );
  });
});
