import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { CommonValues } from '../../app/common-flags.js';
import type { RunEvent } from '../../plugin/run-plugin.js';
import { defaultLimits } from '../../plugin/section.js';
import { startRunner, type Runner } from '../../plugin/start-runner.js';
import type { OpenOptions } from '../../session/open-kernel.js';
import type { Action } from '../state/actions.js';
import type { Question } from '../state/state.js';
import type { DoorsReply, DoorsRequest, DoorsStart, KnownPlugin } from './doors-messages.js';
import { runQueue, type RunQueue } from './run-queue.js';
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
  const cancelFlag = new Int32Array(new SharedArrayBuffer(4));
  const gathered = gather(dispatch);
  let runners: readonly Runner[] = [];
  let queue: RunQueue<KnownPlugin> | undefined;
  const answering = new Set<number>();

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
        queue = runQueue(
          plugins.filter(({ inReport, required }) => inReport && required.length === 0),
          (plugin) => runOne(plugin.path === undefined ? ours : users, plugin, options),
        );
        known = new Map(plugins.map((plugin) => [plugin.id, plugin]));
        dispatch({
          kind: 'found',
          dump: facts,
          plugins: plugins.map(({ id, summary, inReport, required }) => ({ id, summary, inReport, required })),
          warnings,
        });
        queue.start();
        return;
      }
      default:
        return reply satisfies never;
    }
  };
  let known: ReadonlyMap<string, KnownPlugin> = new Map();

  const startDoors = (): Worker => {
    const started = new Worker(createRequire(import.meta.url).resolve('#doors-worker'), {
      workerData: { words: start.words, flags: start.flags, cancelFlag } satisfies DoorsStart,
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

  const runOne = async (onRunner: Runner, plugin: KnownPlugin, dump: OpenOptions): Promise<void> => {
    dispatch({ kind: 'restarted', id: plugin.id });
    let isEnded = false;
    try {
      const section = await onRunner.run(
        plugin,
        plugin.values,
        { dump },
        {
          limits,
          onEvent(event) {
            isEnded ||= event.kind === 'end';
            gathered.section(plugin.id, event);
          },
          // Of a user's plugin that is another worker's word, which it can speak too.
          ...(onRunner === runners[0] ? { onDefects: (defects) => dispatch({ kind: 'defects', defects }) } : {}),
        },
      );
      if (!isEnded) gathered.section(plugin.id, { kind: 'end', outcome: section.outcome, gaps: section.gaps });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      gathered.section(plugin.id, { kind: 'end', gaps: [], outcome: { kind: 'unavailable', reason } });
      dispatch({ kind: 'refused', reason });
    }
  };

  return {
    run(id, again) {
      const plugin = known.get(id);
      if (plugin !== undefined) queue?.next(plugin, again);
    },
    ask(request, question) {
      Atomics.store(cancelFlag, 0, 0);
      answering.add(request);
      doors ??= startDoors();
      // oxlint-disable-next-line require-post-message-target-origin -- a worker thread's has none
      doors.postMessage({ kind: 'ask', request, question } satisfies DoorsRequest);
    },
    complete(text) {
      doors ??= startDoors();
      // oxlint-disable-next-line require-post-message-target-origin -- a worker thread's has none
      doors.postMessage({ kind: 'complete', text } satisfies DoorsRequest);
    },
    cancelRun() {
      for (const runner of runners) runner.cancel();
    },
    cancelAnswer() {
      Atomics.store(cancelFlag, 0, 1);
      const asked = [...answering];
      setTimeout(() => {
        if (!asked.some((request) => answering.has(request))) return;
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
