import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { InputError } from '../bytes/input-error.js';
import { Cancelled, isLack } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { openSession, type OpenOptions, type Session } from '../session/open-kernel.js';
import { watchBuiltIns } from './built-ins.js';
import type { Plugin } from './define-plugin.js';
import { guardHandles } from './guard-handles.js';
import type { BundledPlugin } from './registry.js';
import { outcomeOf, reportEvents, runEvents, type RunEvent } from './run-plugin.js';
import type { MarkedReply, RunRequest, Subject, WorkerReply, WorkerStart } from './worker-messages.js';

/**
 * The worker's side of the runner: loads plugins, opens the dump for itself, runs as asked and posts what they yield.
 */
const start = workerData as WorkerStart;
const port = parentPort!;
const { token } = start;
delete start.token;
/** Bound: what a plugin makes of `postMessage` later does not hear it. */
const post = port.postMessage.bind(port);
const reply = (message: WorkerReply): void => post({ token, reply: message } satisfies MarkedReply);

/** A user's by their files. */
const plugins = new Map<string, Plugin>();
/** Imported at the first run of each. */
const bundled = new Map<string, BundledPlugin>();
let opening: Promise<Session> | undefined;
let changed = (): string | undefined => undefined;
/** What a plugin was kept from. Where it catches the error, nobody else would hear of it. */
let keptFrom: string | undefined;
const beginAnew = (): void => void (keptFrom = undefined);
/** The file that is being loaded. */
let loading: string | undefined;

void begin();

async function begin(): Promise<void> {
  if ('files' in start.plugins) await loadFiles(start.plugins.files);
  else listBundled(start.plugins.bundled);
  port.on('message', (request: RunRequest) => {
    answer(request).catch((error: unknown) =>
      reply({ kind: 'event', run: request.run, event: { kind: 'end', gaps: [], outcome: outcomeOf(error) } }),
    );
  });
  reply({ kind: 'ready' });
}

async function loadFiles(files: readonly string[]): Promise<void> {
  const { declarationOf, importer, inOneSentence, loadPlugin } = await import('./load-plugin.js');
  importer();
  keepProcess();
  keepPort();
  keepOutput();
  keepRunning();
  tellWaiting();
  guardHandles((sentence) => (keptFrom ??= sentence));
  changed = watchBuiltIns();
  for (const path of files) {
    loading = path;
    beginAnew();
    reply({ kind: 'loading', path });
    const loaded = await loadPlugin(path).then(
      (plugin) => ({ plugin }),
      (error: unknown) => ({ error }),
    );
    const what = changed();
    if (what !== undefined)
      return reply({
        kind: 'refused',
        path,
        reason: `it changes ${what}, which all code uses; leave what is built in as it is`,
        spoilt: true,
      });
    if ('error' in loaded) {
      reply({ kind: 'refused', path, reason: inOneSentence(loaded.error, path), spoilt: false });
    } else {
      plugins.set(path, loaded.plugin);
      reply({ kind: 'loaded', plugin: declarationOf(loaded.plugin, path), caught: keptFrom });
    }
  }
  loading = undefined;
}

function listBundled(module: string): void {
  const { bundledPlugins } = createRequire(import.meta.url)(module) as { bundledPlugins: readonly BundledPlugin[] };
  for (const plugin of bundledPlugins) bundled.set(plugin.id, plugin);
}

/** A signal to the process would end the one that has the report: process.exit ends this worker only. */
function keepProcess(): void {
  const kill = process.kill.bind(process);
  process.kill = (pid, signal) => {
    if (signal !== 0 && (pid === process.pid || pid === 0))
      throw new Error("a plugin can't signal the process that it runs in");
    return kill(pid, signal);
  };
}

/** Without it nothing that is asked comes in, and nothing that is told goes out. */
function keepPort(): void {
  port.close = port.unref = () => {
    throw new Error("a plugin can't close the port of the worker that it runs in");
  };
}

