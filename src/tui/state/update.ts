import { lastHelpTop } from './help-lines.js';
import type { NamedTarget } from '../lines/line.js';
import type { Action } from './actions.js';
import { arrive } from './arrive.js';
import { commandLine } from './command-line.js';
import { newPage, opened, sameSource, settled, stepped, withPage } from './history.js';
import { lookAction, toggleFold, withFilter } from './look.js';
import { linesOf } from './page-blocks.js';
import {
  bodyRows,
  cursorLine,
  entryStart,
  hasEntries,
  headerRows,
  moved,
  movedTo,
  paged,
  pinnedAt,
  scrolled,
  toBottom,
  toTop,
} from './move.js';
import { listOf, panesOf } from './panes.js';
import {
  openPlugin,
  openQuestion,
  openTarget,
  promptAnswered,
  targetsUnderCursor,
  type Update,
} from './open-target.js';
import { pageOf, type Effect, type Page, type State } from './state.js';
import { screenId, screensOf, tabAt } from './screens.js';
import { candidatesArrived, completed, questionTyped, search, startInput, submitted, typed } from './typing.js';

export function firstState(files: readonly string[], size: State['size']): State {
  return {
    size,
    files,
    plugins: [],
    sections: {},
    answers: {},
    lastRequest: 0,
    history: [newPage({ kind: 'overview' })],
    at: 0,
    mode: { kind: 'browse' },
    commands: [],
  };
}

/**
 * What follows of an action, and what is to be done outside. Pure: the same action on the same state gives the same.
 */
export function update(state: State, action: Action): Update {
  switch (action.kind) {
    case 'completions':
      return candidatesArrived(state, action);
    case 'answered': {
      const prompted = promptAnswered(state, action);
      if (prompted === undefined) return { state: arrive(state, action), effects: [] };
      const { state: next, effects } = prompted;
      return { state: next.mode.kind === 'input' ? next : settled(arrive(next, action)), effects };
    }
    case 'found': {
      const { awaited, ...found } = arrive(state, action);
      return awaited === undefined ? { state: found, effects: [] } : openNumber(found, awaited);
    }
    case 'defects':
    case 'refused':
    case 'yielded':
    case 'restarted':
    case 'resize':
      return { state: arrive(state, action), effects: [] };
    case 'message':
      return { state: { ...state, message: { text: action.text, bad: action.bad } }, effects: [] };
    case 'quit':
      return { state, effects: [{ kind: 'quit', code: action.code }] };
    case 'suspend':
      return { state, effects: [{ kind: 'suspend' }] };
    case 'redraw':
      return { state, effects: [{ kind: 'redraw' }] };
    default:
  }
  // A message stands until the next key.
  const { message: _, ...quiet } = state;
  switch (state.mode.kind) {
    case 'browse':
      return browse(quiet, action);
    case 'help':
      return helping(quiet, state.mode.top, action);
    case 'input':
      return inputting(quiet, state.mode, action);
    case 'choose':
      return choosing(quiet, state.mode, action);
    default:
      return state.mode satisfies never;
  }
}

