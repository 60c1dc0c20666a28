import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, oompm } from '../built.js';
import { dumpFile } from '../dumps.js';

beforeAll(build);

const dump = dumpFile('6.1-global-panic/vmcore')!;

describe('--redact hides names that no table of this report has', () => {
  test.each([['bt', '--all'], ['watchdogs'], ['runq'], ['oom'], ['overview'], ['explain']])(
    '%s %s',
    async (...words) => {
      const plain = await oompm([...words, dump, '--format', 'json']);
      expect(plain.stdout).toMatch(/a\.out|swapper|init/);
      const { stdout } = await oompm([...words, dump, '--format', 'json', '--redact']);
      expect(stdout).not.toMatch(/\ba\.out\b|fixtures\//);
    },
  );

  test('the same task has the same token in each of them', async () => {
    const token = async (...words: string[]): Promise<string | undefined> =>
      /(task-\d+)(?:","| ?\(52\)| +52\b)/.exec(
        (await oompm([...words, dump, '--redact', '--format', 'json'])).stdout.replace(
          /"pid":52,(.*?)"comm":"(task-\d+)"/,
          '$2 (52)',
        ),
      )?.[1];
    const inStacks = await token('bt', '--all');
    expect(inStacks).toBeDefined();
    expect((await oompm(['overview', dump, '--redact'])).stdout).toContain(`${inStacks} (52)`);
  });

  test('a log’s oopses name their tasks, which no table has where they ended it', async () => {
    const panic = 'Kernel panic - not syncing: hung_task: blocked tasks';
    const lines = ['INFO: task secret-db:812 blocked for more than 120 seconds.', panic];
    const path = `${mkdtempSync(`${tmpdir()}/oompm-redact-`)}/log.txt`;
    writeFileSync(path, lines.map((line) => `[  240.000000] ${line}\n`).join(''));
    const { stdout } = await oompm(['explain', path, '--redact']);
    expect(stdout).toContain('task-1 (812) was blocked for more than 120 s');
    expect(stdout).not.toContain('secret-db');
  });

  test('the rebuilt report keeps the kernel’s own words', async () => {
    const { stdout } = await oompm(['oom', dump, '--format', 'kernel', '--redact']);
    expect(stdout).toMatch(/^task-\d+ invoked oom-killer: gfp_mask=/m);
    expect(stdout).toMatch(/^Node 0 Normal free:\d+kB /m);
    expect(stdout).toMatch(/^\[ +52\] +0 +52 .* task-\d+$/m);
    expect(stdout).not.toMatch(/\ba\.out\b|text-\d/);
  });

  test('strings of objects; bytes as they are can’t be hidden, and that is said', async () => {
    expect((await oompm(['list', dump, 'super_blocks', '--redact'])).stdout).not.toMatch(/tmpfs|rootfs/);
    expect(await oompm(['read', dump, 'init_uts_ns', '--redact'])).toMatchObject({ code: 2, stdout: '' });
  });
});
