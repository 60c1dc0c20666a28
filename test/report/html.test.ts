import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { chart, columns, facts, fact, findings, graph, log, table, type Finding, type View } from '../../src/index.js';
import type { Report } from '../../src/report/report.js';
import { render } from '../../src/report/render.js';
import { reportOf, sectionOf } from './sample-report.js';

const page = (report: Report): string => [...render(report, 'html')].join('');
const finding = (id: string, weight: number, more: Partial<Finding> = {}): Finding => ({
  id,
  weight,
  certainty: 'certain',
  moment: 'dump',
  sentence: `It was ${id}.`,
  evidence: [],
  ...more,
});
const memory = (title: string, kB: number): View =>
  chart(
    title,
    'kB',
    [
      { label: 'anonymous memory', value: kB },
      { label: 'free', value: 1 },
    ],
    { id: title, total: 1000, headline: 'memory' },
  );
const numbers = columns([{ key: 'n', title: 'N', type: 'integer' }]);
const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ cells: { n } }));
/** What stands before the ways to the sections, and after. */
const parts = (text: string): [string, string] => text.split('<nav') as [string, string];

test('a section that has nothing to tell has no heading, and no way to it', () => {
  const text = page(reportOf([sectionOf('a', [memory('Of a', 300)]), sectionOf('timeline', []), sectionOf('b', [])]));
  expect(text).not.toContain('About timeline');
  expect(text).not.toContain('href="#timeline"');
  expect(text).toContain('href="#a"');
});

test('a small part of a whole is not shown as none of it', () => {
  const parts = [1_000_000, 300, 0].map((value, n) => ({ label: `part ${n}`, value }));
  const report = reportOf([sectionOf('a', [chart('Of all', 'kB', parts, { total: 1_000_300 })])]);
  expect(page(report)).toContain('<td class="n">&lt;0.1 %</td>');
  const [, small, none] = [...render(report, 'text')].join('').match(/^part.*%$/gm)!;
  expect([small, none]).toEqual([expect.stringMatching(/ <0\.1 %$/), expect.stringMatching(/ 0\.0 %$/)]);
});

describe('the top of the page', () => {
  test('has the pictures of the first finding’s plugin before those of another, and each once', () => {
    const [top, rest] = parts(
      page(
        reportOf([
          sectionOf('a', [memory('Of a', 300), findings('F', [finding('a', 50)])]),
          sectionOf('b', [memory('Of b', 400), findings('F', [finding('b', 90)])]),
        ]),
      ),
    );
    expect(top).toContain('<h1>It was b.</h1>');
    expect(top).toContain('<h3>Of b</h3>');
    expect(top).not.toContain('Of a');
    expect(rest).toContain('<h3>Of a</h3>');
    expect(rest).toContain('<a href="#b/Of-b">Of b</a>: at the top');
    expect(rest).not.toContain('<h1>');
  });

  test('a second plugin that draws the same is referred to the first', () => {
    const [, rest] = parts(
      page(
        reportOf([
          sectionOf('a', [memory('Mine', 300), findings('F', [finding('a', 50)])]),
          sectionOf('b', [memory('Same', 300), memory('Other', 301)]),
        ]),
      ),
    );
    expect(rest).toContain('<a href="#a/Mine">Same</a>: at the top');
    expect(rest).toContain('<h3>Other</h3>');
  });

  test('who waits for whom stands there only where it was about that', () => {
    const waits = graph(
      'Waits',
      { nodes: [{ id: 'a', label: 'a', kind: 'task' }], edges: [], cycles: [] },
      { headline: 'waits' },
    );
    const top = (weight: number): string =>
      parts(
        page(
          reportOf([
            sectionOf('oom', [findings('F', [finding('oom', 50)])]),
            sectionOf('locks', [waits, findings('F', [finding('lock', weight)])]),
          ]),
        ),
      )[0];
    expect(top(90)).toContain('Waits');
    expect(top(10)).not.toContain('Waits');
  });

  test('without a finding the machine is the title; a host that is known comes first', () => {
    const report = reportOf([sectionOf('a', [facts('F', [fact('x', 'X', 'integer', 1)])]), sectionOf('b', [])]);
    expect(page(report)).toContain('<title>Linux 6.1.0-test x86_64</title>');
    expect(page({ ...report, dump: { ...report.dump, host: 'db<1>' } })).toContain(
      '<title>db&lt;1&gt;: Linux 6.1.0-test x86_64</title>',
    );
  });
});