function browse(state: State, action: Action): Update {
  const page = pageOf(state);
  const lines = linesOf(state, page);
  const rows = bodyRows(state);
  const only = (next: State): Update => ({ state: next, effects: [] });
  // Before there is anything to move on, a key does not keep the page from opening where it should.
  if (page.fresh && isMove(action) && !hasEntries(lines)) return only(state);
  const looked = lookAction(state, action);
  if (looked !== undefined) return only(looked);
  switch (action.kind) {
    case 'move':
      return only(withPage(state, moved(page, lines, rows, action.by)));
    case 'page':
      return only(withPage(state, paged(page, lines, rows, action.by)));
    case 'top':
      return only(withPage(state, toTop(page, lines, rows)));
    case 'bottom':
      return only(withPage(state, toBottom(page, lines, rows)));
    case 'scroll':
      return only(withPage(state, scrolled(page, lines, rows, action.by)));
    case 'click': {
      const tab = action.row === tabsRow && !isOpenedPage(page) ? tabAt(state, action.column) : undefined;
      return tab === undefined ? only(clicked(state, action.row, action.column)) : openPlugin(state, tab);
    }
    case 'enter': {
      const line = cursorLine(page, lines);
      const [first] = line?.targets ?? [];
      if (line?.fold !== undefined && (line.foldFirst || first === undefined)) return only(toggleFold(state));
      return first === undefined ? only(state) : openTarget(state, first.target);
    }
    case 'choose': {
      const targets = targetsUnderCursor(state);
      if (targets.length === 0)
        return only({ ...state, message: { text: 'nothing on this line can be opened', bad: false } });
      return targets.length === 1
        ? openTarget(state, targets[0]!.target)
        : only({ ...state, mode: { kind: 'choose', title: 'Open', targets, first: 1, at: 0 } });
    }
    case 'screens': {
      const screens = screensOf(state);
      const targets = screens.map((source): NamedTarget => {
        const id = screenId(source);
        return {
          label: `${id.padEnd(12)} ${state.plugins.find((plugin) => plugin.id === id)?.summary ?? 'what was found'}`,
          target: { kind: 'plugin', id },
        };
      });
      return only({
        ...state,
        mode: {
          kind: 'choose',
          title: 'Screens',
          targets,
          first: 0,
          at: Math.max(
            0,
            screens.findIndex((source) => sameSource(source, page.source)),
          ),
        },
      });
    }
    case 'open':
      return openTarget(state, action.target);
    case 'screen': {
      const screens = screensOf(state);
      const at = screens.findIndex((source) => sameSource(source, page.source));
      return openPlugin(state, screenId(screens[(Math.max(0, at) + action.by + screens.length) % screens.length]!));
    }
    case 'screenNumber':
      return state.plugins.length === 0 ? only({ ...state, awaited: action.number }) : openNumber(state, action.number);
    case 'sibling':
      return sibling(state, action.direction);
    case 'back':
      return only(stepped(state, -1));
    case 'forward':
      return only(stepped(state, 1));
    case 'leave':
      return leave(state);
    case 'help':
      return only({ ...state, mode: { kind: 'help', top: 0 } });
    case 'input':
      return {
        state: settled(startInput(state, action.purpose)),
        effects: action.purpose === 'question' ? [{ kind: 'complete', text: '' }] : [],
      };
    case 'next':
      return only(search(state, action.direction));
    case 'escape': {
      if (page.look.filter !== '') return only(withFilter(state, ''));
      if (page.search !== '') return only(withPage(state, { ...page, search: '' }));
      return only(
        state.at > 0
          ? stepped(state, -1)
          : { ...state, message: { text: 'this is the first page; q leaves', bad: false } },
      );
    }
    case 'command': {
      const command = commandLine(state);
      if (command === undefined)
        return only({ ...state, message: { text: 'no command line says the same as this page', bad: false } });
      return {
        state: {
          ...state,
          message: { text: `sent to the clipboard: ${command}`, bad: false },
          commands: [...state.commands.filter((one) => one !== command), command],
        },
        effects: [{ kind: 'copy', text: command }],
      };
    }
    case 'cancel':
      if (!isReading(state)) return only({ ...state, message: { text: 'nothing is being read', bad: false } });
      return { state, effects: [{ kind: 'cancel', what: page.source.kind === 'answer' ? 'answer' : 'run' }] };
    case 'again':
      return page.source.kind === 'plugin'
        ? { state, effects: [{ kind: 'run', id: page.source.id, again: true }] }
        : only(state);
    default:
      return only(state);
  }
}

function isMove({ kind }: Action): boolean {
  return (
    kind === 'move' || kind === 'page' || kind === 'top' || kind === 'bottom' || kind === 'scroll' || kind === 'click'
  );
}

function isReading({ sections, answers }: State): boolean {
  return [...Object.values(sections), ...Object.values(answers)].some(({ status }) => status === 'running');
}

function openNumber(state: State, number: number): Update {
  const source = screensOf(state)[number];
  return source === undefined
    ? { state: { ...state, message: { text: `there is no screen ${number}`, bad: false } }, effects: [] }
    : openPlugin(state, screenId(source));
}

/** Under which dump it is; of what was opened the way to it stands there. */
const tabsRow = 1;

function isOpenedPage({ source }: Page): boolean {
  return source.kind === 'answer' || source.kind === 'text';
}

/** The cursor on the entry that was clicked. */
function clicked(state: State, row: number, column: number): State {
  const page = pageOf(state);
  const lines = linesOf(state, page);
  const { list } = panesOf(state);
  const at = page.top + row - headerRows - pinnedAt(lines, page.top).length;
  if (
    row < headerRows ||
    row >= state.size.rows - 1 ||
    at < page.top ||
    at >= lines.length ||
    (list !== undefined && column < list.width)
  )
    return state;
  return withPage(state, movedTo(page, lines, bodyRows(state), entryStart(lines, at)));
}

