import { expect, test } from 'vitest';
import { toyKernel } from 'oompm/testing';

import sym from '../../plugins/sym/index.js';
import { viewsOf } from './views-of.js';

test('an address in no symbol: no more than that is said of it', () => {
  const kernel = toyKernel({ types: '', release: '6.1.0-x' });
  const [view] = viewsOf(sym, kernel, { where: '0xffff888000001000' });
  expect(view?.kind === 'facts' && view.facts.map(({ title, value, note }) => [title, value, note])).toEqual([
    ['Address', 0xffff_8880_0000_1000n, undefined],
    ['Symbol', null, 'it lies in none'],
  ]);
});