test('what is long is folded, unless it is all that was asked for', () => {
  const views = [
    table('Short', numbers, rows(15)),
    table('Long', numbers, rows(16)),
    log(
      'Log',
      Array.from({ length: 13 }, () => ({ text: 'x' })),
    ),
  ];
  const folds = (text: string): string[] =>
    [...text.matchAll(/<details class="view" id="([^"]+)"/g)].map(([, id]) => id!);
  expect(folds(page(reportOf([sectionOf('a', views), sectionOf('b', [])])))).toEqual(['a/long', 'a/log']);
  expect(folds(page(reportOf([sectionOf('a', views)])))).toEqual([]);
  const lesser = table('Lesser', numbers, rows(1), { folded: true });
  expect(folds(page(reportOf([sectionOf('a', [lesser]), sectionOf('b', [])])))).toEqual(['a/lesser']);
});

test('an empty table says so', () => {
  expect(page(reportOf([sectionOf('a', [table('T', numbers, [])])]))).toContain('<p class="quiet">none</p>');
});

test('sizes are told as everywhere else, with what they are sorted by; raw ones in the kernel’s unit', () => {
  const report = reportOf([
    sectionOf('a', [
      table('T', columns([{ key: 'rss', title: 'RSS', type: 'pages' }]), [
        { cells: { rss: 1024 } },
        { cells: { rss: 0 } },
      ]),
    ]),
  ]);
  expect(page(report)).toMatch(
    /<th scope="col" class="n">RSS<\/th>[^]*<td class="n" data-v="1024">4 MiB<\/td>[^]*<td class="n">0<\/td>/,
  );
  expect([...render(report, 'html', { width: Infinity, paint: (text) => text, raw: true })].join('')).toMatch(
    /RSS <small>pages<\/small>[^]*<td class="n">1024<\/td>/,
  );
});

test('a bar that ends at a mark is not above it', () => {
  const bar = (value: number): string =>
    /<span class="(\w+)">([^<]+)<\/span>/
      .exec(
        page(
          reportOf([
            sectionOf('a', [
              chart('C', 'kB', [
                {
                  label: 'Normal',
                  value,
                  marks: [
                    { label: 'min', value: 100 },
                    { label: 'low', value: 200 },
                  ],
                },
              ]),
            ]),
          ]),
        ),
      )!
      .slice(1)
      .join(' ');
  expect([99, 100, 101, 200, 201].map(bar)).toEqual([
    'bad below min',
    'bad at min',
    'low below low',
    'low at low',
    'good above low',
  ]);
});

test('the policy names the style and the script that are there', () => {
  const text = page(reportOf([sectionOf('a', [])]));
  const hash = (element: string): string =>
    `${element}-src 'sha256-${createHash('sha256')
      .update(new RegExp(`<${element === 'style' ? 'style' : 'script'}>([^]*?)</`).exec(text)![1]!)
      .digest('base64')}'`;
  expect(text).toContain(
    `default-src 'none'; ${hash('style')}; ${hash('script')}; base-uri 'none'; form-action 'none'`,
  );
});

test('what stands in the heading is not repeated in the facts under it; a fact that is less sure is', () => {
  const ended = (note?: string): View =>
    facts(
      'How it ended',
      [
        fact('end', 'What happened', 'text', 'It was a.', note === undefined ? {} : { note }),
        fact('panic', 'Panic', 'text', 'Fatal exception'),
      ],
      { headline: 'end' },
    );
  const [sure] = parts(
    page(reportOf([sectionOf('a', [findings('Found', [finding('a', 90)]), ended()]), sectionOf('b', [])])),
  );
  expect(sure.match(/It was a\./g)).toHaveLength(2);
  expect(sure).not.toContain('What happened');
  expect(sure).toContain('Fatal exception');
  const [unsure] = parts(
    page(reportOf([sectionOf('a', [findings('Found', [finding('a', 90)]), ended('likely')]), sectionOf('b', [])])),
  );
  expect(unsure).toContain('What happened');
});
