import { expect, test } from 'vitest';
import {
  chart,
  columns,
  definePlugin,
  fact,
  facts,
  findings,
  gap,
  table,
  type Finding,
  type View,
} from '../../src/index.js';
import { runPlugin } from '../../src/plugin/run-plugin.js';
import { defaultLimits, type Section } from '../../src/plugin/section.js';
import type { ValueType } from '../../src/words/views.js';
import { withFacts } from '../../src/report/fact-lines.js';
import { render } from '../../src/report/render.js';
import { reportOf } from '../report/sample-report.js';
import { kernelStub } from './kernel-stub.js';

/** As a user's plugin runs: its mistakes are told in a sentence, and never shown as what a dump holds. */
function ran(...views: unknown[]): Section {
  const plugin = definePlugin({
    id: 'mist',
    summary: 'Mistaken',
    *run() {
      yield* views as View[];
    },
  });
  return runPlugin(kernelStub(), plugin, {}, defaultLimits, true);
}

function reasonOf(...views: unknown[]): string | undefined {
  const { outcome } = ran(...views);
  if (outcome.kind === 'done') return undefined;
  expect(outcome).toMatchObject({ kind: 'failed', fault: 'plugin' });
  return outcome.reason;
}

const cellOf = (type: ValueType, value: unknown): View => ({
  kind: 'table',
  id: 't',
  title: 'T',
  columns: [{ key: 'v', title: 'V', type }],
  rows: [{ cells: { v: value as number } }],
});

test.each([
  ['pages', NaN, 'is NaN, as a sum with a missing number is, or a division by 0; null says that there is none'],
  ['percent', Infinity, 'is Infinity, as a sum'],
  ['pid', 'init', 'is "init", but its type is pid: give a whole number or a bigint, null or a gap'],
  ['pid', 1.5, 'is 1.5, but its type is pid'],
  ['pages', 'x', 'is "x", but its type is pages: give a number or a bigint'],
  ['task', 7, 'is 7, but its type is task: give the name of a task'],
  ['boolean', 1, 'is 1, but its type is boolean: give true or false'],
  ['word', true, 'is true, but its type is word'],
  ['address', 'x', 'is "x", but its type is address: give a bigint'],
  ['symbol', 5, 'is 5, but its type is symbol'],
] as const)('a %s cell with %s is told with its view, row and column', (type, value, sentence) => {
  expect(reasonOf(cellOf(type, value))).toContain(`table "T", row 1: cell v ${sentence}`);
  expect(reasonOf(facts('F', [fact('v', 'V', type, value)]))).toContain(`facts "F": fact v ${sentence}`);
});

test.each([
  ['pages', 1.5],
  ['pid', 1],
  ['pid', 1n],
  ['task', 'init'],
  ['text', ['a', 'b']],
  ['text', true],
  ['word', 'tmpfs'],
  ['flags', []],
  ['symbol', 'schedule'],
  ['symbol', 0xffffffff81000000n],
  ['boolean', false],
  ['address', 0n],
  ['percent', 0],
  ['bytes', null],
  ['task', gap('task_struct.comm', 'not in the dump')],
] as const)('a %s cell with %s stands', (type, value) => {
  expect(reasonOf(cellOf(type, value))).toBeUndefined();
});

test('a cell that is not there is told, and null is none', () => {
  const list = columns([{ key: 'a', title: 'A', type: 'integer' }]);
  expect(reasonOf(table('T', list, [{ cells: { a: null } }, { cells: {} as { a: number } }]))).toBe(
    'table "T", row 2: it has no cell a; null says that there is none',
  );
});

test.each([
  [{ label: 'a', value: -5 }, 'chart "C": the value of bar 1 (a) is -5; a chart has numbers from 0'],
  [{ label: 'a', value: NaN }, 'chart "C": the value of bar 1 (a) is NaN; a chart has numbers from 0'],
  [{ label: 'a', value: 'x' }, 'chart "C": the value of bar 1 (a) is "x"; a chart has numbers from 0'],
  [
    { label: 'a', value: 1, marks: [{ label: 'low', value: -1 }] },
    'chart "C": the value of mark 1 of bar 1 (low) is -1; a chart has numbers from 0',
  ],
])('a chart can’t have %s', (bar, sentence) => {
  expect(reasonOf(chart('C', 'bytes', [bar as { label: string; value: number }]))).toBe(sentence);
});

