import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, oompm, projectRoot } from '../built.js';
import { toyVmlinux } from '../debuginfo/build-elf.js';
import { dumpFile } from '../dumps.js';
import { withZeroedPage } from '../fuzz/zeroed-page.js';

beforeAll(build);

const folder = mkdtempSync(join(tmpdir(), 'oompm-exit-'));
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const dump = dumpFile('6.1-global-panic/vmcore')!;
const idle = dumpFile('6.12-idle/vmcore');

describe('the exit status speaks of the question', () => {
  test('0: answered', async () => {
    expect(await oompm(['oom', dump])).toMatchObject({ code: 0, stderr: '' });
  });

  test('2: a plugin that is not there, and no report instead', async () => {
    expect(await oompm(['analyze', dump, '--plugin', join(folder, 'nosuch.ts')])).toEqual({
      code: 2,
      stdout: '',
      stderr: `oompm: --plugin ${join(folder, 'nosuch.ts')} can't be used: there is no such file\n`,
    });
  });

  test('2: an ending that is no format, and nothing is written', async () => {
    const target = join(folder, 'report.pdf');
    const { code, stderr } = await oompm(['info', dump, '-o', target]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `oompm: -o ${target}: .pdf is no format of a report; end the name in .txt, .json, .md or .html, or say which by --format\n`,
    });
    expect(existsSync(target)).toBe(false);
    expect(await oompm(['info', dump, '-o', target, '--format', 'text'])).toMatchObject({ code: 0 });
  });

  test('3: a folder that is not there, before the work begins', async () => {
    const target = join(folder, 'no/such/report.html');
    expect(await oompm(['analyze', dump, '-o', target])).toEqual({
      code: 3,
      stdout: '',
      stderr: `oompm: -o ${target} can't be written: there is no such folder\n`,
    });
  });

  test('3: a full disk', async () => {
    expect(await oompm(['info', dump, '-o', '/dev/full', '--format', 'text'])).toEqual({
      code: 3,
      stdout: '',
      stderr: "oompm: -o /dev/full can't be written: no space is left on the device\n",
    });
  });

  test('4: a user’s plugin that broke', async () => {
    const throws = file(
      'throws.js',
      "export default { id: 'throws', summary: 'x', *run() { throw new Error('boom'); } };",
    );
    expect(await oompm(['throws', dump, '--plugin', throws])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('boom') as string,
    });
  });

  test.each([
    ['what this kernel has not', "kernel.ref({ struct: 'no_such', members: {} }, 0n)", { whole: 0, byName: 4 }],
    ['what can’t be read', 'kernel.memory.u64(0n)', { whole: 4, byName: 4 }],
  ])('%s is a part of a user’s plugin: in the report, and asked for by name', async (_, read, codes) => {
    const looks = file(
      'looks.js',
      `export default { id: 'looks', summary: 'x', *run(kernel) { kernel.attempt('it', () => ${read}); } };`,
    );
    const [whole, byName] = await Promise.all([
      oompm(['analyze', dump, '--format', 'text', '--plugin', looks]),
      oompm(['looks', dump, '--plugin', looks]),
    ]);
    expect({ whole: whole.code, byName: byName.code }).toEqual(codes);
  });

  test('4: a dump that is cut off, told before all else in every format', async () => {
    const whole = readFileSync(join(projectRoot, 'fixtures/6.1-global-panic/vmcore'));
    const has = Math.floor(whole.length * 0.9);
    const cut = file('cut-off', whole.subarray(0, has));
    const sentence = `The file is cut off: ${has} of ${whole.length} bytes (89.9 %); copy it again.`;
    const info = await oompm(['info', cut]);
    expect(info).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(`oompm: answered in part: ${sentence}\n`) as string,
    });
    expect(info.stdout.split('\n')[1]).toBe(`Note: ${sentence}`);
    expect(info.stdout).toMatch(/^Completeness +The file is cut off/m);
    expect(info.stdout).not.toContain('whole');
    const [text, json, html, markdown] = await Promise.all(
      ['text', 'json', 'html', 'md'].map((format) => oompm(['overview', cut, '--format', format])),
    );
    expect(text!.stdout.split('\n')[1]).toBe(`Note: ${sentence}`);
    expect(text!.stdout).toMatch(
      /^Panic +could not be read: the log can't be read whole: why the kernel stopped is not known$/m,
    );
    expect(JSON.parse(json!.stdout)).toMatchObject({ dump: { defects: [sentence] } });
    expect(html!.stdout.indexOf(sentence)).toBeGreaterThan(0);
    expect(html!.stdout.indexOf(sentence)).toBeLessThan(html!.stdout.indexOf('How it ended'));
    expect(markdown!.stdout.split('\n').slice(0, 6)).toContain(`> ${sentence}`);
    const early = await oompm(['info', file('cut-early', whole.subarray(0, 200_000))]);
    expect(early).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^oompm: .*cut-early is cut off: 200000 of at least \d+ bytes; copy it again\./,
      ) as string,
    });
  });

  test.each([
    ['dmesg', '[    0.000000] Linux version 6.1.0\n'],
    ['dmesg -T', '[Mon Nov 13 10:00:01 2023] usb 1-1: new device\n'],
    ['syslog', 'Nov 13 10:00:01 host kernel: usb 1-1: new device\n'],
    ['kmsg', '<6>usb 1-1: new device\n'],
  ])('4: a log of %s that has nothing to be explained', async (_, line) => {
    expect(await oompm(['explain', file('quiet.txt', line)])).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/^oompm: answered in part: .*quiet\.txt has no report of an OOM kill/) as string,
    });
  });

  test('0: a log without a memory event that tells of an oops, as the log of a dump; it is told', async () => {
    const oops = ['usb 1-1: new device', 'BUG: kernel NULL pointer dereference, address: 28', 'Oops: 0002 [#1]'];
    const path = file('oops.txt', oops.map((text) => `[    3.000000] ${text}\n`).join(''));
    expect(await oompm(['explain', path])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('The kernel met a page fault as it wrote') as string,
      stderr: '',
    });
  });
  test('4: what is no line of the kernel tells of no oops', async () => {
    const path = file('app.txt', '[    3.000000] usb 1-1: new device\napp: Oops: try again\n');
    expect(await oompm(['explain', path])).toMatchObject({ code: 4 });
  });

  test.each([
    ['hello\n', "is no kernel log: no line has a time stamp or prefix of the kernel's"],
    ['root:x:0:0:root:/root:/bin/bash\n', "is no kernel log: no line has a time stamp or prefix of the kernel's"],
    ['', 'is empty'],
  ])('2: %j is no log of a kernel', async (text, words) => {
    const path = file('other.txt', text);
    expect(await oompm(['explain', path])).toEqual({
      code: 2,
      stdout: '',
      stderr: `oompm: ${path} ${words}; explain takes what dmesg or journalctl -k shows\n`,
    });
  });

  test('2: a kernel is no log, in a file or packed', async () => {
    const kernel = toyVmlinux();
    for (const path of [file('vmlinux.log', kernel), file('vmlinux.log.gz', gzipSync(kernel))]) {
      expect(await oompm(['explain', path])).toEqual({
        code: 2,
        stdout: '',
        stderr: `oompm: ${path} is a kernel or another program, not a log; name the dump, whose own log is read: oompm explain VMCORE\n`,
      });
    }
  });

  test('a kernel before its dump belongs to it', async () => {
    const { code, stderr } = await oompm(['explain', file('vmlinux', toyVmlinux()), dump]);
    expect(code).toBe(2);
    // Not of that dump, and so it was looked at as its kernel.
    expect(stderr).not.toMatch(/not a log|takes one log/);
  });

  test.skipIf(idle === undefined)('a dump whose log has no report was answered', async () => {
    const answers = await Promise.all(['explain', 'oom'].map((command) => oompm([command, idle!])));
    expect(answers.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    expect(answers[0]!.stdout).toContain('Memory events in the log\nnone');
  });

  test('a report without time stamps is one all the same', async () => {
    const bare = readFileSync(join(projectRoot, 'fixtures/6.1-global-panic/kernel.log'), 'utf8').replaceAll(
      /^(?:<\d+>)?\[ *\d+\.\d+\] /gm,
      '',
    );
    expect((await oompm(['explain', file('bare.txt', bare)])).code).toBe(0);
  });

  test('a report that fails leaves what was there', async () => {
    const target = file('before.txt', 'what was there');
    expect((await oompm(['info', file('text.txt', 'no dump'), '-o', target])).code).toBe(2);
    expect(readFileSync(target, 'utf8')).toBe('what was there');
  });

  test('is in the help', async () => {
    for (const words of [['--help'], ['analyze', '--help']])
      expect((await oompm(words)).stdout).toMatch(/^EXIT STATUS\n(?: .*\n)*? +4 +answered in part/m);
  });
});

