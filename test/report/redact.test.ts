import { expect, test } from 'vitest';
import { columns, fact, facts, findings, log, stacks, table } from '../../src/index.js';
import { redact } from '../../src/report/redact.js';
import { render } from '../../src/report/render.js';
import { reportOf, sectionOf } from './sample-report.js';

const list = columns([
  { key: 'pid', title: 'PID', type: 'pid' },
  { key: 'comm', title: 'COMM', type: 'task' },
]);
const report = reportOf([
  sectionOf('one', [
    facts('Machine', [
      fact('nodename', 'Host', 'text', 'db7.corp'),
      fact('panic', 'Panic', 'text', 'invoked by billing-db on db7.corp'),
    ]),
    table('Tasks', list, [{ cells: { pid: 51, comm: 'billing-db' } }, { cells: { pid: 52, comm: 'billing' } }]),
    log('Log', [
      { timeNs: 1, text: 'secret of billing' },
      { text: '3 records lost', remark: true },
    ]),
    stacks('Stacks', [
      {
        title: 'billing-db (51)',
        frames: [{ index: 0, ip: 1n, function: 'schedule', file: 'kernel/sched/core.c', line: 7, found: 'unwound' }],
      },
    ]),
    findings('F', [
      {
        id: 'oom.x',
        weight: 90,
        certainty: 'certain',
        moment: 'dump',
        subject: { kind: 'other', name: 'x' },
        sentence: 'billing-db (51) holds /srv/cache/blob in 3 pages/s.',
        evidence: [],
      },
    ]),
  ]),
]);

test.each(['text', 'json', 'md', 'html'] as const)('nothing of the machine’s is left in %s', (format) => {
  const out = [...render(redact(report), format)].join('');
  for (const secret of ['billing', 'db7', 'corp', 'secret', '/srv', 'blob']) expect(out).not.toContain(secret);
});

test.each(['text', 'json', 'md', 'html'] as const)(
  'the dump’s path and the kernel’s command line are hidden in %s',
  (format) => {
    const one = reportOf([
      sectionOf('one', [
        facts('Machine', [fact('commandLine', 'Command line', 'text', 'root=/dev/pathsecret nfsroot=argsecret:/x')]),
      ]),
    ]);
    const files = ['cases/dirsecret/vmcore'];
    const out = [
      ...render(redact({ ...one, dump: { ...one.dump, files, vmlinux: '/boot/linuxsecret' } }), format),
    ].join('');
    expect(out).not.toMatch(/(?:path|arg|dir|linux)secret/);
    expect(out).toMatch(/command-line-1/);
  },
);

test('one name has one token throughout, and the kernel’s words stay', () => {
  const out = [...render(redact(report), 'text')].join('');
  expect(out).toMatch(/^ 1\. task-1 \(51\) holds path-1 in 3 pages\/s\.$/m);
  expect(out).toMatch(/^ 51 +task-1$/m);
  expect(out).toMatch(/^Panic +invoked by task-1 on host-1$/m);
  expect(out).toContain('#0 schedule at kernel/sched/core.c:7');
  expect(out).toContain('3 records lost');
  expect(redact(report).signature).toBe(report.signature);
});
