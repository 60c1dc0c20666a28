import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk that is full after some kilobytes. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes it away again; it also goes with the process that asked for it, however that one ends. */
  unmount(): void;
}

/** Only root may mount one, and not in every container: undefined where it is not to be had. */
export function smallDisk(kibibytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'oompm-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder]).status !== 0) {
    rmdirSync(folder);
    return undefined;
  }
  const letGo = unmountedAtOurEnd(folder);
  return {
    folder,
    unmount() {
      spawnSync('umount', [folder]);
      rmdirSync(folder);
      letGo();
    },
  };
}

/**
 * A shell whose input ends with this process, killed or not, and that then takes the disk away: a mount outlives all
 * who use it. In a session of its own, else what is sent to the group of a test run would end it too.
 */
function unmountedAtOurEnd(folder: string): () => void {
  const shell = spawn('sh', ['-c', 'cat; umount -l "$0" && rmdir "$0"', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  shell.unref();
  (shell.stdin as Socket).unref();
  return () => shell.kill('SIGKILL');
}
