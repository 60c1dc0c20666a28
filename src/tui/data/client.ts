import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { CommonValues } from '../../app/common-flags.js';
import { defaultValues, type OptionValues } from '../../plugin/options.js';
import type { RunEvent } from '../../plugin/run-plugin.js';
import { defaultLimits, type Section } from '../../plugin/section.js';
import { startRunner, type Runner } from '../../plugin/start-runner.js';
import type { OpenOptions } from '../../session/open-kernel.js';
import type { Action } from '../state/actions.js';
import type { Question } from '../state/state.js';
import {
  openAt,
  stopAt,
  type DoorsReply,
  type DoorsRequest,
  type DoorsStart,
  type KnownPlugin,
} from './doors-messages.js';
import { runQueue, type Running, type RunQueue } from './run-queue.js';
import { defined } from '../../words/defined.js';

export interface ClientStart {
  words: readonly string[];
  flags: CommonValues;
  /** The file with the list of bundled plugins. */
  bundled: string;
}

/** The one way from the screens to the dump. Nothing here waits: what comes, comes as actions. */
export interface Client {
  /** Runs a plugin next, unless it has run; with `again` also then. */
  run(id: string, again: boolean): void;
  ask(request: number, question: Question): void;
  /** Asks how to go on with what is typed. */
  complete(text: string): void;
  cancelRun(): void;
  cancelAnswer(): void;
  close(): Promise<void>;
}

/** A screen of 300,000 rows is no screen any more; the report has all. */
const limits = { ...defaultLimits, items: 300_000 };
/** What a worker yields is shown at most so often: each time the page is laid out anew. */
const gatherMs = 80;
/** A question that does not end when it is told to is ended with its worker. */
const graceMs = 1_000;

