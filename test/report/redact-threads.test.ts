import { describe, expect, test } from 'vitest';
import { columns, fact, facts, findings, log, table, type View } from '../../src/index.js';
import { redact, type NamedTask } from '../../src/report/redact.js';
import { render } from '../../src/report/render.js';
import { reportOf, sectionOf } from './sample-report.js';

const kernels = (...comms: readonly string[]): NamedTask[] => comms.map((comm) => ({ comm, isKernelThread: true }));
const users = (...comms: readonly string[]): NamedTask[] => comms.map((comm) => ({ comm, isKernelThread: false }));

function written(views: readonly View[], tasks: readonly NamedTask[]): string {
  return [...render(redact(reportOf([sectionOf('one', views)]), tasks), 'text')].join('');
}

const ps = (...comms: readonly string[]): View =>
  table(
    'Tasks',
    columns([
      { key: 'pid', title: 'PID', type: 'pid' },
      { key: 'comm', title: 'COMM', type: 'task' },
    ]),
    comms.map((comm, at) => ({ cells: { pid: 10 + at, comm } })),
  );
const said = (sentence: string): View =>
  findings('F', [{ id: 'x.y', weight: 50, certainty: 'certain', moment: 'dump', sentence, evidence: [] }]);
const line = (text: string): View => log('Log', [{ text, level: 6, facility: 0 }]);

describe('threads of the kernel', () => {
  test.each([
    'kswapd0',
    'kworker/0:1',
    'kworker/u8:2',
    'kworker/1:1H',
    'ksoftirqd/3',
    'migration/11',
    'kcompactd1',
    'khugepaged',
    'khungtaskd',
    'kthreadd',
    'oom_reaper',
    'rcu_preempt',
    'rcu_tasks_trace',
    'rcu_exp_gp_kthr',
    'kworker/R-kbloc',
    'kworker/R-slub_',
    'mm_percpu_wq',
    'scsi_eh_0',
    'irq/9-acpi',
    'quota_events_un',
    'nfsd',
    'lockd',
    'ext4-rsv-conver',
    'rcuop/7',
  ])('%s keeps its name, in tables, sentences and the log', (comm) => {
    const out = written(
      [ps(comm), said(`${comm} (pid 10) waits for ${comm}`), line(`CPU: 0 PID: 10 Comm: ${comm} Not tainted 6.1.0 #1`)],
      kernels(comm),
    );
    expect(out.split(comm)).toHaveLength(5);
    expect(out).not.toMatch(/task-\d|kthread-\d|text-\d|device-\d/);
  });

  test.each([
    ['jbd2/vda7-8', 'jbd2/device-1-8'],
    ['xfsaild/dm-3', 'xfsaild/device-1'],
    ['irq/25-eth7', 'irq/25-interface-1'],
    ['md127_raid1', 'device-1_raid1'],
    ['10.20.30.40-man', 'kthread-1'],
    ['2001:db8:7:1-ma', 'kthread-1'],
    ['drbd_w_billing', 'kthread-1'],
    ['kworker/R-uplin', 'kthread-1'],
    ['acme_sync', 'kthread-1'],
  ])('%s has what may be this machine’s hidden: %s', (comm, shown) => {
    const out = written(
      [ps(comm), said(`${comm} (pid 10) waits`), line(`CPU: 0 PID: 10 Comm: ${comm} Not tainted 6.1.0 #1`)],
      kernels(comm),
    );
    expect(out).not.toContain(comm);
    expect(out.split(shown)).toHaveLength(4);
  });

  test('a process of users that calls itself so is hidden', () => {
    const out = written(
      [
        ps('kswapd0', 'kworker/0:1', 'kcompactd0'),
        said('kswapd0 (pid 10) holds it'),
        line('CPU: 0 PID: 10 Comm: kworker/0:1 Not tainted 6.1.0 #1'),
      ],
      [...kernels('kswapd0', 'kcompactd0'), ...users('kswapd0', 'kworker/0:1')],
    );
    expect(out).not.toMatch(/kswapd0|kworker/);
    expect(out).toContain('kcompactd0');
  });

  test('in facts and in what a finding is about a name is hidden though it is a word as well; a fact of another kind keeps the word', () => {
    const finding = {
      id: 'x.y',
      weight: 50,
      certainty: 'certain',
      moment: 'dump',
      sentence: 'x',
      evidence: [],
      subject: { kind: 'task', name: 'sleep', pids: [51] },
      restsOn: [{ what: 'sleep (51) holds it', certainty: 'likely' }],
      facts: {
        'process.comm': { value: 'sleep', source: 'the task table' },
        'process.comm 2': { value: 'init', source: 'the task table' },
        state: { value: 'sleep', source: 'task_struct.__state' },
      },
    } as const;
    const [shown] = redact(
      reportOf([sectionOf('one', [ps('sleep', 'init'), findings('F', [finding])])]),
      users('sleep', 'init'),
    ).findings;
    expect(shown).toMatchObject({
      subject: { kind: 'task', name: 'task-1', pids: [51] },
      restsOn: [{ what: 'task-1 (51) holds it', certainty: 'likely' }],
      facts: { 'process.comm': { value: 'task-1' }, 'process.comm 2': { value: 'task-2' }, state: { value: 'sleep' } },
    });
  });

  test('of a log alone, only names that every machine has', () => {
    const out = written(
      [
        line('kswapd0: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL)'),
        line('CPU: 0 PID: 9 Comm: kworker/0:1 Not tainted 6.1.0 #1'),
        line('CPU: 0 PID: 9 Comm: acmed Not tainted 6.1.0 #1'),
      ],
      [],
    );
    expect(out).toMatch(/kswapd0: page/);
    expect(out).toMatch(/Comm: kworker\/0:1 Not/);
    expect(out).not.toContain('acmed');
  });
});

test('a name before a colon and a pid, as the kernel writes it in lines that findings quote', () => {
  const out = written(
    [said('INFO: task touch:114 blocked; CPU#0 stuck for 13s! [free:103], and [kworker/0:1:15] at 12:30')],
    [...users('touch', 'free'), ...kernels('kworker/0:1')],
  );
  expect(out).not.toMatch(/touch|free/);
  expect(out).toMatch(
    /INFO: task task-1:114 blocked; CPU#0 stuck for 13s! \[task-2:103\], and \[kworker\/0:1:15\] at\s+12:30/,
  );
});

test('a task that is called as a word is hidden where it is meant, and the word stays', () => {
  const out = written(
    [
      ps('sleep', 'free', 'a'),
      facts('X', [fact('state', 'State', 'text', 'free'), fact('comm', 'Name', 'text', 'free')]),
      said('sleep (10) is in uninterruptible sleep; free (pid 11): a free page, and free: 3 kB of a (12)'),
    ],
    users('sleep', 'free', 'a'),
  );
  expect(out).toMatch(
    /task-(\d) \(10\) is in uninterruptible sleep; task-(\d) \(pid 11\): a free page, and task-\2: 3 kB of\s+task-\d \(12\)/,
  );
  expect(out).toMatch(/^State +free$/m);
  expect(out).toMatch(/^Name +task-\d$/m);
});
