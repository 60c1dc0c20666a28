import { describe, expect, test } from 'vitest';

import { columns, findings, stacks, table } from '../../src/index.js';
import { renderHtml } from '../../src/report/render-html.js';
import { renderMarkdown } from '../../src/report/render-markdown.js';
import { renderText } from '../../src/report/render-text.js';
import { reportOf, sectionOf } from './sample-report.js';

const empty = [
  table('Locks', columns([{ key: 'lock', title: 'LOCK', type: 'text' }]), [], { note: 'Nobody waits for one.' }),
  stacks('Stacks', []),
];
const forms = (gaps: readonly { what: string; reason: string }[]): string[] => {
  const report = reportOf([sectionOf('locks', empty, gaps)]);
  return [renderText(report), renderMarkdown(report), renderHtml(report)].map((form) => [...form].join(''));
};

describe('a view that has nothing', () => {
  test('is none where all could be read, and its note says what that means', () => {
    for (const form of forms([])) {
      expect(form.match(/^(?:<p class="quiet">)?none(?:<\/p>)?$/gm)).toHaveLength(2);
      expect(form).toContain('Nobody waits for one.');
      expect(form).not.toContain('that could be read');
    }
  });

  test('is no statement about the kernel where something of its section could not be read', () => {
    for (const form of forms([{ what: 'current task of CPU 0', reason: 'page cut off' }])) {
      expect(form.match(/none that could be read/g)).toHaveLength(2);
      expect(form).not.toContain('Nobody waits for one.');
    }
  });
});

test('a report of nothing at all says so', () => {
  const written = (views: Parameters<typeof sectionOf>[1]): string[] => {
    const report = reportOf([sectionOf('timeline', views)]);
    return [renderText(report), renderMarkdown(report), renderHtml(report)].map((form) => [...form].join(''));
  };
  const found = {
    id: 'a',
    weight: 1,
    certainty: 'certain',
    moment: 'dump',
    sentence: 'It was so.',
    evidence: [],
  } as const;
  for (const form of written([])) expect(form).toContain('nothing to show');
  for (const form of written([findings('F', [found])])) expect(form).not.toContain('nothing to show');
});
