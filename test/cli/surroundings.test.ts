import { spawnSync } from 'node:child_process';
import { cpSync, linkSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, projectRoot } from '../built.js';
import { smallDisk } from '../small-disk.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-surroundings-'));
const dump = join(projectRoot, 'fixtures/6.1-global-panic/vmcore');
const log = join(projectRoot, 'fixtures/6.1-global-panic/kernel.log');
beforeAll(build);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `$o` runs oompm. */
const bash = (
  script: string,
  env: Record<string, string> = {},
): { code: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOME: join(projectRoot, '.tmp/home'),
      o: `${process.execPath} ${join(projectRoot, 'bin/oompm.js')}`,
      DUMP: dump,
      LOG: log,
      ...env,
    },
  });
  return { code: status, stdout, stderr };
};

const commands = [
  '--version',
  '--help',
  'help ps',
  'ps --help',
  'man',
  'completion zsh',
  'info $DUMP',
  'overview $DUMP --format json',
  'ps $DUMP --format html',
  'explain $LOG',
  'struct $DUMP zone',
];

describe('whatever writes to standard output', () => {
  test.each(commands)('%s: a full device is one sentence', (words) => {
    expect(bash(`$o ${words} > /dev/full`)).toEqual({
      code: 3,
      stdout: '',
      stderr: "oompm: standard output can't be written: no space is left on the device\n",
    });
  });

  test.each(commands)('%s: a reader that went away is no error', (words) => {
    expect(bash(`$o ${words} | true; exit \${PIPESTATUS[0]}`)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('the end of a report is not lost where the last piece fits in part', () => {
    expect(
      bash('ulimit -f 8; $o overview $DUMP --format html > limited.html', { NODE_DISABLE_COMPILE_CACHE: '1' }),
    ).toEqual({
      code: 3,
      stdout: '',
      stderr: "oompm: standard output can't be written: the file would be larger than is allowed here\n",
    });
  });

  test('a full device for errors changes no exit status', () => {
    expect(bash('$o nosuch 2> /dev/full').code).toBe(2);
    expect(bash('$o nosuch 2>&1 | true; exit ${PIPESTATUS[0]}').code).toBe(2);
  });
});

/** zstd's WebAssembly sets aside some 10 GB of addresses, of which it uses hardly any. */
describe('little address space', () => {
  test('pages packed with zstd: one sentence', () => {
    const { code, stdout, stderr } = bash('ulimit -v 4000000; $o info $DUMP');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      /^oompm: What is packed with zstd can’t be unpacked: .*; raise the limit \(ulimit -v\)\.\n$/,
    );
  });

  test('what needs none is answered', () => {
    const { code, stderr } = bash('ulimit -v 4000000; $o explain $LOG');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('where there is enough for one WebAssembly, a second one is not started', () =>
    expect(bash('ulimit -v 14000000; $o info $DUMP').code).toBe(0));
});

const nothing = join(folder, 'nothing.cjs');
writeFileSync(nothing, '');
/** With fewer, Node itself does not come to open a script. */
const fewestHandles = Array.from({ length: 64 }, (_, n) => n).find(
  (limit) => bash(`ulimit -n ${limit} && ${process.execPath} ${nothing}`).code === 0,
)!;
test.each(['--help', 'analyze $DUMP', 'explain $LOG', 'completion bash', 'ps $DUMP'])(
  '%s: too few file handles are one sentence, or enough',
  (words) => {
    const codes = [0, 1, 2, 3, 6].map((more) => {
      const { code, stderr } = bash(`ulimit -n ${fewestHandles + more}; $o ${words} > /dev/null`);
      expect(
        stderr.replaceAll(
          /^oompm: (?:it can't be started|Cannot open \S+|.*): too many files are open; raise the limit \(ulimit -n\)\.?\n/gm,
          '',
        ),
      ).toBe('');
      return code;
    });
    if (words.startsWith('analyze')) expect(codes[0]).toBe(3);
    for (const code of codes) expect([0, 3]).toContain(code);
  },
);

const disk = smallDisk(40);
afterAll(() => disk?.unmount());
describe('a path that leads nowhere is one sentence, also where the shell has files open that could be harmed', () => {
  const long = 'a'.repeat(5000);
  // The run before leaves something to lose in both.
  const said = (command: string, env: Record<string, string> = {}): { code: number | null; stderr: string } => {
    const { code, stdout } = bash(
      `echo old > nowhere.out; echo old > nowhere.err; timeout 20 $o ${command} >> nowhere.out 2>> nowhere.err; ` +
        'code=$?; tail -n +2 nowhere.err; exit $code',
      env,
    );
    return { code, stderr: stdout };
  };
  beforeAll(() => {
    symlinkSync('nowhere', join(folder, 'nowhere'));
    writeFileSync(join(folder, 'plain'), '{}');
  });

  test.each([
    ['through a file', 'plain/vmcore', /^oompm: Cannot open plain\/vmcore: .*\n$/],
    ['a circle of links', 'nowhere', /^oompm: Cannot open nowhere: too many symbolic links.*\n$/],
    ['too long', long, /^oompm: Cannot open a+: .*\n$/],
  ])('%s', (_, path, sentence) => {
    for (const words of [`info ${path}`, `info $DUMP --vmlinux ${path}`, `explain ${path}`])
      expect(said(words)).toEqual({ code: 2, stderr: expect.stringMatching(sentence) as string });
  });

  test.each([
    ['a home that is none', { HOME: '' }],
    ['a folder of settings that is a file', { XDG_CONFIG_HOME: join(folder, 'plain') }],
  ])('%s', (_, env) => expect(said('info $DUMP', env)).toEqual({ code: 0, stderr: '' }));

  test.each([
    ['a pipe', 'mkfifo config.json', 'it is no regular file'],
    ['a device', 'ln -s /dev/zero config.json', 'it is no regular file'],
    ['a folder', 'mkdir config.json', 'it is a folder'],
    ['as large as a dump', 'truncate -s 2G config.json', 'it has 2147483648 bytes, more than a list of plugins needs'],
  ])('settings that are %s', (_, make, reason) => {
    bash(`mkdir -p settings/oompm; cd settings/oompm; rm -rf config.json; ${make}`);
    const env = { XDG_CONFIG_HOME: join(folder, 'settings') };
    expect(said('info $DUMP', env)).toEqual({
      code: 0,
      stderr: `oompm: ${join(folder, 'settings/oompm/config.json')} is ignored: ${reason}\n`,
    });
  });
});

test('a new build takes its own files away from under a run', () => {
  const copy = join(folder, 'copy');
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(projectRoot, part), join(copy, part), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(copy, 'node_modules'));
  const run = (): ReturnType<typeof bash> => bash('$o explain no-such-file', { o: join(copy, 'bin/oompm.js') });
  expect(run()).toMatchObject({ code: 2 });
  for (const chunk of ['mistake', 'commands']) {
    for (const name of readdirSync(join(copy, 'dist')).filter((name) => name.startsWith(`${chunk}-`)))
      rmSync(join(copy, 'dist', name));
    expect(run()).toEqual({
      code: 3,
      stdout: '',
      stderr: "oompm: it can't go on: its own files were removed or replaced while it ran; run it again\n",
    });
  }
});

describe.skipIf(disk === undefined)(
  `a full disk${disk === undefined ? ' (skipped: nothing can be mounted here)' : ''}`,
  () => {
    const at = (name: string): string => join(disk!.folder, name);
    const old = 'what was there\n'.repeat(1000);

    test.each([
      ['a new file', () => undefined, []],
      ['one that is there', () => writeFileSync(at('report.html'), old), ['report.html']],
      [
        'one with two names, which is written over',
        () => {
          writeFileSync(at('report.html'), old);
          linkSync(at('report.html'), at('second'));
        },
        ['report.html', 'second'],
      ],
    ])('-o %s: a sentence, and what was there is there', (_, prepare, names) => {
      prepare();
      expect(bash(`$o analyze $DUMP -o ${at('report.html')}`)).toEqual({
        code: 3,
        stdout: '',
        stderr: `oompm: -o ${at('report.html')} can't be written: no space is left on the device\n`,
      });
      expect(readdirSync(disk!.folder).toSorted()).toEqual(names);
      for (const name of names) {
        expect(readFileSync(at(name), 'utf8')).toBe(old);
        rmSync(at(name));
      }
    });

    test('for temporary files too: the sentence names their folder', () => {
      const target = join(folder, 'two-names.html');
      writeFileSync(target, old);
      linkSync(target, join(folder, 'second'));
      expect(bash(`$o analyze $DUMP -o ${target}`, { TMPDIR: disk!.folder, NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual({
        code: 3,
        stdout: '',
        stderr: `oompm: -o ${target} can't be written: the report is first written to ${disk!.folder}, and there no space is left on the device; TMPDIR names another folder\n`,
      });
      expect(readFileSync(target, 'utf8')).toBe(old);
    });

    test('a home that is full, or can’t be written to, is no reason to fail: plugins load, and reports come', () => {
      writeFileSync(join(folder, 'mine.ts'), "export default { id: 'mine', summary: 'x', *run() {} } as const;\n");
      writeFileSync(at('filled'), Buffer.alloc(40 << 10));
      writeFileSync(join(folder, 'file'), '');
      // Of /proc Node's own mkdir never comes back.
      for (const home of [disk!.folder, join(folder, 'file'), '/proc']) {
        expect(
          bash('$o mine $DUMP --plugin ./mine.ts', { HOME: home, TMPDIR: home === '/proc' ? folder : home }),
        ).toMatchObject({ code: 0, stderr: '' });
      }
      rmSync(at('filled'));
    });
  },
);
