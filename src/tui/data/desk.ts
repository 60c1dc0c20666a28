import { InputError } from '../../bytes/input-error.js';
import { Cancelled } from '../../kernel/gaps.js';
import type { RunEvent } from '../../plugin/run-plugin.js';
import type { Question } from '../state/state.js';
import type { AnswerPiece } from './answers.js';
import { candidatesFor, type Commands, type Names } from './candidates.js';
import type { DoorsReply, DoorsRequest } from './doors-messages.js';

/** What the desk works with; of a dump once it is open. */
export interface DeskTools {
  /** Set from elsewhere: the answer that is being made ends at its next read. */
  stopFlag: Int32Array;
  commands: Commands;
  /** The next message that has come in, seen also while nothing returns to the event loop. */
  nextMessage(): DoorsRequest | undefined;
  reply: (message: DoorsReply) => void;
  open(): Promise<OpenDump>;
  /** Ends what a user's plugin does for an answer, in its own worker. */
  stopUsers(): void;
  /** The next of them is loaded from its file as it is then. */
  reloadUsers(): void;
}

export interface OpenDump {
  answer(question: Question): AsyncIterable<AnswerPiece>;
  /** Afresh at each call, in steps of a few milliseconds. */
  gatherNames(): Generator<undefined, Names>;
  defects(): readonly string[];
}

interface Asked {
  request: number;
  question: Question;
  /** So many pieces have been sent. An answer that is begun anew says the same again: these are left out. */
  sent: number;
}

/**
 * Takes what is asked of the dump: the latest question first, whatever is being done for an earlier one, which is
 * interrupted and begun anew behind it; names for what is typed when nothing is asked.
 * @returns what takes a message
 */
export function openDesk(tools: DeskTools): (message: DoorsRequest) => void {
  const { stopFlag, commands, reply } = tools;
  let waiting: Asked[] = [];
  let answering: number | undefined;
  const cancelled = new Set<number>();
  /** The line of the prompt, and the one that all ways to go on have been told for. */
  let typed: string | undefined;
  let told: string | undefined;
  let opening: Promise<OpenDump> | undefined;
  let names: Names | undefined;
  let gathering: Generator<undefined, Names> | undefined;
  let isWorking = false;

  const opened = (): Promise<OpenDump> => (opening ??= tools.open());
  /** The latest first. */
  const put = (asked: Asked): void => {
    waiting = [...waiting, asked].toSorted((a, b) => b.request - a.request);
  };

  const take = (message: DoorsRequest): void => {
    switch (message.kind) {
      case 'ask':
        put({ request: message.request, question: message.question, sent: 0 });
        if (answering !== undefined) tools.stopUsers();
        break;
      case 'cancel':
        for (const request of message.requests) cancelled.add(request);
        if (answering !== undefined) tools.stopUsers();
        break;
      case 'complete':
        typed = message.text;
        told = undefined;
        // Commands are known at once.
        reply({
          kind: 'completions',
          text: typed,
          candidates: candidatesFor(undefined, commands, typed),
          whole: typed === '',
        });
        break;
      case 'open':
        opened().catch(() => undefined);
        break;
      case 'reload':
        tools.reloadUsers();
        break;
      default:
        message satisfies never;
    }
  };
  const takeAll = (): void => {
    for (let message = tools.nextMessage(); message !== undefined; message = tools.nextMessage()) take(message);
  };

  const work = async (): Promise<void> => {
    if (isWorking) return;
    isWorking = true;
    for (;;) {
      // In this order: who sets the flag has posted a message before.
      Atomics.store(stopFlag, 0, 0);
      takeAll();
      const asked = waiting.shift();
      if (asked !== undefined) {
        answering = asked.request;
        await answer(asked);
        answering = undefined;
      } else if (typed !== undefined && told !== typed) await complete(typed);
      else break;
    }
    isWorking = false;
  };

  const answer = async (asked: Asked): Promise<void> => {
    const { request, question } = asked;
    const isStopped = (): boolean => Atomics.load(stopFlag, 0) !== 0;
    let at = 0;
    try {
      const dump = await opened();
      takeAll();
      if (cancelled.has(request) || (waiting[0]?.request ?? 0) > request) return later(asked);
      for await (const piece of dump.answer(question)) {
        // What comes of an interruption is no part of the answer.
        if (isStopped()) return later(asked);
        if (at++ < asked.sent) continue;
        asked.sent = at;
        reply({ kind: 'answer', request, ...piece });
      }
      reply({ kind: 'defects', defects: dump.defects() });
    } catch (error) {
      if (error instanceof Cancelled && isStopped()) return later(asked);
      reply({ kind: 'answer', request, events: [failed(error)] });
    }
  };

  /** Anew behind what came in, or never. */
  const later = (asked: Asked): void => {
    takeAll();
    if (!cancelled.has(asked.request)) return put(asked);
    const end: RunEvent = { kind: 'end', gaps: [], outcome: { kind: 'cut short', reason: 'it was stopped' } };
    reply({ kind: 'answer', request: asked.request, events: [end] });
  };

  /** Gathers some more; of a dump that does not open there are none. */
  const hasNames = (dump: OpenDump | undefined): boolean => {
    if (names !== undefined || dump === undefined) return true;
    try {
      gathering ??= dump.gatherNames();
      const step = gathering.next();
      if (step.done) names = step.value;
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      gathering = undefined;
    }
    return names !== undefined;
  };

  /** Names of the dump, until something is asked or one has gone on typing. */
  const complete = async (text: string): Promise<void> => {
    const dump = await opened().catch(() => undefined);
    while (!hasNames(dump)) {
      takeAll();
      if (waiting.length > 0) return;
    }
    takeAll();
    if (waiting.length > 0 || typed !== text) return;
    told = text;
    reply({ kind: 'completions', text, candidates: candidatesFor(names, commands, text), whole: true });
  };

  return (message) => {
    take(message);
    void work();
  };
}

function failed(error: unknown): RunEvent {
  return {
    kind: 'end',
    gaps: [],
    outcome: {
      kind: 'failed',
      fault: error instanceof InputError ? 'dump' : 'plugin',
      reason: error instanceof Error ? error.message : String(error),
    },
  };
}
