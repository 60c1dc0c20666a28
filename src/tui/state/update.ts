import type { NamedTarget } from '../lines/line.js';
import type { Action } from './actions.js';
import { arrive } from './arrive.js';
import { commandLine } from './command-line.js';
import { newPage, opened, sameSource, settled, stepped, withPage } from './history.js';
import { lookAction, toggleFold, withFilter } from './look.js';
import { linesOf } from './page-blocks.js';
import { bodyRows, cursorLine, moved, movedTo, paged, toTop } from './move.js';
import { openPlugin, openQuestion, openTarget, targetsUnderCursor, type Update } from './open-target.js';
import { pageOf, type Source, type State } from './state.js';
import { search, startInput, submitted, typed } from './typing.js';

export function firstState(files: readonly string[], size: State['size']): State {
  return {
    size, files, plugins: [], sections: {}, answers: {}, lastRequest: 0,
    history: [newPage({ kind: 'overview' })], at: 0, mode: { kind: 'browse' }, commands: [],
  };
}

/** What follows of an action, and what is to be done outside. Pure: the same action on the same state gives the same. */
export function update(state: State, action: Action): Update {
  switch (action.kind) {
    case 'found': case 'refused': case 'yielded': case 'restarted': case 'answered': case 'resize': return { state: arrive(state, action), effects: [] };
    case 'message': return { state: { ...state, message: { text: action.text, bad: action.bad } }, effects: [] };
    case 'quit': return { state, effects: [{ kind: 'quit', code: action.code }] };
    case 'suspend': return { state, effects: [{ kind: 'suspend' }] };
    case 'redraw': return { state, effects: [{ kind: 'redraw' }] };
    default:
  }
  // A message stands until the next key.
  const { message: _, ...quiet } = state;
  switch (state.mode.kind) {
    case 'browse': return browse(quiet, action);
    case 'help': return helping(quiet, state.mode.top, action);
    case 'input': return inputting(quiet, state.mode, action);
    case 'choose': return choosing(quiet, state.mode, action);
    default: return state.mode satisfies never;
  }
}

function browse(state: State, action: Action): Update {
  const page = pageOf(state);
  const lines = linesOf(state, page);
  const rows = bodyRows(state);
  const only = (next: State): Update => ({ state: next, effects: [] });
  const looked = lookAction(state, action);
  if (looked !== undefined) return only(looked);
  switch (action.kind) {
    case 'move': return only(withPage(state, moved(page, lines, rows, action.by)));
    case 'page': return only(withPage(state, paged(page, lines, rows, action.by)));
    case 'top': return only(withPage(state, toTop(page, lines, rows)));
    case 'bottom': return only(withPage(state, movedTo(page, lines, rows, lines.length - 1)));
    case 'enter': {
      const line = cursorLine(page, lines);
      const [first] = line?.targets ?? [];
      if (line?.fold !== undefined && (line.foldFirst || first === undefined)) return only(toggleFold(state));
      return first === undefined ? only(state) : openTarget(state, first.target);
    }
    case 'choose': {
      const targets = targetsUnderCursor(state);
      if (targets.length === 0) return only({ ...state, message: { text: 'nothing on this line can be opened', bad: false } });
      return targets.length === 1 ? openTarget(state, targets[0]!.target) : only({ ...state, mode: { kind: 'choose', title: 'Open', targets, at: 0 } });
    }
    case 'screens': {
      const screens = screensOf(state);
      const targets = screens.map((source): NamedTarget => {
        const id = screenId(source);
        return { label: `${id.padEnd(12)} ${state.plugins.find((plugin) => plugin.id === id)?.summary ?? 'what was found'}`, target: { kind: 'plugin', id } };
      });
      return only({ ...state, mode: { kind: 'choose', title: 'Screens', targets, at: Math.max(0, screens.findIndex((source) => sameSource(source, page.source))) } });
    }
    case 'open': return openTarget(state, action.target);
    case 'screen': {
      const screens = screensOf(state);
      const at = screens.findIndex((source) => sameSource(source, page.source));
      return openPlugin(state, screenId(screens[(Math.max(0, at) + action.by + screens.length) % screens.length]!));
    }
    case 'screenNumber': {
      const source = screensOf(state)[action.number];
      return source === undefined ? only({ ...state, message: { text: `there is no screen ${action.number}`, bad: false } }) : openPlugin(state, screenId(source));
    }
    case 'back': return only(stepped(state, -1));
    case 'forward': return only(stepped(state, 1));
    case 'leave': return leave(state);
    case 'help': return only({ ...state, mode: { kind: 'help', top: 0 } });
    case 'input': return only(startInput(state, action.purpose));
    case 'next': return only(search(state, action.direction));
    case 'escape': {
      if (page.look.filter !== '') return only(withFilter(state, ''));
      return page.search === '' ? only(state) : only(withPage(state, { ...page, search: '' }));
    }
    case 'command': {
      const command = commandLine(state);
      if (command === undefined) return only({ ...state, message: { text: 'no command line says the same as this page', bad: false } });
      return only({ ...state, message: { text: command, bad: false }, commands: [...state.commands.filter((one) => one !== command), command] });
    }
    case 'cancel': return { state, effects: [{ kind: 'cancel' }] };
    case 'again': return page.source.kind === 'plugin' ? { state, effects: [{ kind: 'run', id: page.source.id, again: true }] } : only(state);
    default: return only(state);
  }
}

