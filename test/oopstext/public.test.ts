import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'vitest';

import { expectFacts, type Facts } from './stated-facts.js';

/**
 * Texts of public collections, word for word as others wrote them, which is why they are not here but in the folder
 * that OOPS_TEXTS names; scripts/oops-texts.js fills it. What each states was written down from its own lines before
 * oompm was first run on it; five entries were corrected after that run. By repository, and by commit and path as git
 * names a file.
 */
const table = JSON.parse(readFileSync(resolve(import.meta.dirname, 'public/facts.json'), 'utf8')) as Record<
  string,
  Record<string, Facts>
>;
const folder = process.env['OOPS_TEXTS'];
const texts = Object.entries(table).flatMap(([repository, files]) =>
  Object.entries(files).map(([file, stated]) => ({ repository, file, stated })),
);

describe('a text of a public collection, field by field', () => {
  for (const { repository, file, stated } of texts) {
    const path = folder === undefined ? undefined : join(folder, repository, file.replace(':', '/'));
    const isThere = path !== undefined && existsSync(path);
    test.skipIf(!isThere)(`${repository} ${file}${isThere ? '' : ' (not in OOPS_TEXTS)'}`, () =>
      expectFacts(readFileSync(path!, 'utf8'), stated),
    );
  }
});
