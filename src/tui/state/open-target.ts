import type { Action } from './actions.js';
import type { NamedTarget, Target } from '../lines/line.js';
import { opened, settled } from './history.js';
import { linesOf } from './page-blocks.js';
import { cursorLine } from './move.js';
import { pageOf, type Effect, type Question, type State } from './state.js';
import { nothingYet } from './yielded.js';
import { shownText } from '../lines/shown-text.js';
import { defined } from '../../words/defined.js';

export interface Update {
  state: State;
  effects: Effect[];
}

export function openTarget(state: State, target: Target): Update {
  switch (target.kind) {
    case 'plugin':
      return openPlugin(state, target.id);
    case 'text':
      return { state: settled(opened(state, { kind: 'text', title: target.title, text: target.text })), effects: [] };
    case 'door': {
      const { type, address } = target.door;
      return ask(state, { kind: 'object', type, address }, `${shownText(type)} at 0x${address.toString(16)}`);
    }
    case 'question':
      return ask(state, { kind: 'words', text: target.text }, shownText(target.text));
    default:
      return target satisfies never;
  }
}

/** A plugin's screen; one that has not run yet runs next. */
export function openPlugin(state: State, id: string): Update {
  if (id === 'overview') return { state: settled(opened(state, { kind: 'overview' })), effects: [] };
  const info = state.plugins.find((plugin) => plugin.id === id);
  if (info === undefined)
    return { state: { ...state, message: { text: `there is no screen ${id}`, bad: true } }, effects: [] };
  const next = settled(opened(state, { kind: 'plugin', id }));
  const yielded = state.sections[id];
  if (info.required.length > 0 || (yielded !== undefined && yielded.status !== 'waiting'))
    return { state: next, effects: [] };
  return { state: next, effects: [{ kind: 'run', id, again: false }] };
}

function isScreen({ plugins }: State, name: string): boolean {
  return name === 'overview' || plugins.some(({ id, required }) => id === name && required.length === 0);
}

/**
 * A question typed at the prompt: a screen's name opens the screen, all else goes to the dump. The prompt stays until
 * the dump has answered: what it does not understand is told there, and makes no page.
 */
export function openQuestion(state: State, mode: Extract<State['mode'], { kind: 'input' }>, text: string): Update {
  if (isScreen(state, text)) return openPlugin({ ...state, mode: { kind: 'browse' } }, text);
  // As vim and less have it.
  if (/^(?:q|quit|exit)!?$/.test(text)) return { state, effects: [{ kind: 'quit', code: 0 }] };
  if (/^(?:h|help|\?)$/.test(text)) return { state: { ...state, mode: { kind: 'help', top: 0 } }, effects: [] };
  const request = state.lastRequest + 1;
  return {
    state: { ...state, lastRequest: request, mode: { ...mode, prompt: { candidates: [], request } } },
    effects: [{ kind: 'ask', request, question: { kind: 'words', text } }],
  };
}

/**
 * The answer to what the prompt has asked: its page, or why there is none under the line. Undefined where it is no such
 * answer.
 */
export function promptAnswered(state: State, { request, title, command, events }: Answered): Update | undefined {
  const { mode } = state;
  if (mode.kind !== 'input' || mode.prompt?.request !== request) return undefined;
  if (title !== undefined) {
    // It was asked before any screen was known.
    if (isScreen(state, title)) return openPlugin({ ...state, mode: { kind: 'browse' } }, title);
    const asked: State = {
      ...state,
      mode: { kind: 'browse' },
      answers: { ...state.answers, [request]: { ...nothingYet, status: 'running' } },
    };
    return {
      state: opened(asked, { kind: 'answer', request, title, typed: true, ...defined({ command }) }),
      effects: [],
    };
  }
  const end = events.find((event) => event.kind === 'end');
  if (end === undefined) return { state, effects: [] };
  const wrong = end.outcome.kind === 'done' ? 'nothing to show' : end.outcome.reason;
  return { state: { ...state, mode: { ...mode, prompt: { candidates: [], wrong } } }, effects: [] };
}

type Answered = Extract<Action, { kind: 'answered' }>;

export function ask(state: State, question: Question, title: string): Update {
  const request = state.lastRequest + 1;
  const asked: State = {
    ...state,
    lastRequest: request,
    answers: { ...state.answers, [request]: { ...nothingYet, status: 'running' } },
  };
  return {
    state: settled(opened(asked, { kind: 'answer', request, title })),
    effects: [{ kind: 'ask', request, question }],
  };
}

export function targetsUnderCursor(state: State): readonly NamedTarget[] {
  const page = pageOf(state);
  return cursorLine(page, linesOf(state, page))?.targets ?? [];
}
