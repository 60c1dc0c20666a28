import { describe, expect, test } from 'vitest';

import { makeReport, type Report } from '../../src/report/report.js';
import { renderMarkdown } from '../../src/report/render-markdown.js';
import { renderHtml } from '../../src/report/render-html.js';
import { renderText } from '../../src/report/render-text.js';
import { summaryOf } from '../../src/report/summary.js';
import type { Finding } from '../../src/words/finding.js';

const finding = (id: string, weight: number, more: Partial<Finding> = {}): Finding => ({
  id,
  weight,
  certainty: 'certain',
  moment: 'dump',
  sentence: `${id} is so.`,
  evidence: [],
  ...more,
});
const oops = finding('ending.exception', 97);
const earlier = finding('oom.earlier', 32);
const memory = finding('ending.out-of-memory', 43, { brief: 'Memory ran out.' });
const holder = finding('oom.memory-held.process', 80);
const advice = finding('oom.prevention.tmpfs', 54);
const lock = finding('lock.owner-sleeps', 70);
const stuck = finding('watchdog.stuck-cpu', 65);

describe('the paragraph at the top', () => {
  test.each([
    ['an end that tells itself has no other cause', [oops, holder, advice], [oops.sentence]],
    ['but what came before is told', [oops, earlier], [oops.sentence, earlier.sentence]],
    [
      'an end for want of memory: who holds it, and what to do',
      [holder, advice, memory],
      ['Memory ran out.', holder.sentence, advice.sentence],
    ],
    ['and without a cause in full', [memory], [memory.sentence]],
    ['what follows from a lock is not told', [lock, stuck, memory], ['Memory ran out.', lock.sentence]],
    ['a log has no end', [holder, advice], [holder.sentence, advice.sentence]],
    [
      'guesses and circumstances are no cause',
      [finding('oom.a', 90, { certainty: 'possible' }), finding('oom.b', 20)],
      [],
    ],
    ['nothing', [], []],
  ])('%s', (_, findings, sentences) => {
    expect(summaryOf(findings)).toEqual(sentences);
  });

  const report = (findings: readonly Finding[], plugins = ['overview', 'oom']): Report =>
    makeReport(
      '0',
      { files: ['x'], format: 'ELF', architecture: 'x86_64', release: '6.1', pageSize: 4096, defects: [] },
      plugins.map((plugin, i) => ({
        plugin,
        title: plugin,
        views: i === 0 ? [{ kind: 'findings', id: 'findings', title: '', findings }] : [],
        gaps: [],
        outcome: { kind: 'done' },
      })),
      'whole',
    );
  const forms = (one: Report): string[] =>
    [renderText(one), renderMarkdown(one), renderHtml(one)].map((form) => [...form].join(''));

  test('stands in every form, before the findings', () => {
    for (const form of forms(report([holder, memory]))) {
      expect(form).toContain('Memory ran out.');
      expect(form.indexOf('Memory ran out.')).toBeLessThan(form.lastIndexOf(memory.sentence));
    }
  });

  test('but not twice, nor of one plugin’s report', () => {
    for (const form of forms(report([oops]))) expect(form.split(oops.sentence).length).toBeLessThanOrEqual(3);
    expect([...renderText(report([oops]))].join('').split(oops.sentence)).toHaveLength(2);
    expect(report([holder, memory], ['oom']).summary).toEqual([]);
  });
});
