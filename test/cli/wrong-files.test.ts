import { execFileSync } from 'node:child_process';
import { copyFileSync, linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildElf } from '../../src/testing/build-elf.js';
import { buildKdump } from '../../src/testing/build-kdump.js';
import { note } from '../../src/testing/build-notes.js';
import { programOnPath } from '../../src/debuginfo/unpack/programs.js';
import { build, oompm } from '../built.js';

beforeAll(build);
const folder = mkdtempSync(join(tmpdir(), 'oompm-wrong-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const dump = fileURLToPath(new URL('../../fixtures/6.1-global-panic/vmcore', import.meta.url));
const toy = buildKdump({ pages: new Map([[1, new Uint8Array(4096)]]) });
const refused = async (words: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await oompm(words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  return stderr;
};

const packers = (
  [
    ['gzip', '.gz', 'gunzip -k', 'zcat'],
    ['xz', '.xz', 'unxz -k', 'xzcat'],
    ['zstd', '.zst', 'unzstd', 'zstdcat'],
    ['bzip2', '.bz2', 'bunzip2 -k', 'bzcat'],
    ['lz4', '.lz4', 'unlz4', 'lz4cat'],
    ['lzop', '.lzo', 'lzop -d', 'lzop -dc'],
  ] as const
).filter(([program]) => programOnPath(program) !== undefined);
const packedBy = (program: string, name: string, bytes: Uint8Array): string =>
  file(name, execFileSync(program, ['-c'], { input: bytes, maxBuffer: 1 << 26 }));

describe('a packed kernel without a dump', () => {
  test.each(packers)('by %s: what it is, and where a dump goes', async (program, ending) => {
    const packing = program === 'lzop' ? 'lzo' : program;
    const kernel = packedBy(program, `vmlinux${ending}`, executable());
    const said = `oompm: ${kernel} is a packed kernel (${packing}), not a dump: oompm ps VMCORE ${kernel}\n`;
    expect(await refused(['ps', kernel])).toBe(said);
    expect(await oompm(['info', dump, kernel])).toMatchObject({ code: 0, stderr: '' });
    expect(await oompm(['info', kernel, dump])).toMatchObject({ code: 0, stderr: '' });
  });

  test('what is neither, and what can’t be unpacked: both that it may be', async () => {
    for (const gz of [file('text.gz', gzipSync('hello')), file('broken.gz', gzipSync(toy).fill(0, 12))])
      expect(await refused(['info', gz])).toBe(
        `oompm: ${gz} is packed (gzip): unpack it first: gunzip -k ${gz} (only a kernel may stay packed, and a dump must be given beside it)\n`,
      );
  });
});

test.each(packers.filter(([program]) => program !== 'gzip'))('a log packed by %s', async (program, ending, _, cat) => {
  const log = packedBy(program, `dmesg${ending}`, Buffer.from('[    1.000000] Linux version 6.1\n'));
  expect(await refused(['explain', log])).toContain(`unpack it first, or: ${cat} ${log} | oompm explain -\n`);
});

describe('a packed dump', () => {
  test('by gzip, alone and with a kernel on either side: how to unpack it', async () => {
    const gz = file('vmcore.gz', gzipSync(toy));
    const kernel = file('vmlinux', executable());
    for (const words of [[gz], [gz, kernel], [kernel, gz]]) {
      expect(await refused(['analyze', ...words])).toBe(
        `oompm: ${gz} is packed (gzip): unpack it first: gunzip -k ${gz}\n`,
      );
    }
    const unnamed = file('upload', gzipSync(toy));
    expect(await refused(['info', unnamed])).toContain(`unpack it first: gunzip < ${unnamed} > NEW`);
  });

  test.each(packers)('by %s', async (program, ending, command) => {
    const packed = packedBy(program, `vmcore${ending}`, toy);
    expect(await refused(['info', packed])).toMatch(
      new RegExp(`is packed \\(\\w+\\): unpack it first: ${command} ${packed}\\n$`),
    );
  });

  test('beside a dump it is a kernel', async () => {
    expect(await oompm(['info', dump, file('vmlinux.gz', gzipSync(executable()))])).toMatchObject({
      code: 0,
      stderr: '',
    });
  });
});

describe('the core of a process', () => {
  const info = Buffer.alloc(136);
  info.writeInt32LE(12, 24);
  info.write('crashme\x1b[2J', 40, 'latin1');
  const core = (...notes: Uint8Array[]) => withNotes(Buffer.concat([note('CORE', 1, Buffer.alloc(336)), ...notes]));

  test('is told by its notes, and whose it is', async () => {
    const path = file('core.12', core(note('CORE', 3, info), note('CORE', 6, Buffer.alloc(32))));
    const said = await refused(['analyze', path]);
    expect(said).toMatch(/is the core of a process \(crashme.*, pid 12\), not of a kernel; gdb reads it\.\n$/);
    expect(said).not.toContain('\x1b');
    expect(await refused(['info', file('nameless', core(note('CORE', 0x46494c45, Buffer.alloc(16))))])).toContain(
      'is the core of a process, not of a kernel',
    );
  });

  test('/proc/kcore names a process as well, and is none', async () => {
    expect(await refused(['info', file('kcore', core(note('CORE', 3, info)))])).not.toContain('of a process');
  });
});

test('a second file that is not there', async () => {
  const path = join(folder, 'nosuch');
  expect(await refused(['analyze', dump, path])).toBe(
    `oompm: analyze does not know what to do with ${path}: there is no such file\n`,
  );
});

test('the same file twice, by whatever name; a copy is another file', async () => {
  const one = file('vmcore', toy);
  symlinkSync(one, join(folder, 'symlink'));
  linkSync(one, join(folder, 'hardlink'));
  for (const name of ['vmcore', 'symlink', 'hardlink']) {
    expect(await refused(['analyze', one, join(folder, name)])).toBe(
      `oompm: ${join(folder, name)} is given twice; give each file once\n`,
    );
  }
  copyFileSync(one, join(folder, 'copy'));
  expect(await refused(['analyze', one, join(folder, 'copy')])).not.toContain('given twice');
});

function executable(): Buffer {
  const elf = Buffer.from(buildElf({ segments: [] }));
  elf.writeUInt16LE(2, 16);
  return elf;
}

function withNotes(notes: Uint8Array): Buffer {
  const elf = Buffer.from(buildElf({ segments: [] })).subarray(0, 64 + 56);
  elf.writeBigUInt64LE(BigInt(notes.length), 64 + 32);
  return Buffer.concat([elf, notes]);
}
