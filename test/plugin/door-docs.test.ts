import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apiPages, doorExports, writtenPages } from '../../scripts/api-reference.js';
import { doors } from '../../scripts/layers.js';
import { projectRoot } from '../built.js';

/** What a plugin's author meets in the editor: what stands before each declaration. */
describe('every export has a doc comment', () => {
  test.each(doorExports())('$door', ({ about, exported }) => {
    expect(about).not.toBe('');
    expect(exported.length).toBeGreaterThan(5);
    expect(exported.filter(({ documentation }) => documentation === '').map(({ name }) => name)).toEqual([]);
  });
});

test('docs/plugins.md tells of each door', () => {
  const text = readFileSync(join(projectRoot, 'docs/plugins.md'), 'utf8');
  expect(Object.keys(doors).filter((name) => !text.includes(`| \`${name}\` |`))).toEqual([]);
});

test('docs/api/ is what node scripts/api-reference.js writes', () => {
  const pages = apiPages();
  expect([...writtenPages().keys()].toSorted()).toEqual([...pages.keys()].toSorted());
  for (const [name, text] of writtenPages()) expect(text, name).toBe(pages.get(name));
  expect(pages.get('oompm.md')).toMatch(/^### definePlugin\n\n.+\n\n.+\n\n```ts\nfunction definePlugin</m);
});