/** Opens the next entry of the list that this page was opened from, in this page's place. */
function sibling(state: State, direction: 1 | -1): Update {
  if (listOf(state, state.at) === undefined)
    return { state: { ...state, message: { text: 'this page was not opened from a list', bad: false } }, effects: [] };
  let there = stepped(state, -1);
  for (let tries = 0; tries < longestGap; tries++) {
    const page = pageOf(there);
    const next = withPage(there, moved(page, linesOf(there, page), bodyRows(there), direction));
    if (pageOf(next).cursor === page.cursor)
      return {
        state: {
          ...state,
          message: {
            text: direction > 0 ? 'this was the last of the list' : 'this was the first of the list',
            bad: false,
          },
        },
        effects: [],
      };
    const [first] = targetsUnderCursor(next);
    if (first !== undefined) return openTarget(next, first.target);
    there = next;
  }
  return { state, effects: [] };
}

/** No list has so many lines between two that can be opened. */
const longestGap = 500;

/** Back to where this page was opened; from a screen to the overview; from the overview out. */
function leave(state: State): Update {
  const { source } = pageOf(state);
  if (source.kind === 'overview') return { state, effects: [{ kind: 'quit', code: 0 }] };
  if (source.kind === 'plugin') return { state: settled(opened(state, { kind: 'overview' })), effects: [] };
  return { state: stepped(state, -1), effects: [] };
}

function helping(state: State, top: number, action: Action): Update {
  switch (action.kind) {
    case 'move':
    case 'page':
      return {
        state: { ...state, mode: { kind: 'help', top: Math.min(lastHelpTop(state), Math.max(0, top + action.by)) } },
        effects: [],
      };
    default:
      return { state: { ...state, mode: { kind: 'browse' } }, effects: [] };
  }
}

function choosing(state: State, mode: Extract<State['mode'], { kind: 'choose' }>, action: Action): Update {
  const count = mode.targets.length;
  const at = (to: number): Update => ({
    state: { ...state, mode: { ...mode, at: Math.min(count - 1, Math.max(0, to)) } },
    effects: [],
  });
  const browsing: State = { ...state, mode: { kind: 'browse' } };
  const take = (index: number): Update => {
    const chosen = mode.targets[index];
    return chosen === undefined ? { state: browsing, effects: [] } : openTarget(browsing, chosen.target);
  };
  switch (action.kind) {
    case 'move':
    case 'page':
      return at(mode.at + action.by);
    case 'top':
      return at(0);
    case 'bottom':
      return at(count - 1);
    case 'enter':
      return take(mode.at);
    case 'screenNumber':
      return take(action.number - mode.first);
    default:
      return { state: browsing, effects: [] };
  }
}

/** What one sees as one character may be several. */
function withoutLast(text: string): string {
  const last = [...new Intl.Segmenter().segment(text)].at(-1);
  return text.slice(0, last?.index ?? 0);
}

function inputting(state: State, mode: Extract<State['mode'], { kind: 'input' }>, action: Action): Update {
  switch (action.kind) {
    case 'complete':
      return completed(state, mode, action.direction);
    case 'type':
      if (mode.prompt !== undefined) return questionTyped(state, mode, mode.text + action.text);
      return { state: typed(state, mode, mode.text + action.text), effects: [] };
    case 'erase': {
      if (mode.text === '') return { state: settled({ ...state, mode: { kind: 'browse' } }), effects: [] };
      if (mode.prompt !== undefined) return questionTyped(state, mode, withoutLast(mode.text));
      return { state: typed(state, mode, withoutLast(mode.text)), effects: [] };
    }
    case 'eraseAll':
      if (mode.prompt !== undefined) return questionTyped(state, mode, '');
      return { state: typed(state, mode, ''), effects: [] };
    case 'submit': {
      const { state: next, effects, question } = submitted(state, mode);
      return question === undefined
        ? { state: settled(next), effects }
        : mode.prompt?.request !== undefined
          ? { state, effects: [] }
          : openQuestion(next, mode, question);
    }
    case 'escape': {
      const browsing: State = { ...state, mode: { kind: 'browse' } };
      const stopped: Effect[] = mode.prompt?.request === undefined ? [] : [{ kind: 'cancel', what: 'answer' }];
      return {
        state: mode.purpose === 'filter' ? withFilter(browsing, '') : withPage(browsing, mode.before),
        effects: stopped,
      };
    }
    default:
      return { state, effects: [] };
  }
}
