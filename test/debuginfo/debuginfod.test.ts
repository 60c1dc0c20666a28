import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SurroundingsError } from '../../src/bytes/surroundings-error.js';
import { fetchDebuginfod } from '../../src/debuginfo/debuginfod.js';
import { smallDisk } from '../small-disk.js';
import { toyVmlinux } from './build-elf.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-fetch-'));
const buildId = 'ab'.repeat(20);
const toy = toyVmlinux({ filler: 300_000 });
let cacheFolder: string;
let server: Server;
let origin: string;

/** What a server of each kind does with a request. */
const kinds: Record<string, (answer: ServerResponse) => void> = {
  good: (answer) => answer.end(toy),
  slow: (answer) => void pieces(answer, toy, 110_000, 150),
  trickling: (answer) => void pieces(answer, toy, 1, 10),
  stalled: (answer) => void answer.write(toy.subarray(0, 1000)),
  silent: () => undefined,
  login: (answer) => answer.end('<html>log in first</html>'),
  other: (answer) => answer.end(toyVmlinux({ buildId: 'cd'.repeat(20) })),
  cut: (answer) => answer.end(toy.subarray(0, toy.length - 100)),
  broken: (answer) => {
    answer.writeHead(200, { 'content-length': toy.length });
    answer.write(toy.subarray(0, 1000), () => answer.destroy());
  },
  empty: (answer) => answer.end(),
  none: (answer) => answer.writeHead(404).end(),
};

async function pieces(answer: ServerResponse, content: Buffer, size: number, everyMs: number): Promise<void> {
  for (let at = 0; at < content.length && !answer.destroyed; at += size) {
    answer.write(content.subarray(at, at + size));
    await new Promise((next) => setTimeout(next, everyMs));
  }
  answer.end();
}

beforeAll(async () => {
  server = createServer((request, answer) => kinds[request.url!.split('/')[1]!]!(answer));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  cacheFolder = mkdtempSync(join(folder, 'cache-'));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const fetched = (names: readonly string[], options: Parameters<typeof fetchDebuginfod>[1] = {}): Promise<string> =>
  fetchDebuginfod(buildId, {
    urls: names.map((name) => (name.startsWith('http') ? name : `${origin}/${name}`)).join(' '),
    cacheFolder,
    timeoutSeconds: 0.3,
    ...options,
  });
const temporaries = (where = cacheFolder): string[] =>
  readdirSync(where, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.oompm-'));

describe('what is sent is kept where it is what was asked for', () => {
  test.each([[['good']], [['none', 'login', 'other', 'good']], [['slow']]])('%s', async (names) => {
    const path = await fetched(names);
    expect(path).toBe(join(cacheFolder, buildId, 'debuginfo'));
    expect(readFileSync(path).equals(toy)).toBe(true);
    expect(temporaries()).toEqual([]);
  });

  test('a broken file in the cache is replaced', async () => {
    mkdirSync(join(cacheFolder, buildId));
    writeFileSync(join(cacheFolder, buildId, 'debuginfo'), '<html>');
    expect(readFileSync(await fetched(['good'])).equals(toy)).toBe(true);
  });
});

describe('anything else is not kept, and said', () => {
  test.each([
    ['login', 'sends what is no whole ELF file'],
    ['cut', 'sends what is no whole ELF file'],
    ['other', `sends a file with build-id ${'cd'.repeat(20)}`],
    ['empty', 'sends nothing'],
    ['none', 'answers 404'],
  ])('%s', async (name, words) => {
    const attempt = fetched([name]);
    await expect(attempt).rejects.toThrow(
      `No debuginfod server has the kernel with build-id ${buildId} (${origin}/${name}: ${words}).`,
    );
    await expect(attempt).rejects.not.toBeInstanceOf(SurroundingsError);
    expect(readdirSync(cacheFolder)).toEqual([]);
  });

  test.each([
    ['silent', 'no answer for 0.3 s'],
    ['stalled', 'sends less than 100 KiB in 0.3 s'],
    ['trickling', 'sends less than 100 KiB in 0.3 s'],
    ['broken', 'the connection was broken off'],
  ])('%s: the machine or the network', async (name, words) => {
    const attempt = fetched([name]);
    await expect(attempt).rejects.toThrow(
      `No debuginfod server could be asked for the kernel with build-id ${buildId} (${origin}/${name}: ${words}).`,
    );
    await expect(attempt).rejects.toBeInstanceOf(SurroundingsError);
    expect(temporaries()).toEqual([]);
  });

  test('nothing listens', async () => {
    const closed = createServer();
    await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
    await new Promise((done) => closed.close(done));
    await expect(fetched([url])).rejects.toThrow(`(${url}: nothing listens there).`);
  });

  test('all in all too long', async () => {
    await expect(fetched(['slow'], { wholeSeconds: 0.25 })).rejects.toThrow(
      'takes longer than 0.25 s; DEBUGINFOD_MAXTIME allows more',
    );
    expect(temporaries()).toEqual([]);
  });
});

describe('a cache that can’t be written is no server’s fault', () => {
  test('a file where a folder should be', async () => {
    writeFileSync(join(cacheFolder, 'file'), '');
    const attempt = fetched(['good'], { cacheFolder: join(cacheFolder, 'file/below') });
    await expect(attempt).rejects.toBeInstanceOf(SurroundingsError);
    await expect(attempt).rejects.toThrow(
      `What debuginfod sends can't be kept in ${cacheFolder}/file/below: a part of the path is not a folder; DEBUGINFOD_CACHE_PATH names another folder.`,
    );
  });

  const disk = smallDisk(64);
  afterAll(() => disk?.unmount());
  test.skipIf(disk === undefined)(
    `a full disk${disk === undefined ? ' (skipped: nothing can be mounted here)' : ''}`,
    async () => {
      await expect(fetched(['good'], { cacheFolder: disk!.folder })).rejects.toThrow('no space is left on the device');
      expect(temporaries(disk!.folder)).toEqual([]);
    },
  );
});
