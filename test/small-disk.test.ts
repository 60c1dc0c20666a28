import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { smallDisk } from './small-disk.js';

const here = smallDisk(16);
const isMounted = (folder: string): boolean => readFileSync('/proc/mounts', 'utf8').includes(` ${folder} `);

test.skipIf(here === undefined)(
  `a small disk goes away when asked to${here === undefined ? ' (skipped: nothing can be mounted here)' : ''}`,
  () => {
    const { folder } = here!;
    expect(isMounted(folder)).toBe(true);
    here!.unmount();
    expect([isMounted(folder), existsSync(folder)]).toEqual([false, false]);
  },
);

test.skipIf(here === undefined)(
  `a small disk goes away with a process that is killed, and its group${here === undefined ? ' (skipped: nothing can be mounted here)' : ''}`,
  async () => {
    const child = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `
    const { createJiti } = await import('jiti');
    const { smallDisk } = await createJiti(${JSON.stringify(import.meta.url)}, { fsCache: false }).import('./small-disk.ts');
    console.log(smallDisk(16).folder);
    setInterval(() => {}, 1000);
  `,
      ],
      { cwd: fileURLToPath(new URL('.', import.meta.url)), detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const folder = String(await new Promise<Buffer>((done) => child.stdout.once('data', done))).trim();
    expect(isMounted(folder)).toBe(true);
    process.kill(-child.pid!, 'SIGKILL');
    await vi.waitFor(() => expect([isMounted(folder), existsSync(folder)]).toEqual([false, false]), {
      timeout: 10_000,
    });
  },
);
