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

describe.skipIf(!atHand)(
  `--debuginfod, a server on loopback${atHand ? '' : ' (skipped: 6.12-idle or its vmlinux is not at hand; set OOMPM_DUMPS)'}`,
  () => {
    const asked: string[] = [];
    let server: Server;
    let urls = '';
    let closed = '';
    beforeAll(async () => {
      build();
      server = createServer((request, answer) => {
        asked.push(request.url ?? '');
        if (!/^\/has\/buildid\/[0-9a-f]{40}\/debuginfo$/.test(request.url ?? ''))
          return void answer.writeHead(404).end();
        answer.writeHead(200, { 'content-length': statSync(vmlinux!).size });
        createReadStream(vmlinux!).pipe(answer);
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const gone = createServer();
      await new Promise<void>((done) => gone.listen(0, '127.0.0.1', done));
      closed = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
      await new Promise((done) => gone.close(done));
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

    const failures: readonly (readonly [string, () => string, RegExp])[] = [
      [
        'a server that has not',
        () => `${urls}/hasnot`,
        /No debuginfod server has the kernel with build-id [0-9a-f]{40} \(.*404.*\)\./,
      ],
      [
        'nothing that listens',
        () => closed,
        /No debuginfod server could be asked for the kernel with build-id [0-9a-f]{40} \(.*\)\./,
      ],
      ['no server that is named', () => '', /debuginfod was asked for, but DEBUGINFOD_URLS names no server\./],
    ];
    test.each(failures)('%s: one line says so, and the dump alone answers', async (_, url, sentence) => {
      const empty = { DEBUGINFOD_URLS: url(), DEBUGINFOD_CACHE_PATH: join(cache, 'empty') };
      const [asking, alone] = await Promise.all(
        [['--debuginfod'], []].map((words) => oompm(['info', dump!, '--no-search', ...words], { env: empty })),
      );
      expect(asking).toEqual({
        code: 0,
        stdout: alone!.stdout,
        stderr: expect.stringMatching(
          new RegExp(`^oompm: going on without a vmlinux: ${sentence.source}\n$`),
        ) as string,
      });
      expect(alone).toMatchObject({ code: 0, stderr: '' });
    });
  },
);
