import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { fetchDebuginfod } from '../../src/debuginfo/debuginfod.js';
import { candidatePaths, findVmlinux, type SearchRoots, type WantedKernel } from '../../src/debuginfo/find-vmlinux.js';
import { toyVmlinux } from './build-elf.js';

const right = 'ab'.repeat(20);
const wrong = 'cd'.repeat(20);
let folder: string;
let wanted: WantedKernel;
let roots: SearchRoots;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oompm-find-'));
  wanted = { dumpPath: join(folder, 'crash/vmcore'), release: '6.1.0-toy', buildId: right };
  roots = { root: folder, debuginfodCache: join(folder, 'debuginfod'), cacheFolder: join(folder, 'cache') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, bytes: Uint8Array): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, bytes);
  return full;
}

test.each([
  'crash/vmlinux',
  'crash/vmlinux-6.1.0-toy',
  'crash/vmlinux-6.1.0-toy.debug',
  'usr/lib/debug/boot/vmlinux-6.1.0-toy',
  'usr/lib/debug/lib/modules/6.1.0-toy/vmlinux',
  'usr/lib/debug/usr/lib/modules/6.1.0-toy/vmlinux.debug',
  'boot/vmlinux-6.1.0-toy',
  'lib/modules/6.1.0-toy/build/vmlinux',
  'lib/modules/6.1.0-toy/vmlinux',
  `usr/lib/debug/.build-id/ab/${right.slice(2)}.debug`,
  `debuginfod/${right}/debuginfo`,
])('found: %s', async (place) => {
  const path = put(place, toyVmlinux({ buildId: right }));
  const { vmlinux } = await findVmlinux(wanted, roots);
  expect(vmlinux?.path).toBe(path);
  vmlinux?.close();
});

test('packed beside the dump', async () => {
  const path = put('crash/vmlinux.gz', gzipSync(toyVmlinux({ buildId: right })));
  const { vmlinux } = await findVmlinux(wanted, roots);
  expect(vmlinux?.path).toBe(path);
  vmlinux?.close();
});

test('another kernel is passed over, with both ids, and the search goes on', async () => {
  put('crash/vmlinux', toyVmlinux({ buildId: wrong }));
  put('crash/vmlinux.gz', Buffer.from('not packed at all'));
  const path = put('boot/vmlinux-6.1.0-toy', toyVmlinux({ buildId: right }));
  const { vmlinux, passedOver } = await findVmlinux(wanted, roots);
  expect(vmlinux?.path).toBe(path);
  expect(passedOver).toEqual([
    expect.stringMatching(new RegExp(`vmlinux: .*${wrong}.*${right}`)),
    expect.stringMatching(/vmlinux\.gz: .*no vmlinux/),
  ]);
  vmlinux?.close();
});

test('without a build-id the banner decides', async () => {
  put('crash/vmlinux', toyVmlinux({ banner: 'Linux version 6.1.0-toy (me@here) #2' }));
  const { buildId: _, ...anonymous } = wanted;
  expect(
    (await findVmlinux({ ...anonymous, banner: 'Linux version 6.1.0-toy (me@here) #1\n' }, roots)).vmlinux,
  ).toBeUndefined();
  const { vmlinux } = await findVmlinux({ ...anonymous, banner: 'Linux version 6.1.0-toy (me@here) #2\n' }, roots);
  expect(vmlinux).toBeDefined();
  vmlinux?.close();
  expect((await findVmlinux(anonymous, roots)).vmlinux).toBeUndefined();
});

test('a release or build-id from the dump can not lead out of the folders', () => {
  const paths = candidatePaths({ dumpPath: '/x/vmcore', release: '../../etc/passwd', buildId: '../secret' }, roots);
  expect(paths.filter((path) => !path.startsWith('/x/'))).toEqual([]);
});

test('the dump itself is never its vmlinux', () => {
  expect(candidatePaths({ dumpPath: '/x/vmlinux', release: 'r' }, roots)).not.toContain('/x/vmlinux');
});

describe('debuginfod', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function serve(respond: (url: string) => { status: number; body: Uint8Array } | undefined): Promise<string> {
    const made = createServer((request, response) => {
      const answer = respond(request.url ?? '');
      // No answer at all: the client must lose patience.
      if (answer) response.writeHead(answer.status, { 'content-length': answer.body.length }).end(answer.body);
    });
    server = made;
    await new Promise<void>((resolve) => {
      made.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
  }

  test('fetches into the cache, where the search finds it', async () => {
    const url = await serve((path) =>
      path === `/buildid/${right}/debuginfo`
        ? { status: 200, body: toyVmlinux({ buildId: right }) }
        : { status: 404, body: Buffer.from('') },
    );
    const seen: number[] = [];
    const path = await fetchDebuginfod(right, {
      urls: `${url}/ ftp://ignored`,
      cacheFolder: roots.debuginfodCache!,
      progress: (bytes) => seen.push(bytes),
    });
    expect(readFileSync(path).length).toBe(seen.at(-1));
    const { vmlinux } = await findVmlinux(wanted, roots);
    expect(vmlinux?.path).toBe(path);
    vmlinux?.close();
  });

  test('a server without it is an InputError that says so, and leaves nothing behind', async () => {
    const url = await serve(() => ({ status: 404, body: Buffer.from('') }));
    await expect(fetchDebuginfod(right, { urls: url, cacheFolder: folder })).rejects.toThrow(/answers 404/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a server that never answers is given up', async () => {
    const url = await serve(() => undefined);
    await expect(fetchDebuginfod(right, { urls: url, cacheFolder: folder, timeoutSeconds: 0.2 })).rejects.toThrow(
      /no answer for 0.2 s/,
    );
    server!.closeAllConnections();
  });

  test('no server named, or no build-id', async () => {
    await expect(fetchDebuginfod(right, { urls: '' })).rejects.toThrow(/DEBUGINFOD_URLS/);
    await expect(fetchDebuginfod('../x', { urls: 'http://127.0.0.1:1' })).rejects.toThrow(/no build-id/);
  });
});
