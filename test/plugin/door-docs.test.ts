import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apiPages, doorExports, writtenPages } from '../../scripts/api-reference.js';
import { doors } from '../../scripts/layers.js';
import { allShapes } from '../../src/kernel/known-shapes.js';
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
  for (const [name, text] of pages) expect(text, name).not.toMatch(/^```\w* ./m);
  expect(pages.get('oompm.md')).toMatch(/^### definePlugin\n\n.+\n\n.+\n\n```ts\nfunction definePlugin</m);
});

test('a name that the types know is in the pages: variables, symbols, members, words', () => {
  const pages = apiPages();
  const names = pages.get('names.md')!;
  expect(names).toMatch(/^jiffies_64: u64$/m);
  expect(names).toMatch(/^runqueues: struct rq \(per CPU\)$/m);
  expect(names).toMatch(/^- mm\/oom_kill\.c: `oom_lock`, /m);
  expect(names).toMatch(
    /^### zone\n\n`struct zone`, include\/linux\/mmzone\.h\..*\n\n```c\n[^`]*^per_cpu_pageset\?: struct /m,
  );
  for (const { struct, members } of allShapes) {
    const [, listed = ''] = new RegExp(`^### ${struct}\n([^]*?)(?:^###|$(?![^]))`, 'm').exec(names) ?? [];
    expect(
      Object.keys(members).filter((member) => !new RegExp(`^${member}\\??: `, 'm').test(listed)),
      struct,
    ).toEqual([]);
  }
  // No type is left that is only the name of a list which the package's reader does not have.
  const lists = [...pages].flatMap(([, text]) => text.match(/^type \w+ = \(typeof \w+\)\[number\];$/gm) ?? []);
  expect(lists).toEqual([]);
  expect(pages.get('oompm.md')).toContain("type Certainty = 'certain' | 'likely' | 'possible';");
});