export function startClient(start: ClientStart, dispatch: (action: Action) => void): Client {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const gathered = gather(dispatch);
  let runners: readonly Runner[] = [];
  /** Ours, and a user's, which wait for nothing but each other. */
  let queues: { ours: RunQueue<KnownPlugin>; users: RunQueue<KnownPlugin> } | undefined;
  const answering = new Set<number>();
  /** A user's plugins that are to be run as their files are now. */
  const edited = new Set<string>();

  const onReply = (reply: DoorsReply): void => {
    switch (reply.kind) {
      case 'refused':
        return dispatch({ kind: 'refused', reason: reply.message });
      case 'completions':
        return dispatch({ kind: 'completions', text: reply.text, candidates: reply.candidates, whole: reply.whole });
      case 'answer': {
        const { request, title, command, events } = reply;
        if (events.some(({ kind }) => kind === 'end')) answering.delete(request);
        if (title !== undefined) dispatch({ kind: 'answered', request, title, ...defined({ command }), events: [] });
        return gathered.answer(request, events);
      }
      case 'defects':
        return dispatch({ kind: 'defects', defects: reply.defects });
      case 'resolved': {
        if (runners.length > 0) return;
        const { options, facts, plugins, files, warnings } = reply;
        // What they print is dropped: on a screen it would stand anywhere. A user's are apart, so that they break
        // nothing else.
        const [ours, users] = [startRunner({ bundled: start.bundled }), startRunner({ files })];
        runners = [ours, users];
        const inTurn = plugins.filter(({ inReport, required }) => inReport && required.length === 0);
        const usersQueue = runQueue(
          inTurn.filter(({ path }) => path !== undefined),
          sectionsOf(users, options),
        );
        queues = {
          ours: runQueue(
            inTurn.filter(({ path }) => path === undefined),
            { ...sectionsOf(ours, options), onIdle: () => usersQueue.start() },
          ),
          users: usersQueue,
        };
        known = new Map(plugins.map((plugin) => [plugin.id, plugin]));
        dispatch({
          kind: 'found',
          dump: facts,
          plugins: plugins.map(({ id, summary, inReport, required }) => ({ id, summary, inReport, required })),
          warnings,
        });
        queues.ours.start();
        return;
      }
      default:
        return reply satisfies never;
    }
  };
  let known: ReadonlyMap<string, KnownPlugin> = new Map();

  const startDoors = (): Worker => {
    const started = new Worker(createRequire(import.meta.url).resolve('#doors-worker'), {
      workerData: { words: start.words, flags: start.flags, shared } satisfies DoorsStart,
      // It reads --plugin for itself; what a plugin prints must not reach the screen.
      argv: process.argv.slice(2),
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    for (const stream of [started.stdout, started.stderr]) stream.resume();
    started.on('message', onReply);
    started.on('error', (error) => {
      dispatch({ kind: 'message', text: error.message, bad: true });
      failAnswers(error.message);
    });
    return started;
  };
  let doors: Worker | undefined = startDoors();

  const failAnswers = (reason: string): void => {
    for (const request of answering)
      gathered.answer(request, [{ kind: 'end', gaps: [], outcome: { kind: 'cut short', reason } }]);
    answering.clear();
  };

  const ask = (request: DoorsRequest): void => {
    if (doors === undefined) {
      shared.fill(0);
      doors = startDoors();
    }
    // oxlint-disable-next-line require-post-message-target-origin -- a worker thread's has none
    doors.postMessage(request);
  };
  /** After the message that says why. While the dump is being opened there is nothing to be stopped. */
  const stopAnswer = (): void => {
    if (Atomics.load(shared, openAt) !== 0) Atomics.store(shared, stopAt, 1);
  };

  /** How the plugins of one worker are run. */
  const sectionsOf = (runner: Runner, dump: OpenOptions): Running<KnownPlugin> => {
    const isOurs = runner === runners[0];
    let isInterrupted = false;
    /** How many events of a section have been shown: begun anew it says the same again. Not so a user's plugin. */
    const shown = new Map<string, number>();
    const runOne = async (plugin: KnownPlugin): Promise<'whole' | 'interrupted'> => {
      const { id } = plugin;
      isInterrupted = false;
      const before = shown.get(id) ?? 0;
      shown.delete(id);
      if (before === 0) dispatch({ kind: 'restarted', id });
      let count = 0;
      /** What comes once it is interrupted, until it shows whether that is the whole. */
      const held: RunEvent[] = [];
      const show = (event: RunEvent): void => {
        if (++count > before) gathered.section(id, event);
      };
      let end: RunEvent | undefined;
      let section: Section | undefined;
      try {
        const values = edited.delete(id) ? await valuesAnew(runner, plugin) : plugin.values;
        section = await runner.run(
          plugin,
          values,
          { dump },
          {
            limits,
            onEvent(event) {
              if (event.kind === 'end') end = event;
              if (isInterrupted) held.push(event);
              else show(event);
            },
            // Of a user's plugin that is another worker's word, which it can speak too.
            ...(isOurs ? { onDefects: (defects) => dispatch({ kind: 'defects', defects }) } : {}),
          },
        );
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        gathered.section(id, { kind: 'end', gaps: [], outcome: { kind: 'unavailable', reason } });
        dispatch({ kind: 'refused', reason });
        return 'whole';
      }
      const { outcome, gaps } = section;
      // A user's may have caught what ends it, and be done with less.
      if (isInterrupted && (!isOurs || outcome.kind === 'cut short')) {
        if (isOurs) shown.set(id, Math.max(count, before));
        return 'interrupted';
      }
      for (const event of held) show(event);
      if (end === undefined) gathered.section(id, { kind: 'end', outcome, gaps });
      if (isOurs) ask({ kind: 'open' });
      return 'whole';
    };
    return {
      run: runOne,
      interrupt() {
        isInterrupted = true;
        runner.interrupt();
      },
    };
  };

  return {
    run(id, again) {
      const plugin = known.get(id);
      if (plugin === undefined) return;
      if (again && plugin.path !== undefined) {
        edited.add(id);
        ask({ kind: 'reload' });
      }
      queues?.[plugin.path === undefined ? 'ours' : 'users'].next(plugin, again);
    },
    ask(request, question) {
      ask({ kind: 'ask', request, question });
      if (answering.size > 0) stopAnswer();
      answering.add(request);
    },
    complete(text) {
      ask({ kind: 'complete', text });
    },
    cancelRun() {
      for (const runner of runners) runner.cancel();
    },
    cancelAnswer() {
      const requests = [...answering];
      ask({ kind: 'cancel', requests });
      stopAnswer();
      setTimeout(() => {
        // One that is opening the dump has not begun with any.
        if (!requests.some((request) => answering.has(request)) || Atomics.load(shared, openAt) === 0) return;
        void doors?.terminate();
        doors = undefined;
        failAnswers('it was stopped');
      }, graceMs);
    },
    async close() {
      gathered.stop();
      await Promise.all([doors?.terminate(), ...runners.map((runner) => runner.close())]);
    },
  };
}

/** Loads a user's plugin again. @returns the values that its screen is run with, by the flags that it has now */
async function valuesAnew(runner: Runner, { path, values }: KnownPlugin): Promise<OptionValues> {
  await runner.reload();
  const { loaded } = await runner.declared();
  const now = loaded.find((plugin) => plugin.path === path);
  return now === undefined ? values : defaultValues(now.flags, now.arguments);
}

/** Gathers what workers yield, so that the page is laid out a few times a second and not for each batch. */
function gather(dispatch: (action: Action) => void): {
  section(id: string, event: RunEvent): void;
  answer(request: number, events: readonly RunEvent[]): void;
  stop(): void;
} {
  const sections = new Map<string, RunEvent[]>();
  const answers = new Map<number, RunEvent[]>();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    for (const [id, events] of sections) dispatch({ kind: 'yielded', id, events });
    for (const [request, events] of answers) dispatch({ kind: 'answered', request, events });
    sections.clear();
    answers.clear();
  };
  const add = <K>(waiting: Map<K, RunEvent[]>, key: K, events: readonly RunEvent[]): void => {
    const list = waiting.get(key);
    if (list === undefined) waiting.set(key, [...events]);
    else list.push(...events);
    timer ??= setTimeout(flush, gatherMs);
    // An end is what one waits for.
    if (events.some(({ kind }) => kind === 'end')) {
      clearTimeout(timer);
      flush();
    }
  };
  return {
    section: (id, event) => add(sections, id, [event]),
    answer: (request, events) => add(answers, request, events),
    stop: () => clearTimeout(timer),
  };
}
