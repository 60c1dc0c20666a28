import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { InputError } from '../bytes/input-error.js';
import { countAsLack } from '../kernel/gaps.js';
import type { Gap } from '../words/gap.js';
import { size } from '../words/quantity.js';
import { isObject, shortSentence } from './check-form.js';
import type { UsersPlugin } from './define-plugin.js';
import type { OptionValues } from './options.js';
import { collectSection, type RunEvent } from './run-plugin.js';
import { defaultLimits, loadLimitMs, memoryLimit, type Limits, type Outcome, type Section } from './section.js';
import type { MarkedReply, RunRequest, Subject, WorkerReply, WorkersPlugins, WorkerStart } from './worker-messages.js';

/** After its deadline a run gets this long to notice the flag at its next read; then the worker is ended under it. */
const graceMs = 1_000;
/** A plugin can fill some 100 MB with Buffers in that time. */
const memoryLookMs = 50;

/** A worker that has nothing to load is there within a second; on a machine that is busy, later. */
const startLimitMs = 60_000;

type Ended = Exclude<Outcome, { kind: 'done' }>;

/** A file that can't serve, and why. */
export interface RefusedPlugin {
  path: string;
  reason: string;
}

export interface RunOptions {
  limits?: Limits;
  /** Sees what comes while it comes. */
  onEvent?: (event: RunEvent) => void;
  /** Hears before the end what the dump's defects are by then. */
  onDefects?: (defects: readonly string[]) => void;
}

/**
 * Runs plugins in a worker: the caller's thread stays free, and a plugin that hangs, or ends its process, ends a
 * worker.
 */
