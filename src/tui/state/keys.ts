import type { Action } from './actions.js';
import { mouseActions } from './mouse.js';
import { bodyRows } from './move.js';
import type { State } from './state.js';

/** What is pressed; a character has none of these. */
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
  /** Text that was pasted: no keys, whatever is in it. */
  pasted?: boolean;
}

/** What keys do that belong together; each line of the help is one habit of less, vim or the arrows. */
interface Keys {
  /** As the help names them. */
  shown: string;
  does: string;
  /** By the key's name: what `pressed` calls it. */
  on: Readonly<Record<string, Action | ((rows: number) => Action)>>;
}

const up: Action = { kind: 'move', by: -1 };
const down: Action = { kind: 'move', by: 1 };
const pageDown = (rows: number): Action => ({ kind: 'page', by: rows - 1 });
const pageUp = (rows: number): Action => ({ kind: 'page', by: 1 - rows });
const halfDown = (rows: number): Action => ({ kind: 'page', by: rows >> 1 });
const halfUp = (rows: number): Action => ({ kind: 'page', by: -(rows >> 1) });
const left: Action = { kind: 'sideways', by: -1 };
const right: Action = { kind: 'sideways', by: 1 };
const back: Action = { kind: 'back' };
const screenNumbers = Object.fromEntries(
  Array.from({ length: 10 }, (_, number) => [String(number), { kind: 'screenNumber', number } as const]),
);

/** All keys of the screens, and the help of them. */
export const keyTable: readonly Keys[] = [
  {
    shown: '↑ ↓ j k, wheel',
    does: 'an entry up or down; a click puts the cursor there, or opens a screen by its name',
    on: { up, down, j: down, k: up, 'Ctrl-N': down, 'Ctrl-P': up },
  },
  {
    shown: 'PgUp PgDn b Space, u d',
    does: 'a page, half a page',
    on: {
      pageup: pageUp,
      pagedown: pageDown,
      b: pageUp,
      ' ': pageDown,
      u: halfUp,
      d: halfDown,
      'Ctrl-B': pageUp,
      'Ctrl-F': pageDown,
      'Ctrl-U': halfUp,
      'Ctrl-D': halfDown,
    },
  },
  {
    shown: 'g G Home End',
    does: 'first and last line',
    on: { g: { kind: 'top' }, G: { kind: 'bottom' }, home: { kind: 'top' }, end: { kind: 'bottom' } },
  },
  {
    shown: 'f F',
    does: 'next and previous finding, open',
    on: { f: { kind: 'finding', direction: 1 }, F: { kind: 'finding', direction: -1 } },
  },
  {
    shown: '← → h l',
    does: 'close and open a fold; move a wide table or log sideways',
    on: { left, right, h: left, l: right },
  },
  {
    shown: 'Enter',
    does: 'open what the line stands for: task, struct, finding, screen',
    on: { enter: { kind: 'enter' } },
  },
  { shown: 'o', does: 'choose among everything on the line that can be opened', on: { o: { kind: 'choose' } } },
  {
    shown: 'J K',
    does: 'open the next or previous entry of the list that this was opened from',
    on: { J: { kind: 'sibling', direction: 1 }, K: { kind: 'sibling', direction: -1 } },
  },
  { shown: 'z Z', does: 'open or close this fold, all folds', on: { z: { kind: 'fold' }, Z: { kind: 'foldAll' } } },
  {
    shown: 'Esc [ ] Backspace',
    does: 'back, and forward through what was opened',
    on: { esc: { kind: 'escape' }, '[': back, ']': { kind: 'forward' }, backspace: back, 'Ctrl-O': back },
  },
  {
    shown: 'Tab Shift-Tab, 0 to 9, s',
    does: 'next screen, screen by number (0 is the overview), list of screens',
    on: {
      tab: { kind: 'screen', by: 1 },
      'shift-tab': { kind: 'screen', by: -1 },
      s: { kind: 'screens' },
      ...screenNumbers,
    },
  },
  {
    shown: '/ n N',
    does: 'search, next, previous',
    on: {
      '/': { kind: 'input', purpose: 'search' },
      n: { kind: 'next', direction: 1 },
      N: { kind: 'next', direction: -1 },
    },
  },
  {
    shown: '&',
    does: 'show only what has these words, as you type; Esc shows all again',
    on: { '&': { kind: 'input', purpose: 'filter' } },
  },
  {
    shown: '< > r',
    does: 'sort by the column to the left or right, reverse',
    on: { '<': { kind: 'sort', by: -1 }, '>': { kind: 'sort', by: 1 }, r: { kind: 'reverse' } },
  },
  {
    shown: '#',
    does: 'sizes in MiB, or exact in the units that the kernel counts in',
    on: { '#': { kind: 'exact' } },
  },
  {
    shown: 'e E',
    does: 'log: next and previous OOM report, oops or panic',
    on: { e: { kind: 'event', direction: 1 }, E: { kind: 'event', direction: -1 } },
  },
  {
    shown: 't v',
    does: 'log: time since boot, since the line before, or none; level',
    on: { t: { kind: 'times' }, v: { kind: 'level' } },
  },
  {
    shown: ':',
    does: 'ask: symbol, address, "task_struct 0x…", pid, "ps --tree"; Tab completes',
    on: { ':': { kind: 'input', purpose: 'question' } },
  },
  {
    shown: 'w',
    does: 'write this screen to a file: .txt, .md, .json or .html',
    on: { w: { kind: 'input', purpose: 'export' } },
  },
  {
    shown: 'y',
    does: 'send the command line that says the same to the clipboard; it is left on the terminal too, at the end',
    on: { y: { kind: 'command' } },
  },
  {
    shown: 'x R',
    does: "stop what is being read; read it again, a plugin of one's own from its file as it is now",
    on: { x: { kind: 'cancel' }, R: { kind: 'again' } },
  },
  {
    shown: '? Ctrl-L Ctrl-Z',
    does: 'these keys; draw the screen anew; to the shell, and back with fg',
    on: { '?': { kind: 'help' } },
  },
  {
    shown: 'q Q Ctrl-C',
    does: 'back and out; out at once',
    on: { q: { kind: 'leave' }, Q: { kind: 'quit', code: 0 } },
  },
];

