import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';

import { InputError } from '../bytes/input-error.js';
import { defaultDebuginfodCache } from './find-vmlinux.js';

// What debuginfod's own client allows for an answer to begin.
const DEFAULT_TIMEOUT_SECONDS = 90;
const LARGEST = 2 ** 31;

export interface DebuginfodOptions {
  /** Space-separated, as in DEBUGINFOD_URLS, which is the default. */
  urls?: string;
  cacheFolder?: string;
  timeoutSeconds?: number;
  /** Told how many bytes have come, and of how many where the server says. */
  progress?: (bytes: number, total: number | undefined) => void;
}

/**
 * Fetches a kernel's debug information from the first server that has it, into debuginfod's own cache. Only to be called
 * when the user asked: it tells a server which kernel the dump is of.
 * @returns the path of the file
 * @throws InputError where no server is named, or none has it
 */
export async function fetchDebuginfod(buildId: string, options: DebuginfodOptions = {}): Promise<string> {
  if (!/^[0-9a-f]{6,128}$/.test(buildId)) throw new InputError(`debuginfod can't be asked for "${buildId}": it is no build-id.`);
  const urls = (options.urls ?? process.env['DEBUGINFOD_URLS'] ?? '').split(/\s+/).filter((url) => /^https?:/.test(url));
  if (urls.length === 0) throw new InputError('debuginfod was asked for, but DEBUGINFOD_URLS names no server.');
  const target = join(options.cacheFolder ?? defaultDebuginfodCache(), buildId, 'debuginfo');
  const refusals: string[] = [];
  for (const url of urls) {
    try {
      await download(`${url.replace(/\/+$/, '')}/buildid/${buildId}/debuginfo`, target, options);
      return target;
    } catch (error) {
      refusals.push(`${url}: ${reason(error)}`);
    }
  }
  throw new InputError(`No debuginfod server has the kernel with build-id ${buildId} (${refusals.join('; ')}).`);
}

async function download(url: string, target: string, options: DebuginfodOptions): Promise<void> {
  const seconds = options.timeoutSeconds ?? (Number(process.env['DEBUGINFOD_TIMEOUT']) || DEFAULT_TIMEOUT_SECONDS);
  const patience = new AbortController();
  // Restarted with each piece: a slow line is not a dead one.
  let timer = setTimeout(() => patience.abort(), seconds * 1000);
  const temporary = `${target}.${process.pid}`;
  try {
    const answer = await fetch(url, { signal: patience.signal });
    if (!answer.ok || answer.body === null) throw new Error(`answers ${answer.status}`);
    const total = Number(answer.headers.get('content-length')) || undefined;
    let bytes = 0;
    async function* counted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const piece of pieces) {
        clearTimeout(timer);
        timer = setTimeout(() => patience.abort(), seconds * 1000);
        bytes += piece.length;
        if (bytes > LARGEST) throw new Error('sends more than 2 GiB');
        options.progress?.(bytes, total);
        yield piece;
      }
    }
    await mkdir(dirname(target), { recursive: true });
    await pipeline(Readable.fromWeb(answer.body as WebStream<Uint8Array>), counted, createWriteStream(temporary));
    await rename(temporary, target);
  } catch (error) {
    if (patience.signal.aborted) throw new Error(`no answer for ${seconds} s`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
    await rm(temporary, { force: true });
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch() says "fetch failed"; the cause says why.
  return error.cause instanceof Error && error.message === 'fetch failed' ? error.cause.message : error.message;
}
