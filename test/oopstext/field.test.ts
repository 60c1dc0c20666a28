import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

import { expectFacts, read, type Facts } from './stated-facts.js';

/**
 * Oopses, panics and reports as people have posted them: what they quoted, cut, wrapped and lost. The layout and what
 * the kernel said are of the page that `source` names; the texts are retold from it, shortened in their traces and
 * lists of modules, and without anybody's names.
 */
const folder = resolve(import.meta.dirname, 'field');

const facts = JSON.parse(readFileSync(`${folder}/facts.json`, 'utf8')) as Record<string, Facts & { source: string }>;

function textOf(name: string): string {
  return readFileSync(`${folder}/${name}.txt`, 'utf8');
}

describe('a text from the field, field by field', () => {
  test.each(Object.entries(facts))('%s', (name, { source, ...stated }) => {
    expect(source).not.toBe('');
    expectFacts(textOf(name), stated);
  });

  test('has its facts, and no facts are of none', () => {
    const texts = readdirSync(folder).flatMap((file) => /^(.*)\.txt$/.exec(file)?.[1] ?? []);
    expect(texts.toSorted()).toEqual(Object.keys(facts).toSorted());
  });
});

test('where another oops ended the kernel, the first is told first, and both are', () => {
  const { judged } = read(textOf('ubuntu16-4.4-two-oopses'));
  expect(judged.map(({ finding }) => finding.id)).toEqual(['log.earlier-oops', 'log.oops']);
  expect(judged[1]!.finding.sentence).toMatch(
    /^Oops #2: mutex_lock\+0x12 .*panic “Attempted to kill init! exitcode=0x00000009”/,
  );
});
