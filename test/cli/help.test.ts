import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commandsHelp } from '../../src/cli/commands.js';
import { commonFlags, dumpFlags, pluginFlags, reportFlags } from '../../src/app/common-flags.js';
import { commandHelp } from '../../src/cli/help.js';
import { globalReport } from '../oom/text.js';
import { dumpFile } from '../dumps.js';
import { build, oompm } from '../built.js';

beforeAll(build);

const commands = await commandsHelp();
const log = join(mkdtempSync(join(tmpdir(), 'oompm-help-')), 'log');
writeFileSync(log, globalReport);

describe('a command lists the common flags that it reads', () => {
  const ofDump = { ...dumpFlags, ...pluginFlags };
  const others: Readonly<Record<string, object>> = { tui: ofDump, completion: {}, man: {} };

  test.each(Object.entries(commands))('%s', (word, { flags }) => {
    const listed = Object.keys(flags).filter((name) => name in commonFlags);
    expect(listed.toSorted()).toEqual(Object.keys(others[word] ?? commonFlags).toSorted());
  });

  test.each(Object.keys(reportFlags))('tui refuses --%s, which it has no use for', async (name) => {
    expect(await oompm(['tui', log, `--${name}`])).toEqual({
      code: 2,
      stdout: '',
      stderr: `oompm: tui has no flag --${name}; oompm tui --help lists its flags\n`,
    });
  });

  test('by its letter too, and before the command', async () => {
    for (const words of [
      ['tui', log, '-o', 'x'],
      ['-o', 'x', 'tui', log],
    ]) {
      expect(await oompm(words)).toMatchObject({
        code: 2,
        stderr: 'oompm: tui has no flag -o; oompm tui --help lists its flags\n',
      });
    }
  });

  test.each([
    ['--no-search'],
    ['--debuginfod'],
    ['--vmlinux', log],
    ['--types', 'btf'],
    ['--force'],
    ['--vmcoreinfo', log],
  ])('explain of a text refuses %s', async (...flag) => {
    expect(await oompm(['explain', log, ...flag])).toEqual({
      code: 2,
      stdout: '',
      stderr: `oompm: explain: ${flag[0]} is of use with a dump, and ${log} is a text; leave it out\n`,
    });
  });

  test('and takes those of a report', async () => {
    expect(await oompm(['explain', log, '-o', `${log}.html`, '--redact', '--color', 'never'])).toMatchObject({
      code: 0,
      stderr: '',
    });
  });
});

test('--redact holds for a plugin’s own format too', async () => {
  const words = ['oom', dumpFile('6.1-global-panic/vmcore')!, '--format', 'kernel'];
  expect((await oompm(words)).stdout).toContain('a.out');
  const { code, stdout } = await oompm([...words, '--redact']);
  expect({ code, printed: stdout.length > 0 }).toEqual({ code: 0, printed: true });
  expect(stdout).not.toContain('a.out');
});

describe('help on a command', () => {
  test.each(Object.entries(commands))('%s: each example is a line to be typed', (_, command) => {
    const [, examples = ''] = /\nEXAMPLES\n(.*?)\n\n/s.exec(commandHelp(command, 80)) ?? [];
    for (const line of examples.split('\n')) expect(line).toMatch(/^ {2}\$ \S/);
    expect(
      commandHelp(command, 80)
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  test('from what the build keeps is that of the code', async () => {
    for (const [word, command] of Object.entries(commands)) {
      expect(await oompm([word, '--help'])).toEqual({ code: 0, stderr: '', stdout: commandHelp(command, 80) });
    }
  }, 120_000);

  test('of a user’s plugin that stands in for a bundled one is the user’s', async () => {
    const mine = `${log}.js`;
    writeFileSync(mine, "export default { id: 'ps', summary: 'My own ps', *run() {} };");
    expect((await oompm(['ps', '--help', '--plugin', mine])).stdout).toMatch(/^My own ps\n/);
    expect((await oompm(['--help', '--plugin', mine])).stdout).toMatch(/^ {2}ps +My own ps$/m);
  });
});
