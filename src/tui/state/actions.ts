import type { RunEvent } from '../../plugin/run-plugin.js';
import type { DumpFacts } from '../../report/report.js';
import type { Target } from '../lines/line.js';
import type { Candidate, InputPurpose, PluginInfo } from './state.js';

/** What happens: keys, as what they mean, and what comes from the workers. */
export type Action =
  | { kind: 'move'; by: number }
  | { kind: 'page'; by: number }
  | { kind: 'top' }
  | { kind: 'bottom' }
  | { kind: 'sideways'; by: 1 | -1 }
  | { kind: 'enter' }
  | { kind: 'fold' }
  | { kind: 'foldAll' }
  | { kind: 'choose' }
  | { kind: 'screens' }
  | { kind: 'open'; target: Target }
  | { kind: 'screen'; by: 1 | -1 }
  | { kind: 'screenNumber'; number: number }
  | { kind: 'back' }
  | { kind: 'forward' }
  | { kind: 'leave' }
  | { kind: 'quit'; code: number }
  | { kind: 'suspend' }
  | { kind: 'redraw' }
  | { kind: 'help' }
  | { kind: 'escape' }
  | { kind: 'input'; purpose: InputPurpose }
  | { kind: 'type'; text: string }
  | { kind: 'erase' }
  | { kind: 'eraseAll' }
  | { kind: 'submit' }
  | { kind: 'next'; direction: 1 | -1 }
  | { kind: 'event'; direction: 1 | -1 }
  | { kind: 'finding'; direction: 1 | -1 }
  | { kind: 'sibling'; direction: 1 | -1 }
  | { kind: 'scroll'; by: number }
  | { kind: 'click'; row: number; column: number }
  | { kind: 'complete'; direction: 1 | -1 }
  | { kind: 'completions'; text: string; candidates: readonly Candidate[]; whole: boolean }
  | { kind: 'sort'; by: 1 | -1 }
  | { kind: 'reverse' }
  | { kind: 'exact' }
  | { kind: 'times' }
  | { kind: 'level' }
  | { kind: 'command' }
  | { kind: 'cancel' }
  | { kind: 'again' }
  | { kind: 'resize'; columns: number; rows: number }
  | { kind: 'found'; dump: DumpFacts; plugins: readonly PluginInfo[]; warnings: readonly string[] }
  | { kind: 'defects'; defects: readonly string[] }
  | { kind: 'refused'; reason: string }
  | { kind: 'yielded'; id: string; events: readonly RunEvent[] }
  | { kind: 'restarted'; id: string }
  | { kind: 'answered'; request: number; title?: string; command?: string; events: readonly RunEvent[] }
  | { kind: 'message'; text: string; bad: boolean };
