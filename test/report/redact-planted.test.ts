import { describe, expect, test } from 'vitest';
import oom from '../../plugins/oom/index.js';
import { columns, fact, facts, findings, graph, log, stacks, table, tree, type View } from '../../src/index.js';
import { reportsIn } from '../../src/oom/index.js';
import { timelineOfRecords } from '../../src/timeline/timeline.js';
import { defaultValues } from '../../src/plugin/options.js';
import { runOnReports } from '../../src/plugin/run-plugin.js';
import { redact } from '../../src/report/redact.js';
import { render, reportFormats } from '../../src/report/render.js';
import type { Report } from '../../src/report/report.js';
import { memcgReport } from '../oom/text.js';
import { reportOf, sectionOf } from './sample-report.js';

/** Everything planted has `zq` in it, or is one of these. */
const planted = /zq|10\.20\.30\.40|2001:db8|fe80|52:54:00|nvme7n1|sdq3|bond9|f00dfeed|cafe0000cafe/i;

function written(report: Report): [string, string][] {
  return reportFormats.map((format) => [format, [...render(redact(report), format)].join('')]);
}

const said = (sentence: string): View =>
  findings('F', [{ id: 'x.y', weight: 50, certainty: 'certain', moment: 'dump', sentence, evidence: [sentence] }], {
    id: sentence.slice(0, 3),
  });

describe('what came from the machine is in no format', () => {
  test.each([
    ['the dump’s name, without a folder too', [], { files: ['zq-db01.vmcore'], vmlinux: 'zq/vmlinux' }],
    [
      'a host, by its first label and within a word',
      [
        facts('M', [fact('nodename', 'Host', 'text', 'zqdb.zqcorp.example')]),
        said('nfs: server zqdb:/export not responding, root@zqdb'),
      ],
      {},
    ],
    [
      'paths of one part and of many, cgroups with a colon',
      [said('The limit of /zq.slice was hit; /a/zq.slice/cri-containerd:zq1 and /zqswap')],
      {},
    ],
    ['addresses of the network', [said('from 10.20.30.40 to 2001:db8::7:1, fe80::1%bond9, 52:54:00:12:34:56')], {}],
    [
      'identifiers',
      [said('mail zq.ops@zq.example about 6f1e7a02-0000-4000-8000-f00dfeedf00d and cafe0000cafe0000cafe0000cafe0000')],
      {},
    ],
    ['devices and interfaces', [said('inode of nvme7n1p2 and sdq3 waits; bond9 is down')], {}],
    [
      'a cpuset, and what the hardware is called',
      [
        facts('E', [
          fact('cpuset', 'Cpuset', 'text', 'zq.slice'),
          fact('hardware', 'Hardware', 'text', 'zq Systems zq100'),
        ]),
        said('allowed by zq.slice on zq Systems zq100'),
      ],
      {},
    ],
    [
      'a cgroup’s own slab cache',
      [
        table('S', columns([{ key: 'name', title: 'CACHE', type: 'text' }]), [
          { cells: { name: 'dentry(812:zq-web.service)' } },
        ]),
      ],
      {},
    ],
    ['who is listed nowhere but has a pid', [said('zqworker (pid 12) was killed, then "zq-x (pid 13)"')], {}],
    [
      'lists in cells, and cells that are called as our members are',
      [
        table(
          'E',
          columns([
            { key: 'killed', title: 'K', type: 'text' },
            { key: 'id', title: 'I', type: 'task' },
            { key: 'type', title: 'T', type: 'task' },
          ]),
          [{ cells: { killed: ['zq one (pid 3)'], id: 'zqid', type: 'zqtype' } }],
        ),
        said('zq one holds what zqid and zqtype want'),
      ],
      {},
    ],
    [
      'strings read from memory',
      [
        stacks('B', [
          {
            title: 'x',
            frames: [
              {
                index: 0,
                ip: 1n,
                found: 'unwound',
                arguments: [{ name: 's', value: '0xffff8880 "zq \\" zq"' }],
                locals: [{ name: 'c', value: 'comm = "zqc"' }],
              },
            ],
          },
        ]),
        tree(
          'O',
          columns([
            { key: 'member', title: 'M', type: 'text' },
            { key: 'value', title: 'V', type: 'text' },
          ]),
          [{ cells: { member: 'comm', value: '"zqcomm"' }, children: [] }],
        ),
      ],
      {},
    ],
    [
      'the kernel’s command line, parameters of modules, lines of the log and of its report',
      [
        facts('M', [fact('commandLine', 'Command line', 'text', 'root=UUID=zq ip=zq')]),
        table(
          'P',
          columns([
            { key: 'args', title: 'A', type: 'text' },
            { key: 'kernelLine', title: 'P', type: 'text' },
          ]),
          [{ cells: { args: 'key=zqsecret', kernelLine: 'zq: line' } }],
        ),
        log('L', [{ text: 'zq said so' }]),
      ],
      {},
    ],
    [
      'nodes of a graph, and what could not be read',
      [
        table('T', columns([{ key: 'comm', title: 'C', type: 'task' }]), [{ cells: { comm: 'zq-a' } }]),
        graph('G', { nodes: [{ id: 'a', label: 'zq-a (51)', kind: 'task' }], edges: [], cycles: [] }),
        facts('X', [fact('x', 'X', 'text', { gap: true, what: 'comm', reason: 'of zq-a: cut off' })]),
      ],
      {},
    ],
  ] as [string, View[], Partial<Report['dump']>][])('%s', (_, views, dump) => {
    const plain = reportOf([sectionOf('one', views)]);
    const report = { ...plain, dump: { ...plain.dump, ...dump } };
    expect([...render(report, 'json')].join('')).toMatch(planted);
    for (const [format, out] of written(report)) expect(planted.exec(out)?.[0], format).toBeUndefined();
  });

  test('a cgroup’s OOM, from its log to the page', () => {
    const of = (text: string): Report =>
      reportOf([
        sectionOf(
          'oom',
          runOnReports(
            oom,
            { reports: reportsIn(text), timeline: timelineOfRecords([], []) },
            defaultValues(oom.flags, oom.arguments),
          ).views,
        ),
      ]);
    const text = memcgReport
      .replaceAll('/lab.slice/job.scope', '/zq.slice')
      .replaceAll('stress', 'zq job')
      .replaceAll('helper', 'zqhelp');
    expect([...render(of(text), 'text')].join('')).toMatch(planted);
    for (const [format, out] of written(of(text))) {
      expect(planted.exec(out)?.[0], format).toBeUndefined();
      expect(out).toContain('oom_score_adj');
    }
  });
});

test('a name of several words has one token, before a pid too', () => {
  const views = [
    table('T', columns([{ key: 'comm', title: 'COMM', type: 'task' }]), [{ cells: { comm: 'zq two' } }]),
    said('zq two (pid 3) holds it'),
  ];
  const out = [...render(redact(reportOf([sectionOf('one', views)])), 'text')].join('');
  expect(out).toMatch(/^ 1\. task-1 \(pid 3\) holds it$/m);
  expect(out).toMatch(/^task-1$/m);
});

test('what looks like a name and is none stays', () => {
  const sentence =
    'Linux 6.1.0-56 at 12:34:56: 3 pages/s of kernel/sched/core.c:7, vdso and sdma_map, build 0123456789abcdef0123456789abcdef01234567; set /proc/sys/vm/min_free_kbytes, kworker/0:1 reads/writes ffff:0 (12:30).';
  for (const [format, out] of written(reportOf([sectionOf('one', [said(sentence)])])))
    if (format === 'json') expect(out).toContain(sentence);
});
