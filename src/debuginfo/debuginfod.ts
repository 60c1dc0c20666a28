import { dirname, join } from 'node:path';

import { isWholeElf } from '../bytes/elf.js';
import { openFile } from '../bytes/file-reader.js';
import { InputError } from '../bytes/input-error.js';
import { makeFolder } from '../bytes/make-folder.js';
import { SurroundingsError, errorCode } from '../bytes/surroundings-error.js';
import { listenedNoMore, signalPauses, temporaryFile, type TemporaryFile } from '../bytes/temporary-file.js';
import { writeFailureInWords } from '../bytes/write-failure.js';
import { defaultDebuginfodCache } from './cache-folders.js';
import { openVmlinux } from './vmlinux.js';

// As debuginfod's own client: an answer begins within that time, and goes on at 100 KiB in each such time.
const DEFAULT_TIMEOUT_SECONDS = 90;
const LEAST_BYTES = 100 << 10;
// That one has no limit by default; here nobody may be watching. A vmlinux of 900 MB comes in an hour at 2 Mbit/s.
const DEFAULT_WHOLE_SECONDS = 3600;
const LARGEST = 2 ** 31;

export interface DebuginfodOptions {
  /** Space-separated, as in DEBUGINFOD_URLS, which is the default. */
  urls?: string;
  cacheFolder?: string;
  timeoutSeconds?: number;
  wholeSeconds?: number;
  /** Told how many bytes have come, and of how many where the server says. */
  progress?: (bytes: number, total: number | undefined) => void;
}

/**
 * Fetches a kernel's debug information from the first server that has it, into debuginfod's own cache. Only to be
 * called when the user asked: it tells a server which kernel the dump is of. What comes is looked at before it is kept,
 * since others use that cache too.
 * @returns the path of the file
 * @throws InputError where no server is named, or none has it; SurroundingsError where none answers, or it can't be
 *   kept
 */
export async function fetchDebuginfod(buildId: string, options: DebuginfodOptions = {}): Promise<string> {
  if (!/^[0-9a-f]{6,128}$/.test(buildId))
    throw new InputError(`debuginfod can't be asked for "${buildId}": it is no build-id.`);
  const urls = (options.urls ?? process.env['DEBUGINFOD_URLS'] ?? '')
    .split(/\s+/)
    .filter((url) => /^https?:/.test(url));
  if (urls.length === 0) throw new InputError('debuginfod was asked for, but DEBUGINFOD_URLS names no server.');
  const folder = options.cacheFolder ?? defaultDebuginfodCache();
  const target = join(folder, buildId, 'debuginfo');
  const refusals: string[] = [];
  let isAnswered = false;
  for (const url of urls) {
    const file = keeping(folder, () => beginIn(folder));
    try {
      await download(`${url.replace(/\/+$/, '')}/buildid/${buildId}/debuginfo`, file, folder, options);
      await refuseOther(file.path, buildId);
      keeping(folder, () => keep(file, target));
      return target;
    } catch (error) {
      if (error instanceof SurroundingsError) throw error;
      isAnswered ||= error instanceof Refused;
      refusals.push(`${url}: ${reason(error)}`);
    } finally {
      file.discard();
      await listenedNoMore();
    }
  }
  const words = `the kernel with build-id ${buildId} (${refusals.join('; ')}).`;
  throw isAnswered
    ? new InputError(`No debuginfod server has ${words}`)
    : new SurroundingsError(`No debuginfod server could be asked for ${words}`);
}

function beginIn(folder: string): TemporaryFile {
  makeFolder(folder);
  return temporaryFile(folder);
}

function keep(file: TemporaryFile, target: string): void {
  makeFolder(dirname(target));
  file.moveTo(target);
}

/** The server was asked, and what it says is no vmlinux of that build-id. */
class Refused extends Error {}

async function download(url: string, file: TemporaryFile, folder: string, options: DebuginfodOptions): Promise<void> {
  const patience = deadlines(
    options.timeoutSeconds ?? secondsIn('DEBUGINFOD_TIMEOUT', DEFAULT_TIMEOUT_SECONDS),
    options.wholeSeconds ?? secondsIn('DEBUGINFOD_MAXTIME', DEFAULT_WHOLE_SECONDS),
  );
  try {
    const answer = await fetch(url, { signal: patience.signal });
    if (!answer.ok || answer.body === null) throw new Refused(`answers ${answer.status}`);
    const total = Number(answer.headers.get('content-length')) || undefined;
    const pause = signalPauses();
    let bytes = 0;
    for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += piece.length;
      patience.came(bytes);
      if (bytes > LARGEST) throw new Refused('sends more than 2 GiB');
      keeping(folder, () => file.write(piece));
      options.progress?.(bytes, total);
      await pause();
    }
  } catch (error) {
    throw patience.signal.aborted ? patience.signal.reason : error;
  } finally {
    patience.end();
  }
}

/** Ends a transfer that does not begin, comes to a stand, trickles, or takes too long in all. */
function deadlines(
  stepSeconds: number,
  wholeSeconds: number,
): { signal: AbortSignal; came(bytes: number): void; end(): void } {
  const controller = new AbortController();
  let bytes = 0;
  let before = 0;
  const look = (): void => {
    if (bytes - before < LEAST_BYTES)
      controller.abort(
        new Error(
          bytes === 0
            ? `no answer for ${stepSeconds} s`
            : `sends less than ${LEAST_BYTES >> 10} KiB in ${stepSeconds} s`,
        ),
      );
    before = bytes;
  };
  let step = setInterval(look, stepSeconds * 1000);
  const whole = setTimeout(
    () => controller.abort(new Error(`takes longer than ${wholeSeconds} s; DEBUGINFOD_MAXTIME allows more`)),
    wholeSeconds * 1000,
  );
  return {
    signal: controller.signal,
    came(all) {
      if (bytes === 0) {
        clearInterval(step);
        step = setInterval(look, stepSeconds * 1000);
      }
      bytes = all;
    },
    end() {
      clearInterval(step);
      clearTimeout(whole);
    },
  };
}

function secondsIn(variable: string, otherwise: number): number {
  return Number(process.env[variable]) || otherwise;
}

/** @throws Refused where it is not the file that was asked for */
async function refuseOther(path: string, buildId: string): Promise<void> {
  const file = openFile(path);
  try {
    if (file.size === 0) throw new Refused('sends nothing');
    if (!isWholeElf(file)) throw new Refused('sends what is no whole ELF file');
  } finally {
    file.close();
  }
  const vmlinux = await openVmlinux(path).catch((error: unknown) => {
    throw error instanceof InputError ? new Refused('sends what is no vmlinux') : error;
  });
  vmlinux.close();
  if (vmlinux.buildId !== buildId)
    throw new Refused(
      vmlinux.buildId === undefined
        ? 'sends a file without a build-id'
        : `sends a file with build-id ${vmlinux.buildId}`,
    );
}

/** What the disk refuses is not the server's fault, and no other server helps. @throws SurroundingsError */
function keeping<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const words = writeFailureInWords(error);
    throw words === undefined
      ? error
      : new SurroundingsError(
          `What debuginfod sends can't be kept in ${folder}: ${words}; DEBUGINFOD_CACHE_PATH names another folder.`,
          { cause: error },
        );
  }
}

const ofTheNetwork: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was broken off',
  UND_ERR_SOCKET: 'the connection was broken off',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: "the host's name can't be looked up now",
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
};

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch() says "fetch failed" or "terminated"; the cause says why.
  return ofTheNetwork[errorCode(error.cause)] ?? (error.cause instanceof Error ? error.cause.message : error.message);
}
