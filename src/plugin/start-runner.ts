import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { InputError } from '../bytes/input-error.js';
import type { OptionValues } from './options.js';
import { collectSection, type RunEvent } from './run-plugin.js';
import { defaultLimits, type Limits, type Outcome, type Section } from './section.js';
import type { RunRequest, WorkerReply, WorkerStart } from './worker-messages.js';

/** After its deadline a run gets this long to notice the flag at its next read; then the worker is ended under it. */
const graceMs = 1_000;

/** Runs plugins in a worker: the caller's thread stays free, and a plugin that hangs is ended. */
export interface Runner {
  /** One run; further ones wait for it. `onEvent` sees what comes while it comes. */
  run(plugin: { id: string; summary: string }, values: OptionValues, options?: { limits?: Limits; onEvent?: (event: RunEvent) => void }): Promise<Section>;
  /** Ends the run in progress; what it has yielded stands. */
  cancel(): void;
  close(): Promise<void>;
}

/**
 * The worker starts with the first run, and anew after one that had to be ended. With `quiet` what a plugin prints is dropped:
 * on a screen it would stand anywhere.
 */
export function startRunner(
  start: Omit<WorkerStart, 'open'> & { open: Omit<WorkerStart['open'], 'cancelFlag'> }, { quiet = false }: { quiet?: boolean } = {},
): Runner {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let runs = 0;
  let stopRun: ((outcome: Outcome) => void) | undefined;

  const ready = async (): Promise<Worker> => {
    if (worker !== undefined) return worker;
    const started = new Worker(createRequire(import.meta.url).resolve('#runner-worker'), { workerData: { ...start, open: { ...start.open, cancelFlag: flag } }, execArgv: [], stdout: quiet, stderr: quiet });
    if (quiet) for (const stream of [started.stdout, started.stderr]) stream.resume();
    await opened(started);
    worker = started;
    return started;
  };

  const end = async (): Promise<void> => {
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  };

  const runNow: Runner['run'] = async (plugin, values, { limits = defaultLimits, onEvent } = {}) => {
    Atomics.store(flag, 0, 0);
    const running = await ready();
    const collector = collectSection(plugin);
    const request: RunRequest = { run: ++runs, id: plugin.id, values, limits };
    const stopped = await new Promise<Outcome | undefined>((resolve) => {
      let timer = setTimeout(() => stop({ kind: 'cut short', reason: `it took longer than ${limits.ms / 1000} s and was ended` }), limits.ms + graceMs);
      const settle = (outcome?: Outcome): void => {
        clearTimeout(timer);
        stopRun = undefined;
        running.off('message', onMessage).off('error', onError);
        resolve(outcome);
      };
      const onMessage = (reply: WorkerReply): void => {
        if (reply.kind !== 'event' || reply.run !== request.run) return;
        collector.take(reply.event);
        onEvent?.(reply.event);
        if (reply.event.kind === 'end') settle();
      };
      const onError = (error: Error): void => {
        settle({ kind: 'failed', fault: 'plugin', reason: `${error.name}: ${error.message}` });
      };
      // The flag first: a guarded step sees it and ends in order. Then the worker itself.
      const stop = (outcome: Outcome): void => {
        Atomics.store(flag, 0, 1);
        clearTimeout(timer);
        timer = setTimeout(() => settle(outcome), graceMs);
      };
      stopRun = stop;
      running.on('message', onMessage).on('error', onError);
      // oxlint-disable-next-line require-post-message-target-origin -- a worker thread's has none
      running.postMessage(request);
    });
    if (stopped !== undefined) await end();
    return collector.section(stopped);
  };

  return {
    run(plugin, values, options) {
      const result = last.then(() => runNow(plugin, values, options));
      last = result.catch(() => undefined);
      return result;
    },
    cancel: () => stopRun?.({ kind: 'cut short', reason: 'it was cancelled' }),
    close: end,
  };
}

function opened(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (reply: WorkerReply) => {
      worker.off('error', reject);
      if (reply.kind === 'refused') reject(reply.input ? new InputError(reply.message) : new Error(reply.message));
      else resolve();
    });
  });
}