/** The overview, then a screen for each plugin that can run without being asked something. */
export function screensOf(state: State): Source[] {
  return [{ kind: 'overview' }, ...state.plugins.filter(({ id, required }) => id !== 'overview' && required.length === 0).map(({ id }): Source => ({ kind: 'plugin', id }))];
}

export function screenId(source: Source): string {
  return source.kind === 'plugin' ? source.id : 'overview';
}

/** Back to where this page was opened; from a screen to the overview; from the overview out. */
function leave(state: State): Update {
  const { source } = pageOf(state);
  if (source.kind === 'overview') return { state, effects: [{ kind: 'quit', code: 0 }] };
  if (source.kind === 'plugin') return { state: settled(opened(state, { kind: 'overview' })), effects: [] };
  return { state: stepped(state, -1), effects: [] };
}

function helping(state: State, top: number, action: Action): Update {
  switch (action.kind) {
    case 'move': case 'page': return { state: { ...state, mode: { kind: 'help', top: Math.max(0, top + action.by) } }, effects: [] };
    default: return { state: { ...state, mode: { kind: 'browse' } }, effects: [] };
  }
}

function choosing(state: State, mode: Extract<State['mode'], { kind: 'choose' }>, action: Action): Update {
  const count = mode.targets.length;
  const at = (to: number): Update => ({ state: { ...state, mode: { ...mode, at: Math.min(count - 1, Math.max(0, to)) } }, effects: [] });
  const browsing: State = { ...state, mode: { kind: 'browse' } };
  const take = (index: number): Update => {
    const chosen = mode.targets[index];
    return chosen === undefined ? { state: browsing, effects: [] } : openTarget(browsing, chosen.target);
  };
  switch (action.kind) {
    case 'move': case 'page': return at(mode.at + action.by);
    case 'top': return at(0);
    case 'bottom': return at(count - 1);
    case 'enter': return take(mode.at);
    case 'screenNumber': return take(mode.title === 'Screens' ? action.number : action.number - 1);
    default: return { state: browsing, effects: [] };
  }
}

/** What one sees as one character may be several. */
function withoutLast(text: string): string {
  const last = [...new Intl.Segmenter().segment(text)].at(-1);
  return text.slice(0, last?.index ?? 0);
}

function inputting(state: State, mode: Extract<State['mode'], { kind: 'input' }>, action: Action): Update {
  switch (action.kind) {
    case 'type': return { state: typed(state, mode, mode.text + action.text), effects: [] };
    case 'erase': {
      if (mode.text === '') return { state: { ...state, mode: { kind: 'browse' } }, effects: [] };
      return { state: typed(state, mode, withoutLast(mode.text)), effects: [] };
    }
    case 'eraseAll': return { state: typed(state, mode, ''), effects: [] };
    case 'submit': {
      const { state: next, effects, question } = submitted(state, mode);
      return question === undefined ? { state: next, effects } : openQuestion(next, question);
    }
    case 'escape': {
      const browsing: State = { ...state, mode: { kind: 'browse' } };
      return { state: mode.purpose === 'filter' ? withFilter(browsing, '') : withPage(browsing, mode.before), effects: [] };
    }
    default: return { state, effects: [] };
  }
}
