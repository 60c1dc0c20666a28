import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import { errorCode } from './surroundings-error.js';

/** What is being written, until it is whole. It goes away however the process ends, except by SIGKILL. */
export interface TemporaryFile {
  readonly path: string;
  readonly fd: number;
  write(bytes: Uint8Array): void;
  /** Brings its bytes to the disk: some file systems tell only then that there is no room. */
  sync(): void;
  /** Takes the place of `target`, which must be on the same file system. */
  moveTo(target: string): void;
  /** Removes it, unless it has taken its place. */
  discard(): void;
}

/**
 * A new file in `folder`. What dead runs of this user's machine have left there is removed first.
 * @throws the system's error
 */
export function temporaryFile(folder: string, mode = 0o600): TemporaryFile {
  removeLeftovers(folder, (pid) => !isAlive(pid));
  const path = join(folder, `${prefix()}${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  const remove = (): void => rmSync(path, { force: true });
  // Before it is there: a signal may come between any two steps.
  begun(path, remove);
  const fd = openedNew(path, mode);
  let open = true;
  const close = (): void => {
    if (open) closeSync(fd);
    open = false;
  };
  return {
    path,
    fd,
    write: (bytes) => writeFileSync(fd, bytes),
    sync: () => fsyncWherePossible(fd),
    moveTo(target) {
      renameSync(path, target);
      ended(path);
      close();
    },
    discard() {
      close();
      if (unfinished.has(path)) remove();
      ended(path);
    },
  };
}

function openedNew(path: string, mode: number): number {
  try {
    return openSync(path, 'wx+', mode);
  } catch (error) {
    ended(path);
    throw error;
  }
}

/**
 * A thread that is ended from outside can't clear up: what this process has begun in `folder` goes away with the
 * process.
 */
export function clearAtEnd(folder: string): void {
  begun(folder, () => removeLeftovers(folder, (pid) => pid === process.pid));
}

/** For a loop that writes: lets signals in now and then. Who presses Ctrl-C need not wait until all is written. */
export function signalPauses(): () => Promise<void> {
  const afterMs = 50;
  let last = performance.now();
  return async () => {
    if (performance.now() - last < afterMs) return;
    await nextTurn();
    last = performance.now();
  };
}

/** Before what can't be taken back: lets in a signal that has come by now. */
export async function letSignalsIn(): Promise<void> {
  // The first may come before the event loop has looked for signals.
  await nextTurn();
  await nextTurn();
}

/**
 * Before long work that lets no signal in: waits until nobody listens for signals on behalf of a temporary file that is
 * gone. A process that listens and is busy ends only when the work is done.
 */
export async function listenedNoMore(): Promise<void> {
  while (listensForNothing()) await nextTurn();
}

/** Some file systems have no fsync. */
function fsyncWherePossible(fd: number): void {
  try {
    fsyncSync(fd);
  } catch (error) {
    if (!['EINVAL', 'ENOSYS', 'ENOTSUP'].includes(errorCode(error))) throw error;
  }
}

/**
 * A process id means something only where it was given: the same folder may be seen from other machines and containers.
 * Temporary files are named after both, and only those from here are judged.
 */
function prefix(): string {
  const here = [
    hostname(),
    read(() => readFileSync('/etc/machine-id', 'utf8')),
    read(() => readlinkSync('/proc/self/ns/pid')),
  ];
  return `.oompm-${createHash('sha256').update(here.join('\n')).digest('hex').slice(0, 8)}-`;
}

function read(reading: () => string): string {
  try {
    return reading();
  } catch {
    return '';
  }
}

/** Whether a file of that name is one that somebody is writing, or was. */
export function isTemporary(name: string): boolean {
  return name.startsWith('.oompm-');
}

function removeLeftovers(folder: string, isLeft: (pid: number) => boolean): void {
  const own = prefix();
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.startsWith(own));
  } catch {
    return; // It may be written to though it can't be listed.
  }
  for (const name of names) {
    const [, pid] = /^(\d+)-[\da-f]{12}\.tmp$/.exec(name.slice(own.length)) ?? [];
    if (pid === undefined || !isLeft(Number(pid))) continue;
    try {
      rmSync(join(folder, name), { force: true });
    } catch {
      // Another's, or gone already: clearing up is no reason to fail.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

/** What is to be done if the process ends now, by the path that it is about. */
const unfinished = new Map<string, () => void>();
let listening = false;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Signals are listened to only while there is something to remove: a process with a listener ends late, where it is
 * busy.
 */
function begun(path: string, remove: () => void): void {
  unfinished.set(path, remove);
  if (listening) return;
  listening = true;
  process.on('exit', removeAll);
  // Other threads are told of no signals.
  if (isMainThread) for (const signal of signals) process.on(signal, onSignal);
}

function ended(path: string): void {
  if (!unfinished.delete(path) || unfinished.size > 0) return;
  // A signal that has come by now is told in the next turn of the event loop; without a listener it would be lost.
  setImmediate(() =>
    setImmediate(() => {
      if (listensForNothing()) listenNoMore();
    }),
  );
}

const listensForNothing = (): boolean => listening && unfinished.size === 0;

function listenNoMore(): void {
  listening = false;
  process.off('exit', removeAll);
  for (const signal of signals) process.off(signal, onSignal);
}

function removeAll(): void {
  for (const [path, remove] of unfinished) {
    remove();
    ended(path);
  }
}

function onSignal(signal: NodeJS.Signals): void {
  removeAll();
  listenNoMore();
  // Nobody listens any more: the process ends as the signal ends it. Where another does, that one sees to it.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
