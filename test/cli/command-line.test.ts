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
    ['no such command', ['nosuch'], /^oompm: there is no command nosuch; oompm --help lists the commands\n$/],
    ['a file for a command', [fileWith('core', 'x')], /^oompm: there is no command .*core; to analyze a dump: oompm analyze .*core\n$/],
    ['no dump', ['analyze'], /^oompm: analyze needs a dump: oompm analyze VMCORE\n$/],
    ['a wrong path', ['analyze', join(scratch, 'nosuch')], /^oompm: .*nosuch.*\n$/],
    ['a text file', ['info', fileWith('notes.txt', 'dear diary\n')], /^oompm: .*notes\.txt.*\n$/],
    ['an empty file', ['info', fileWith('empty', '')], /^oompm: .*empty.*\n$/],
    ['a folder', ['analyze', scratch], /^oompm: .*oompm-cli-.*\n$/],
    ['an unknown flag', ['info', '--frobnicate', 'x'], /^oompm: nonexistent flag: --frobnicate; See more help with --help\n$/],
    ['a format that is none', ['analyze', '--format', 'pdf', 'x'], /^oompm: expected --format=pdf to be one of: text, json, md, html;.*\n$/],
    ['a section that is none', ['analyze', '--only', 'nosuch', 'x'], /^oompm: --only nosuch: there is no such section; there are .*\n$/],
    ['a kernel without a dump', ['analyze', fileWith('vmlinux', elf(2))], /^oompm: .*vmlinux is a kernel, not a dump: .*\n$/],
    ['an output that can’t be', ['info', fileWith('dump', 'KDUMP   '), '-o', join(scratch, 'no/such/folder')], /^oompm: -o .* can't be written: .*\n$/],
  ])('%s', async (_, words, sentence) => {
    const { code, stdout, stderr } = await oompm(words);
    expect(stderr).toMatch(sentence);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('the dump is never written over', async () => {
    const dump = fileWith('precious', 'KDUMP   and more');
    const { code, stderr } = await oompm(['info', dump, '-o', dump]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `oompm: -o ${dump} is one of the files to be read; it was left as it is\n` });
    expect(readFileSync(dump, 'utf8')).toBe('KDUMP   and more');
  });
});

test.each(['bash', 'zsh', 'fish'])('completion for %s names every command and flag', async (shell) => {
  const { code, stdout } = await oompm(['completion', shell]);
  expect(code).toBe(0);
  for (const word of ['analyze', 'info', 'read', 'vmcoreinfo', 'text json md html']) expect(stdout).toContain(word);
});

test('the version is package.json’s', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
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
