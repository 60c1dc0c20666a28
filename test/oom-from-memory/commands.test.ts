import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';

import { build, oompm } from '../built.js';
import { dumpFile } from '../dumps.js';
import { globalReport, memcgReport } from '../oom/text.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-explain-'));
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
beforeAll(build);

describe('oompm explain', () => {
  test('a text: findings, event, tables; one event needs no list', async () => {
    const { code, stdout, stderr } = await oompm(['explain', file('dmesg.txt', globalReport)]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/10\.65 GiB of 11\.18 GiB managed is the anonymous memory of a\.out \(pid 5532\)/);
    expect(stdout).toMatch(/^Reaped +a\.out \(pid 5532\)/m);
    expect(stdout).not.toContain('Memory events in the log');
  });

  test('several events: a list, the last one shown, another on request; packed by gzip', async () => {
    const path = file('messages.gz', gzipSync(memcgReport + globalReport));
    const last = await oompm(['explain', path]);
    expect(last.stdout).toMatch(/^ +1 +4\.1\S* s since boot +memcg +stress \(pid 210\)/m);
    expect(last.stdout).toContain('Event 2 is the one above; --event shows another.');
    const first = await oompm(['explain', path, '--event', '1']);
    expect(first.stdout).toContain('The limit of /lab.slice/job.scope was hit');
    expect(await oompm(['explain', path, '--event', '3'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('there is no event 3: the log has 2') as string,
    });
  });

  test('JSON, and a log without an event', async () => {
    const { code, stdout, stderr } = await oompm([
      'explain',
      file('quiet.txt', '[    1.000000] Nothing of that kind.\n'),
      '--format',
      'json',
    ]);
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: expect.stringMatching(/^oompm: answered in part: .*quiet\.txt has no report of an OOM kill/) as string,
    });
    expect(JSON.parse(stdout)).toMatchObject({
      findings: [],
      dump: { format: 'kernel log' },
      sections: [{ plugin: 'oom', outcome: { kind: 'done' } }],
    });
  });

  test('what can’t be read is one sentence', async () => {
    expect(await oompm(['explain', join(folder, 'nowhere')])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^oompm: .*nowhere/) as string,
    });
    expect(await oompm(['explain', file('log.xz', Buffer.from('\xfd7zXZ\0\0', 'latin1'))])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is packed (xz); unpack it first') as string,
    });
    expect(await oompm(['explain', file('a.txt', 'a'), file('b.txt', 'b')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('takes one log') as string,
    });
  });

  test('a packed log that was cut off, or is damaged: what is there is explained', async () => {
    const packed = gzipSync(globalReport);
    const cut = await oompm(['explain', file('cut.gz', packed.subarray(0, packed.length * 0.7))]);
    expect(cut.code).toBe(4);
    expect(cut.stdout).toContain('a.out (pid 5532)');
    expect(cut.stdout).toContain('What is missing');
    const damaged = await oompm([
      'explain',
      file('damaged.gz', Buffer.concat([packed.subarray(0, 400), Buffer.alloc(400, 0xff)])),
    ]);
    expect(damaged).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/^oompm: answered in part: .*damaged\.gz is damaged: /) as string,
      stdout: expect.stringMatching(/Note: .*damaged\.gz is damaged: /) as string,
    });
  });

  test.skipIf(!dumpFile('6.1-reaper/vmcore'))('a dump’s own log', async () => {
    const { code, stdout } = await oompm(['explain', dumpFile('6.1-reaper/vmcore')!]);
    expect(code).toBe(0);
    expect(stdout).toContain('The victim is the consumer: database (pid 53)');
    // The log alone does not know what has become of it.
    expect(stdout).not.toContain('is still there');
  });
});

describe.skipIf(!dumpFile('6.1-adj-panic/vmcore'))('oompm oom', () => {
  const dump = dumpFile('6.1-adj-panic/vmcore')!;

  test('--format kernel: the lines alone; what panic_on_oom cut off after a marker', async () => {
    const { stdout } = await oompm(['oom', dump, '--format', 'kernel']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^a\.out invoked oom-killer: /);
    expect(lines.at(-2)).toContain('here panic_on_oom ends the report');
    expect(lines.at(-1)).toBe(
      'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=java,pid=49,uid=1001',
    );
  });

  test('--compare counts; where no event is in progress it is no question', async () => {
    const { stdout } = await oompm(['oom', dump, '--compare', '--format', 'json']);
    const [section] = (
      JSON.parse(stdout) as { sections: { views: { id: string; facts?: { key: string; value: number }[] }[] }[] }
    ).sections;
    expect(section!.views[0]!.facts!.map(({ key, value }) => [key, value])).toEqual([
      ['equal', 41],
      ['differing', 0],
      ['onlyRebuilt', 0],
      ['onlyPrinted', 0],
    ]);
    const reaper = dumpFile('6.1-reaper/vmcore');
    if (reaper !== undefined)
      expect(await oompm(['oom', reaper, '--compare'])).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('no OOM event was in progress') as string,
      });
  });
});