export interface Runner {
  /** A user's plugins that serve, and files that do not. */
  declared(): Promise<{ loaded: readonly UsersPlugin[]; refused: readonly RefusedPlugin[] }>;
  /**
   * One run; further ones wait for it. @throws InputError where one of the bundled plugins finds that the dump does not
   * open
   */
  run(
    plugin: { id: string; summary: string; path?: string },
    values: OptionValues,
    subject: Subject,
    options?: RunOptions,
  ): Promise<Section>;
  /** Ends the run in progress; what it has yielded stands. */
  cancel(): void;
  /**
   * Lets the run in progress end at its next guarded step, once the dump is open: what was made for it and for all is
   * kept. One that takes no such step goes on.
   */
  interrupt(): void;
  /** Ends the worker: the next run has a user's plugins from their files as they are then. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

function lacking(gap: Gap | undefined): void {
  if (gap !== undefined) countAsLack(gap);
}

/**
 * The worker starts when it is first needed, and anew after one that had to be ended. It does not keep the process.
 * `onPrint` sees each line that plugins print; without it they are dropped: on a screen they would stand anywhere.
 */
export function startRunner(
  plugins: WorkersPlugins,
  { onPrint = () => undefined }: { onPrint?: (line: string) => void } = {},
): Runner {
  const areUsers = 'files' in plugins;
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const known = new Map<string, UsersPlugin>();
  const refused = new Map<string, string>();
  let token: string | undefined;
  /** A plugin in the worker can post what it likes: what bears no token, or an earlier worker's, is nobody's reply. */
  const replies =
    (handle: (reply: WorkerReply) => void) =>
    (message: unknown): void => {
      if (isObject(message) && message['token'] === token) handle((message as unknown as MarkedReply).reply);
    };
  let worker: Worker | undefined;
  /** Whoever waits for the worker hears here why it is gone. */
  let onLost: ((ended: Ended) => void) | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let runs = 0;
  let stopRun: ((ended: Ended) => void) | undefined;
  /** Of the run in progress: an interruption is wanted, and whether there is anything to be interrupted yet. */
  let interruption: 'none' | 'possible' | 'wanted' = 'none';
  const interrupt = (): void => {
    if (interruption === 'possible') Atomics.store(flag, 0, 1);
    else interruption = 'wanted';
  };

  const spawn = (): Worker => {
    token = crypto.randomUUID();
    const workerData: WorkerStart = {
      plugins: areUsers ? { files: plugins.files.filter((path) => !refused.has(path)) } : plugins,
      cancelFlag: flag,
      token,
    };
    const started = new Worker(createRequire(import.meta.url).resolve('#runner-worker'), {
      // Their streams stay unread, which would keep the process: what is printed comes as a message.
      workerData,
      execArgv: [],
      stdout: true,
      stderr: true,
      ...(areUsers ? { resourceLimits: { maxOldGenerationSizeMb: memoryLimit / 1024 / 1024 } } : {}),
    });
    const print = byLines(onPrint);
    started.on(
      'message',
      replies((reply) => {
        if (reply.kind === 'printed') print(reply.text);
      }),
    );
    const lost = (ended: Ended): void => {
      if (worker !== started) return;
      worker = undefined;
      onLost?.(ended);
    };
    started.on('error', (error) => lost(brokenBy(error)));
    started.on('exit', (code) =>
      lost({ kind: 'failed', fault: 'plugin', reason: `it ended its own process (process.exit(${code}))` }),
    );
    return started;
  };

  const end = async (): Promise<void> => {
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  };

  /** Loads until all that are left serve: what one breaks, a new worker has not. */
  const ready = async (): Promise<Worker> => {
    while (worker === undefined) {
      worker = spawn();
      const failure = await loading(worker);
      if (failure === undefined) break;
      await end();
      if (failure.path === undefined) throw new Error(failure.reason);
      refused.set(failure.path, failure.reason);
    }
    return worker;
  };

  /** Follows a new worker until it is ready; @returns what it broke on, with the file that it was loading. */
  const loading = (started: Worker): Promise<{ path: string | undefined; reason: string } | undefined> =>
    new Promise((resolve) => {
      let path: string | undefined;
      const late = (): void =>
        settle(
          path === undefined
            ? 'the worker for plugins did not start'
            : `it was not loaded within ${loadLimitMs / 1000} s; look for an endless loop, or for what waits, outside of run`,
        );
      let timer = setTimeout(late, startLimitMs);
      const watch = areUsers
        ? watchMemory(() => settle(`it took more than ${size(memoryLimit)} of memory while it was loaded`))
        : undefined;
      const settle = (reason?: string): void => {
        clearTimeout(timer);
        watch?.stop();
        onLost = undefined;
        started.off('message', onMessage).unref();
        resolve(reason === undefined ? undefined : { path, reason });
      };
      const onMessage = replies((reply) => {
        clearTimeout(timer);
        timer = setTimeout(late, loadLimitMs);
        switch (reply.kind) {
          case 'loading':
            ({ path } = reply);
            watch?.start();
            break;
          case 'loaded':
            // Each new worker loads them all again.
            if (reply.caught !== undefined && !known.has(reply.plugin.path))
              onPrint(`plugin ${reply.plugin.path}: ${reply.caught}`);
            known.set(reply.plugin.path, reply.plugin);
            break;
          case 'refused':
            if (reply.spoilt) settle(reply.reason);
            else refused.set(reply.path, reply.reason);
            break;
          case 'ready':
            settle();
            break;
          default:
        }
      });
      onLost = ({ reason }) => settle(`${reason} while it was loaded`);
      started.on('message', onMessage);
    });

  const runNow = async (
    { id, summary, path }: { id: string; summary: string; path?: string },
    values: OptionValues,
    subject: Subject,
    { limits = defaultLimits, onEvent, onDefects }: RunOptions,
  ): Promise<Section> => {
    Atomics.store(flag, 0, 0);
    interruption = 'none';
    const collector = collectSection({ id, summary }, areUsers);
    const running = await ready();
    const reason = path === undefined ? undefined : refused.get(path);
    if (reason !== undefined) return collector.section({ kind: 'unavailable', reason });
    const request: RunRequest = { run: ++runs, plugin: path ?? id, values, subject, limits };
    let isSpoilt = false;
    running.ref();
    const stopped = await new Promise<Outcome | undefined>((resolve, reject) => {
      const tooLong = (): void =>
        stop({ kind: 'cut short', reason: `it took longer than ${limits.ms / 1000} s and was ended` });
      let timer = setTimeout(tooLong, limits.ms + graceMs);
      let stoppedAs: Ended | undefined;
      const watch = areUsers ? watchMemory(() => settle(tooMuch)) : undefined;
      const settle = (outcome?: Outcome): void => {
        clearTimeout(timer);
        watch?.stop();
        stopRun = undefined;
        onLost = undefined;
        running.off('message', onMessage).unref();
        resolve(outcome);
      };
      const onMessage = replies((reply) => {
        if (!('run' in reply) || reply.run !== request.run) return;
        switch (reply.kind) {
          case 'opened':
            // From here on it is the plugin's time, and its memory.
            if (interruption === 'wanted') Atomics.store(flag, 0, 1);
            interruption = 'possible';
            if (stopRun !== undefined) {
              clearTimeout(timer);
              timer = setTimeout(tooLong, limits.ms + graceMs);
            }
            watch?.start();
            break;
          case 'closed':
            if (stoppedAs !== undefined) {
              settle(stoppedAs);
              break;
            }
            if (!areUsers) reject(reply.input ? new InputError(reply.message) : new Error(reply.message));
            settle({ kind: 'unavailable', reason: reply.message });
            break;
          case 'defects':
            onDefects?.(reply.defects);
            break;
          case 'event':
            if (reply.event.kind === 'end') for (const index of reply.lacks ?? []) lacking(reply.event.gaps[index]);
            collector.take(reply.event);
            onEvent?.(reply.event);
            isSpoilt ||= reply.spoilt === true;
            if (reply.event.kind === 'end') settle();
            break;
          default:
            reply satisfies never;
        }
      });
      // The flag first: a guarded step sees it and ends in order. Then the worker itself.
      const stop = (ended: Ended): void => {
        stoppedAs = ended;
        Atomics.store(flag, 0, 1);
        clearTimeout(timer);
        timer = setTimeout(() => settle(ended), graceMs);
        stopRun = undefined;
      };
      stopRun = stop;
      onLost = settle;
      running.on('message', onMessage);
      // oxlint-disable-next-line require-post-message-target-origin -- a worker thread's has none
      running.postMessage(request);
    });
    if (stopped !== undefined || isSpoilt) await end();
    return collector.section(stopped);
  };

  return {
    async declared() {
      if (areUsers && plugins.files.length > 0) await ready();
      const files = areUsers ? plugins.files : [];
      return {
        loaded: files.flatMap((path) => (refused.has(path) ? [] : (known.get(path) ?? []))),
        refused: files.flatMap((path) => (refused.has(path) ? [{ path, reason: refused.get(path)! }] : [])),
      };
    },
    run(plugin, values, subject, options = {}) {
      const result = last.then(() => runNow(plugin, values, subject, options));
      last = result.catch(() => undefined);
      return result;
    },
    cancel: () => stopRun?.({ kind: 'cut short', reason: 'it was cancelled' }),
    interrupt,
    reload() {
      refused.clear();
      return end();
    },
    close: end,
  };
}

const tooMuch: Ended = { kind: 'cut short', reason: `it took more than ${size(memoryLimit)} of memory and was ended` };

function brokenBy(error: Error): Ended {
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') return tooMuch;
  return { kind: 'failed', fault: 'plugin', reason: shortSentence(`${error.name}: ${error.message}`) };
}

/** Buffers are outside of a worker's heap, whose size Node limits: of them only the process as a whole tells. */
function watchMemory(onOver: () => void): { start(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      const before = process.memoryUsage.rss();
      clearInterval(timer);
      timer = setInterval(() => {
        if (process.memoryUsage.rss() - before > memoryLimit) onOver();
      }, memoryLookMs);
    },
    stop: () => clearInterval(timer),
  };
}

/** By lines; what is printed without an end of line comes with the next. */
function byLines(onLine: (line: string) => void): (text: string) => void {
  let begun = '';
  return (text) => {
    const lines = `${begun}${text}`.split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
}
