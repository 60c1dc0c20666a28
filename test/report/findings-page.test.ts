import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { declaredKinds, examples, findingsPage } from '../../scripts/findings.js';
import { texts } from '../../scripts/layers.js';
import { projectRoot } from '../built.js';

const { kinds, weights } = await declaredKinds();

test('docs/findings.md is what node scripts/findings.js writes', () => {
  expect(readFileSync(join(projectRoot, 'docs/findings.md'), 'utf8')).toBe(findingsPage({ kinds, weights, examples }));
});

test('every kind has a weight and an example, and every weight and example a kind', () => {
  const ids = kinds.map(({ id }) => id).toSorted();
  expect(ids).toEqual(Object.keys(weights).toSorted());
  expect(Object.keys(examples).toSorted()).toEqual(ids);
});

test('weights stand in the order in which findings are printed', () => {
  const heaviest = Object.values(weights).map((weight: number | Readonly<Record<string, number>>) =>
    typeof weight === 'number' ? weight : Math.max(...Object.values(weight)),
  );
  expect(heaviest).toEqual(heaviest.toSorted((a, b) => b - a));
});

test('nothing is found by the words of a sentence, or of the label of an edge', () => {
  const asked = /\b(?:sentence|edge\.label)\)?\.(?:match|matchAll|includes|startsWith|endsWith|search|indexOf)\(/;
  const tested = /\.(?:test|exec)\((?:\w+\.)*(?:sentence|edge\.label)\)/;
  const finds = (text: string): boolean => text.split('\n').some((line) => asked.test(line) || tested.test(line));
  expect(['if (/for/.test(edge.label))', 'finding.sentence.includes("x")', 'first.sentence.length'].map(finds)).toEqual(
    [true, true, false],
  );
  expect([...texts].filter(([, text]) => finds(text)).map(([file]) => file)).toEqual([]);
});
