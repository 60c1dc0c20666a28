import { expect, test } from 'vitest';
import { chart, columns, fact, facts, findings, graph, log, table, tree, type View } from '../../src/index.js';
import { redact } from '../../src/report/redact.js';
import { render, reportFormats } from '../../src/report/render.js';
import { reportOf, sectionOf } from './sample-report.js';

/** Everything planted has `zq` in it; what is the kernel's own by the type of its column stays. */
const list = columns([
  { key: 'mount', title: 'MOUNT', type: 'text' },
  { key: 'file', title: 'TYPE', type: 'word' },
  { key: 'state', title: 'STATE', type: 'text' },
  { key: 'comm', title: 'COMM', type: 'task' },
  { key: 'runs', title: 'RUNS', type: 'symbol' },
  { key: 'flags', title: 'FLAGS', type: 'flags' },
]);
const row = {
  mount: 'zqshare of zqhost',
  file: 'tmpfs',
  state: 'zqstate',
  comm: 'zqtask',
  runs: 'flush_zone',
  flags: ['SB_RDONLY'],
};

const views: View[] = [
  table('Mounts of zqstate', list, [{ cells: row }], { note: 'zqstate is told.' }),
  tree('Tree', list, [{ cells: { ...row, mount: ['zqone', 'zqtwo'] }, children: [] }]),
  facts('Facts', [fact('a', 'A', 'text', 'zqfact'), fact('b', 'B', 'word', 'TCP')]),
  chart('Chart', 'pages', [
    { label: 'zqlabel', value: 1 },
    { label: 'tmpfs', value: 2 },
  ]),
  log('Log', [{ text: 'zqline' }, { text: 'of zqlabel', remark: true }]),
  graph('Graph', {
    nodes: [
      { id: 'zqid', label: 'zqnode (51)', kind: 'task' },
      { id: 'zqother', label: 'zqlock', kind: 'lock' },
    ],
    edges: [{ from: 'zqid', to: 'zqother', label: 'waits' }],
    cycles: [],
  }),
  findings('F', [
    {
      id: 'x.y',
      weight: 50,
      certainty: 'certain',
      moment: 'dump',
      subject: { kind: 'other', name: 'zqsubject' },
      sentence: 'The queue zqstate, zqone, has 3 items of zqshare of zqhost in tmpfs; it says "zq words".',
      evidence: ['zqtask (7) runs flush_zone for zqsubject: zqvalue'],
      facts: {
        name: { value: 'zqvalue', source: 'of zqone' },
        at: { value: '0xffff888000000000', unit: 'address', source: 'x' },
      },
      restsOn: [{ what: 'zqlock is held', certainty: 'certain' }],
      unread: ['zqlabel: not in the dump'],
      views: ['mounts-of-zqstate'],
    },
  ]),
];
const users = { ...sectionOf('x', views), isUsers: true as const };

test.each(reportFormats)('text that came through a user’s plugin is not in %s', (format) => {
  expect([...render(reportOf([users]), format)].join('')).toContain('zqstate');
  const out = [...render(redact(reportOf([users])), format)].join('');
  expect(/\S*zq\S*/.exec(out)?.[0]).toBeUndefined();
  for (const stays of ['tmpfs', 'TCP', 'flush', 'RDONLY', 'has 3 items', 'Tree']) expect(out).toContain(stays);
});

test('one text has one token in its cells and its sentences, and views are found', () => {
  const { findings: found, sections } = redact(reportOf([users]));
  const [mounts] = sections[0]!.views;
  expect(mounts).toMatchObject({ id: found[0]!.views![0]! });
  const state = (mounts as unknown as { rows: { cells: { state: string } }[] }).rows[0]!.cells.state;
  expect(state).toMatch(/^text-\d+$/);
  expect(found[0]!.sentence).toContain(`The queue ${state}, `);
  expect(found[0]!.facts!['at']!.value).toBe('0xffff888000000000');
});

test('sections of ours are as before, and say no less for a user’s word in them', () => {
  const ours = sectionOf('ps', [facts('Facts', [fact('a', 'A', 'text', 'waits for zqstate')])]);
  const alone = redact(reportOf([ours])).sections[0];
  expect(redact(reportOf([ours, users])).sections[0]).toEqual(alone);
});

test('what a cell holds has its token in quotes too; what only quotes hold has one of a string', () => {
  const section = sectionOf('x', [
    table('Groups', columns([{ key: 'path', title: 'CGROUP', type: 'text' }]), [{ cells: { path: '/zqbatch' } }]),
    findings('F', [
      {
        id: 'x.y',
        weight: 50,
        certainty: 'certain',
        moment: 'dump',
        sentence: 'cgroup "/zqbatch" is frozen by "zqother"',
        evidence: [],
      },
    ]),
  ]);
  const [found] = redact(reportOf([{ ...section, isUsers: true as const }])).findings;
  expect(found?.sentence).toMatch(/^cgroup "path-\d+" is frozen by string-\d+$/);
});