test('a chart’s total is a number, and a bigint is as good a bar', () => {
  expect(reasonOf(chart('C', 'bytes', [], { total: -1 }))).toBe(
    'chart "C": its total is -1; a chart has numbers from 0',
  );
  const [drawn] = ran(chart('C', 'bytes', [{ label: 'a', value: 3n as unknown as number }], { total: 3 })).views;
  expect(drawn).toMatchObject({ bars: [{ value: 3 }] });
});

const finding: Finding = {
  id: 'mist.a',
  weight: 60,
  certainty: 'certain',
  moment: 'dump',
  sentence: 'It is so.',
  evidence: ['read'],
};

test.each([
  [{ weight: 200 }, 'findings "F": the weight of finding 1 is 200; it is a number from 0 to 100'],
  [{ weight: NaN }, 'findings "F": the weight of finding 1 is NaN; it is a number from 0 to 100'],
  [{ id: 'other.a' }, 'findings "F": the id of finding 1 is "other.a"; ids of the plugin mist start with "mist."'],
  [{ id: 'mist' }, 'findings "F": the id of finding 1 is "mist"; ids of the plugin mist start with "mist."'],
  [
    { facts: { a: { value: NaN, source: 'x' } } },
    'findings "F": fact a of a finding is NaN; leave out what could not be computed',
  ],
  [{ views: ['tabl'] }, 'the finding mist.a names a view "tabl", which was not yielded; did you mean table?'],
])('a finding with %o is told', (more, sentence) => {
  expect(reasonOf(findings('F', [{ ...finding, ...more }]), facts('Table', []))).toBe(sentence);
});

test('a finding of its own prefix, and one of oompm’s own kinds, stand', () => {
  expect(
    reasonOf(
      findings('F', [
        { ...finding, views: ['later', 'ps/tasks'] },
        { ...finding, id: 'oom.watermark' },
      ]),
      facts('Later', []),
    ),
  ).toBeUndefined();
});

test('two views of one id are told, two objects are not', () => {
  expect(reasonOf(facts('T', []), table('T', columns([{ key: 'a', title: 'A', type: 'text' }]), []))).toBe(
    `table "T" has the id "t", as "T" before it has: give it another title, or an id ({ id: '…' })`,
  );
  expect(reasonOf(facts('T', []), facts('T', [], { id: 'second' }))).toBeUndefined();
  expect(reasonOf(facts('zone at 1', [], { id: 'object' }), facts('zone at 2', [], { id: 'object' }))).toBeUndefined();
});

test('an option that a view has not is told', () => {
  const list = columns([{ key: 'a', title: 'A', type: 'text' }]);
  expect(() => table('T', list, [], { sortd: { column: 'a', descending: true } } as object)).toThrow(
    'the options of the view "T" have no sortd; did you mean sorted?',
  );
  expect(() => chart('C', 'bytes', [], { note: 'x', total: 1 })).not.toThrow();
});

test.each([
  ['all was read', {}, 'certain'],
  ['it rests on what is possible', { restsOn: [{ what: 'a guess', certainty: 'possible' }] }, 'possible'],
  ['something could not be read', { unread: ['pool 3: not in the dump'] }, 'likely'],
  ['both', { restsOn: [{ what: 'a default', certainty: 'likely' }], unread: ['pool 3'] }, 'possible'],
] as const)('where %s a finding is as sure as that', (_, more, certainty) => {
  const [view] = ran(findings('F', [{ ...finding, ...more }])).views;
  expect(view).toMatchObject({ findings: [{ certainty }] });
});

test.each(['text', 'md', 'html', 'json'] as const)(
  'what could not be read for a finding is told once in %s',
  (format) => {
    const report = reportOf([ran(findings('F', [{ ...finding, unread: ['pool three is lost'] }]))]);
    for (const shown of [report, withFacts(report)]) {
      const lines = [...render(shown, format)].join('');
      expect(lines).toContain('Not all that this rests on could be read: pool three is lost.');
      if (format !== 'json') expect(lines.split('pool three is lost')).toHaveLength(2);
    }
  },
);

test.each(['text', 'md', 'html'] as const)('a chart without bars is none, and a table’s note stays in %s', (format) => {
  const list = columns([{ key: 'a', title: 'A', type: 'text' }]);
  const out = (...views: View[]): string => [...render(reportOf([ran(...views)]), format)].join('');
  expect(out(chart('Empty', 'bytes', []))).toMatch(/\bnone\b/);
  expect(out(table('Empty', list, [], { note: 'Only since 6.8.' }))).toMatch(/Only since 6\.8\\?\./);
});
