import { expect, test } from 'vitest';
import { chart } from '../../src/index.js';
import { partKinds } from '../../src/words/views.js';
import { allLooks, looksOf } from '../../src/report/palette.js';
import { coloured } from '../../src/report/paint.js';
import { render } from '../../src/report/render.js';
import { renderText } from '../../src/report/render-text.js';
import { reportOf, sectionOf } from './sample-report.js';

const part = (kind: (typeof partKinds)[number], value = 1): { label: string; value: number; kind: typeof kind } => ({
  label: `all ${kind}`,
  value,
  kind,
});

test('no two kinds look alike, with colours or without', () => {
  expect(new Set(allLooks.map(({ shade }) => shade)).size).toBe(partKinds.length);
  const drawn = allLooks.filter(({ hue }) => hue !== undefined).map(({ hue, hatch }) => `${hue} ${hatch}`);
  expect(new Set(drawn).size).toBe(drawn.length);
});

test('a kind looks the same at any rank and beside any other', () => {
  const [alone] = looksOf([part('file')]);
  for (const bars of [
    [part('anon'), part('file')],
    [part('free'), part('shmem'), part('file')],
    [{ label: 'x', value: 1 }, part('file')],
  ])
    expect(looksOf(bars).at(-1)).toBe(alone);
});

test('parts of no kind take no look of a kind beside them, nor one another’s', () => {
  const bars = [
    { label: 'a', value: 3 },
    part('anon'),
    { label: 'b', value: 2 },
    part('free'),
    { label: 'c', value: 1 },
  ];
  expect(new Set(looksOf(bars)).size).toBe(bars.length);
});

test('what is free has no colour in text, and its own shade in the page’s and the text’s picture', () => {
  const report = reportOf([
    sectionOf('a', [chart('Memory', 'kB', [part('free', 60), part('anon', 40)], { total: 100, id: 'm' })]),
  ]);
  const text = [...renderText(report, { width: 100, paint: coloured })].join('');
  expect(/^all free .*$/m.exec(text)![0]).toMatch(/^all free {2}░{18}/);
  expect(/^all anon .*$/m.exec(text)![0]).toContain(coloured('magenta', '█'.repeat(12)));
  expect([...render(report, 'html')].join('')).toMatch(/<rect class="free"[^]*<rect class="anon"/);
});
