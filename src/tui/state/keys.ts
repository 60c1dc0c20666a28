import type { Action } from './actions.js';
import { mouseActions } from './mouse.js';
import { bodyRows } from './move.js';
import type { State } from './state.js';

/** A key as Ink tells it; only what is asked for here. */
export interface Key {
  upArrow?: boolean;
  downArrow?: boolean;
  leftArrow?: boolean;
  rightArrow?: boolean;
  pageUp?: boolean;
  pageDown?: boolean;
  home?: boolean;
  end?: boolean;
  return?: boolean;
  escape?: boolean;
  tab?: boolean;
  shift?: boolean;
  ctrl?: boolean;
  meta?: boolean;
  backspace?: boolean;
  delete?: boolean;
}

/** Keys and what they do, for the help; each line is one habit of less, vim or the arrows. */
export const keyHelp: readonly (readonly [keys: string, does: string])[] = [
  ['↑ ↓ j k, wheel', 'an entry up or down; a click puts the cursor there'],
  ['PgUp PgDn b Space, Ctrl-U Ctrl-D', 'a page, half a page'],
  ['g G Home End', 'first and last line'],
  ['f F', 'next and previous finding, open'],
  ['← → h l', 'close and open a fold; move a wide table or log sideways'],
  ['Enter', 'open what the line stands for: task, struct, verdict, screen'],
  ['o', 'choose among everything on the line that can be opened'],
  ['J K', 'open the next or previous entry of the list that this was opened from'],
  ['z Z', 'open or close this fold, all folds'],
  ['Esc [ ] Backspace', 'back, and forward through what was opened'],
  ['Tab Shift-Tab, 0 to 9, s', 'next screen, screen by number (0 is the overview), list of screens'],
  ['/ n N', 'search, next, previous'],
  ['&', 'show only what has these words, as you type; Esc shows all again'],
  ['< > r', 'sort by the column to the left or right, reverse'],
  ['#', 'sizes in MiB, or exact in the units that the kernel counts in'],
  ['e E', 'log: next and previous OOM report, oops or panic'],
  ['t v', 'log: time since boot, since the line before, or none; level'],
  [':', 'ask: symbol, address, "task_struct 0x…", pid, "ps --tree"; Tab completes'],
  ['w', 'write this screen to a file: .txt, .md, .json or .html'],
  ['y', 'send the command line that says the same to the clipboard; it is left on the terminal too, at the end'],
  ['x R', 'stop what is being read; read it again'],
  ['q Q Ctrl-C', 'back and out; out at once'],
];

export function actionsOf(state: State, input: string, key: Key): Action[] {
  if (key.ctrl && input === 'c') return [{ kind: 'quit', code: 130 }];
  if (key.ctrl && input === 'z') return [{ kind: 'suspend' }];
  if (key.ctrl && input === 'l') return [{ kind: 'redraw' }];
  const mouse = mouseActions(input);
  if (mouse !== undefined) return mouse;
  if (state.mode.kind === 'input') return inputActions(input, key);
  const action =
    special(state, key) ?? (key.ctrl ? withCtrl(state, input) : key.meta ? undefined : browseAction(state, input));
  return action === undefined ? [] : [action];
}

/**
 * Keys that are held down, pasted, or come over a slow line arrive several at once: one after another, since what a key
 * means depends on those before it.
 */
export function keystrokes(input: string, key: Key): { input: string; key: Key }[] {
  if (input.length < 2 || key.ctrl || key.meta || mouseActions(input) !== undefined) return [{ input, key }];
  return [...new Intl.Segmenter().segment(input)].flatMap(
    ({ segment }) => controlKeys(segment) ?? [{ input: segment, key: {} }],
  );
}

function controlKeys(segment: string): { input: string; key: Key }[] | undefined {
  if (segment === '\r\n' || segment === '\r' || segment === '\n') return [{ input: '', key: { return: true } }];
  const code = segment.charCodeAt(0);
  if (code === 9) return [{ input: '', key: { tab: true } }];
  if (code === 8 || code === 127) return [{ input: '', key: { backspace: true } }];
  if (code === 27) return [{ input: '', key: { escape: true } }];
  return code < 32 ? [{ input: String.fromCharCode(code + 96), key: { ctrl: true } }] : undefined;
}

