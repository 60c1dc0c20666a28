import { describe, expect, test } from 'vitest';
import { toyKernel } from 'oompm/testing';

import { Cancelled, GapLog } from '../../src/kernel/gaps.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { Kept } from '../../src/kernel/kept.js';

/** Two words of which one can't be read. */
function damaged(): Kernel {
  return toyKernel({
    types: '',
    variables: { nr_threads: { type: 'int', value: 7 }, log_buf_len: { type: 'u32' } },
    lost: ['log_buf_len'],
  });
}

/** What a section's log has after its work. */
function gapsOf(kernel: Kernel, work: () => unknown): string[] {
  kernel.gaps = new GapLog();
  work();
  return kernel.gaps.list.map(({ what }) => what);
}

const sum = (kernel: Kernel): number =>
  kernel.once(
    'sum',
    () => (kernel.attempt('length of the log', () => kernel.global('log_buf_len')) ?? 0) + kernel.global('nr_threads'),
  );
const twice = (kernel: Kernel): number => kernel.once('twice', () => 2 * sum(kernel));

describe('once', () => {
  test('the gaps of a value are said by each section that uses it, not by the first alone', () => {
    const kernel = damaged();
    expect(gapsOf(kernel, () => sum(kernel))).toEqual(['length of the log']);
    expect(gapsOf(kernel, () => [sum(kernel), sum(kernel)])).toEqual(['length of the log']);
    expect(sum(kernel)).toBe(7);
  });

  test('a value that met none says none', () => {
    const kernel = damaged();
    const threads = (): number => kernel.once('threads', () => kernel.global('nr_threads'));
    expect(gapsOf(kernel, threads)).toEqual([]);
    expect(gapsOf(kernel, threads)).toEqual([]);
  });

  test.each([
    ['not yet', false],
    ['already', true],
  ])('the gaps of an inner value are those of the outer one, where the inner one was %s made', (_, made) => {
    const kernel = damaged();
    if (made) sum(kernel);
    expect(gapsOf(kernel, () => twice(kernel))).toEqual(['length of the log']);
    expect(gapsOf(kernel, () => twice(kernel))).toEqual(['length of the log']);
  });

  test('what a section met before stays in its log, and what it met within is not in that of another', () => {
    const kernel = damaged();
    expect(
      gapsOf(kernel, () => {
        kernel.gap('before', 'reason');
        sum(kernel);
        kernel.gap('after', 'reason');
      }),
    ).toEqual(['before', 'length of the log', 'after']);
    expect(gapsOf(kernel, () => kernel.gap('alone', 'reason'))).toEqual(['alone']);
  });

  test('work that ends in what can’t be read is not tried again: the same error, with the gaps that it met on the way', () => {
    const kernel = damaged();
    let tries = 0;
    const fails = (): unknown =>
      kernel.once('fails', () => {
        tries++;
        kernel.gap('on the way', 'reason');
        return kernel.global('log_buf_len');
      });
    expect(gapsOf(kernel, () => kernel.attempt('it', fails))).toEqual(['on the way', 'it']);
    expect(gapsOf(kernel, () => kernel.attempt('it', fails))).toEqual(['on the way', 'it']);
    expect(tries).toBe(1);
  });

  test('work that was cancelled is begun anew; so is one that a bug ended', () => {
    const kernel = damaged();
    let tries = 0;
    const work = (): number =>
      kernel.once('work', () => {
        if (++tries < 3) throw tries === 1 ? new Cancelled('cancelled') : new TypeError('ours');
        return tries;
      });
    expect(work).toThrow(Cancelled);
    expect(work).toThrow(TypeError);
    expect(work()).toBe(3);
  });

  test('gaps that were counted only are counted at each use, and once for a section', () => {
    const kernel = damaged();
    const many = (): void =>
      kernel.once('many', () => {
        for (let i = 0; i < 700; i++) kernel.gap(`page ${i}`, 'excluded');
      });
    for (let section = 0; section < 2; section++) {
      gapsOf(kernel, () => {
        many();
        many();
      });
      expect([kernel.gaps.list.length, kernel.gaps.dropped]).toEqual([500, 200]);
    }
  });
});

test('one value for many keys: its gaps are said whichever is asked for', () => {
  const kernel = damaged();
  const kept = new Kept<number>(kernel);
  kept.get(1, () => kernel.gap('ring', 'broken'));
  kept.share(1, [2, 3]);
  expect(gapsOf(kernel, () => kept.get(3, () => kernel.gap('another', 'made')))).toEqual(['ring']);
});
