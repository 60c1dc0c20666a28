import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = resolve(fileURLToPath(new URL('..', import.meta.url)));
const lock = join(projectRoot, '.tmp/building');

/** Builds dist/ where sources are newer: the command line, workers and users' plugins are tried as they are shipped. */
export function build(): void {
  buildOnce([]);
}

/** The same with the declarations that a package has: some seconds more. */
export function buildWithTypes(): void {
  buildOnce(['--types']);
}

function buildOnce(options: readonly string[]): void {
  mkdirSync(join(projectRoot, '.tmp'), { recursive: true });
  // Test files run side by side; one of them builds, the others wait.
  for (let waited = 0; !takeLock(); waited++) {
    if (waited > 300) throw new Error(`${lock} is held for minutes; remove it`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
  try {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/build.js', '--if-stale', ...options], {
      cwd: projectRoot,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`dist/ could not be built:\n${stderr}`);
  } finally {
    rmSync(lock, { recursive: true });
  }
}

function takeLock(): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}

export interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `oompm` to its end, with nothing of this machine's own settings. */
export function oompm(
  words: readonly string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Answer> {
  const child = startOompm(words, options);
  const answer: Answer = { code: null, stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (answer.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (answer.stderr += text));
  return new Promise((done) => child.on('close', (code) => done({ ...answer, code })));
}

export function startOompm(
  words: readonly string[],
  { env = {}, cwd }: { env?: Record<string, string>; cwd?: string } = {},
): ChildProcess {
  return spawn(process.execPath, [join(projectRoot, 'bin/oompm.js'), ...words], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { PATH: process.env['PATH'] ?? '', HOME: join(projectRoot, '.tmp/home'), ...env },
  });
}