function inputActions(input: string, key: Key): Action[] {
  if (key.escape) return [{ kind: 'escape' }];
  if (key.return) return [{ kind: 'submit' }];
  if (key.backspace || key.delete) return [{ kind: 'erase' }];
  if (key.tab) return [{ kind: 'complete', direction: key.shift ? -1 : 1 }];
  if (key.ctrl && (input === 'u' || input === 'w')) return [{ kind: 'eraseAll' }];
  return key.ctrl || key.meta || input === '' ? [] : [{ kind: 'type', text: input }];
}

function special(state: State, key: Key): Action | undefined {
  const rows = bodyRows(state);
  if (key.upArrow) return { kind: 'move', by: -1 };
  if (key.downArrow) return { kind: 'move', by: 1 };
  if (key.pageUp) return { kind: 'page', by: 1 - rows };
  if (key.pageDown) return { kind: 'page', by: rows - 1 };
  if (key.home) return { kind: 'top' };
  if (key.end) return { kind: 'bottom' };
  if (key.leftArrow) return { kind: 'sideways', by: -1 };
  if (key.rightArrow) return { kind: 'sideways', by: 1 };
  if (key.tab) return { kind: 'screen', by: key.shift ? -1 : 1 };
  if (key.return) return { kind: 'enter' };
  if (key.escape) return { kind: 'escape' };
  if (key.backspace || key.delete) return { kind: 'back' };
  return undefined;
}

function withCtrl(state: State, input: string): Action | undefined {
  const rows = bodyRows(state);
  switch (input) {
    case 'f':
      return { kind: 'page', by: rows - 1 };
    case 'b':
      return { kind: 'page', by: 1 - rows };
    case 'd':
      return { kind: 'page', by: rows >> 1 };
    case 'u':
      return { kind: 'page', by: -(rows >> 1) };
    case 'n':
      return { kind: 'move', by: 1 };
    case 'p':
      return { kind: 'move', by: -1 };
    case 'o':
      return { kind: 'back' };
    default:
      return undefined;
  }
}

function browseAction(state: State, input: string): Action | undefined {
  const rows = bodyRows(state);
  if (/^\d$/.test(input)) return { kind: 'screenNumber', number: Number(input) };
  switch (input) {
    case 'j':
      return { kind: 'move', by: 1 };
    case 'k':
      return { kind: 'move', by: -1 };
    case ' ':
      return { kind: 'page', by: rows - 1 };
    case 'b':
      return { kind: 'page', by: 1 - rows };
    case 'd':
      return { kind: 'page', by: rows >> 1 };
    case 'u':
      return { kind: 'page', by: -(rows >> 1) };
    case 'g':
      return { kind: 'top' };
    case 'G':
      return { kind: 'bottom' };
    case 'h':
      return { kind: 'sideways', by: -1 };
    case 'l':
      return { kind: 'sideways', by: 1 };
    case 'o':
      return { kind: 'choose' };
    case 's':
      return { kind: 'screens' };
    case 'z':
      return { kind: 'fold' };
    case 'Z':
      return { kind: 'foldAll' };
    case '[':
      return { kind: 'back' };
    case ']':
      return { kind: 'forward' };
    case '/':
      return { kind: 'input', purpose: 'search' };
    case '&':
      return { kind: 'input', purpose: 'filter' };
    case ':':
      return { kind: 'input', purpose: 'question' };
    case 'w':
      return { kind: 'input', purpose: 'export' };
    case 'n':
      return { kind: 'next', direction: 1 };
    case 'N':
      return { kind: 'next', direction: -1 };
    case 'f':
      return { kind: 'finding', direction: 1 };
    case 'F':
      return { kind: 'finding', direction: -1 };
    case 'J':
      return { kind: 'sibling', direction: 1 };
    case 'K':
      return { kind: 'sibling', direction: -1 };
    case 'e':
      return { kind: 'event', direction: 1 };
    case 'E':
      return { kind: 'event', direction: -1 };
    case '<':
      return { kind: 'sort', by: -1 };
    case '>':
      return { kind: 'sort', by: 1 };
    case '#':
      return { kind: 'exact' };
    case 'r':
      return { kind: 'reverse' };
    case 't':
      return { kind: 'times' };
    case 'v':
      return { kind: 'level' };
    case 'y':
      return { kind: 'command' };
    case 'x':
      return { kind: 'cancel' };
    case 'R':
      return { kind: 'again' };
    case '?':
      return { kind: 'help' };
    case 'q':
      return { kind: 'leave' };
    case 'Q':
      return { kind: 'quit', code: 0 };
    default:
      return undefined;
  }
}