/** Where nothing is left that could settle what a plugin waits for, Node ends the worker as if it were done. */
function tellWaiting(): void {
  process.once('beforeExit', () => {
    if (loading !== undefined)
      reply({ kind: 'refused', path: loading, reason: 'it awaits outside of run what never comes', spoilt: true });
  });
}

/** A promise that nobody awaits, or a timer, fails when another plugin may be running, and is no fault of that one. */
function keepRunning(): void {
  process.on('uncaughtException', (error) => {
    const outcome = outcomeOf(error);
    if (outcome.kind === 'failed')
      reply({
        kind: 'printed',
        text: `a plugin failed beside its run: ${outcome.reason}${outcome.where === undefined ? '' : ` in ${outcome.where}`}\n`,
      });
  });
}

/** In order with all else that is told, and also where the plugin then never ends. */
function keepOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk: string | Uint8Array, ...more: unknown[]): boolean => {
      reply({ kind: 'printed', text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString() });
      const done = more.at(-1);
      if (typeof done === 'function') done();
      return true;
    };
  }
}

async function answer({ run, plugin: name, values, subject, limits }: RunRequest): Promise<void> {
  const isUsers = plugins.has(name);
  const plugin = plugins.get(name) ?? (await bundled.get(name)?.load())?.default;
  if (plugin === undefined) return reply({ kind: 'closed', run, message: `there is no plugin ${name}`, input: false });
  let events: Iterable<RunEvent>;
  try {
    events =
      'reports' in subject
        ? reportEvents(plugin, subject, values, limits, isUsers)
        : await runOn((await opened(subject)).kernel, plugin, values, limits, isUsers);
  } catch (error) {
    return reply({
      kind: 'closed',
      run,
      message: error instanceof Error ? error.message : String(error),
      input: error instanceof InputError,
    });
  }
  beginAnew();
  reply({ kind: 'opened', run });
  clearTimeout(idle);
  for (const event of events) {
    if (event.kind === 'end' && event.outcome.kind === 'done' && keptFrom !== undefined)
      reply({ kind: 'printed', text: `plugin ${name}: ${keptFrom}\n` });
    if (event.kind === 'end' && 'dump' in subject)
      reply({ kind: 'defects', run, defects: (await opened(subject)).defectsByNow() });
    reply(event.kind === 'end' ? ended(run, event) : { kind: 'event', run, event });
  }
  if ('dump' in subject) keepIndexesWhenIdle(await opened(subject));
}

async function runOn(
  kernel: Kernel,
  plugin: Plugin,
  values: RunRequest['values'],
  limits: RunRequest['limits'],
  isUsers: boolean,
): Promise<Iterable<RunEvent>> {
  if (!isUsers) return runEvents(kernel, plugin, values, limits);
  const { AuthorsWords } = await import('./tell-author.js');
  return runEvents(kernel, plugin, values, limits, isUsers, new AuthorsWords(kernel));
}

let idle: NodeJS.Timeout | undefined;
const IDLE_AFTER_MS = 300;

/** Once all sections are there. What a user's plugin may have broken leaves nothing to others. */
function keepIndexesWhenIdle(session: Session): void {
  if (bundled.size > 0) idle = setTimeout(() => session.keepIndexes(), IDLE_AFTER_MS);
}

function ended(run: number, event: RunEvent & { kind: 'end' }): WorkerReply {
  const what = changed();
  // Known of the object, which does not cross.
  const lacks = event.gaps.flatMap((gap, index) => (isLack(gap) ? [index] : []));
  if (what === undefined) return { kind: 'event', run, event, lacks };
  const outcome = {
    kind: 'failed',
    fault: 'plugin',
    reason: `it changed ${what}, which all code uses: what it told can't be relied on`,
  } as const;
  return { kind: 'event', run, event: { ...event, outcome }, spoilt: true };
}

function opened({ dump }: Subject & { dump: OpenOptions }): Promise<Session> {
  opening ??= openSession({ ...dump, cancelFlag: start.cancelFlag }).catch((error: unknown) => {
    // Given up, not refused: the next run opens it.
    if (error instanceof Cancelled) opening = undefined;
    throw error;
  });
  return opening;
}
