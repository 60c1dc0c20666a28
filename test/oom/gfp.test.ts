import { describe, expect, test } from 'vitest';
import { gfpFlags, gfpMeaning, withNames } from '../../src/oom/index.js';

describe('a mask without names is read by the release', () => {
  test.each([
    ['2.6.32-642.el6.x86_64', 0x280da, ['GFP_HIGHUSER_MOVABLE', '__GFP_ZERO']],
    ['3.10.0-957.el7.x86_64', 0x200da, ['GFP_HIGHUSER_MOVABLE']],
    ['3.13.0-43-generic', 0xd0, ['GFP_KERNEL']],
    ['4.4.114+', 0x24000c0, ['GFP_KERNEL']],
    ['4.14.1', 0x14000c0, ['GFP_KERNEL']],
    ['4.18.0-553.el8', 0x6200ca, ['GFP_HIGHUSER_MOVABLE']],
    ['4.19.60', 0x484020, ['GFP_ATOMIC', '__GFP_COMP']],
    ['5.0.10', 0x400000, ['__GFP_KSWAPD_RECLAIM']],
    ['5.10.0', 0x100cca, ['GFP_HIGHUSER_MOVABLE']],
    ['6.1.0', 0x140dca, ['GFP_HIGHUSER_MOVABLE', '__GFP_ZERO', '__GFP_COMP']],
    ['7.2.13', 0xc2cc0, ['GFP_KERNEL', '__GFP_NOWARN', '__GFP_COMP', '__GFP_NOMEMALLOC']],
  ])('%s 0x%i', (release, mask, names) => {
    expect(withNames({ mask }, { release })).toEqual({ mask, names, namesFrom: 'release' });
  });
  test('not without a release', () => {
    expect(withNames({ mask: 0xcc0 }, {})).toEqual({ mask: 0xcc0 });
  });
  test("the text's own names win", () => {
    const gfp = { mask: 0x1100cca, names: ['GFP_HIGHUSER_MOVABLE'], namesFrom: 'text' } as const;
    expect(withNames(gfp, { release: '5.15.0' })).toBe(gfp);
  });
});

test('composites are taken apart', () => {
  expect(gfpFlags({ mask: 0, names: ['GFP_USER', '__GFP_ZERO'] })).toEqual(
    new Set(['__GFP_IO', '__GFP_FS', '__GFP_DIRECT_RECLAIM', '__GFP_KSWAPD_RECLAIM', '__GFP_HARDWALL', '__GFP_ZERO']),
  );
});

test('what a request may use', () => {
  expect(gfpMeaning({ mask: 0, names: ['GFP_ATOMIC'] })).toMatchObject({
    highestZone: 'Normal',
    atomic: true,
    directReclaim: false,
    forUser: false,
  });
  expect(gfpMeaning({ mask: 0, names: ['GFP_HIGHUSER_MOVABLE'] })).toMatchObject({
    highestZone: 'Movable',
    movable: true,
    directReclaim: true,
    forUser: true,
  });
  expect(gfpMeaning({ mask: 0, names: ['GFP_KERNEL', 'GFP_DMA32'] })).toMatchObject({ highestZone: 'DMA32' });
});
