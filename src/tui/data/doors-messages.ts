import type { CommonValues } from '../../app/common-flags.js';
import type { OptionValues } from '../../plugin/options.js';
import type { RunEvent } from '../../plugin/run-plugin.js';
import type { DumpFacts } from '../../report/report.js';
import type { OpenOptions } from '../../session/open-kernel.js';
import type { Candidate, PluginInfo, Question } from '../state/state.js';

/** Places in `DoorsStart.shared`. */
export const stopAt = 0;
export const openAt = 1;

/** What the second worker is started with: the command line, which it makes sense of for both. */
export interface DoorsStart {
  words: readonly string[];
  flags: CommonValues;
  /** With `stopAt` set what is being read ends at its next step; the worker sets `openAt` once the dump is open. */
  shared: Int32Array;
}

/**
 * To the worker: a question, questions whose answers are no longer wanted, what is being typed, for which names are
 * wanted; that it may open the dump, since the first section is there; or that a user's plugins are to be loaded again.
 */
export type DoorsRequest =
  | { kind: 'ask'; request: number; question: Question }
  | { kind: 'cancel'; requests: readonly number[] }
  | { kind: 'complete'; text: string }
  | { kind: 'open' }
  | { kind: 'reload' };

/** A plugin, and the values that its screen is run with; a user's has the path of its file. */
export type KnownPlugin = PluginInfo & { values: OptionValues; path?: string };

/** From the worker. `resolved` comes first and once; `refused` instead of it where there is no dump to be opened. */
export type DoorsReply =
  | {
      kind: 'resolved';
      options: OpenOptions;
      facts: DumpFacts;
      plugins: readonly KnownPlugin[];
      files: readonly string[];
      warnings: readonly string[];
    }
  | { kind: 'refused'; message: string; input: boolean }
  | { kind: 'completions'; text: string; candidates: readonly Candidate[]; whole: boolean }
  /** Of the dump, with what has shown by now. */
  | { kind: 'defects'; defects: readonly string[] }
  | { kind: 'answer'; request: number; title?: string; command?: string; events: readonly RunEvent[] };