/** Also while one types. */
const everywhere: Readonly<Record<string, Action>> = {
  'Ctrl-C': { kind: 'quit', code: 130 },
  'Ctrl-Z': { kind: 'suspend' },
  'Ctrl-L': { kind: 'redraw' },
};

/** Keys and what they do, for the help and the manual page. */
export const keyHelp: readonly (readonly [keys: string, does: string])[] = keyTable.map(({ shown, does }) => [
  shown,
  does,
]);

const onKey = new Map(keyTable.flatMap(({ on }) => Object.entries(on)));

export function actionsOf(state: State, input: string, key: Key): Action[] {
  const name = pressed(input, key);
  const always = everywhere[name];
  if (always !== undefined) return [always];
  const mouse = mouseActions(input);
  if (mouse !== undefined) return mouse;
  if (state.mode.kind === 'input') return inputActions(input, key);
  if (key.pasted) return [];
  const action = onKey.get(name);
  if (action === undefined) return [];
  return [typeof action === 'function' ? action(bodyRows(state)) : action];
}

/** A key by one name; '' where it is none of ours. */
function pressed(input: string, key: Key): string {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.pageUp) return 'pageup';
  if (key.pageDown) return 'pagedown';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.tab) return key.shift ? 'shift-tab' : 'tab';
  if (key.return) return 'enter';
  if (key.escape) return 'esc';
  if (key.backspace) return 'backspace';
  if (key.ctrl) return `Ctrl-${input.toUpperCase()}`;
  // A key's name is no key.
  return key.meta || input.length > 1 ? '' : input;
}

function inputActions(input: string, key: Key): Action[] {
  if (key.escape) return [{ kind: 'escape' }];
  if (key.return) return [{ kind: 'submit' }];
  if (key.backspace) return [{ kind: 'erase' }];
  if (key.tab) return [{ kind: 'complete', direction: key.shift ? -1 : 1 }];
  if (key.ctrl && (input === 'u' || input === 'w')) return [{ kind: 'eraseAll' }];
  return key.ctrl || key.meta || input === '' ? [] : [{ kind: 'type', text: input }];
}
