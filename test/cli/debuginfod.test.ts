import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, oompm } from '../built.js';
import { dumpFile } from '../dumps.js';

const dump = dumpFile('6.12-idle/vmcore');
const vmlinux = dumpFile('vmlinux-6.12');
const atHand = dump !== undefined && vmlinux !== undefined;

describe.skipIf(!atHand)(`--debuginfod, a server on loopback${atHand ? '' : ' (skipped: 6.12-idle or its vmlinux is not at hand; set OOMPM_DUMPS)'}`, () => {
  const asked: string[] = [];
  let server: Server;
  let urls = '';
  beforeAll(async () => {
    build();
    server = createServer((request, answer) => {
      asked.push(request.url ?? '');
      if (!/^\/has\/buildid\/[0-9a-f]{40}\/debuginfo$/.test(request.url ?? '')) return void answer.writeHead(404).end();
      answer.writeHead(200, { 'content-length': statSync(vmlinux!).size });
      createReadStream(vmlinux!).pipe(answer);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    urls = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    rmSync(cache, { recursive: true });
  });

  const cache = mkdtempSync(join(tmpdir(), 'oompm-debuginfod-'));
  const info = (url: string, words: string[] = []) =>
    oompm(['info', dump!, '--no-search', ...words], { env: { DEBUGINFOD_URLS: url, DEBUGINFOD_CACHE_PATH: cache } });

  test('nothing is asked for unless the user says so', async () => {
    const { code, stdout } = await info(`${urls}/has`);
    expect({ code, asked: [...asked] }).toEqual({ code: 0, asked: [] });
    expect(stdout).toContain('kallsyms in the dump');
  });

  test('a server that has it: names and types come from there', async () => {
    const { code, stdout } = await info(`${urls}/has`, ['--debuginfod']);
    expect(code).toBe(0);
    expect(stdout).toContain('vmlinux .symtab');
  });

  test('a server that has not: one sentence with the build-id, exit 2', async () => {
    const { code, stderr } = await info(`${urls}/hasnot`, ['--debuginfod']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^oompm: No debuginfod server has the kernel with build-id [0-9a-f]{40} \(.*404.*\)\.\n$/);
  });
});
