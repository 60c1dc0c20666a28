import { describe, expect, test } from 'vitest';
import { judge, type Incomplete, type OomReport } from 'oompm/oom';

/** A machine of 1000 pages of 4 kB, of which one process has 800. */
const report: OomReport = {
  kind: 'oom',
  source: 'memory',
  kernel: {},
  pageSizeKB: 4,
  kills: [],
  reaped: [],
  missing: [],
  event: {
    caller: { by: 'page allocation', certainty: 'certain', because: 'a test' },
    constraint: 'CONSTRAINT_NONE',
    order: 0,
  },
  memInfo: { active_anon: 800, free: 50 },
  totals: { ram: 1000, reserved: 0 },
  tasks: [{ pid: 7, tgid: 7, name: 'big', totalVm: 900, rss: 800, rssAnon: 800, oomScoreAdj: 0 }],
  beyond: { percpuPages: 50, pipes: { count: 1, pages: 100 } },
};

function certainties(incomplete?: Incomplete): Record<string, string> {
  return Object.fromEntries(
    judge({ ...report, ...(incomplete ? { incomplete } : {}) }).map(({ id, certainty }) => [id, certainty]),
  );
}

const whole = {
  'oom.constraint': 'certain',
  'oom.memory-held.shares': 'certain',
  'oom.memory-held.process': 'certain',
};

describe('a verdict is less sure where it looks at a part of which not all could be read', () => {
  test.each<[string, Incomplete | undefined, Record<string, string>]>([
    ['nothing', undefined, whole],
    ['no part', {}, whole],
    ['a part that none of these looks at', { registers: 'lost' }, whole],
    // Whose the anonymous memory is, processes' or not, their rss tells.
    [
      'the task table',
      { tasks: 'lost' },
      { ...whole, 'oom.memory-held.process': 'likely', 'oom.memory-held.shares': 'likely' },
    ],
    ['the per-CPU memory', { 'beyond.percpuPages': 'lost' }, { ...whole, 'oom.memory-held.shares': 'likely' }],
    ['a part that is not there at all', { 'beyond.sockets': 'lost' }, { ...whole, 'oom.memory-held.shares': 'likely' }],
    [
      'what the event has of the task that asked',
      { 'event.uid': 'lost', 'event.cpuset': 'lost', 'memcg.taskPath': 'lost' },
      whole,
    ],
    ['the nodemask of the event', { 'event.nodemask': 'lost' }, { ...whole, 'oom.constraint': 'likely' }],
    [
      'everything',
      { all: 'lost' },
      { 'oom.constraint': 'likely', 'oom.memory-held.shares': 'likely', 'oom.memory-held.process': 'likely' },
    ],
  ])('%s', (_, incomplete, expected) => {
    expect(certainties(incomplete)).toMatchObject(expected);
  });

  test('the evidence says what was met, once', () => {
    const [shares] = judge({
      ...report,
      incomplete: { memInfo: 'vm_stat (page damaged)', 'beyond.pipes': 'vm_stat (page damaged)' },
    }).filter(({ id }) => id === 'oom.memory-held.shares');
    expect(shares?.evidence.filter((line) => line.startsWith('Not all'))).toEqual([
      'Not all that this rests on could be read: vm_stat (page damaged).',
    ]);
  });

  test('two parts are told in one line', () => {
    const [shares] = judge({ ...report, incomplete: { memInfo: 'vm_stat', 'beyond.pipes': 'a pipe' } }).filter(
      ({ id }) => id === 'oom.memory-held.shares',
    );
    expect(shares?.evidence.filter((line) => line.startsWith('Not all'))).toEqual([
      'Not all that this rests on could be read: vm_stat; a pipe.',
    ]);
  });

  test('where the end of the log can’t be read, nobody is said to have been chosen; the panic that it has is', () => {
    const selected = { ...report, selected: { pid: 7, comm: 'big' } };
    const ids = (one: OomReport): string[] => judge(one).map(({ id }) => id);
    expect(ids(selected)).toContain('oom.victim.chosen');
    expect(ids({ ...selected, incomplete: { panic: "the log: 3 records can't be read" } })).not.toContain(
      'oom.victim.chosen',
    );
    expect(ids({ ...selected, panic: 'compulsory panic_on_oom is enabled' })).toContain('oom.victim.panic');
  });
});
