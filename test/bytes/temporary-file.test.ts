import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { clearAtEnd, letSignalsIn, listenedNoMore, temporaryFile } from '../../src/bytes/temporary-file.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-temporary-'));
const names = (): string[] => readdirSync(folder).toSorted();
const scripts = mkdtempSync(join(tmpdir(), 'oompm-temporary-scripts-'));
afterAll(() => [folder, scripts].forEach((one) => rmSync(one, { recursive: true, force: true })));
const listeners = (): number =>
  ['exit', 'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'].reduce((sum, event) => sum + process.listenerCount(event), 0);

/** They are taken away a turn after the last file has gone. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await nextTurn();
};

test('it takes its place, or goes away, and nobody listens for signals any more', async () => {
  // The file that was made while the tests were listed has listeners of its own.
  await settled();
  const before = listeners();
  const kept = temporaryFile(folder);
  const dropped = temporaryFile(folder);
  expect(names()).toHaveLength(2);
  expect(listeners()).toBeGreaterThan(before);
  kept.write(Buffer.from('whole'));
  kept.sync();
  kept.moveTo(join(folder, 'target'));
  kept.discard();
  dropped.discard();
  dropped.discard();
  expect(names()).toEqual(['target']);
  expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('whole');
  await settled();
  expect(listeners()).toBe(before);
  rmSync(join(folder, 'target'));
});

test('work that lets no signal in can wait until nobody listens; not while a file is there', async () => {
  await settled();
  const before = listeners();
  const file = temporaryFile(folder);
  await listenedNoMore();
  expect(listeners()).toBeGreaterThan(before);
  file.discard();
  expect(listeners()).toBeGreaterThan(before);
  await listenedNoMore();
  expect(listeners()).toBe(before);
});

test('a signal that came while it was busy is heard before what can’t be taken back', async () => {
  const heard: string[] = [];
  const hear = (): void => void heard.push('SIGUSR2');
  process.on('SIGUSR2', hear);
  // Sent by this thread it is delivered before that returns; sent by another process it may go to a thread that waits.
  process.kill(process.pid, 'SIGUSR2');
  expect(heard).toEqual([]);
  await letSignalsIn();
  expect(heard).toEqual(['SIGUSR2']);
  process.off('SIGUSR2', hear);
});

test('nobody else reads it, unless asked for', () => {
  const own = temporaryFile(folder);
  expect(statSync(own.path).mode & 0o777).toBe(0o600);
  own.discard();
});

describe('what dead runs left', () => {
  const own = temporaryFile(folder);
  const name = own.path.slice(folder.length + 1);
  own.discard();
  const withPid = (pid: number): string => name.replace(/-\d+-/, `-${pid}-`);
  const deadPid = spawnSync('true').pid;
  const written = (...all: string[]): void => all.forEach((one) => writeFileSync(join(folder, one), ''));

  test('goes with the next one; what is a living process’s, of another machine, or not ours stays', () => {
    const staying = [
      withPid(process.pid),
      withPid(1),
      withPid(deadPid).replace(/^\.oompm-[\da-f]{8}/, '.oompm-00000000'),
      `${withPid(deadPid)}.html`,
      withPid(deadPid).slice(1),
      '.oompm-notes.tmp',
      'report.tmp',
    ];
    written(...staying, withPid(deadPid));
    temporaryFile(folder).discard();
    expect(names()).toEqual(staying.toSorted());
    for (const one of staying) rmSync(join(folder, one));
  });
});

describe('it goes away at each end of a process', () => {
  const module = fileURLToPath(new URL('../../src/bytes/temporary-file.ts', import.meta.url));
  const script = join(scripts, 'script.mjs');
  writeFileSync(
    script,
    `
import { createRequire } from 'node:module';
const { createJiti } = createRequire(${JSON.stringify(module)})('jiti');
const { temporaryFile, clearAtEnd } = await createJiti(${JSON.stringify(module)}).import(${JSON.stringify(module)});
const [folder, end] = process.argv.slice(2);
const file = temporaryFile(folder);
file.write(Buffer.from('half'));
console.log('ready');
if (end === 'busy') {
  const until = Date.now() + 500;
  while (Date.now() < until);
  file.discard();
}
if (end === 'exit') process.exit(5);
if (end === 'throw') throw new Error('x');
if (end === 'reject') Promise.reject(new Error('x'));
if (end === 'another listens') process.once('SIGTERM', () => { process.exit(7); });
setTimeout(() => {}, 60000);
`,
  );
  const run = async (
    end: string,
    signal?: NodeJS.Signals,
  ): Promise<{ code: number | null; signal: NodeJS.Signals | null; left: string[] }> => {
    const where = mkdtempSync(join(scripts, 'end-'));
    const child = spawn(process.execPath, [script, where, end], { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    await once(child.stdout, 'data');
    if (signal !== undefined) {
      expect(readdirSync(where)).toHaveLength(1);
      child.kill(signal);
    }
    const [code, by] = await ended;
    return { code, signal: by, left: readdirSync(where) };
  };

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)(
    'by %s, which still ends it as it would',
    async (signal) => {
      expect(await run('wait', signal)).toEqual({ code: null, signal, left: [] });
    },
  );

  test('by a signal that comes in a step that is not interrupted', async () => {
    const { signal, left } = await run('busy', 'SIGTERM');
    expect({ signal, left }).toEqual({ signal: 'SIGTERM', left: [] });
  });

  test.each([
    ['exit', 5],
    ['throw', 1],
    ['reject', 1],
  ])('by %s', async (end, code) => {
    expect(await run(end)).toEqual({ code, signal: null, left: [] });
  });

  test('by a signal that another listener answers: that one has the last word', async () => {
    expect(await run('another listens', 'SIGTERM')).toEqual({ code: 7, signal: null, left: [] });
  });
});

test('what a thread left that was ended goes with the process', () => {
  const own = temporaryFile(folder);
  const stray = own.path.replace(/-[\da-f]{12}\.tmp$/, '-0123456789ab.tmp');
  own.discard();
  writeFileSync(stray, '');
  clearAtEnd(folder);
  process.listeners('exit').at(-1)!(0);
  expect(existsSync(stray)).toBe(false);
});