describe('a dump that is cut off', () => {
  const whole = readFileSync(dump);
  const cut = (share: number): string => file(`cut-${share}`, whole.subarray(0, Math.floor(whole.length * share)));

  test.each([{ words: 'oom' }, { words: 'oom --log' }, { words: 'explain' }])(
    'a hundredth missing: $words explains the log all the same',
    async ({ words }) => {
      const { code, stdout, stderr } = await oompm([...words.split(' '), cut(0.99)]);
      expect(code).toBe(4);
      expect(stderr).toMatch(/^oompm: answered in part: The file is cut off: /m);
      expect(stdout).toContain('of 104 MiB managed is the resident memory of a.out (pid 52).');
      expect(stdout).not.toMatch(/\.[jt]s:\d+/);
    },
  );

  test.each([['oom'], ['explain']])(
    'a tenth missing, and the log with it: %s does not say that there was no event',
    async (command) => {
      const { code, stdout } = await oompm([command, cut(0.9)]);
      expect(code).toBe(4);
      expect(stdout).toContain('The file is cut off');
      expect(stdout).not.toMatch(/events in the log\nnone/);
    },
  );
});

describe('damage that the dump’s own tables do not show', () => {
  const damaged = join(folder, 'zeroed');
  beforeAll(() =>
    withZeroedPage(dump, damaged, (kernel) => {
      const ring = kernel.memory.u64(kernel.symbol('prb'));
      return kernel.memory.u64(ring + BigInt(kernel.offsetNamed('printk_ringbuffer', 'text_data_ring.data'))) + 0x3000n;
    }),
  );

  test.each([
    'log',
    'log --limit 1',
    'oom --log',
    'overview',
    'explain',
    'analyze --format text',
    'analyze --only log',
  ])('4: %s, of a log with a hole', async (words) => {
    const { code, stderr } = await oompm([...words.split(' '), damaged]);
    expect(stderr).toMatch(/^oompm: answered in part: .*log.*\d+ records? damaged: [^\n]+\n$/);
    expect(code).toBe(4);
  });

  test.each(['ps', 'mod', 'info', 'zones'])('0: %s needs no log', async (command) => {
    expect(await oompm([command, damaged])).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('standard input is nobody’s argument', () => {
  const withInput = (
    words: readonly string[],
    input: string | Uint8Array,
  ): Promise<{ code: number | null; stdout: string; stderr: string }> =>
    new Promise((done) => {
      const child = spawn(process.execPath, [join(projectRoot, 'bin/oompm.js'), ...words], { stdio: 'pipe' });
      const answer = { code: null as number | null, stdout: '', stderr: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => (answer.stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (answer.stderr += text));
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
      child.on('close', (code) => done({ ...answer, code }));
    });

  test.each(['overview', 'info', 'bt', 'zones'])('%s', async (command) => {
    expect(await withInput([command, dump], 'zzz\n')).toMatchObject({ code: 0, stderr: '' });
  });

  test.each([
    [
      'a dump',
      () => readFileSync(dump),
      /^oompm: standard input is a dump, not a log; explain reads a dump from a file that is not packed: oompm explain VMCORE\n$/,
    ],
    ['a kernel', toyVmlinux, /^oompm: standard input is a kernel or another program, not a log; /],
  ] as const)('%s is no log, and its strings are no report', async (_, bytes, sentence) => {
    expect(await withInput(['explain', '-'], bytes())).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(sentence) as string,
    });
  });

  test('a log is one, however short', async () => {
    const log = readFileSync(join(projectRoot, 'fixtures/6.1-global-panic/kernel.log'));
    expect(await withInput(['explain', '-'], log)).toMatchObject({ code: 0, stderr: '' });
    expect(await withInput(['explain', '-'], '[    0.000000] short\n')).toMatchObject({ code: 4 });
  });

  test('read still wants its own', async () => {
    expect(await withInput(['read', dump], 'init_task\n')).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('a wrong word about the dump gets the nearest', () => {
  test.each([
    ['a type', ['struct', dump, 'task_struc'], /have no task_struc; did you mean task_struct\?$/],
    ['a symbol', ['read', dump, 'init_tsk'], /nor a symbol of this kernel; did you mean init_task\?$/],
    ['and none where none is near', ['read', dump, 'qqqqqqq'], /nor a symbol of this kernel$/],
  ])('%s', async (_, words, sentence) => {
    const { code, stderr } = await oompm(words);
    expect(code).toBe(2);
    expect(stderr.trimEnd()).toMatch(sentence);
  });

  test('a member of a struct, in a plugin', async () => {
    const typo = file(
      'typo.js',
      "export default { id: 'typo', summary: 'x', needs: [{ struct: 'task_struct', members: { pid: 'int', com: 'char[]' } }], *run() {} };",
    );
    expect((await oompm(['typo', dump, '--plugin', typo])).stdout).toContain(
      '`struct task_struct` has no member `com` in this kernel; did you mean comm?',
    );
  });
});
