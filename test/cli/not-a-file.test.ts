import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, oompm, projectRoot } from '../built.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-no-file-'));
const at = (name: string): string => join(folder, name);
const dump = fileURLToPath(new URL('../../fixtures/6.1-global-panic/vmcore', import.meta.url));
const log = fileURLToPath(new URL('../../fixtures/6.1-global-panic/kernel.log', import.meta.url));
let socket: Server;

beforeAll(async () => {
  build();
  execFileSync('mkfifo', [at('fifo')]);
  symlinkSync(at('loop'), at('loop'));
  socket = createServer();
  await new Promise<void>((listening) => socket.listen(at('socket'), listening));
});
afterAll(() => {
  socket.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('what is no regular file is told at once, wherever a path is taken', () => {
  const kinds = [
    ['fifo', () => at('fifo'), /it is a pipe, and reading by position needs a regular file/],
    ['device', () => '/dev/zero', /it is a device, and reading by position needs a regular file/],
    ['socket', () => at('socket'), /it is a socket or a device, not a file/],
    ['symlink loop', () => at('loop'), /too many symbolic links/],
    ['folder', () => folder, /it is a directory; name the file in it/],
  ] as const;

  test.each(kinds)('%s', { timeout: 30_000 }, async (name, path, words) => {
    const asked = [
      ['info', path()],
      ['info', dump, '--vmlinux', path()],
      ['info', dump, '--vmcoreinfo', path()],
      ...(name === 'fifo' ? [] : [['explain', path()]]),
    ];
    for (const answer of await Promise.all(asked.map((line) => oompm(line)))) {
      expect(answer).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(words) as string });
      expect(answer.stderr.trimEnd().split('\n')).toHaveLength(1);
    }
  });
});

describe('a log may come through a pipe', () => {
  const bash = (script: string): Promise<{ code: number | null; stdout: string }> =>
    new Promise((done) => {
      const child = spawn('bash', ['-c', script], {
        env: {
          PATH: process.env['PATH'],
          OOMPM: join(projectRoot, 'bin/oompm.js'),
          LOG: log,
          FIFO: at('fifo'),
          HOME: folder,
        },
      });
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.on('close', (code) => done({ code, stdout }));
    });

  test.each([
    ['that a shell makes', 'node "$OOMPM" explain <(cat "$LOG")'],
    ['whose writer comes late', 'node "$OOMPM" explain <(sleep 1; cat "$LOG")'],
    ['with a name, its writer waiting', 'cat "$LOG" > "$FIFO" & sleep 0.2; node "$OOMPM" explain "$FIFO"'],
    ['on standard input, by its path', 'cat "$LOG" | node "$OOMPM" explain /dev/stdin'],
  ])('%s', async (_, script) => {
    const [piped, file] = await Promise.all([bash(script), oompm(['explain', log])]);
    expect(piped.code).toBe(0);
    expect(piped.stdout.split('\n').slice(1)).toEqual(file.stdout.split('\n').slice(1));
  });

  test('to which nobody writes: a sentence', async () => {
    expect(await oompm(['explain', at('fifo')])).toEqual({
      code: 2,
      stdout: '',
      stderr: `oompm: Cannot read ${at('fifo')}: it is a pipe that nobody writes to.\n`,
    });
  });
});
