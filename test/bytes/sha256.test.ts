import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';

import { sha256 } from '../../src/bytes/sha256.js';

test('the digest of any text is that of node:crypto', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(200).map((length) => 'a'.repeat(length)));
  fc.assert(fc.property(text, (given) => {
    expect(sha256(given).toString('hex')).toBe(createHash('sha256').update(given).digest('hex'));
  }));
});
