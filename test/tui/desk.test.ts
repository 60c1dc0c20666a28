import { expect, test } from 'vitest';
import { Cancelled } from '../../src/kernel/gaps.js';
import type { RunEvent } from '../../src/plugin/run-plugin.js';
import type { AnswerPiece } from '../../src/tui/data/answers.js';
import type { Names } from '../../src/tui/data/candidates.js';
import { openDesk } from '../../src/tui/data/desk.js';
import type { DoorsReply, DoorsRequest } from '../../src/tui/data/doors-messages.js';

const done: RunEvent = { kind: 'end', outcome: { kind: 'done' }, gaps: [] };
const ask = (request: number, text: string): DoorsRequest => ({
  kind: 'ask',
  request,
  question: { kind: 'words', text },
});

/** A desk on a dump that answers with two pieces and an end; `during` is what happens while it reads for the second. */
function toyDesk(during: Record<string, () => void> = {}) {
  const stopFlag = new Int32Array(new SharedArrayBuffer(4));
  const inbox: DoorsRequest[] = [];
  const said: string[] = [];
  const step = (what: string): void => {
    const happens = during[what];
    delete during[what];
    happens?.();
    if (Atomics.load(stopFlag, 0) !== 0) throw new Cancelled('cancelled');
  };
  async function* answer(text: string): AsyncGenerator<AnswerPiece> {
    said.push(`begins ${text}`);
    yield { title: text, events: [] };
    try {
      step(text);
    } catch (error) {
      // As a run ends that is cancelled: what it has by then, and how it ended.
      yield { events: [{ kind: 'end', outcome: { kind: 'cut short', reason: String(error) }, gaps: [] }] };
      return;
    }
    yield { events: [done] };
  }
  function* gatherNames(): Generator<undefined, Names> {
    for (const part of ['symbols', 'types', 'tasks']) {
      said.push(`names: ${part}`);
      yield;
      step(part);
    }
    return { symbols: new Set(['jiffies']), variables: new Set(), structs: new Set(), tasks: [] };
  }
  const told = (message: DoorsReply): string => {
    if (message.kind === 'completions')
      return `for ${message.text}: ${message.candidates.map(({ text }) => text).join(' ')}`;
    if (message.kind !== 'answer') return message.kind;
    const [event] = message.events;
    return `${message.request}: ${message.title ?? (event?.kind === 'end' ? event.outcome.kind : 'more')}`;
  };
  const take = openDesk({
    stopFlag,
    commands: {},
    nextMessage: () => inbox.shift(),
    reply: (message) => {
      if (message.kind !== 'defects') said.push(told(message));
    },
    open: () =>
      Promise.resolve({
        answer: (question) => answer(question.kind === 'words' ? question.text : ''),
        gatherNames,
        defects: () => [],
      }),
    stopUsers: () => undefined,
    reloadUsers: () => undefined,
  });
  return {
    said,
    take,
    /** What the main thread does: the message first, then the flag. */
    interrupt(message: DoorsRequest) {
      inbox.push(message);
      Atomics.store(stopFlag, 0, 1);
    },
    inbox,
    settled: () => new Promise((resolve) => setTimeout(resolve, 5)),
  };
}

test('the later question is answered first; the earlier goes on where it was, and says nothing twice', async () => {
  const desk = toyDesk({ slow: () => desk.interrupt(ask(2, 'quick')) });
  desk.take(ask(1, 'slow'));
  await desk.settled();
  expect(desk.said).toEqual([
    'begins slow',
    '1: slow',
    'begins quick',
    '2: quick',
    '2: done',
    'begins slow',
    '1: done',
  ]);
});

test('one that is cancelled ends, whether it has begun or not', async () => {
  const desk = toyDesk({ slow: () => desk.interrupt({ kind: 'cancel', requests: [1, 2] }) });
  desk.inbox.push(ask(1, 'slow'));
  desk.take(ask(2, 'slow'));
  await desk.settled();
  expect(desk.said).toEqual(['begins slow', '2: slow', '2: cut short', '1: cut short']);
});

test('a question waits for no names, and names that are no longer wanted are not told', async () => {
  const desk = toyDesk({
    symbols: () => desk.inbox.push({ kind: 'complete', text: 'ji' }, ask(1, 'jiffies')),
    types: () => desk.interrupt(ask(2, 'init_task')),
  });
  desk.take({ kind: 'complete', text: 'j' });
  await desk.settled();
  expect(desk.said).toEqual([
    'for j: ',
    'names: symbols',
    'names: types',
    'for ji: ',
    'begins jiffies',
    '1: jiffies',
    '1: done',
    'begins init_task',
    '2: init_task',
    '2: done',
    'names: symbols',
    'names: types',
    'names: tasks',
    'for ji: jiffies',
  ]);
});

test('a stop that comes too late stops nothing else', async () => {
  const desk = toyDesk();
  desk.take(ask(1, 'quick'));
  await desk.settled();
  desk.interrupt({ kind: 'cancel', requests: [1] });
  desk.take(ask(2, 'jiffies'));
  await desk.settled();
  expect(desk.said.slice(-2)).toEqual(['2: jiffies', '2: done']);
});
