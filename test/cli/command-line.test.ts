import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, oompm } from '../built.js';

beforeAll(build);

const scratch = mkdtempSync(join(tmpdir(), 'oompm-cli-'));
function fileWith(name: string, content: string | Uint8Array): string {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
}

describe('help', () => {
  test('begins with examples and lists the commands', async () => {
    const { code, stdout, stderr } = await oompm(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout.indexOf('EXAMPLES')).toBeGreaterThan(0);
    expect(stdout.indexOf('EXAMPLES')).toBeLessThan(stdout.indexOf('COMMANDS'));
    expect(stdout).toMatch(/^ {2}analyze /m);
  });

  test('of a command likewise', async () => {
    const { code, stdout } = await oompm(['analyze', '--help']);
    expect(code).toBe(0);
    expect(stdout.indexOf('EXAMPLES')).toBeLessThan(stdout.indexOf('USAGE'));
    expect(stdout).toContain('--[no-]search');
  });
});

describe('a mistake gets one sentence and exit 2', () => {
  test.each([
    [
      'no such command',
      ['nosuch'],
      /^oompm: there is no command nosuch, nor a file of that name; oompm --help lists the commands\n$/,
    ],
    ['a file for a command is analyzed', [fileWith('core', 'x')], /^oompm: .*core is .*\n$/],
    [
      'a file that is not there for a command',
      [join(scratch, 'vmcore')],
      /^oompm: there is neither a command nor a file .*vmcore; oompm --help lists the commands\n$/,
    ],
    ['no dump', ['analyze'], /^oompm: analyze needs a dump: oompm analyze VMCORE\n$/],
    ['a wrong path', ['analyze', join(scratch, 'nosuch')], /^oompm: .*nosuch.*\n$/],
    ['a text file', ['info', fileWith('notes.txt', 'dear diary\n')], /^oompm: .*notes\.txt.*\n$/],
    ['an empty file', ['info', fileWith('empty', '')], /^oompm: .*empty.*\n$/],
    ['a folder', ['analyze', scratch], /^oompm: .*oompm-cli-.*\n$/],
    [
      'an unknown flag',
      ['info', '--frobnicate', 'x'],
      /^oompm: info has no flag --frobnicate; oompm info --help lists its flags\n$/,
    ],
    [
      'a value for a flag that takes none',
      ['ps', '--tree=1', 'x'],
      /^oompm: ps: --tree takes no value; leave out =1\n$/,
    ],
    ['the same of its opposite', ['ps', '--no-search=', 'x'], /^oompm: ps: --no-search takes no value; leave out =\n$/],
    ['words for a number', ['slab', '--limit', 'x', 'y'], /^oompm: --limit takes a whole number, not x\n$/],
    ['too small a number', ['slab', '--limit=0', 'y'], /^oompm: --limit takes a whole number, 1 or more, not 0\n$/],
    ['what follows -- is no flag', ['ps', '--', '--tree=1'], /^oompm: (?!.*takes no value).*--tree=1.*\n$/],
    [
      'a format that is none',
      ['analyze', '--format', 'pdf', 'x'],
      /^oompm: expected --format=pdf to be one of: text, json, md, html;.*\n$/,
    ],
    [
      'a section that is none',
      ['analyze', '--only', 'nosuch', 'x'],
      /^oompm: --only nosuch: there is no such section; there are .*\n$/,
    ],
    [
      'a command that needs to be told of what',
      ['analyze', '--only', 'zones,read', 'x'],
      /^oompm: --only read: read needs WHERE, and is no section; there are .*, info\n$/,
    ],
    ['a program', ['analyze', '/bin/true'], /^oompm: \/bin\/true is a program, not a dump: oompm analyze VMCORE\n$/],
    [
      'completion without its shell',
      ['completion'],
      /^oompm: completion needs a shell: oompm completion bash, oompm completion zsh, oompm completion fish\n$/,
    ],
    [
      'a kernel without a dump',
      ['analyze', fileWith('vmlinux', elf(2))],
      /^oompm: .*vmlinux is a kernel, not a dump: .*\n$/,
    ],
  ])('%s', async (_, words, sentence) => {
    const { code, stdout, stderr } = await oompm(words);
    expect(stderr).toMatch(sentence);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('the dump is never written over', async () => {
    const dump = fileWith('precious', 'KDUMP   and more');
    const { code, stderr } = await oompm(['info', dump, '-o', dump]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `oompm: -o ${dump} is one of the files to be read; it was left unchanged\n`,
    });
    expect(readFileSync(dump, 'utf8')).toBe('KDUMP   and more');
  });
});

describe('wrong words get the nearest', () => {
  test.each([
    ['a command', ['analyse', 'x'], 'there is no command analyse; did you mean analyze?'],
    ['a plugin’s command', ['zone', 'x'], 'there is no command zone; did you mean zones?'],
    ['a flag', ['analyze', '--fomat', 'json', 'x'], 'analyze has no flag --fomat; did you mean --format?'],
    ['a flag before a command', ['--fomat', 'json', 'info', 'x'], 'there is no flag --fomat; did you mean --format?'],
    ['a flag alone', ['--versoin'], 'there is no flag --versoin; did you mean --version?'],
    ['a flag that nothing is like', ['-x'], 'there is no flag -x; oompm --help lists the commands'],
    ['a command behind a flag of its own', ['--tree', 'pss', 'x'], 'there is no command pss; did you mean ps?'],
    ['flags without a dump', ['--format', 'json'], 'analyze needs a dump: oompm analyze VMCORE'],
    ['a flag of a plugin', ['ps', '--tre', 'x'], 'ps has no flag --tre; did you mean --tree?'],
    [
      'a value',
      ['info', '--format', 'jsn', 'x'],
      'expected --format=jsn to be one of: text, json, md, html; did you mean json?',
    ],
    ['a section', ['analyze', '--only', 'zonse', 'x'], '--only zonse: there is no such section; did you mean zones?'],
    ['help on a command', ['help', 'lokcs'], 'there is no command lokcs; did you mean locks?'],
  ])('%s', async (_, words, sentence) => {
    expect(await oompm(words)).toEqual({ code: 2, stdout: '', stderr: `oompm: ${sentence}\n` });
  });

  test('and none where none is near', async () => {
    expect((await oompm(['frobnicate'])).stderr).toBe(
      'oompm: there is no command frobnicate, nor a file of that name; oompm --help lists the commands\n',
    );
  });
});

test.each(['-v', '-V', 'version'])('%s is --version too', async (word) => {
  expect(await oompm([word])).toEqual(await oompm(['--version']));
});

test('flags may stand before the command', async () => {
  expect((await oompm(['--color', 'never', 'info', fileWith('notes2.txt', 'dear diary\n')])).stderr).toMatch(
    /notes2\.txt/,
  );
});

test.each(['bash', 'zsh', 'fish'])('completion for %s names every command and flag', async (shell) => {
  const { code, stdout } = await oompm(['completion', shell]);
  expect(code).toBe(0);
  for (const word of ['analyze', 'info', 'read', 'vmcoreinfo', 'text json md html']) expect(stdout).toContain(word);
});

test('the version is package.json’s', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect((await oompm(['--version'])).stdout).toMatch(new RegExp(`^oompm/${version.replaceAll('.', String.raw`\.`)} `));
});

test('bin/oompm.js can be run as it is', () => {
  expect(statSync(new URL('../../bin/oompm.js', import.meta.url)).mode & 0o111).not.toBe(0);
});

/** An ELF header and nothing else, of type ET_EXEC (2) or ET_CORE (4). */
function elf(type: number): Uint8Array {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(type, 16);
  header.writeUInt16LE(62, 18);
  header.writeUInt32LE(1, 20);
  header.writeUInt16LE(64, 52);
  return header;
}
