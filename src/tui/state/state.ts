import type { Outcome } from '../../plugin/section.js';
import type { Gap } from '../../words/views.js';
import type { DumpFacts } from '../../report/report.js';
import type { NamedTarget } from '../lines/line.js';
import type { Look, ShownView } from '../lines/view-state.js';

/** A plugin as the screens know it: plain data, since the code runs in a worker. */
export interface PluginInfo {
  id: string;
  summary: string;
  /** It has a section in the report, and runs without being asked. */
  inReport: boolean;
  /** It can't run without: its names, for the prompt. */
  required: readonly string[];
}

/** What a plugin, or a question to the dump, has yielded so far. */
export interface Yielded {
  status: 'waiting' | 'running' | 'ended';
  views: readonly ShownView[];
  outcome?: Outcome;
  gaps: readonly Gap[];
}

export type Source =
  | { kind: 'overview' }
  | { kind: 'plugin'; id: string }
  /**
   * The answer to a question, by its number; `command` is the command line that says the same. What was typed at the
   * prompt came from no list.
   */
  | { kind: 'answer'; request: number; title: string; command?: string; typed?: true }
  | { kind: 'text'; title: string; text: string };

/** One place in the history: what is looked at, and how. */
export interface Page {
  source: Source;
  look: Look;
  /** Nobody has moved on it yet: it shows its beginning, whatever comes in. */
  fresh: boolean;
  /** The line that the keys are about. */
  cursor: number;
  /** The first line in sight. */
  top: number;
  search: string;
}

export type InputPurpose = 'search' | 'filter' | 'question' | 'export';

export type Mode =
  | { kind: 'browse' }
  | { kind: 'help'; top: number }
  /** A line of text is being typed; `before` is the page that Esc brings back. */
  | { kind: 'input'; purpose: InputPurpose; text: string; before: Page; prompt?: Prompt }
  /** `first`: the number of the first target, by which a key takes it. */
  | { kind: 'choose'; title: string; targets: readonly NamedTarget[]; first: 0 | 1; at: number };

/** One way to go on with what is being typed for the dump. */
export interface Candidate {
  /** The whole line with it. */
  text: string;
  /** What is shown of it. */
  label: string;
  /** 'command', 'struct', 'symbol', 'task' */
  kind: string;
  about?: string;
}

/** What stands under a question while it is typed. */
export interface Prompt {
  /** Ways to go on, for the text that they were asked for. */
  candidates: readonly Candidate[];
  /** All have come: names of the dump come after those of commands. */
  whole?: boolean;
  /** Tab was pressed before that. */
  tab?: 1 | -1;
  /** Which of them Tab has put into the line. */
  chosen?: number;
  /** The question is being asked: its page opens with the answer. */
  request?: number;
  /** Why it can't be answered. */
  wrong?: string;
}

export interface State {
  size: { columns: number; rows: number };
  /** The files as the command line named them. */
  files: readonly string[];
  /** Known once a worker has looked at the dump. */
  dump?: DumpFacts;
  /** Why it can't be opened. */
  refused?: string;
  plugins: readonly PluginInfo[];
  sections: Readonly<Record<string, Yielded>>;
  answers: Readonly<Record<number, Yielded>>;
  lastRequest: number;
  history: readonly Page[];
  at: number;
  mode: Mode;
  message?: { text: string; bad: boolean };
  /** A screen that was asked for by its number before there were any. */
  awaited?: number;
  /** Command lines that `y` gave, to be left on the terminal at the end. */
  commands: readonly string[];
}

/** What the reducer asks of the world. */
export type Effect =
  | { kind: 'run'; id: string; again: boolean }
  | { kind: 'ask'; request: number; question: Question }
  | { kind: 'complete'; text: string }
  | { kind: 'copy'; text: string }
  | { kind: 'cancel'; what: 'answer' | 'run' }
  | { kind: 'export'; file: string; page: Page }
  | { kind: 'suspend' }
  | { kind: 'redraw' }
  | { kind: 'quit'; code: number };

/** A question to the dump, answered by the second worker. */
export type Question = { kind: 'object'; type: string; address: bigint } | { kind: 'words'; text: string };

export function pageOf(state: State): Page {
  return state.history[state.at]!;
}
