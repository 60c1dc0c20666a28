import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { InputError } from '../../src/bytes/input-error.js';
import { SurroundingsError } from '../../src/bytes/surroundings-error.js';
import { identify } from '../../src/debuginfo/identify.js';
import { programOnPath } from '../../src/debuginfo/unpack/programs.js';
import { takesTooLong } from '../../src/debuginfo/unpack/unpack-cost.js';
import { openVmlinux } from '../../src/debuginfo/vmlinux.js';
import { smallDisk } from '../small-disk.js';
import { buildElf, TEXT, toyVmlinux } from './build-elf.js';

let folder: string;
let cacheFolder: string;
const toy = toyVmlinux({ filler: 9_000_000 });
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oompm-unpack-'));
});
beforeEach(() => {
  cacheFolder = mkdtempSync(join(folder, 'cache-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** A bzImage as far as its setup header goes: boot protocol 2.15, one setup sector, the payload after some code. */
function bzImage(payload: Uint8Array, appendedSize: boolean): Buffer {
  const CODE = 0x200;
  const setup = Buffer.alloc(1024);
  setup.writeUInt8(1, 0x1f1);
  setup.writeUInt16LE(0xaa55, 0x1fe);
  setup.write('HdrS', 0x202, 'latin1');
  setup.writeUInt16LE(0x20f, 0x206);
  const size = Buffer.alloc(appendedSize ? 4 : 0);
  if (appendedSize) size.writeUInt32LE(toy.length);
  setup.writeUInt32LE(CODE, 0x248);
  setup.writeUInt32LE(payload.length + size.length, 0x24c);
  return Buffer.concat([setup, Buffer.alloc(CODE, 0x90), payload, size, Buffer.alloc(4096, 0xcc)]);
}

const packers: { packing: string; form?: string; program?: string; args?: string[]; appendedSize: boolean }[] = [
  { packing: 'gzip', appendedSize: false },
  { packing: 'xz', program: 'xz', args: ['--check=crc32', '--x86', '--lzma2=dict=1MiB', '-c'], appendedSize: true },
  { packing: 'zstd', program: 'zstd', args: ['-q', '-c'], appendedSize: true },
  { packing: 'lz4', program: 'lz4', args: ['-l', '-c'], appendedSize: true },
  { packing: 'lz4', form: 'frame', program: 'lz4', args: ['-c'], appendedSize: true },
  { packing: 'lzo', program: 'lzop', args: ['-c'], appendedSize: true },
  { packing: 'bzip2', program: 'bzip2', args: ['-c'], appendedSize: true },
  { packing: 'lzma', program: 'xz', args: ['--format=lzma', '-c'], appendedSize: true },
];

describe.each(packers)('$packing $form', ({ packing, program, args, appendedSize }) => {
  const canPack = program === undefined || programOnPath(program) !== undefined;
  const pack = (): Buffer =>
    program === undefined ? gzipSync(toy) : execFileSync(program, args ?? [], { input: toy, maxBuffer: 1 << 26 });

  test.skipIf(!canPack).each(['packed', 'bzImage'])('%s: the kernel in it is found, whatever its name', async (how) => {
    const path = file(`anything.${packing}.${how}`, how === 'packed' ? pack() : bzImage(pack(), appendedSize));
    expect(identify(path)).toBe(how === 'packed' ? 'packed' : 'vmlinux');
    const vmlinux = await openVmlinux(path, { cacheFolder });
    expect(vmlinux.packing).toBe(how === 'packed' ? packing : `bzImage, ${packing}`);
    expect(vmlinux.buildId).toBe('ab'.repeat(20));
    expect(vmlinux.symbols(0n)!.addressOf('schedule')).toBe(TEXT + 0x10n);
    expect(vmlinux.section('.filler')!.size).toBe(9_000_000);
    vmlinux.close();
    expect(readFileSync(join(cacheFolder, readdirSync(cacheFolder)[0]!)).equals(toy)).toBe(true);
  });

  test.skipIf(!canPack)('cut in half: one sentence, and nothing is kept', async () => {
    const whole = pack();
    const path = file(`half.${packing}`, whole.subarray(0, whole.length / 2));
    await expect(openVmlinux(path, { cacheFolder })).rejects.toThrow(InputError);
    expect(readdirSync(cacheFolder)).toEqual([]);
  });
});

test('without xz on PATH the packages stand in', async () => {
  if (!programOnPath('xz')) return;
  const path = file('no-program.xz', execFileSync('xz', ['-c'], { input: toy, maxBuffer: 1 << 26 }));
  const old = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    const vmlinux = await openVmlinux(path, { cacheFolder });
    expect(vmlinux.section('.filler')!.size).toBe(9_000_000);
    vmlinux.close();
  } finally {
    process.env['PATH'] = old;
  }
});

test('the second time it is not unpacked again', async () => {
  const path = file('twice.gz', gzipSync(toy));
  (await openVmlinux(path, { cacheFolder })).close();
  const kept = join(cacheFolder, readdirSync(cacheFolder)[0]!);
  // What lies in the cache is what is opened.
  writeFileSync(kept, toyVmlinux({ buildId: 'cd'.repeat(20) }));
  const again = await openVmlinux(path, { cacheFolder });
  expect(again.buildId).toBe('cd'.repeat(20));
  again.close();
});

test('where no cache can be written, memory serves', async () => {
  const blocked = file('blocked', Buffer.from('a file where a folder should be'));
  const vmlinux = await openVmlinux(file('toy.gz', gzipSync(toy)), { cacheFolder: join(blocked, 'below') });
  expect(vmlinux.symbols(0n)!.count).toBe(3);
  vmlinux.close();
});

describe('a cache that is broken or full is none', () => {
  test.each([
    ['empty', (path: string) => writeFileSync(path, '')],
    ['cut off', (path: string) => writeFileSync(path, toy.subarray(0, toy.length - 1))],
    ['something else', (path: string) => writeFileSync(path, 'hello')],
    [
      'a folder',
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])('what is kept is %s: unpacked again', async (_, spoil) => {
    const path = file('spoilt.gz', gzipSync(toy));
    (await openVmlinux(path, { cacheFolder })).close();
    const [name] = readdirSync(cacheFolder);
    spoil(join(cacheFolder, name!));
    const vmlinux = await openVmlinux(path, { cacheFolder });
    expect(vmlinux.section('.filler')!.size).toBe(9_000_000);
    expect(Buffer.from(vmlinux.section('.debug_str')!.read(0, 15)).toString()).toBe('hello from zlib');
    vmlinux.close();
    expect(readdirSync(cacheFolder)).toEqual([name]);
  });

  test('what is no kernel is not kept', async () => {
    await expect(openVmlinux(file('text.gz', gzipSync('hello')), { cacheFolder })).rejects.toThrow(/not an ELF file/);
    expect(readdirSync(cacheFolder)).toEqual([]);
  });

  const disk = smallDisk(1024);
  afterAll(() => disk?.unmount());

  test.skipIf(disk === undefined)(
    `a disk that is full: memory serves${disk === undefined ? ' (skipped: nothing can be mounted here)' : ''}`,
    async () => {
      const vmlinux = await openVmlinux(file('full.gz', gzipSync(toy)), { cacheFolder: join(disk!.folder, 'cache') });
      expect(vmlinux.section('.filler')!.size).toBe(9_000_000);
      vmlinux.close();
      expect(readdirSync(join(disk!.folder, 'cache'))).toEqual([]);
    },
  );

  test('more than fits into memory, and nowhere to put it: a sentence that says so', { timeout: 60_000 }, async () => {
    const blocked = file('no-folder', Buffer.from('a file'));
    const whole = Buffer.concat([toy, randomBytes(18 << 20), Buffer.alloc(260 << 20)]);
    whole.writeBigUInt64LE(BigInt(270 << 20), 40);
    const large = file('large.gz', gzipSync(whole, { level: 1 }));
    const attempt = openVmlinux(large, { cacheFolder: join(blocked, 'below') });
    await expect(attempt).rejects.toThrow(SurroundingsError);
    await expect(attempt).rejects.toThrow(
      `${large} unpacks to more than 256 MiB and needs a file in ${join(blocked, 'below')}, which can't be written: a part of the path is not a folder; XDG_CACHE_HOME names another folder.`,
    );
  });
});

test('a compressed section reads as what was compressed; a missing one is undefined', async () => {
  const vmlinux = await openVmlinux(file('plain', toy), { cacheFolder });
  const section = vmlinux.section('.debug_str')!;
  expect(Buffer.from(section.read(0, 15)).toString()).toBe('hello from zlib');
  expect(section.size).toBe(750);
  expect(vmlinux.section('.nothing')).toBeUndefined();
  expect(vmlinux.btf()).toBeUndefined();
  expect(vmlinux.banner()).toBe('Linux version 6.1.0-toy (me@here) #1');
  vmlinux.close();
});

describe('what is no vmlinux', () => {
  test.each([
    ['empty', Buffer.alloc(0), /no vmlinux/],
    ['text', Buffer.from('hello\n'), /no vmlinux/],
    ['a packed text', gzipSync('hello'), /not an ELF file/],
    ['a core file', buildElf([], { type: 4 }), /a dump/],
    ['an ELF file cut off in its header', toy.subarray(0, 40), /broken/],
    [
      'an ELF file cut off behind its header',
      toy.subarray(0, 64),
      /table of sections ends at \d+, and it has 64 bytes/,
    ],
    ['an ELF file that lacks its last byte', toy.subarray(0, -1), /cut off or is damaged: copy it again/],
    ['one that was packed so', gzipSync(toy.subarray(0, -1)), /cut off or is damaged: copy it again/],
    ['a bzImage packed in an unknown way', bzImage(Buffer.from('0123456789abcdef0123'), true), /not known/],
  ])('%s', async (name, bytes, words) => {
    const attempt = openVmlinux(file(name.replaceAll(' ', '-'), bytes), { cacheFolder });
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(words);
  });
  test('a directory, and nothing at all', async () => {
    await expect(openVmlinux(folder)).rejects.toThrow(/directory/);
    await expect(openVmlinux(join(folder, 'none'))).rejects.toThrow(/no such file/);
  });
});

describe('a packed bomb is refused by its first bytes, or where it goes on behind its end', () => {
  /** An ELF header of a kernel whose table of sections ends at `length`, with nothing behind it. */
  function headerThatStates(length: number): Buffer {
    const header = Buffer.from(toy.subarray(0, 64));
    const count = header.readUInt16LE(60);
    header.writeBigUInt64LE(BigInt(length - 64 * count), 40);
    return header;
  }
  /** gzip of a start, and of so many MiB of zeros behind it, made in no time. */
  function gzipOf(start: Uint8Array, zeros: number): Buffer {
    const mebibyte = gzipSync(Buffer.alloc(1 << 20), { level: 1 });
    return Buffer.concat([gzipSync(start), ...Array.from({ length: zeros }, () => mebibyte)]);
  }
  const unpackedOf = async (name: string, bytes: Uint8Array): Promise<{ error: unknown; told: number[] }> => {
    const told: number[] = [];
    const error: unknown = await openVmlinux(file(name, bytes), {
      cacheFolder,
      onUnpacked: (done) => told.push(done),
    }).then(
      (vmlinux) => vmlinux.close(),
      (reason: unknown) => reason,
    );
    return { error, told };
  };
  const core = Buffer.from(toy.subarray(0, 64));
  core.writeUInt16LE(4, 16);

  test.each([
    ['no ELF file', Buffer.alloc(4096), /unpacked \(gzip\), it is not an ELF file/],
    ['a packed dump', core, /no vmlinux but an ELF core file: a dump/],
    ['longer than it can be', headerThatStates(1 << 30), / MiB that unpack to 1 GiB, as its ELF header says, are no/],
    ['longer than any kernel', headerThatStates(2 ** 31 + 1), /says that it has 2 GiB, more than any kernel/],
  ])('%s: nothing more is unpacked', async (name, start, words) => {
    const { error, told } = await unpackedOf(`${name}.gz`, gzipOf(start, 400));
    expect(error).toBeInstanceOf(InputError);
    expect(error).toHaveProperty('message', expect.stringMatching(words));
    expect(told).toEqual([]);
    expect(readdirSync(cacheFolder)).toEqual([]);
  });

  test.skipIf(programOnPath('bzip2') === undefined)('padded below any ratio: not unpacked in passing', async () => {
    const states = Buffer.concat([headerThatStates(500e6), Buffer.alloc(1 << 20)]);
    const start = execFileSync('bzip2', ['-c'], { input: states });
    const { error, told } = await unpackedOf('padded.bz2', Buffer.concat([start, Buffer.alloc(40 << 20, 0x5a)]));
    expect(error).toBeInstanceOf(InputError);
    const path = join(folder, 'padded.bz2');
    expect(error).toHaveProperty(
      'message',
      `${path} is packed (bzip2): unpack it first: bunzip2 -k ${path} (to unpack 477 MiB in passing would take too long).`,
    );
    expect(told).toEqual([]);
  });

  test.each([
    ['bzip2', 200e6, 600e6, true],
    ['xz', 60e6, 400e6, false],
    ['xz', 140e6, 2e9, true],
    ['gzip', 200e6, 600e6, false],
    ['gzip', 140e6, 2e9, false],
    ['gzip', 600e6, 2e9, true],
    ['zstd', 300e6, 1e9, false],
    ['lzo', 20e6, 80e6, false],
    ['bzip2', 15e6, 60e6, false],
  ] as const)('%s, %d bytes that unpack to %d take too long: %s', (packing, packed, unpacked, tooLong) => {
    expect(takesTooLong(packing, packed, unpacked)).toBe(tooLong);
  });

  test.skipIf(programOnPath('xz') === undefined)('an xz file that asks for a dictionary of 1.5 GiB', async () => {
    const packed = execFileSync('xz', ['--format=lzma', '-c'], { input: toy, maxBuffer: 1 << 26 });
    packed.writeUInt32LE(3 << 29, 1);
    const { error } = await unpackedOf('dictionary.lzma', packed);
    expect(error).toHaveProperty(
      'message',
      expect.stringMatching(/can't be unpacked \(lzma\): .*[Mm]emory usage limit/),
    );
  });

  test('it goes on behind the end that it states', async () => {
    const { error, told } = await unpackedOf('goes-on.gz', gzipOf(toy, 400));
    expect(error).toHaveProperty('message', expect.stringMatching(/says that it has 8.58 MiB, and it goes on\.$/));
    expect(Math.max(...told)).toBeLessThan(80 << 20);
    expect(readdirSync(cacheFolder)).toEqual([]);
  });

  test('half of what it states: refused, and not kept for the next run', async () => {
    const { error } = await unpackedOf('half.gz', gzipOf(headerThatStates(60 << 20), 30));
    expect(error).toHaveProperty('message', expect.stringMatching(/was cut off or is damaged: copy it again/));
    expect(readdirSync(cacheFolder)).toEqual([]);
  });

  test('a kernel with what a bzImage appends to it is one', async () => {
    const { error } = await unpackedOf('appended.gz', gzipOf(toy, 8));
    expect(error).toBeUndefined();
    expect(readdirSync(cacheFolder)).toHaveLength(1);
  });

  test('a file whose length is made of holes is not even looked through', async () => {
    const path = file('holes.gz', gzipSync(toy));
    truncateSync(path, 2 ** 38);
    await expect(openVmlinux(path, { cacheFolder })).rejects.toThrow(
      /holes.gz is no packed kernel \(gzip\): it has 256 GiB/,
    );
  });
});

test.each([
  ['KDUMP   rest', 'dump'],
  ['makedumpfile\0\0\0\0', 'dump'],
  ['hello', 'other'],
  ['', 'other'],
] as const)('identify: %j is %s', (text, role) => {
  expect(identify(file('role', Buffer.from(text, 'latin1')))).toBe(role);
});

test('identify: an ELF core file is a dump, an executable is not', () => {
  expect(identify(file('core', buildElf([], { type: 4 })))).toBe('dump');
  expect(identify(file('exec', toy))).toBe('vmlinux');
});
