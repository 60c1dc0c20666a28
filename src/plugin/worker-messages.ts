import type { OpenOptions } from '../session/open-kernel.js';
import type { OptionValues } from './options.js';
import type { RunEvent } from './run-plugin.js';
import type { Limits } from './section.js';

/** What a worker is started with: plugins cross as paths and ids, never as functions. */
export interface WorkerStart {
  open: OpenOptions;
  /** The module that exports the list `bundledPlugins`, as a file URL. */
  bundled: string;
  /** Files of a user's plugins. */
  plugins: readonly string[];
}

/** To the worker: run one plugin. Runs are done one after another. */
export interface RunRequest {
  run: number;
  id: string;
  values: OptionValues;
  limits: Limits;
}

/** From the worker. `refused` ends the worker's service: the dump does not open. */
export type WorkerReply =
  | { kind: 'ready' }
  | { kind: 'refused'; message: string; input: boolean }
  | { kind: 'event'; run: number; event: RunEvent };
